from services.identity.people.errors import WrongCredentials
from shared.errors import NotLoggedIn, ServiceError


class OtpRequired(NotLoggedIn):
    """Raised only after the right password."""

    code = "otp_required"
    en = "Give the code of your authenticator app, or a recovery code, as well."
    sv = "Ange också koden i din autentiseringsapp, eller en återställningskod."


class WrongOtp(WrongCredentials):
    en = "The code is wrong, or has been used. Wait for the next one."
    sv = "Koden är fel, eller har redan använts. Vänta på nästa."


class FreshLoginRequired(ServiceError):
    status = 403
    code = "fresh_login_required"
    en = "Log in again to do this: it takes a log-in of the last ten minutes."
    sv = "Logga in igen för att göra detta: det kräver en inloggning de senaste tio minuterna."


class SecondFactorRequired(ServiceError):
    status = 403
    code = "second_factor_required"
    en = "Log in with your second factor. Without `act_as` you can set one up."
    sv = "Logga in med din andra faktor. Utan `act_as` kan du lägga till en."


class TotpExists(ServiceError):
    status = 409
    code = "totp_exists"
    en = "You have an authenticator app. Remove it before you set up another."
    sv = "Du har redan en autentiseringsapp. Ta bort den innan du lägger till en annan."


class WrongCode(ServiceError):
    status = 422
    code = "wrong_code"
    en = "The code is wrong or too old. Give the one that the app shows now, or begin again."
    sv = "Koden är fel eller för gammal. Ange den som appen visar nu, eller börja om."
    keeps_writes = True  # the attempt is counted


class NoSecondFactor(ServiceError):
    status = 409
    code = "no_second_factor"
    en = "Add an authenticator app or a passkey first."
    sv = "Lägg först till en autentiseringsapp eller en passkey."
