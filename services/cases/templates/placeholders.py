"""`{{customer.name}}` and the like in a template's texts."""

import re
from collections.abc import Mapping

KNOWN = frozenset({"customer.name", "period", "contact.first_name", "due_on"})
_PLACEHOLDER = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


def fill(text: str, values: Mapping[str, str]) -> str:
    """Placeholders that `values` does not name stay in the text."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1].strip(), found[0]), text)


def unknown_in(text: str) -> list[str]:
    names = (found.strip() for found in _PLACEHOLDER.findall(text))
    return [name for name in names if name not in KNOWN]
