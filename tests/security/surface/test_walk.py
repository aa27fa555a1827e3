"""Nobody reaches what belongs to others: every operation with their ids, by everyone who is foreign to them.

The walk is made from the documents of the five services. It takes a new route along by itself, and fails
where it does not know what an id of it is: the message says where to tell it.
"""

import json
import logging
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from shared.ids import uuid7
from tests.factories.callers import Caller
from tests.factories.people import Person
from tests.factories.town import Town
from tests.security.surface.digests import digests, tables_with
from tests.security.surface.operations import Operation, Request, operations, request
from tests.security.surface.strangers import ANONYMOUS, ANSWERED, FOR_THE_CALLER, MAY, OUTSIDERS, Strangers
from tests.security.surface.tenants import OURS, THEIRS, Tenant, found

# What time alone changes.
RUNNING = ("waiting_for_customer_seconds", "waiting_for_bureau_seconds")
CALLERS = ("AMC", "---", "owner", "participant")
Seen = dict[tuple[str, str], Any]


@dataclass(frozen=True)
class Walk(Strangers):
    town: Town
    operations: list[Operation]
    before: Seen

    def asking(self) -> list[Request]:
        """Each operation that takes ids, with ours."""
        made = [request(each, self.ours.ids) for each in self.operations if not each.public]
        return [each for each in made if each.places]

    async def digests(self) -> dict[str, str]:
        """Of all rows but those that are of their bureau."""
        return await digests(self.town, apart_from=self.theirs.ids["bureau_id"])


@pytest.fixture(scope="module")
async def walk(town: Town, operator: Person, nobody: Person) -> Walk:
    every = operations(town)
    theirs = await found(town, operator, THEIRS)
    before = await shown(every, theirs)
    ours = await found(town, operator, OURS)
    return Walk(ours, theirs, operator, nobody, town, every, before)


async def shown(every: list[Operation], tenant: Tenant) -> Seen:
    """What its people read of their own, by operation and person."""
    answers: Seen = {}
    for operation in every:
        if not operation.writes and not operation.public:
            for name in CALLERS:
                answer = await request(operation, tenant.ids).send(tenant.people[name])
                answers[operation.label, name] = timeless(answer)
    return answers


def timeless(answer: httpx.Response) -> Any:
    if "json" not in answer.headers.get("content-type", ""):
        return answer.content

    def stopped(each: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in each.items() if name not in RUNNING}

    return json.loads(answer.content, object_hook=stopped)


