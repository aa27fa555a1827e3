from shared.errors import FieldError, ServiceError

NOTHING_TO_APPROVE = FieldError(
    "statement",
    "required",
    en="Write what one agrees to, or add a document before you send.",
    sv="Skriv vad man godkänner, eller lägg till ett dokument innan du skickar.",
)


class FieldNotYours(ServiceError):
    status = 403
    code = "field_not_allowed"
    en = "Your role can't set these fields: {fields}."
    sv = "Din roll kan inte ange de här fälten: {fields}."


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
