from shared.errors import ServiceError


class NotDraft(ServiceError):
    status = 409
    code = "not_a_draft"
    en = "Subject, text and statement can only be changed in a draft."
    sv = "Ämne, text och det som ska godkännas kan bara ändras i ett utkast."
