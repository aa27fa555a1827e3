"""The journey of the demo, chapter by chapter, and what it comes to."""

import json
from collections import Counter
from typing import Any

from arende.demo import billing, bureau, cases, customers
from arende.demo.client import Caller
from arende.demo.screen import kronor
from arende.demo.story import Story

CHAPTERS = (
    bureau.sign_up,
    bureau.import_register,
    bureau.read_checklist,
    bureau.buy,
    customers.choose_companies,
    customers.invite_all,
    customers.answer_invitations,
    cases.work_with_cases,
    cases.show_menu,
    billing.bill,
    cases.show_timeline,
)


async def walk(story: Story) -> None:
    """Raises Unexpected where the API refuses a step, and RuntimeError where a step has no effect in time."""
    for chapter in CHAPTERS:
        await chapter(story)


async def sign_up(story: Story) -> None:
    """The first chapters only: a bureau with its employees and register; the feature is left to be bought."""
    await bureau.sign_up(story)
    await bureau.import_register(story)


async def outcome(story: Story) -> dict[str, Any]:
    """What the chapters have noted, and how many mails and public events of each kind there are."""
    feed = await story.admin.all("/v1/events", resume_by="after")
    return {
        **story.report,
        "mails": dict(story.letters.kinds()),
        "events": dict(Counter(event["type"] for event in feed)),
    }


def conclude(story: Story, report: dict[str, Any]) -> tuple[Caller, ...]:
    """Print the sums, and whom to log in as to look at it by hand. Returns these people."""
    story.screen.chapter("What has come of it")
    invitations, invoice = report["invitations"], report["invoice"]
    rows = [
        ("customers", str(report["customers_imported"])),
        ("invitations", f"{invitations['sent']} sent, {invitations['accepted']} accepted"),
        ("cases", f"{report['cases']['closed']} answered, resolved and closed"),
        ("mails", str(sum(report["mails"].values()))),
        ("events", f"{sum(report['events'].values())} public ones, {report['dead_letters']} unhandled"),
        ("invoice", f"{invoice['number']}: {kronor(invoice['total'])}, due {invoice['due_on']}"),
        ("seconds", str(report["seconds"])),
    ]
    story.screen.table(("", ""), rows)
    people = (story.admin, story.companies[0].person)
    story.screen.chapter("Look at it by hand: make up")
    story.screen.note("log in at POST /v1/sessions, both with the password")
    story.screen.note(story.password)
    for who in people:
        story.screen.did(f"{who.name} <{who.email}>")
        story.screen.note(f"act_as {json.dumps(who.act_as)}")
    return people
