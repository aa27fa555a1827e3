from shared.errors import ServiceError


class BureauExists(ServiceError):
    status = 409
    code = "bureau_exists"
    en = "A bureau with this organisation number has signed up already."
    sv = "En byrå med det här organisationsnumret är redan registrerad."
