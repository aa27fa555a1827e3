"""The parts of one `multipart/form-data` request, read while they come."""

from uuid import UUID

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from shared.errors import FieldError, InvalidRequest

LONGEST_FIELD = 100
FIELDS = ("item_id", "replaces")


class Form:
    """What has come of a form that has a `file`, and may have the FIELDS, which are ids."""

    def __init__(self, boundary: bytes) -> None:
        self.fields: dict[str, bytes] = {}
        self.filename: str | None = None
        self.content = bytearray()
        self.ended = False
        self._part = ""
        self._header, self._value, self._disposition = b"", b"", b""
        self.parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._data,
                "on_end": self._end,
            },
        )

    def take_content(self) -> bytes:
        """What has come of the file since the last call."""
        content, self.content = bytes(self.content), bytearray()
        return content

    def id_in(self, field: str) -> UUID | None:
        given = self.fields.get(field, b"").decode("ascii", "replace").strip()
        try:
            return UUID(given) if given else None
        except ValueError as error:
            raise wrong(
                field, "not_a_uuid", en="Give an id, which is a UUID.", sv="Ange ett id, som är en UUID."
            ) from error

    def _begin(self) -> None:
        self._disposition = b""

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header, self._value = b"", b""

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._part = options.get(b"name", b"").decode("utf-8", "replace")
        if self._part == "file" and self.filename is not None:
            raise wrong("file", "too_many", en="Send one file in a request.", sv="Skicka en fil i taget.")
        if self._part == "file":
            self.filename = options.get(b"filename", b"").decode("utf-8", "replace")
        elif self._part not in FIELDS:
            raise wrong(
                self._part[:LONGEST_FIELD],
                "unknown_field",
                en="Leave it out: there are file, item_id and replaces.",
                sv="Utelämna det: fälten är file, item_id och replaces.",
            )
        elif self._part in self.fields:
            raise wrong(self._part, "too_many", en="Name one in a request.", sv="Ange en i taget.")
        else:
            self.fields[self._part] = b""

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._part == "file":
            self.content += data[start:end]
            return
        self.fields[self._part] += data[start:end]
        if len(self.fields[self._part]) > LONGEST_FIELD:
            raise wrong(
                self._part,
                "too_long",
                en=f"Give at most {LONGEST_FIELD} bytes.",
                sv=f"Ange högst {LONGEST_FIELD} byte.",
            )

    def _end(self) -> None:
        self.ended = True


def form_of(request: Request) -> Form:
    """Raises InvalidRequest unless the request says that it is a form."""
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise wrong(
            "file",
            "required",
            en="Send multipart/form-data with a part named file.",
            sv="Skicka multipart/form-data med en del som heter file.",
        )
    try:
        return Form(options[b"boundary"])
    except FormParserError as error:
        raise wrong(
            "file", "malformed", en="The boundary is too long.", sv="Avgränsaren (boundary) är för lång."
        ) from error


def wrong(field: str, code: str, *, en: str, sv: str) -> InvalidRequest:
    return InvalidRequest(errors=[FieldError(field, code, en=en, sv=sv)])
