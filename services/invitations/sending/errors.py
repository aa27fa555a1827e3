from shared.errors import FieldError, ServiceError

_POINTS = {
    "main_contact_missing": "There is no main contact.",
    "email_missing": "The main contact has no e-mail address.",
    "email_invalid": "The main contact's e-mail address is not valid.",
    "email_belongs_to_employee": "The main contact's e-mail address belongs to an employee of the bureau.",
    "address_incomplete": "The postal address is incomplete.",
    "main_contact_not_administrator": "The main contact is no administrator of the customer's account.",
    "customer_inactive": "The customer is inactive.",
}


class FeatureNotBought(ServiceError):
    status = 402
    code = "feature_not_bought"
    en = "Buy case management before you invite customers."
    sv = "Köp Ärendehantering innan du bjuder in kunder."


class AlreadyInvited(ServiceError):
    status = 409
    code = "already_invited"
    en = "The customer has an open invitation: {invitation_id}."
    sv = "Kunden har redan en öppen inbjudan: {invitation_id}."


class AlreadyCollaborating(ServiceError):
    status = 409
    code = "already_collaborating"
    en = "The customer has accepted: there is an open collaboration, {collaboration_id}."
    sv = "Kunden har redan accepterat: det finns ett öppet samarbete, {collaboration_id}."


class CustomerNotReady(ServiceError):
    status = 422
    code = "customer_not_ready"
    en = "The customer can't be invited yet; each failing point is named."
    sv = "Kunden kan inte bjudas in än; varje punkt som saknas är angiven."

    def __init__(self, points: list[str]) -> None:
        words = [
            FieldError(field="customer_id", code=point, detail=_POINTS.get(point, point)) for point in points
        ]
        super().__init__(errors=words)
