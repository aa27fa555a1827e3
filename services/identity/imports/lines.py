"""One line of a register file: its values, or the fault for which it is not imported."""

from dataclasses import dataclass

from shared.errors import FieldError


class LineRejected(Exception):
    """`fault` names the column, in the code and the words that the API has for the same fault."""

    def __init__(self, fault: FieldError) -> None:
        super().__init__(fault.code)
        self.fault = fault


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

    def columns(self) -> dict[str, str]:
        """The cells about the customer that are not empty, by the names of the columns."""
        names = ("number", "name", "kind", "organisation_number", "street", "postal_code", "city", "country")
        values = {name: getattr(self, name) for name in names}
        return {name: value for name, value in values.items() if value is not None}
