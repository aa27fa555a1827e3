from shared.errors import ServiceError


class TooEarly(ServiceError):
    """`due_on` is the first day, Swedish time, on which the month can be billed."""

    status = 409
    code = "too_early"
    en = "The month can't be billed before {due_on}."
    sv = "Månaden kan inte faktureras före {due_on}."
