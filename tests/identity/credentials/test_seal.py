"""Secrets are stored sealed, for one person, by a secret that can be changed."""

from uuid import UUID

import pytest
from pydantic import SecretStr

from services.identity.credentials.seal import BrokenSeal, Seal
from shared.failures import Failure
from shared.ids import uuid7

OLD, NEW = SecretStr("the-secret-before-0123456789-abcdef"), SecretStr("the-secret-of-now-0123456789-abcdef")


@pytest.fixture
def owner() -> UUID:
    return uuid7()


def test_what_the_secret_before_has_sealed_is_opened(owner: UUID) -> None:
    sealed = Seal([OLD]).close("hemligt", owner=owner)
    assert "hemligt" not in sealed
    changed = Seal([NEW, OLD])
    assert changed.open(sealed, owner=owner) == "hemligt"
    assert changed.is_outdated(sealed)
    assert not changed.is_outdated(changed.close("hemligt", owner=owner))
    assert sealed != Seal([OLD]).close("hemligt", owner=owner)


def test_nothing_else_opens_it(owner: UUID) -> None:
    seal = Seal([OLD])
    sealed = seal.close("hemligt", owner=owner)
    head, _, rest = sealed.partition(".")
    forged = f"{head}.{rest[:-4]}AAAA"
    for other, text, whose in (
        (Seal([NEW]), sealed, owner),
        (Seal([]), sealed, owner),
        (seal, sealed, uuid7()),
        (seal, forged, owner),
        (seal, "in clear text", owner),
    ):
        with pytest.raises(BrokenSeal):
            other.open(text, owner=whose)


def test_nothing_is_sealed_without_a_secret(owner: UUID) -> None:
    with pytest.raises(Failure, match="ARENDE_CREDENTIALS_SECRET is missing"):
        Seal([]).close("hemligt", owner=owner)
