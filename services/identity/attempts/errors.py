from shared.errors import ServiceError


class TooManyAttempts(ServiceError):
    status = 429
    code = "too_many_attempts"
    en = "Too many attempts. Try again in {retry_after} seconds."
    sv = "För många försök. Försök igen om {retry_after} sekunder."
    keeps_writes = True

    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.facts["retry_after"])}
