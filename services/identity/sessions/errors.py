from shared.errors import NotLoggedIn, ServiceError


class NoSuchHat(ServiceError):
    status = 403
    code = "no_such_hat"
    en = "You have no such role. Your roles are listed when you log in without `act_as`."
    sv = "Du har ingen sådan roll. Dina roller räknas upp när du loggar in utan `act_as`."


class SessionEnded(NotLoggedIn):
    security = "token_refused"
    code = "session_ended"
    en = "The session has ended. Log in again."
    sv = "Sessionen är avslutad. Logga in igen."
    keeps_writes = True  # a copied refresh token ends the session
