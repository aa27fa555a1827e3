from shared.errors import ServiceError


class RangeNotSatisfiable(ServiceError):
    status = 416
    code = "range_not_satisfiable"
    en = "The file has {size} bytes; the range names none of them, or is no range."
    sv = "Filen har {size} byte. Intervallet omfattar inga av dem, eller är inget intervall."

    def headers(self) -> dict[str, str]:
        return {"Content-Range": f"bytes */{self.facts['size']}"}
