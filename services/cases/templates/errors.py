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


class PlaceholderWithoutValue(ServiceError):
    status = 422
    code = "placeholder_without_value"
    en = "The template needs values for {missing}: give them, or write the texts yourself."
    sv = "Mallen behöver värden för {missing}: ange dem, eller skriv texterna själv."
