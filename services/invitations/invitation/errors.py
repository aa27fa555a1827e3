from shared.errors import ServiceError


class InvitationNotOpen(ServiceError):
    status = 409
    code = "invitation_not_open"
    en = "The invitation is no longer open: it is {state}."
    sv = "Inbjudan är inte längre öppen: den är {state}."
