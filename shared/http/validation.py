"""What is wrong with a field, in codes and words of ours: pydantic's are not part of the API."""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

from pydantic_core import PydanticCustomError

from shared.errors import FieldError

# A request with more faults than these is answered with the first ones, and how many more there are.
MOST_FAULTS = 20
LONGEST_NAME = 100
# Of the errors that `wrong` makes: where the Swedish words stand in their context.
_SWEDISH = "sv"

# code: (English, Swedish), with pydantic's facts about the limit
WORDS: dict[str, tuple[str, str]] = {
    "required": ("This is required.", "Detta måste anges."),
    "unknown_field": ("Leave it out: there is no such field.", "Utelämna det: fältet finns inte."),
    "not_text": ("Give a text.", "Ange en text."),
    "not_a_number": ("Give a number.", "Ange ett tal."),
    "not_a_whole_number": ("Give a whole number.", "Ange ett heltal."),
    "not_true_or_false": ("Give true or false.", "Ange true eller false."),
    "not_a_date": ("Give a day as YYYY-MM-DD.", "Ange en dag som ÅÅÅÅ-MM-DD."),
    "not_a_time": (
        "Give a time with its offset, such as 2026-11-24T09:30:00Z (RFC 3339).",
        "Ange en tid med tidszon, till exempel 2026-11-24T09:30:00Z (RFC 3339).",
    ),
    "not_a_uuid": ("Give an id, which is a UUID.", "Ange ett id, som är en UUID."),
    "not_a_list": ("Give a list.", "Ange en lista."),
    "not_an_object": ("Give an object with fields.", "Ange ett objekt med fält."),
    "not_null": ("Only null is possible.", "Endast null är möjligt."),
    "not_one_of": ("Give one of these: {expected}.", "Ange något av dessa: {expected}."),
    "too_short": ("Give at least {min_length} characters.", "Ange minst {min_length} tecken."),
    "too_long": ("Give at most {max_length} characters.", "Ange högst {max_length} tecken."),
    "too_few": ("Give at least {min_length} of them.", "Ange minst {min_length} stycken."),
    "too_many": ("Give at most {max_length} of them.", "Ange högst {max_length} stycken."),
    "too_low": ("Give at least {ge}.", "Ange minst {ge}."),
    "too_high": ("Give at most {le}.", "Ange högst {le}."),
    "malformed": ("Write it as the API's document shows.", "Skriv det som API:ets dokument visar."),
    "too_deep": ("Nest it less deeply.", "Nästla det mindre djupt."),
    "invalid": ("This can't be accepted.", "Detta kan inte godtas."),
}
# Where the words of the code do not fit the type: (code, English, Swedish)
_OWN_WORDS: dict[str, tuple[str, str, str]] = {
    "greater_than": ("too_low", "Give more than {gt}.", "Ange mer än {gt}."),
    "less_than": ("too_high", "Give less than {lt}.", "Ange mindre än {lt}."),
    "multiple_of": ("malformed", "Give a multiple of {multiple_of}.", "Ange en multipel av {multiple_of}."),
    "int_parsing_size": ("too_high", "The number is too large.", "Talet är för stort."),
}
# code: pydantic's types of errors. A type that stands nowhere is `invalid`.
_TYPES: dict[str, str] = {
    "required": "missing missing_argument missing_keyword_only_argument missing_positional_only_argument",
    "unknown_field": "extra_forbidden unexpected_keyword_argument unexpected_positional_argument",
    "not_text": "string_type string_unicode bytes_type bytes_invalid_encoding string_not_ascii url_type",
    "not_a_number": "float_type float_parsing decimal_type decimal_parsing finite_number fraction_type"
    " fraction_parsing complex_type complex_str_parsing",
    "not_a_whole_number": "int_type int_parsing int_from_float",
    "not_true_or_false": "bool_type bool_parsing",
    "not_a_date": "date_type date_parsing date_from_datetime_parsing date_from_datetime_inexact",
    "not_a_time": "datetime_type datetime_parsing datetime_object_invalid datetime_from_date_parsing"
    " timezone_naive timezone_aware timezone_offset time_type time_parsing",
    "not_a_uuid": "uuid_type uuid_parsing uuid_version",
    "not_a_list": "list_type tuple_type set_type frozen_set_type deque_type iterable_type iteration_error"
    " arguments_type set_item_not_hashable",
    "not_an_object": "model_type model_attributes_type dataclass_type dataclass_exact_type named_tuple_type"
    " dict_type frozen_dict_type ordered_dict_type counter_type mapping_type invalid_key",
    "not_null": "none_required",
    "not_one_of": "literal_error enum",
    "too_short": "string_too_short bytes_too_short",
    "too_long": "string_too_long bytes_too_long url_too_long",
    "too_few": "too_short",
    "too_many": "too_long",
    "too_low": "greater_than_equal",
    "too_high": "less_than_equal",
    "malformed": "string_pattern_mismatch json_invalid json_type url_parsing url_syntax_violation url_scheme"
    " time_delta_type time_delta_parsing decimal_max_digits decimal_max_places decimal_whole_digits"
    " union_tag_invalid union_tag_not_found",
    "too_deep": "recursion_loop recursion_depth_exceeded",
    "invalid": "no_such_attribute needs_python_object frozen_field frozen_instance get_attribute_error"
    " default_factory_not_called value_error assertion_error missing_sentinel_error ellipsis_error date_past"
    " date_future datetime_past datetime_future is_instance_of is_subclass_of callable_type"
    " multiple_argument_values",
}
CODES: dict[str, str] = {
    **{kind: code for code, kinds in _TYPES.items() for kind in kinds.split()},
    **{kind: code for kind, (code, _, _) in _OWN_WORDS.items()},
}


