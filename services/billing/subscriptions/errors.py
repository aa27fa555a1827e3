from shared.errors import ServiceError


class NotAllowedToBuy(ServiceError):
    """`missing` names which of the two rights the caller lacks."""

    status = 403
    code = "not_allowed_to_buy"
    en = "Buying or cancelling takes an administrator with full maintenance. You lack {lacking}."
    sv = "Köp och uppsägning kräver administratör med full behörighet till Underhåll. Du saknar {lacking}."

    def detail(self, language: str) -> str:
        words = self.sv if language == "sv" else self.en
        return words.format(lacking=", ".join(self.facts["missing"]))


class QuoteChanged(ServiceError):
    """`quote` is the new one, as `GET /v1/subscription/quote` shows it."""

    status = 409
    code = "quote_changed"
    en = "The number of customers or the price has changed since you saw it. Look at the new quote."
    sv = "Antalet kunder eller priset har ändrats sedan du såg det. Se den nya offerten."
