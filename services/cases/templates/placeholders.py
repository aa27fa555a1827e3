"""`{{customer.name}}` and the like in a template's texts."""

import re
from collections.abc import Mapping

# Each with the field of a new case that its value comes from.
SOURCES = {
    "customer.name": "customer_id",
    "contact.first_name": "participant_ids",
    "period": "period",
    "due_on": "due_on",
}
# Without braces inside, so that a text that is full of them is read once and not from each of them.
_PLACEHOLDER = re.compile(r"\{\{([^{}]*)\}\}")


def fill(text: str, values: Mapping[str, str]) -> str:
    """Placeholders that `values` does not name stay in the text. Values are not searched for placeholders."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1].strip(), found[0]), text)


def names_in(text: str) -> list[str]:
    """Each once, in the order in which they come."""
    return list(dict.fromkeys(found.strip() for found in _PLACEHOLDER.findall(text)))


def is_unfinished(text: str) -> bool:
    """Whether something begins like a placeholder and does not end like one."""
    return "{{" in _PLACEHOLDER.sub(" ", text)
