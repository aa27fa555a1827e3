"""Authenticator apps and recovery codes."""

import asyncio
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from shared.events.credentials import CredentialsChanged
from shared.tokens import TokenKeys
from tests.factories.callers import refusal
from tests.factories.clock import MovedClock
from tests.factories.keys import ISSUER, Keys
from tests.factories.people import Person, reset_of
from tests.factories.second_factors import TOTP, begin_totp, log_in_with, set_up_totp
from tests.factories.service import Service

CREDENTIALS = "/v1/me/credentials"


@pytest.fixture(autouse=True)
def standing_clock(moved_clock: MovedClock) -> MovedClock:
    return moved_clock


def amr_of(keys: Keys, person: Person) -> tuple[str, ...]:
    return TokenKeys(keys.public_file, ISSUER).verify(person.session["access_token"]).amr


async def renew(service: Service, person: Person) -> None:
    body = {"refresh_token": person.session["refresh_token"]}
    answer = await service.client.post("/v1/sessions/refresh", json=body)
    assert answer.status_code == 200, answer.text
    person.session = answer.json()
    person.headers = {"Authorization": f"Bearer {person.session['access_token']}"}


async def changes(service: Service, person: Person) -> list[str]:
    told = await service.published(CredentialsChanged, user_id=person.user_id)
    return [event.change for event in told]


async def test_the_secret_is_shown_once_and_kept_sealed(service: Service, person: Person) -> None:
    begun = (await person.post(TOTP)).json()
    url = urlsplit(begun["otpauth_url"])
    assert (url.scheme, url.netloc, unquote(url.path)) == ("otpauth", "totp", f"/Ärende:{person.email}")
    assert parse_qs(url.query)["secret"] == [begun["secret"]]
    assert len(begun["secret"]) == 32
    ((_, stored),) = await service.rows(
        "select set_config('arende.user', :me, true), (select secret from totp)", me=person.user_id
    )
    assert begun["secret"] not in stored
    assert await service.rows("select * from totp") == []
    assert await person.read(CREDENTIALS) == {"totp": None, "passkeys": [], "recovery_codes_left": 0}
    await person.log_in()


async def test_log_in_wants_a_code_only_after_the_right_password(
    service: Service, person: Person, keys: Keys
) -> None:
    app = await set_up_totp(person)
    assert len(set(app.recovery_codes)) == 10
    assert await changes(service, person) == ["totp_added"]
    assert refusal(await person.try_log_in(password="en annan gissning")) == (401, "wrong_credentials")
    assert refusal(await person.try_log_in()) == (401, "otp_required")
    assert refusal(await person.try_log_in(otp=app.code(steps=5))) == (401, "wrong_credentials")
    await log_in_with(person, app.code())
    assert amr_of(keys, person) == ("pwd", "otp", "mfa")
    listed = await person.read(CREDENTIALS)
    assert listed["totp"]["since"]
    assert listed["recovery_codes_left"] == 10


async def test_each_code_is_taken_once(person: Person, moved_clock: MovedClock) -> None:
    app = await set_up_totp(person)
    now = app.code()
    await log_in_with(person, f" {now[:3]} {now[3:]} ")
    assert refusal(await person.try_log_in(otp=now)) == (401, "wrong_credentials")
    earlier = app.code(steps=-1)
    assert refusal(await person.try_log_in(otp=earlier)) == (401, "wrong_credentials")
    moved_clock.move(seconds=30)
    both = await asyncio.gather(*(person.try_log_in(otp=app.code()) for _ in range(4)))
    assert sorted(answer.status_code for answer in both) == [201, 401, 401, 401]


async def test_guesses_at_a_code_are_limited(person: Person) -> None:
    app = await set_up_totp(person)
    right = {app.code(steps=each) for each in (-1, 0, 1)}
    wrong = next(each for each in ("000000", "111111", "222222", "333333") if each not in right)
    answers = await asyncio.gather(*(person.try_log_in(otp=wrong) for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [401] * 10 + [429] * 2
    assert refusal(await person.try_log_in(otp=app.code())) == (429, "too_many_attempts")


async def test_a_recovery_code_is_used_once(service: Service, person: Person, keys: Keys) -> None:
    app = await set_up_totp(person)
    first, second = app.recovery_codes[:2]
    await log_in_with(person, first.upper().replace("-", " "))
    assert amr_of(keys, person) == ("pwd", "otp", "mfa")
    assert refusal(await person.try_log_in(otp=first)) == (401, "wrong_credentials")
    assert await changes(service, person) == ["totp_added", "recovery_code_used"]
    renewed = (await person.post(f"{CREDENTIALS}/recovery-codes")).json()["recovery_codes"]
    assert len(renewed) == 10
    assert refusal(await person.try_log_in(otp=second)) == (401, "wrong_credentials")
    await log_in_with(person, renewed[0])
    assert (await person.read(CREDENTIALS))["recovery_codes_left"] == 9


async def test_an_app_is_confirmed_soon_and_by_its_own_code(person: Person, moved_clock: MovedClock) -> None:
    assert refusal(await person.post(f"{TOTP}/confirm", {"code": "123456"})) == (404, "not_found")
    replaced = await begin_totp(person)
    app = await begin_totp(person)
    for wrong in (replaced.code(), app.code(steps=5), "12345"):
        assert refusal(await person.post(f"{TOTP}/confirm", {"code": wrong})) == (422, "wrong_code")
    moved_clock.move(minutes=31)
    await person.log_in()
    late = await person.post(f"{TOTP}/confirm", {"code": app.code()})
    assert refusal(late) == (422, "wrong_code")
    await set_up_totp(person)
    assert refusal(await person.post(TOTP)) == (409, "totp_exists")


async def test_changes_take_a_fresh_log_in_with_the_second_factor(
    service: Service, person: Person, moved_clock: MovedClock
) -> None:
    moved_clock.move(minutes=10)
    await renew(service, person)
    assert refusal(await person.post(TOTP)) == (403, "fresh_login_required")
    await person.log_in()
    app = await set_up_totp(person)
    moved_clock.move(minutes=10)
    await renew(service, person)
    for method, path in (("POST", TOTP), ("DELETE", TOTP), ("POST", f"{CREDENTIALS}/recovery-codes")):
        assert refusal(await person.call(method, path)) == (403, "fresh_login_required")
    await log_in_with(person, app.code())
    assert (await person.call("DELETE", TOTP)).status_code == 204
    assert (await person.call("DELETE", TOTP)).status_code == 404
    assert refusal(await person.post(f"{CREDENTIALS}/recovery-codes")) == (409, "no_second_factor")


async def test_other_log_ins_end_and_this_one_has_the_factor_from_its_next_renewal(
    service: Service, person: Person, keys: Keys
) -> None:
    other = {"refresh_token": person.session["refresh_token"]}
    await person.log_in()
    await set_up_totp(person)
    assert refusal(await service.client.post("/v1/sessions/refresh", json=other)) == (401, "session_ended")
    for expected in (("pwd", "otp", "mfa"), ("pwd", "otp")):
        await renew(service, person)
        assert amr_of(keys, person) == expected
        await person.call("DELETE", TOTP)


async def test_a_new_password_removes_no_second_factor(service: Service, person: Person) -> None:
    app = await set_up_totp(person)
    await service.client.post("/v1/password-resets", json={"email": person.email})
    person.password = "ett alldeles nytt lösenord"
    answer = await service.client.put(
        f"/v1/password-resets/{await reset_of(service, person.email)}", json={"password": person.password}
    )
    assert answer.status_code == 204
    assert refusal(await person.try_log_in()) == (401, "otp_required")
    await log_in_with(person, app.code())
