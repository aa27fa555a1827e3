import pytest

from shared.events.notifications import MailBounced, MailFailed, MailSent
from shared.ids import uuid7
from tests.invitations.factories import BureauUnderTest, mail


@pytest.mark.parametrize("backwards", [False, True])
async def test_what_became_of_the_mail_shows(bureau: BureauUnderTest, backwards: bool) -> None:
    invitation = await bureau.invites(await bureau.has_customer())
    older, newer = uuid7(), uuid7()
    events = [
        mail(MailFailed, bureau, invitation["id"], mail_id=older),
        mail(MailSent, bureau, invitation["id"], mail_id=newer),
        mail(MailBounced, bureau, invitation["id"], mail_id=newer),
    ]
    for event in reversed(events) if backwards else events:
        await bureau.hear("note-mail", event)
    told = mail(MailSent, bureau, invitation["id"], kind="acceptance_refused")
    await bureau.hear("note-mail", told, mail(MailSent, bureau, str(uuid7()), about="case"))
    assert (await bureau.invitation(invitation["id"]))["mail"] == {"state": "bounced"}
