from services.identity.people.jobs import run_forget_expired
from tests.factories.people import Person
from tests.factories.service import Service


async def test_what_is_over_is_forgotten(service: Service, person: Person) -> None:
    user = {"user": person.user_id}
    await service.rows(
        "update sessions set expires_at = now() - interval '31 days'"
        " where user_id = cast(:user as uuid) returning 1",
        **user,
    )
    await run_forget_expired(service.database)
    sql = "select 1 from sessions where user_id = cast(:user as uuid)"
    assert await service.rows(sql, **user) == []
