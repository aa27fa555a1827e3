"""What a list gives out for its following page: the list's name, and the key values of the last row."""

from collections.abc import Sequence
from typing import Any

import orjson

from shared.encoding import decode, encode
from shared.errors import FieldError, ServiceError


class InvalidCursor(ServiceError):
    status = 422
    code = "invalid_cursor"
    en = "The cursor is not one that this list gave out. Begin without one."
    sv = "Markören kommer inte från den här listan. Börja utan."

    def __init__(self, parameter: str = "cursor") -> None:
        super().__init__(errors=[FieldError(parameter, self.code, en=self.en, sv=self.sv)])


class WrongCursor(InvalidCursor):
    code = "wrong_cursor"
    en = "The cursor is that of another list, or of another order of this one. Begin without one."
    sv = "Markören hör till en annan lista, eller till en annan ordning. Börja utan."


def write_cursor(values: Sequence[Any], *, of: str) -> str:
    return encode(orjson.dumps({"of": of, "after": list(values)}, default=str))


def read_cursor(cursor: str, *, of: str) -> list[Any]:
    """Raises InvalidCursor for a text that `write_cursor` can't have made; WrongCursor for another list's.

    The values are not believed: `keyset` compares each with its column.
    """
    try:
        read = orjson.loads(decode(cursor))
    except ValueError as error:
        raise InvalidCursor from error
    # The release before wrote the values alone.
    match {"of": of, "after": read} if isinstance(read, list) else read:
        case {"of": str() as list_of, "after": list() as after}:
            if list_of != of:
                raise WrongCursor
            return after
    raise InvalidCursor
