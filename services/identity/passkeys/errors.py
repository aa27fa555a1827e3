from services.identity.people.errors import WrongCredentials
from shared.errors import ServiceError


class UnusablePasskey(ServiceError):
    """Also where the device has signed nothing that it was asked to sign."""

    status = 422
    code = "unusable_passkey"
    en = "What the device sent can't be used, or came more than five minutes after it was asked. Begin again."
    sv = "Det som enheten skickade kan inte användas, eller kom mer än fem minuter efter frågan. Börja om."
    keeps_writes = True  # the challenge is used up


class PasskeyExists(ServiceError):
    status = 409
    code = "passkey_exists"
    en = "This passkey has been added already."
    sv = "Den här passkeyn är redan tillagd."
    keeps_writes = True


class TooManyPasskeys(ServiceError):
    status = 409
    code = "too_many_passkeys"
    en = "You have {limit} passkeys, which is the most. Remove one that you don't use."
    sv = "Du har {limit} passkeys, fler går inte. Ta bort någon som du inte använder."


class WrongPasskey(WrongCredentials):
    en = "The passkey is not known here, or the log-in took more than five minutes. Try again."
    sv = "Passkeyn är inte känd här, eller så tog inloggningen mer än fem minuter. Försök igen."
