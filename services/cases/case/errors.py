"""What any room refuses because of the case's state, type or people."""

from shared.errors import FieldError, ServiceError


class TransitionNotAllowed(ServiceError):
    status = 409
    code = "transition_not_allowed"
    en = "A case that is {status_now} can't take this step ({transition})."
    sv = "Ett ärende med status {status_now} kan inte ta detta steg ({transition})."


class CaseNotOpen(ServiceError):
    status = 409
    code = "case_not_open"
    en = "The case is {status_now} and takes no more of this."
    sv = "Ärendet har status {status_now} och tar inte emot mer av detta."


class ReopenedTooLate(ServiceError):
    status = 409
    code = "reopened_too_late"
    en = "The case was resolved more than {days} days ago. Start a new one."
    sv = "Ärendet löstes för mer än {days} dagar sedan. Skapa ett nytt."


class WrongCaseType(ServiceError):
    status = 409
    code = "wrong_case_type"
    en = "A case of type {case_type} is not answered in this way."
    sv = "Ett ärende av typen {case_type} besvaras inte på det här sättet."


class NotYourCustomer(ServiceError):
    status = 403
    code = "not_your_customer"
    en = "This takes customers: full, or that you are responsible for the customer or take part in it."
    sv = "Detta kräver behörigheten kunder: full, eller att du är ansvarig för eller deltar i kunden."


class NotAParticipant(ServiceError):
    status = 403
    code = "not_a_participant"
    en = "Only the case's participants can answer it."
    sv = "Bara ärendets deltagare kan besvara det."


def wrong_type(field: str) -> FieldError:
    """Of a field that cases of this type do not have."""
    return FieldError(
        field,
        "wrong_case_type",
        en="Leave it out: cases of this type do not have it.",
        sv="Utelämna det: ärenden av den här typen har det inte.",
    )