def outcome(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, "" if answer.is_success else str(answer.json()["code"])


def refusal(answer: httpx.Response) -> tuple[Any, ...]:
    """All that a refusal tells."""
    return *outcome(answer), answer.json()["detail"], answer.json()["errors"]


def told(walk: Walk, name: str, answer: httpx.Response) -> list[str]:
    """What it says that is hidden from this one."""
    return [mark for mark in walk.hidden_from(name) if mark in answer.text]


def is_empty(answer: httpx.Response) -> bool:
    return answer.status_code == 200 and answer.json()["items"] == []


def is_nothing(asked: Request, answer: httpx.Response) -> bool:
    """A refusal, or a success that has nothing to show."""
    if asked.operation.name in ANSWERED and answer.is_success:
        return answer.status_code == 202 or is_empty(answer)
    return not answer.is_success


def is_hidden(asked: Request, answer: httpx.Response, unknown: httpx.Response) -> bool:
    """Ours must look as if it did not exist."""
    if answer.is_success:
        return unknown.is_success and is_nothing(asked, answer)
    allowed = answer.status_code in (404, 422) or outcome(answer) in FOR_THE_CALLER
    return allowed and refusal(answer) == refusal(unknown)


@pytest.mark.parametrize("name", OUTSIDERS)
async def test_what_is_another_bureaus_is_not_there(walk: Walk, name: str) -> None:
    """The answers are those for ids that nobody has, to the word, and no row of ours is another."""
    by, before, wrong = walk.by_name[name], await walk.digests(), []
    for asked in walk.asking():
        if asked.operation.name in MAY.get(name, ()):
            continue
        answer = await asked.send(by)
        unknown = await request(asked.operation, walk.unknown).send(by)
        if told(walk, name, answer) or not is_hidden(asked, answer, unknown):
            wrong.append((asked.operation.label, outcome(answer), outcome(unknown)))
    assert "\n".join(map(str, wrong)) == ""
    assert await walk.digests() == before


async def test_without_a_token_there_is_nothing(walk: Walk) -> None:
    by, before = walk.by_name[ANONYMOUS], await walk.digests()
    asked = [request(each, walk.ours.ids) for each in walk.operations if not each.public]
    found = {each.operation.label: outcome(await each.send(by)) for each in asked}
    assert {each for each in found.items() if each[1] != (401, "not_logged_in")} == set()
    assert await walk.digests() == before


@pytest.mark.parametrize("name", [each for each in MAY if each not in OUTSIDERS])
async def test_within_the_bureau_each_has_their_part(walk: Walk, name: str) -> None:
    """Whoever is no participant, of another customer, or has it not among their own customers."""
    by, before, done, wrong = walk.by_name[name], await walk.digests(), set[str](), []
    for asked in walk.asking():
        if asked.operation.writes and asked.operation.name in MAY[name]:
            done.add(asked.operation.name)
            continue
        answer = await asked.send(by)
        done |= {asked.operation.name} if answer.is_success else set()
        if answer.status_code not in (200, 403, 404, 422) or told(walk, name, answer):
            wrong.append((asked.operation.label, outcome(answer), told(walk, name, answer)))
    assert "\n".join(map(str, wrong)) == ""
    assert done == MAY[name]
    assert await walk.digests() == before


def mixed(walk: Walk) -> list[tuple[Request, Request, tuple[str, ...]]]:
    """Their requests, each with one id of ours, and the same with one that nobody has."""
    found = []
    for operation in walk.operations:
        theirs, ours = (request(operation, each.ids) for each in (walk.theirs, walk.ours))
        unknown = request(operation, walk.unknown)
        for place in theirs.places if operation.name not in MAY["an operator"] else ():
            found.append((theirs.swapped(place, ours), theirs.swapped(place, unknown), place))
    return found


async def test_among_ones_own_ids_a_foreign_one_leads_nowhere(walk: Walk) -> None:
    """In the path, the query and the body, each alone; the rest of the request is in order."""
    before, wrong = await walk.digests(), []
    people = [walk.theirs.people[each] for each in ("AMC", "owner", "participant", "invited")]
    for asked, unasked, place in mixed(walk):
        answers = [(await asked.send(by), await unasked.send(by)) for by in people]
        for answer, unknown in answers:
            if not is_nothing(asked, answer) or outcome(answer) != outcome(unknown):
                wrong.append((asked.operation.label, place, outcome(answer), outcome(unknown)))
        if all(outcome(answer) in FOR_THE_CALLER for answer, _ in answers):
            wrong.append((asked.operation.label, place, (0, "none of them may do this"), (0, "")))
    assert "\n".join(map(str, wrong)) == ""
    assert await walk.digests() == before


async def test_what_others_have_changes_nothing_in_what_one_reads(walk: Walk) -> None:
    """Lists, counts, searches, files and feeds are to the letter what they were before ours came."""
    now = await shown(walk.operations, walk.theirs)
    assert {each for each in now if now[each] != walk.before[each]} == set()


async def test_searching_finds_nothing_of_others(walk: Walk) -> None:
    searches = [each for each in walk.operations if "q" in each.in_query]
    assert searches
    for operation in searches:
        search = request(operation, walk.theirs.ids)
        search = Request(operation, {**search.parts, "query": {}}, ())
        own = [await search.send(walk.ours.admin, q=mark) for mark in (OURS.customer, OURS.case)]
        assert not all(is_empty(answer) for answer in own)
        for by in (walk.theirs.admin, walk.theirs.people["owner"]):
            for mark in (OURS.bureau, OURS.customer, OURS.case, OURS.note):
                answer = await search.send(by, q=mark)
                assert is_empty(answer) or outcome(answer) in FOR_THE_CALLER


async def test_internal_notes_stay_with_the_bureau(walk: Walk, caplog: pytest.LogCaptureFixture) -> None:
    """In no answer to the customer's people, no mail, no event, no log."""
    mark, ours = f"Anteckning {uuid7()}", walk.ours
    caplog.set_level(logging.DEBUG)
    notes = f"/v1/cases/{ours.ids['case_id']}/notes"
    assert (await ours.admin.post(notes, {"body": mark})).status_code == 201
    await walk.town.settle()
    assert mark in (await ours.admin.get(notes)).text
    readers: list[Caller] = [ours.people[each] for each in ("owner", "participant", "bystander", "neighbour")]
    for operation in walk.operations:
        if not operation.writes:
            for by in readers:
                answer = await request(operation, ours.ids).send(by)
                assert [each for each in (mark, OURS.note) if each in answer.text] == [], operation.name
    assert await tables_with(walk.town, mark) == {"cases.notes"}
    assert mark not in caplog.text
