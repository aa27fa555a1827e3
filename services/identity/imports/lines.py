"""One line of a register file: its values, and the few faults for which it is not imported."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from stdnum.se import orgnr

from services.identity.imports.register_file import COLUMNS

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
    """Empty cells are None: what the register has stays."""

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
        said = dict(zip(COLUMNS, cells, strict=True))
        if not said["number"] or not said["name"]:
            raise LineRejected("required")
        kind = KINDS.get(said["kind"].casefold())
        if kind is None:
            raise LineRejected("kind_invalid")
        number = said["organisation_number"]
        if not orgnr.is_valid(number) if number else kind == "company":
            raise LineRejected("organisation_number_invalid")
        return cls(
            number=said["number"],
            name=said["name"],
            kind=kind,
            organisation_number=orgnr.compact(number) if number else None,
            **{name: said[name] or None for name in ("street", "postal_code", "city", "contact_phone")},
            country=said["country"].upper() or None,
            contact_name=said["contact_name"] or said["contact_email"] or None,
            contact_email=said["contact_email"] or None,
            responsible_email=said["responsible_email"].lower() or None,
            active=ACTIVE.get(said["active"].casefold()),
            active_unknown=said["active"] != "" and said["active"].casefold() not in ACTIVE,
        )

    def columns(self) -> dict[str, str]:
        """What it says of the customer, by the names of its columns."""
        names = ("number", "name", "kind", "organisation_number", "street", "postal_code", "city", "country")
        said = {name: getattr(self, name) for name in names}
        return {name: value for name, value in said.items() if value is not None}
