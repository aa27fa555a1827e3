"""What every operation refuses before its own work, in codes of ours and in the caller's language."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Any, get_args

import httpx
import pytest
from fastapi import FastAPI, Query
from pydantic import BaseModel, Field
from pydantic_core.core_schema import ErrorType

from shared.errors import NotFound, What
from shared.http.api import create_api, create_router
from shared.http.schemas import Body, Day, Flag, Line, Moment
from shared.http.validation import CODES, WORDS, field_errors
from shared.settings import ServiceSettings
from tests.factories.callers import refusal
from tests.factories.service import client_of


class Part(Body):
    label: Line


class Whole(Body):
    name: Line
    kind: Annotated[str, Field(pattern="^[a-z]+$")] = "a"
    day: Day | None = None
    sent: Flag = False
    parts: list[Part] = Field(default_factory=list)


class Filters(BaseModel):
    since: Moment | None = None
    word: str | None = None


def thing_router() -> Any:
    router = create_router("things")

    @router.post("/v1/things", status_code=201)
    async def add(body: Whole) -> Whole:
        return body

    @router.get("/v1/things")
    async def find(wanted: Annotated[Filters, Query()]) -> Filters:
        return wanted

    @router.post("/v1/things/import", status_code=202)
    async def bring() -> None: ...

    @router.get("/v1/things/{thing_id}")
    async def look(thing_id: str, deep: bool = False) -> str:
        return thing_id

    @router.patch("/v1/things/{thing_id}")
    async def change(thing_id: str, body: Whole) -> None: ...

    return router


@pytest.fixture
async def app(common_settings: Any) -> AsyncIterator[FastAPI]:
    settings = ServiceSettings(**common_settings("billing", database_pool=1), service="billing")
    app = create_api(settings, routers=[thing_router()])
    yield app
    await app.state.database.close()


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as client:
        yield client


SWEDISH = {"Accept-Language": "sv"}


@pytest.mark.parametrize(
    ("change", "field", "code", "detail"),
    [
        ({"name": "x" * 201}, "name", "too_long", "Ange högst 200 tecken."),
        ({"name": ""}, "name", "too_short", "Detta får inte vara tomt."),
        ({"name": None}, "name", "not_text", "Ange en text."),
        (
            {"name": "a\u202eb"},
            "name",
            "not_one_line",
            "Ta bort styrtecken, radbrytningar och andra tecken som inte syns.",
        ),
        ({"nick": "x"}, "nick", "unknown_field", "Utelämna det: fältet finns inte."),
        (
            {"kind": "A"},
            "kind",
            "malformed",
            "Skriv det som API:ets dokument visar.",
        ),
        ({"day": 1764000000}, "day", "not_a_date", "Ange en dag som ÅÅÅÅ-MM-DD."),
        ({"day": "2026-02-30"}, "day", "not_a_date", "Ange en dag som ÅÅÅÅ-MM-DD."),
        ({"day": "0001-01-01"}, "day", "out_of_range", "Ange en dag från 1900-01-01 till 2199-12-31."),
        ({"sent": "no"}, "sent", "not_true_or_false", "Ange true eller false."),
        ({"parts": [{"label": "a"}, {}]}, "parts.1.label", "required", "Detta måste anges."),
        ({"parts": "a"}, "parts", "not_a_list", "Ange en lista."),
    ],
)
async def test_a_failing_field_has_a_code_of_ours_and_words_in_the_callers_language(
    client: httpx.AsyncClient, change: dict[str, Any], field: str, code: str, detail: str
) -> None:
    answer = await client.post("/v1/things", json={"name": "a", **change}, headers=SWEDISH)

    assert refusal(answer) == (422, "invalid_request")
    assert answer.json()["errors"] == [{"field": field, "code": code, "detail": detail}]


def test_each_kind_of_error_that_pydantic_knows_has_a_code_and_words_of_ours() -> None:
    assert CODES.keys() == set(get_args(ErrorType))
    assert WORDS.keys() >= set(CODES.values())


def test_a_kind_that_pydantic_invents_later_does_not_leak() -> None:
    (error,) = field_errors(
        [{"type": "brand_new", "loc": ("body", "name"), "msg": "Input is odd", "ctx": {}}]
    )

    assert (error.code, error.en) == ("invalid", "This can't be accepted.")


async def test_no_more_faults_are_named_than_somebody_can_read(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/things", json={"name": "a", **{f"f{n}": n for n in range(90)}})
    asked = await client.get("/v1/things?" + "&".join(f"p{n}=1" for n in range(3000)), headers=SWEDISH)

    for refused, words in (
        (answer, "And 70 more; mend these first."),
        (asked, "Och 2980 till; rätta de här först."),
    ):
        errors = refused.json()["errors"]
        assert len(errors) == 21
        assert errors[-1] == {"field": "request", "code": "more_errors", "detail": words}


def test_what_is_not_found_is_named_in_the_words_of_the_product() -> None:
    for what in get_args(What):
        assert NotFound(what).detail("en") == f"There is no such {what}."
        assert NotFound(what).detail("sv").endswith(" finns inte.")
    assert NotFound("case").detail("sv") == "Ärendet finns inte."


async def test_a_parameter_that_the_operation_does_not_have_is_refused(client: httpx.AsyncClient) -> None:
    known = await client.get("/v1/things?word=a&since=2026-11-24T09:30:00Z")
    answers = [await client.get(f"/v1/things{rest}") for rest in ("?wrod=a", "/1?deep=true&word=a")]
    written = await client.post("/v1/things?dry_run=true", json={"name": "a"})

    assert known.status_code == 200
    assert [refusal(each) for each in (*answers, written)] == [(422, "invalid_request")] * 3
    errors = [(each.json()["errors"][0]["field"], each.json()["errors"][0]["code"]) for each in answers]
    assert errors == [("wrod", "unknown_field"), ("word", "unknown_field")]


@pytest.mark.parametrize(
    "since", ["0.5", "1764000000", "2026-11-24", "2026-11-24T09:30:00", "0001-01-01T00:00:00%2B14:00", "x"]
)
async def test_a_time_is_that_of_rfc_3339(client: httpx.AsyncClient, since: str) -> None:
    answer = await client.get(f"/v1/things?since={since}")

    assert refusal(answer) == (422, "invalid_request")
    assert answer.json()["errors"][0]["code"] in ("not_a_time", "out_of_range")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/v1/things", "GET, HEAD, POST"),
        ("POST", "/v1/things/1", "GET, HEAD, PATCH"),
        ("PATCH", "/v1/things/import", "POST"),
        ("GET", "/v1/things/import", "POST"),
        ("HEAD", "/v1/things/import", "POST"),
    ],
)
async def test_another_method_is_refused_with_all_that_the_path_has(
    client: httpx.AsyncClient, method: str, path: str, allowed: str
) -> None:
    answer = await client.request(method, path)

    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


async def test_where_nothing_is_has_a_code_of_its_own(client: httpx.AsyncClient) -> None:
    answers = [await client.get(path, headers=SWEDISH) for path in ("/v1/thnigs", "/v1/things/")]

    assert [refusal(each) for each in answers] == [(404, "no_such_route")] * 2
    assert answers[0].json()["detail"].startswith("Det finns ingenting på den här adressen.")


async def test_a_body_is_json(client: httpx.AsyncClient) -> None:
    text = await client.post("/v1/things", content=b'{"name": "a"}', headers={"Content-Type": "text/plain"})
    bare = await client.post("/v1/things", content=b'{"name": "a"}')
    typed = {"Content-Type": "application/json; charset=utf-8"}

    assert [refusal(each) for each in (text, bare)] == [(415, "unsupported_media_type")] * 2
    assert (await client.post("/v1/things", content=b'{"name": "a"}', headers=typed)).status_code == 201
    assert refusal(await client.post("/v1/things", content=b"{", headers=typed)) == (400, "malformed_json")


def test_a_date_of_ours_is_taken_as_it_is() -> None:
    assert Whole(name="a", day=date(2026, 11, 24)).day == date(2026, 11, 24)
