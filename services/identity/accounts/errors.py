from shared.errors import ServiceError


class MemberExists(ServiceError):
    status = 409
    code = "member_exists"
    en = "The person is a member of the account."
    sv = "Personen är redan användare på kontot."


class LastAccountAdministrator(ServiceError):
    status = 409
    code = "last_administrator"
    en = "An account keeps at least one administrator."
    sv = "Ett konto har alltid minst en administratör."


class AccountOfOthers(ServiceError):
    """Somebody else has opened an account for the organisation in the meantime."""

    status = 409
    code = "account_of_others"
    en = "The organisation has an account that the person is no member of."
    sv = "Organisationen har ett konto som personen inte är användare på."
