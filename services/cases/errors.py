"""What cases refuses."""

from shared.errors import ServiceError


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


class NotDraft(ServiceError):
    status = 409
    code = "not_a_draft"
    en = "Subject and text can only be changed in a draft."
    sv = "Ämne och text kan bara ändras i ett utkast."


class NotYourCustomer(ServiceError):
    status = 403
    code = "not_your_customer"
    en = "This takes customers: full, or that you are responsible for the customer or take part in it."
    sv = "Detta kräver behörigheten kunder: full, eller att du är ansvarig för eller deltar i kunden."


class FieldNotYours(ServiceError):
    status = 403
    code = "field_not_allowed"
    en = "Your role can't set these fields: {fields}."
    sv = "Din roll kan inte ange de här fälten: {fields}."


class EmployeeInactive(ServiceError):
    status = 422
    code = "employee_inactive"
    en = "{name} no longer works at the bureau."
    sv = "{name} arbetar inte längre på byrån."


class SeveralCollaborations(ServiceError):
    status = 422
    code = "several_collaborations"
    en = "The account works with several bureaus or is several customers: name bureau_id or customer_id."
    sv = "Kontot samarbetar med flera byråer eller är flera kunder: ange bureau_id eller customer_id."


class NoParticipants(ServiceError):
    status = 422
    code = "participants_missing"
    en = "Name at least one person at the customer before the case is sent."
    sv = "Ange minst en person hos kunden innan ärendet skickas."
