from shared.events.identity import AccountCreated
from shared.ids import uuid7
from tests.factories.callers import Caller
from tests.factories.invitations import accept, invite, main_contact_of, register_customer
from tests.factories.records import Bureau
from tests.factories.service import Service


async def test_identitys_id_of_an_account_replaces_the_one_it_was_opened_under(
    service: Service, bureau: Bureau, other_bureau: Bureau, admin: Caller, other_admin: Caller
) -> None:
    first = await register_customer(service, bureau)
    number, contact = first.organisation_number, first.main_contact
    second = await register_customer(service, other_bureau, organisation_number=number, main_contact=contact)
    person = main_contact_of(service, first, user_id=(user_id := uuid7()))
    opened = (await accept(person, await invite(admin, first))).json()
    created = AccountCreated(account_id=uuid7(), name=first.name, organisation_number=number, sequence=2)
    older = AccountCreated(account_id=uuid7(), name=first.name, organisation_number=number, sequence=1)
    await service.deliver(created)
    await service.deliver(older)
    person = main_contact_of(service, second, user_id=user_id)
    accepted = (await accept(person, await invite(other_admin, second))).json()
    assert accepted["account_id"] == str(created.account_id) != opened["account_id"]
