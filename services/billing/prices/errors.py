from shared.errors import ServiceError


class PriceTooEarly(ServiceError):
    """`first` is the earliest day that can be named."""

    status = 422
    code = "price_too_early"
    en = "A price begins on the first day of a month that has not begun: {first} or later."
    sv = "Ett pris börjar gälla den första dagen i en månad som inte har börjat: tidigast {first}."
