import pytest

from shared.events.notifications import MailBounced, MailFailed, MailSent
from shared.ids import uuid7
from tests.factories.callers import Caller
from tests.factories.events import event_of
from tests.factories.invitations import invite, register_customer
from tests.factories.records import Bureau, Mail
from tests.factories.service import Service


@pytest.mark.parametrize("backwards", [False, True])
async def test_what_became_of_the_mail_shows(
    service: Service, bureau: Bureau, admin: Caller, backwards: bool
) -> None:
    invitation = await invite(admin, await register_customer(service, bureau))
    older, newer = uuid7(), uuid7()
    events = [
        event_of(MailFailed, Mail(bureau.id, invitation["id"], mail_id=older)),
        event_of(MailSent, Mail(bureau.id, invitation["id"], mail_id=newer)),
        event_of(MailBounced, Mail(bureau.id, invitation["id"], mail_id=newer)),
    ]
    for event in reversed(events) if backwards else events:
        await service.deliver(event)
    for kind in ("acceptance_refused", "acceptance_refused_unnamed"):
        await service.deliver(event_of(MailSent, Mail(bureau.id, invitation["id"], kind=kind)))
    await service.deliver(event_of(MailSent, Mail(bureau.id, uuid7(), about="case")))
    assert (await admin.read(f"/v1/invitations/{invitation['id']}"))["mail"] == {"state": "bounced"}
