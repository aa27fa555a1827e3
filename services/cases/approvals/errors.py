from shared.errors import ServiceError


class AlreadyDecided(ServiceError):
    status = 409
    code = "already_decided"
    en = "You have already answered ({decision}); an answer can't be changed."
    sv = "Du har redan svarat ({decision}); ett svar kan inte ändras."


class NotAnApprover(ServiceError):
    status = 403
    code = "not_an_approver"
    en = "Only the people that were asked can approve or decline."
    sv = "Bara de som har tillfrågats kan godkänna eller avböja."
