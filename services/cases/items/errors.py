from shared.errors import ServiceError


class ItemAlreadyAccepted(ServiceError):
    status = 409
    code = "item_already_accepted"
    en = "The item is accepted."
    sv = "Punkten är godtagen."


class ItemNotAnswered(ServiceError):
    status = 409
    code = "item_not_answered"
    en = "The item has no answer yet."
    sv = "Punkten är inte besvarad än."
