"""One line of a register file: its values, and the few faults for which it is not imported."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from stdnum.se import orgnr

from services.identity.imports.register_file import COLUMNS
from shared.addresses import normalised

KINDS = {
    "company": "company",
    "företag": "company",
    "private_individual": "private_individual",
    "privatperson": "private_individual",
}
ACTIVE = {
    "ja": True,
    "yes": True,
    "true": True,
    "1": True,
    "nej": False,
    "no": False,
    "false": False,
    "0": False,
}


class LineRejected(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class RegisterLine:
    """None for an empty cell: then the register keeps what it has."""

    number: str
    name: str
    kind: str
    organisation_number: str | None
    street: str | None
    postal_code: str | None
    city: str | None
    country: str | None
    contact_name: str | None
    contact_email: str | None
    contact_phone: str | None
    responsible_email: str | None
    active: bool | None
    # The cell is neither yes nor no.
    active_unknown: bool

    @classmethod
    def parse(cls, cells: Sequence[str]) -> Self:
        """Raises LineRejected."""
        values = dict(zip(COLUMNS, cells, strict=True))
        if not values["number"] or not values["name"]:
            raise LineRejected("required")
        kind = KINDS.get(values["kind"].casefold())
        if kind is None:
            raise LineRejected("kind_invalid")
        number = values["organisation_number"]
        if not orgnr.is_valid(number) if number else kind == "company":
            raise LineRejected("organisation_number_invalid")
        if number and kind == "private_individual":
            raise LineRejected("has_organisation_number")
        return cls(
            number=values["number"],
            name=values["name"],
            kind=kind,
            organisation_number=orgnr.compact(number) if number else None,
            **{name: values[name] or None for name in ("street", "postal_code", "city", "contact_phone")},
            country=values["country"].upper() or None,
            contact_name=values["contact_name"] or values["contact_email"] or None,
            contact_email=values["contact_email"] or None,
            responsible_email=normalised(values["responsible_email"]) or None,
            active=ACTIVE.get(values["active"].casefold()),
            active_unknown=values["active"] != "" and values["active"].casefold() not in ACTIVE,
        )

    def columns(self) -> dict[str, str]:
        """The cells about the customer that are not empty, by the names of the columns."""
        names = ("number", "name", "kind", "organisation_number", "street", "postal_code", "city", "country")
        values = {name: getattr(self, name) for name in names}
        return {name: value for name, value in values.items() if value is not None}
