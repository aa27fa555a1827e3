from shared.errors import ServiceError


class NotMainContact(ServiceError):
    status = 403
    code = "not_main_contact"
    en = "Only the invited main contact can answer, logged in with the address that was invited."
    sv = "Bara den inbjudna huvudkontakten kan svara, inloggad med den adress som bjöds in."


class NotAdministrator(ServiceError):
    """Keeps its writes, since the account's administrators are told by an event."""

    status = 403
    code = "not_administrator"
    en = "The company has an account already, and only its administrators can accept. They have been told."
    sv = "Företaget har redan ett konto, och bara dess administratörer kan acceptera. De har fått veta det."
    keeps_writes = True


class BureauWithoutFeature(ServiceError):
    status = 402
    code = "feature_not_bought"
    en = "The bureau no longer has the service, so the invitation can't be accepted. Ask the bureau."
    sv = "Byrån har inte längre tjänsten, så inbjudan kan inte accepteras. Fråga byrån."


class CustomerInactive(ServiceError):
    status = 409
    code = "customer_inactive"
    en = "The bureau has paused its work with you, so the invitation can't be accepted. Ask the bureau."
    sv = "Byrån har pausat sitt arbete med er, så inbjudan kan inte accepteras. Fråga byrån."


class RevokedInvitation(ServiceError):
    status = 410
    code = "invitation_revoked"
    en = "The invitation has been revoked."
    sv = "Inbjudan har återkallats."


class ExpiredInvitation(ServiceError):
    status = 410
    code = "invitation_expired"
    en = "The invitation has expired. Ask the bureau for a new one."
    sv = "Inbjudan har gått ut. Be byrån om en ny."


class DeclinedInvitation(ServiceError):
    status = 409
    code = "invitation_declined"
    en = "The invitation has been declined."
    sv = "Inbjudan har avböjts."


class AcceptedInvitation(ServiceError):
    status = 409
    code = "invitation_accepted"
    en = "The invitation has been accepted."
    sv = "Inbjudan har accepterats."


# How an answer to an invitation that is no longer open is refused, by its status.
CLOSED: dict[str, type[ServiceError]] = {
    "revoked": RevokedInvitation,
    "expired": ExpiredInvitation,
    "declined": DeclinedInvitation,
    "accepted": AcceptedInvitation,
}
