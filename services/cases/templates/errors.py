from shared.errors import ServiceError


class ReadyMade(ServiceError):
    status = 409
    code = "ready_made"
    en = "A ready-made template can't be changed. Make your own from it."
    sv = "En färdig mall kan inte ändras. Skapa en egen utifrån den."


class UnknownPlaceholder(ServiceError):
    status = 422
    code = "unknown_placeholder"
    en = "The template has placeholders that nothing fills in."
    sv = "Mallen har platshållare som inget fyller i."
