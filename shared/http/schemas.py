"""What bodies and answers have in common."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Language = Literal["sv", "en"]
LARGEST_INT = 2**31 - 1


def _storable(value: Any) -> bool:
    """False where a string holds what PostgreSQL can't store: NUL, or half a surrogate pair."""
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= char <= "\udfff" for char in value)
    if isinstance(value, dict):
        return all(_storable(key) and _storable(each) for key, each in value.items())
    return all(map(_storable, value)) if isinstance(value, list) else True


class Body(BaseModel):
    """A request's body. Unknown fields are refused; space around texts is removed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, use_attribute_docstrings=True)

    @model_validator(mode="before")
    @classmethod
    def refuse_unstorable(cls, data: Any) -> Any:
        if not _storable(data):
            raise ValueError("holds a character that can't be stored")
        return data


class Answer(BaseModel):
    """What an operation returns; the string below a field is its description in the API's document."""

    model_config = ConfigDict(from_attributes=True, use_attribute_docstrings=True)


def _one_line(value: Any) -> Any:
    if isinstance(value, str) and any(not char.isprintable() for char in value.strip()):
        raise ValueError("control characters are not allowed")
    return value


# One line of text, as a name or a subject is.
Line = Annotated[str, BeforeValidator(_one_line), Field(min_length=1, max_length=200)]
# Running text.
Prose = Annotated[str, Field(min_length=1, max_length=20_000)]
