"""Whether a bureau may buy, invite and write: an operator decides it at identity, and others keep a copy."""

from shared.callers import CallerEmployee
from shared.errors import ServiceError


class BureauNotApproved(ServiceError):
    status = 403
    code = "bureau_not_approved"
    en = "The bureau waits to be approved. You can prepare everything, but neither buy nor send mail."
    sv = "Byrån väntar på att godkännas. Tills dess kan ni förbereda allt, men varken köpa eller skicka mejl."


class EmailNotVerified(ServiceError):
    status = 403
    code = "email_not_verified"
    en = "Verify your e-mail address first, by the link that was mailed to you."
    sv = "Bekräfta först din e-postadress, med länken som har mejlats till dig."


class BureauSuspended(ServiceError):
    status = 403
    code = "bureau_suspended"
    en = "The bureau is suspended: what is there can be read and exported. Ask the operator of the service."
    sv = "Byrån är avstängd: det som finns kan läsas och exporteras. Fråga den som driver tjänsten."


class BureauStopped(BureauSuspended):
    """The same, in words for the customer's side."""

    en = "The bureau is suspended, so what it has sent can only be read. Ask the bureau."
    sv = "Byrån är avstängd, så det som den har skickat kan bara läsas. Fråga byrån."


# What `require_approved` raises.
UNAPPROVED = (BureauNotApproved, BureauSuspended)


def require_verified(by: CallerEmployee) -> None:
    """The founder of a bureau comes in before the address is verified. Raises EmailNotVerified."""
    if not by.email_verified:
        raise EmailNotVerified


def require_approved(status: str | None) -> None:
    """Raises BureauNotApproved and BureauSuspended. None is the status of a bureau that is not known yet."""
    if status == "suspended":
        raise BureauSuspended
    if status != "approved":
        raise BureauNotApproved
