from shared.errors import FieldError, ServiceError

# code: (English, Swedish)
_POINTS = {
    "main_contact_missing": ("Choose a main contact.", "Välj en huvudkontakt."),
    "email_missing": ("Give the main contact an e-mail address.", "Ange en e-postadress för huvudkontakten."),
    "email_invalid": (
        "Correct the main contact's e-mail address.",
        "Rätta huvudkontaktens e-postadress.",
    ),
    "email_belongs_to_employee": (
        "Give the main contact an e-mail address that belongs to no employee of the bureau.",
        "Ange en e-postadress för huvudkontakten som inte tillhör en medarbetare på byrån.",
    ),
    "address_incomplete": ("Complete the postal address.", "Komplettera postadressen."),
    "main_contact_not_administrator": (
        "Choose a main contact who is administrator of the customer's account.",
        "Välj en huvudkontakt som är administratör för kundens företagskonto.",
    ),
    "customer_inactive": ("Activate the customer.", "Aktivera kunden."),
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
        words = {point: _POINTS.get(point, (point, point)) for point in points}
        super().__init__(
            errors=[FieldError("customer_id", point, en=en, sv=sv) for point, (en, sv) in words.items()]
        )
