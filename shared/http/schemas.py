"""What bodies and answers have in common."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from shared.http.validation import wrong

Language = Literal["sv", "en"]
LARGEST_INT = 2**31 - 1


class Body(BaseModel):
    """A request's body. Unknown fields are refused; space around texts is removed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, use_attribute_docstrings=True)


class Answer(BaseModel):
    """What an operation returns; the string below a field is its description in the API's document."""

    model_config = ConfigDict(from_attributes=True, use_attribute_docstrings=True)


def one_line(value: Any) -> Any:
    """Refuses what can't be seen, such as line breaks and marks that turn the direction of writing."""
    if isinstance(value, str) and not value.isprintable() and not value.strip().isprintable():
        raise wrong(
            "not_one_line",
            en="Leave out control characters, line breaks and other characters that can't be seen.",
            sv="Ta bort styrtecken, radbrytningar och andra tecken som inte syns.",
        )
    return value


def _day(value: Any) -> Any:
    """Only the full date of RFC 3339: pydantic would take a number for seconds since 1970."""
    if isinstance(value, str) and _FULL_DATE.fullmatch(value):
        try:
            day = date.fromisoformat(value)
        except ValueError:
            return value  # pydantic says that it is no day
        if not FIRST_DAY <= day <= LAST_DAY:
            raise _out_of_range()
        return day
    return value if type(value) is date else _NO_DATE


def _moment(value: Any) -> Any:
    """Only the date-time of RFC 3339."""
    if isinstance(value, str) and _DATE_TIME.fullmatch(value):
        try:
            moment = datetime.fromisoformat(value.upper())
        except ValueError:
            return value  # pydantic says that it is no time
        # In UTC it may be the day before or after.
        if not FIRST_DAY < moment.date() < LAST_DAY:
            raise _out_of_range()
        return moment
    return value if isinstance(value, datetime) else _NO_DATE


def _out_of_range() -> PydanticCustomError:
    return wrong(
        "out_of_range",
        en="Give a day from {first} to {last}.",
        sv="Ange en dag från {first} till {last}.",
        first=str(FIRST_DAY),
        last=str(LAST_DAY),
    )


# What no validator takes for a date.
_NO_DATE: Any = ()
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
_FULL_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
# What comes in is of its own type in JSON: pydantic would take `"no"` for false and 3.0 for 3.
Flag = Annotated[bool, Field(strict=True)]
Yes = Annotated[Literal[True], BeforeValidator(lambda value: value if value is True else str(value))]
Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]
# One line of text, for a type that has its own limit.
OneLine = Annotated[str, BeforeValidator(one_line), Field(min_length=1)]
# One line of text, as a name or a subject is.
Line = Annotated[OneLine, Field(max_length=200)]
# Running text.
Prose = Annotated[str, Field(min_length=1, max_length=20_000)]
