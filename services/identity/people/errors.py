from shared.errors import NotLoggedIn, ServiceError, Unavailable


class Busy(Unavailable):
    code = "busy"
    en = "Many people are logging in at this moment. Try again in a few seconds."
    sv = "Många loggar in just nu. Försök igen om några sekunder."

    def headers(self) -> dict[str, str]:
        return {"Retry-After": "5"}


class EmailTaken(ServiceError):
    status = 409
    code = "email_taken"
    en = "Somebody has signed up with this e-mail address. Log in, or choose a new password."
    sv = "Någon har redan registrerat sig med den här e-postadressen. Logga in, eller välj ett nytt lösenord."


class EmailTakenBySomebody(EmailTaken):
    """Raised after a wrong password for that person, so the attempt must stay counted."""

    keeps_writes = True
    security = "log_in_failed"


class LinkExpired(ServiceError):
    status = 410
    code = "link_expired"
    en = "The link has been used, or is too old. Ask for a new one."
    sv = "Länken har använts, eller är för gammal. Begär en ny."


class LinkUsed(LinkExpired):
    """Raised after a wrong password for a verified person, so the attempt must stay counted."""

    security = "log_in_failed"
    keeps_writes = True


class WrongCredentials(NotLoggedIn):
    security = "log_in_failed"
    code = "wrong_credentials"
    en = "The e-mail address or the password is wrong."
    sv = "E-postadressen eller lösenordet är fel."
    keeps_writes = True  # the attempt is counted


class WrongPassword(ServiceError):
    """Not a 401: the person is logged in, and stays so."""

    security = "log_in_failed"
    status = 403
    code = "wrong_password"
    en = "This is not your present password."
    sv = "Det är inte ditt nuvarande lösenord."
    keeps_writes = True  # the attempt is counted
