"""Why a change of the register is refused."""

from shared.errors import ServiceError


class HasOrganisationNumber(ServiceError):
    status = 422
    code = "has_organisation_number"
    en = "A customer with an organisation number is a company and can't be a private individual."
    sv = "En kund med organisationsnummer är ett företag och kan inte vara privatperson."


class NumberTaken(ServiceError):
    status = 409
    code = "number_taken"
    en = "Another customer has the number {number}."
    sv = "En annan kund har numret {number}."
