"""Files with customers, as other systems of a bureau export them."""

import httpx

from tests.factories.callers import Caller
from tests.factories.records import organisation_number

HEADER = (
    "number;name;kind;organisation_number;street;postal_code;city;country;"
    "contact_name;contact_email;contact_phone;responsible_email;active"
)


def line(number: str, **changes: str) -> str:
    """One line of a register file; the names are those of its header."""
    cells = {
        "number": number,
        "name": f"Kund {number} AB",
        "kind": "company",
        "organisation_number": organisation_number(),
        "street": "Storgatan 1",
        "postal_code": "111 22",
        "city": "Örebro",
        "country": "SE",
        "contact_name": f"Åke {number}",
        "contact_email": f"ake@kund{number}.example",
        "contact_phone": "08-123 45 67",
        "responsible_email": "",
        "active": "ja",
        **changes,
    }
    return ";".join(cells[name] for name in HEADER.split(";"))


def register_file(*lines: str) -> bytes:
    return "\r\n".join([HEADER, *lines, ""]).encode()


async def upload_register(by: Caller, body: bytes, **headers: str) -> httpx.Response:
    headers = {**by.headers, "Content-Type": "text/csv", **headers}
    return await by.client.post("/v1/customers/import", content=body, headers=headers)