def wrong(code: LiteralString, *, en: LiteralString, sv: LiteralString, **facts: Any) -> PydanticCustomError:
    """For a validator to raise; `facts` fill both texts."""
    return PydanticCustomError(code, en, {**facts, _SWEDISH: sv.format_map(facts)})


def field_errors(failures: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    """Of pydantic's `errors()`, in which a place may begin with `body`, `query`, `path` or `header`."""
    found: dict[tuple[str, str], FieldError] = {}
    for failure in failures:
        error = _field_error(failure)
        found.setdefault((error.field, error.code), error)
        if len(found) > MOST_FAULTS:
            break
    return first_faults(list(found.values()), more=len(failures) - MOST_FAULTS)


def first_faults(errors: Sequence[FieldError], *, more: int) -> list[FieldError]:
    """As many as somebody can read. `more`: how many there are beyond those."""
    if len(errors) <= MOST_FAULTS:
        return list(errors)
    rest = FieldError(
        "request",
        "more_errors",
        en=f"And {more} more; mend these first.",
        sv=f"Och {more} till; rätta de här först.",
    )
    return [*errors[:MOST_FAULTS], rest]


def _field_error(failure: Mapping[str, Any]) -> FieldError:
    kind, facts = failure["type"], failure.get("ctx") or {}
    field = _field(failure["loc"])
    if kind not in CODES and _SWEDISH in facts:
        return FieldError(field, kind, en=failure["msg"], sv=facts[_SWEDISH])
    if kind in ("too_short", "too_long") and isinstance(failure.get("input"), str):
        kind = f"string_{kind}"
    code = CODES.get(kind, "invalid")
    english, swedish = _OWN_WORDS[kind][1:] if kind in _OWN_WORDS else WORDS[code]
    if code == "too_short" and facts.get("min_length") == 1:
        english, swedish = "This may not be empty.", "Detta får inte vara tomt."
    expected = str(facts.get("expected", "")).replace("True", "true")
    return FieldError(
        field,
        code,
        en=english.format_map({**facts, "expected": expected}),
        sv=swedish.format_map({**facts, "expected": expected.replace(" or ", " eller ")}),
    )


def _field(place: tuple[int | str, ...]) -> str:
    """Without the names that pydantic gives to the options of a union, such as `list[uuid]`."""
    parts = [str(part) for part in place]
    if parts and parts[0] in ("body", "query", "path", "header"):
        parts = parts[1:] or [parts[0]]
    return ".".join(part[:LONGEST_NAME] for part in parts if not part.endswith("]"))
