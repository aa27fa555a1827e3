from shared.events.identity import AccountCreated
from shared.ids import uuid7
from tests.invitations.factories import BureauUnderTest


async def test_identitys_id_of_an_account_replaces_the_one_it_was_opened_under(
    bureau: BureauUnderTest, other_bureau: BureauUnderTest
) -> None:
    first = await bureau.has_customer()
    number, contact = first.organisation_number, first.main_contact
    second = await other_bureau.has_customer(organisation_number=number, main_contact=contact)
    person = bureau.person(first, user_id=(user_id := uuid7()))
    opened = (await bureau.accepts(await bureau.invites(first), person)).json()
    created = AccountCreated(account_id=uuid7(), name=first.name, organisation_number=number, sequence=2)
    older = AccountCreated(account_id=uuid7(), name=first.name, organisation_number=number, sequence=1)
    await bureau.hear("track-account", created)
    await bureau.hear("track-account", older)
    person = bureau.person(second, user_id=user_id)
    accepted = (await bureau.accepts(await other_bureau.invites(second), person)).json()
    assert accepted["account_id"] == str(created.account_id) != opened["account_id"]
