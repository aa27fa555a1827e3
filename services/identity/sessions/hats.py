"""What a person may act as: an employee of a bureau, a member of an account, or an operator."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import Field

from services.identity.sessions.errors import NoSuchHat
from shared.principals import EmployeeHat, MemberHat, OperatorHat


class NamedEmployeeHat(EmployeeHat):
    """`joined`: whether the person has worn this hat before."""

    bureau_name: str
    joined: bool = Field(exclude=True)


class NamedMemberHat(MemberHat):
    """`joined`: whether the person has worn this hat before."""

    account_name: str
    joined: bool = Field(exclude=True)


NamedHat = NamedEmployeeHat | NamedMemberHat | OperatorHat


class HatKey(NamedTuple):
    """Which hat is meant; `hat_id` is the bureau's or the account's id."""

    kind: str | None
    hat_id: UUID | None


def find_hat(hats: Sequence[NamedHat], key: HatKey) -> NamedHat | None:
    return next((hat for hat in hats if (hat.kind, hat.hat_id) == key), None)


def choose_hat(hats: Sequence[NamedHat], key: HatKey) -> NamedHat:
    """Raises NoSuchHat."""
    hat = find_hat(hats, key)
    if hat is None:
        raise NoSuchHat
    return hat


def claim(hat: NamedHat | None) -> dict[str, Any] | None:
    """The hat as an access token bears it: without names."""
    return hat.model_dump(mode="json", exclude={"bureau_name", "account_name"}) if hat else None
