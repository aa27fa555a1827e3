"""Which event makes which mail."""

from shared.events.identity import (
    MemberRemoved,
    PasswordResetRequested,
)
from shared.events.invitations import (
    InvitationAcceptanceRefused,
    InvitationReminded,
    InvitationResent,
)
from shared.ids import uuid7
from tests.conftest import Tokens
from tests.notifications.factories import Bureau, mail_to, user


async def test_a_new_user_gets_a_link_to_verify_the_address(bureau: Bureau) -> None:
    event = user(language="en")
    await bureau.tell("mail-verify-address", event)
    await bureau.tell("mail-verify-address", event)
    (mail,) = await mail_to(bureau.database, event.user_id)
    assert (mail.kind, mail.email, mail.language) == ("verify_address", event.email, "en")
    assert (mail.link_purpose, mail.link_id) == ("verify", event.verification_id)
    assert (mail.about, mail.about_id, mail.bureau_id) == ("person", event.user_id, None)


async def test_a_password_reset_is_mailed(bureau: Bureau) -> None:
    event = PasswordResetRequested(
        user_id=uuid7(), name="Åsa", email="asa@kund.example", language="sv", reset_id=uuid7()
    )
    await bureau.tell("mail-password-reset", event)
    (mail,) = await mail_to(bureau.database, event.user_id)
    assert (mail.link_purpose, mail.link_id) == ("password-reset", event.reset_id)


async def test_only_an_employee_without_a_password_is_welcomed(bureau: Bureau) -> None:
    reset_id = uuid7()
    await bureau.tell("mail-employee-welcome", bureau.employee())
    await bureau.tell("mail-employee-welcome", bureau.employee(password_reset_id=reset_id))
    (mail,) = await bureau.mails()
    assert (mail.kind, mail.link_id, mail.sender) == ("employee_welcome", reset_id, bureau.name)
    assert mail.values == {"name": "Anna Ek", "bureau_name": bureau.name}


async def test_invitations_and_their_reminders_are_mailed(bureau: Bureau) -> None:
    sent = bureau.invitation(message="Välkommen!")
    again = bureau.invitation(InvitationResent, invitation_id=sent.invitation_id)
    reminder = bureau.invitation(InvitationReminded, invitation_id=sent.invitation_id, language="en")
    await bureau.tell("mail-invitation", sent, again, sent)
    await bureau.tell("mail-invitation-reminder", reminder)
    mails = await bureau.mails()
    assert [mail.kind for mail in mails] == ["invitation", "invitation", "invitation_reminder"]
    assert {mail.link_id for mail in mails} == {sent.invitation_id}
    assert {mail.about_id for mail in mails} == {sent.invitation_id}
    assert [mail.values["expires_on"] for mail in mails] == [
        "30 april 2026",
        "30 april 2026",
        "30 April 2026",
    ]


async def test_a_refused_acceptance_is_told_to_every_administrator(bureau: Bureau) -> None:
    second, plain, gone = uuid7(), uuid7(), uuid7()
    await bureau.tell("track-member", bureau.member(user_id=second))
    await bureau.tell("track-member", bureau.member(user_id=plain, role="user"))
    await bureau.tell("track-member", bureau.member(MemberRemoved, user_id=gone, sequence=2))
    event = InvitationAcceptanceRefused(
        bureau_id=bureau.id,
        invitation_id=uuid7(),
        customer_id=bureau.customer_id,
        customer_name="Ek & Son HB",
        account_id=bureau.account_id,
        person_name="Olle Ek",
    )
    await bureau.tell("mail-acceptance-refused", event)
    assert {mail.user_id for mail in await bureau.mails()} == {bureau.member_user, second}
    seen = await bureau.client.get("/v1/notifications", headers=bureau.as_member())
    assert [item["kind"] for item in seen.json()["items"]] == ["acceptance_refused"]


async def test_an_invoice_is_mailed_to_the_bureau(bureau: Bureau) -> None:
    event = bureau.invoice()
    await bureau.tell("mail-invoice", event)
    (mail,) = await bureau.mails()
    assert mail.email == f"post-{bureau.id}@byran.example"
    assert mail.values["total_text"] == "1\u00a0234,50\u00a0kr"
    assert (mail.values["due_on"], mail.link_id) == ("30 maj 2026", event.invoice_id)


async def test_a_reaction_waits_for_the_copies_it_needs(bureau: Bureau, tokens: Tokens) -> None:
    stranger = Bureau(bureau.consumer, bureau.database, bureau.client, tokens)
    event = stranger.invoice()
    await stranger.tell("mail-invoice", event)
    assert await stranger.waiting_reactions(event) == ["not_found"]
    assert await stranger.mails() == []
