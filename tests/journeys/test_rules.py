"""Two bureaus live through random orders of all that happens to customers, contacts, members, employees and
purchases, and after each step no rule of the product is broken."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.factories.town import Town
from tests.journeys import dialogues, rules
from tests.journeys.lives import Answered, Lives, Office

NUMBER = st.integers(0, 5)
WHO = st.integers(0, 3)
# Mostly the first bureau: what happens to it meets what has happened to it before.
WHICH = st.sampled_from((0, 0, 0, 1))


class Life(RuleBasedStateMachine):
    """`town` and `run`, which runs a coroutine, are set for a test."""

    town: Town
    run: Callable[[Awaitable[Any]], Any]

    def do(self, what: Awaitable[Answered | None]) -> Answered | None:
        """Whatever is refused changes nothing; nothing is ever an error of the product."""
        done: Answered | None = self.run(what)
        if done is not None:
            assert done.answer.status_code < 500, (done.what, done.answer.text)
        return done

    def office(self, which: int) -> Office:
        return self.lives.offices[which]

    @initialize()
    def begin(self) -> None:
        """The first bureau has bought, and collaborates with a company and two of its people. One of its two
        employees has asked them to approve."""
        self.lives: Lives = self.run(Lives.begin(self.town, people=3))
        lives, office = self.lives, self.lives.offices[0]
        self.run(lives.hire(office))
        for step in (
            lambda: lives.add_customer(office, 0, private=False),
            lambda: lives.add_contact(office, 0, 0),
            lambda: lives.add_contact(office, 0, 1),
            lambda: lives.buy(office),
            lambda: lives.invite(office, 0),
            lambda: lives.with_invitation(office, 0, "accept"),
            lambda: lives.add_member(0, 1, "user"),
            lambda: dialogues.open_case(lives, office, 0, 1, approval="all", send=True),
        ):
            done = self.do(step())
            assert done is not None
            assert done.answer.is_success, done.answer.text
            self.run(self.town.settle())

    @rule(which=WHICH, number=NUMBER, private=st.booleans())
    def add_customer(self, which: int, number: int, private: bool) -> None:
        self.do(self.lives.add_customer(self.office(which), number, private))

    @rule(which=WHICH, number=NUMBER, name=st.sampled_from(("Nya Bageriet AB", "Äldre Bageriet AB")))
    def rename_customer(self, which: int, number: int, name: str) -> None:
        self.do(self.lives.change_customer(self.office(which), number, name=name))

    @rule(which=WHICH, number=NUMBER, kind=st.sampled_from(("company", "private_individual")))
    def change_kind(self, which: int, number: int, kind: str) -> None:
        done = self.do(self.lives.change_customer(self.office(which), number, kind=kind))
        if done and done.answer.is_success:
            changed = done.answer.json()
            assert (changed["kind"] == "company") == bool(changed["organisation_number"])

    @rule(which=WHICH, number=NUMBER, active=st.booleans())
    def set_active(self, which: int, number: int, active: bool) -> None:
        self.do(self.lives.set_active(self.office(which), number, active))

    @rule(which=WHICH, number=NUMBER, who=WHO)
    def add_contact(self, which: int, number: int, who: int) -> None:
        self.do(self.lives.add_contact(self.office(which), number, who))

    @rule(number=NUMBER, who=WHO)
    def remove_contact(self, number: int, who: int) -> None:
        self.do(self.lives.with_contact(self.office(0), number, who, "remove"))

    @rule(which=WHICH, number=NUMBER, who=WHO, how=st.sampled_from(("choose", "rename", "readdress")))
    def change_contact(self, which: int, number: int, who: int, how: str) -> None:
        self.do(self.lives.with_contact(self.office(which), number, who, how))

    @rule(number=NUMBER, who=WHO, role=st.sampled_from(("administrator", "user")))
    def add_member(self, number: int, who: int, role: str) -> None:
        self.do(self.lives.add_member(number, who, role))

    @rule(number=NUMBER, who=WHO)
    def remove_member(self, number: int, who: int) -> None:
        self.do(self.lives.remove_member(number, who))

    @rule(which=WHICH)
    def hire(self, which: int) -> None:
        self.run(self.lives.hire(self.office(which)))

    @rule(which=WHICH, number=NUMBER, who=WHO)
    def give_customer(self, which: int, number: int, who: int) -> None:
        self.do(self.lives.give(self.office(which), number, who))

    @rule(which=WHICH, who=WHO, transfer=st.booleans())
    def dismiss(self, which: int, who: int, transfer: bool) -> None:
        done = self.do(self.lives.dismiss(self.office(which), who, transfer=transfer))
        if done and not done.answer.is_success:
            assert (done.code, transfer) == ("must_be_moved", False)

    @rule(which=WHICH)
    def buy(self, which: int) -> None:
        done = self.do(self.lives.buy(self.office(which)))
        assert done
        assert done.answer.is_success, done.answer.text

    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        self.do(self.lives.cancel(self.office(which)))

    @rule()
    def month_ends(self) -> None:
        self.run(self.lives.month_ends())

    @rule(which=WHICH, number=NUMBER)
    def invite(self, which: int, number: int) -> None:
        done = self.do(self.lives.invite(self.office(which), number))
        if done and done.answer.is_success:
            assert self.office(which).bought

    @rule(
        which=WHICH, number=NUMBER, how=st.sampled_from(("accept", "accept", "decline", "revoke", "resend"))
    )
    def answer_invitation(self, which: int, number: int, how: str) -> None:
        self.do(self.lives.with_invitation(self.office(which), number, how))

    @rule(which=WHICH, number=NUMBER, by_customer=st.booleans())
    def end_collaboration(self, which: int, number: int, by_customer: bool) -> None:
        office = self.office(which)
        self.do(dialogues.end_collaboration(self.lives, office, number, by_customer=by_customer))

    @rule(
        which=WHICH,
        number=NUMBER,
        who=WHO,
        approval=st.sampled_from((None, "one", "all", "all")),
        send=st.sampled_from((True, True, False)),
    )
    def open_case(self, which: int, number: int, who: int, approval: str | None, send: bool) -> None:
        office = self.office(which)
        self.do(dialogues.open_case(self.lives, office, number, who, approval=approval, send=send))

    @rule(number=NUMBER, who=WHO)
    def ask(self, number: int, who: int) -> None:
        self.do(dialogues.ask(self.lives, number, who))

    @rule(
        which=WHICH,
        number=NUMBER,
        who=WHO,
        how=st.sampled_from(
            ("message", "document", "assign", "participants", "send", "resolve", "reopen", "close", "cancel")
        ),
    )
    def go_on_with_case(self, which: int, number: int, who: int, how: str) -> None:
        self.do(dialogues.with_case(self.office(which), number, how, who))

    @rule(number=NUMBER, who=WHO, how=st.sampled_from(("message", "approve", "approve", "decline")))
    def answer_case(self, number: int, who: int, how: str) -> None:
        self.do(dialogues.answer(self.lives, number, who, how))

    @invariant()
    def no_rule_is_broken(self) -> None:
        self.run(self.town.settle())
        self.run(rules.check(self.lives))
        self.run(self.town.settle())


@pytest.fixture
async def loop() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


def test_no_order_of_changes_breaks_a_rule(
    town: Town, loop: asyncio.AbstractEventLoop, request: pytest.FixtureRequest
) -> None:
    lives = request.config.getoption("--lives")

    class LifeInTown(Life):
        pass

    LifeInTown.town, LifeInTown.run = town, staticmethod(loop.run_until_complete)
    run_state_machine_as_test(
        LifeInTown,
        settings=settings(
            max_examples=lives,
            stateful_step_count=30,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
