"""Why a file is refused as a whole, before any line is looked at."""

from shared.errors import ServiceError


class EmptyFile(ServiceError):
    status = 422
    code = "empty_file"
    en = "The file is empty."
    sv = "Filen är tom."


class WrongEncoding(ServiceError):
    status = 422
    code = "wrong_encoding"
    en = "The file is not text in UTF-8 or Windows-1252."
    sv = "Filen är inte text i UTF-8 eller Windows-1252."


class TooManyColumns(ServiceError):
    status = 422
    code = "too_many_columns"
    en = "The first line has more than {limit} columns."
    sv = "Första raden har fler än {limit} kolumner."


class TooManyLines(ServiceError):
    status = 422
    code = "too_many_lines"
    en = "The file has more than {limit} lines. Send it in parts."
    sv = "Filen har fler än {limit} rader. Skicka den i delar."


class MissingColumn(ServiceError):
    status = 422
    code = "missing_column"
    en = "The first line lacks these columns: {columns}."
    sv = "Första raden saknar dessa kolumner: {columns}."
