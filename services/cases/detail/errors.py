from shared.errors import ServiceError


class NotDraft(ServiceError):
    status = 409
    code = "not_a_draft"
    en = "Subject and text can only be changed in a draft."
    sv = "Ämne och text kan bara ändras i ett utkast."
