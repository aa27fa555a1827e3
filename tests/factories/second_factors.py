"""Authenticator apps of the tests' persons."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pyotp

from shared.clock import utcnow
from tests.factories.people import Person

TOTP = "/v1/me/credentials/totp"


@dataclass
class Authenticator:
    """An app that holds one person's secret; `recovery_codes` are those that came with it."""

    secret: str
    recovery_codes: list[str] = field(default_factory=list)

    def code(self, *, steps: int = 0) -> str:
        """What the app shows now, or so many times 30 seconds later."""
        return pyotp.TOTP(self.secret).at(utcnow() + timedelta(seconds=30 * steps))


async def begin_totp(person: Person) -> Authenticator:
    answer = await person.post(TOTP)
    assert answer.status_code == 201, answer.text
    return Authenticator(answer.json()["secret"])


async def set_up_totp(person: Person) -> Authenticator:
    """The person, who has just logged in, sets up an app with the code of the step before this one, so that
    the present one can still be used."""
    app = await begin_totp(person)
    answer = await person.post(f"{TOTP}/confirm", {"code": app.code(steps=-1)})
    assert answer.status_code == 200, answer.text
    app.recovery_codes = answer.json()["recovery_codes"]
    return app


async def log_in_with(person: Person, otp: str, **act_as: Any) -> None:
    answer = await person.try_log_in(otp=otp, act_as=act_as or None)
    assert answer.status_code == 201, answer.text
    person.session = answer.json()
    person.headers = {"Authorization": f"Bearer {person.session['access_token']}"}
