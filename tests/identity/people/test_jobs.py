from services.identity.people.jobs import run_forget_expired
from shared.database.engine import Database
from tests.identity.factories import Person, Register


async def test_what_is_over_is_forgotten(worker_db: Database, register: Register, person: Person) -> None:
    user = {"user": person.user_id}
    await register.rows(
        "update sessions set expires_at = now() - interval '31 days'"
        " where user_id = cast(:user as uuid) returning 1",
        **user,
    )
    await run_forget_expired(worker_db)
    sql = "select 1 from sessions where user_id = cast(:user as uuid)"
    assert await register.rows(sql, **user) == []
