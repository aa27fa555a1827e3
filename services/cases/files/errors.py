from shared.errors import ServiceError


class RangeNotSatisfiable(ServiceError):
    status = 416
    code = "range_not_satisfiable"
    en = "The file has {size} bytes, which the range begins after."
    sv = "Filen har {size} byte, och intervallet börjar efter dem."

    def headers(self) -> dict[str, str]:
        return {"Content-Range": f"bytes */{self.facts['size']}"}


class MalformedRange(ServiceError):
    status = 400
    code = "malformed_range"
    en = "The Range header is none of bytes."
    sv = "Range-huvudet anger inga byte."
