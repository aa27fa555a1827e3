from shared.errors import ServiceError


class TooLate(ServiceError):
    status = 409
    code = "too_late"
    en = "A message can be corrected for {minutes} minutes after it was sent."
    sv = "Ett meddelande kan rättas i {minutes} minuter efter att det skickades."


class NotTheAuthor(ServiceError):
    status = 403
    code = "not_the_author"
    en = "Only the person who wrote the message can correct it."
    sv = "Bara den som skrev meddelandet kan rätta det."
