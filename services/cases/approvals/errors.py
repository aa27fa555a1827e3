from shared.errors import ServiceError


class AlreadyDecided(ServiceError):
    status = 409
    code = "already_decided"
    en = "You have already answered ({decision}); an answer can't be changed."
    sv = "Du har redan svarat ({decision}); ett svar kan inte ändras."


class DocumentsChanged(ServiceError):
    status = 409
    code = "documents_changed"
    en = "The documents are not those that you saw. Read them as they are now."
    sv = "Dokumenten är inte de som du såg. Läs dem som de är nu."


class NotAnApprover(ServiceError):
    status = 403
    code = "not_an_approver"
    en = "Only the people that were asked can approve or decline."
    sv = "Bara de som har tillfrågats kan godkänna eller avböja."
