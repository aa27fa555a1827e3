"""Five databases and their roles on one PostgreSQL server; no role can open another service's database."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Literal, TypeAlias

import asyncpg
from sqlalchemy import make_url

from arende.registry import NAMES

Role = Literal["api", "worker", "owner"]
_SUFFIX: dict[Role, str] = {"api": "", "worker": "_worker", "owner": "_owner"}
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


def derived_password(secret: str, name: str) -> str:
    """The password of a role or user. It is the same at each run and betrays no other one."""
    return hmac.digest(secret.encode(), name.encode(), hashlib.sha256).hex()


@dataclass(frozen=True)
class Databases:
    """`admin_url` is that of a role that may create databases and roles. Passwords derive from `secret`."""

    admin_url: str
    secret: str

    def url(self, service: str, role: Role) -> str:
        name = f"arende_{service}{_SUFFIX[role]}"
        url = make_url(self.admin_url).set(
            drivername="postgresql+asyncpg",
            username=name,
            password=derived_password(self.secret, name),
            database=f"arende_{service}",
        )
        return url.render_as_string(hide_password=False)

    async def provision(self) -> None:
        """Create what is missing and set the passwords; safe to run again.

        On managed servers the administrator is no superuser: CREATEROLE and CREATEDB are enough.
        Since PostgreSQL 16 such a role may only change roles that it has created itself.
        """
        plain = make_url(self.admin_url).set(drivername="postgresql")
        admin = await asyncpg.connect(plain.set(database="postgres").render_as_string(hide_password=False))
        try:
            for service in NAMES:
                await self._provision(admin, service)
        finally:
            await admin.close()

    async def _provision(self, admin: Connection, service: str) -> None:
        database = f"arende_{service}"
        owner = database + _SUFFIX["owner"]
        for suffix in _SUFFIX.values():
            await self._provision_role(admin, database + suffix)
        if not await admin.fetchval("select rolsuper from pg_roles where rolname = current_user"):
            await admin.execute(f"grant {owner} to current_user")
        if not await admin.fetchval("select 1 from pg_database where datname = $1", database):
            await admin.execute(f"create database {database} owner {owner}")
        # Only a database's owner may say who connects to it, so the administrator takes the owner's role.
        await admin.execute(f"set role {owner}")
        await admin.execute(f"revoke all on database {database} from public")
        for suffix in _SUFFIX.values():
            await admin.execute(f"grant connect on database {database} to {database}{suffix}")
        await admin.execute("reset role")

    async def _provision_role(self, admin: Connection, role: str) -> None:
        password = derived_password(self.secret, role)
        found = await admin.fetchrow(
            "select rolsuper or rolbypassrls as mighty from pg_roles where rolname = $1", role
        )
        if found is None:
            await admin.execute(f"create role {role} login nosuperuser nobypassrls password '{password}'")
            return
        # Only a superuser may name these two attributes, even to take them away.
        takes_away = "nosuperuser nobypassrls" if found["mighty"] else ""
        await admin.execute(f"alter role {role} login {takes_away} password '{password}'")
