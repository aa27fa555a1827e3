"""Why a change of the register is refused."""

from shared.errors import ServiceError


class NumberTaken(ServiceError):
    status = 409
    code = "number_taken"
    en = "Another customer has the number {number}."
    sv = "En annan kund har numret {number}."
