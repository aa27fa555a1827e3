"""Five databases and their roles on one PostgreSQL server; no role can open another service's database."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Literal

import asyncpg
from sqlalchemy import make_url

SERVICES = ("identity", "invitations", "cases", "billing", "notifications")
Role = Literal["api", "worker", "owner"]
_SUFFIX: dict[Role, str] = {"api": "", "worker": "_worker", "owner": "_owner"}


@dataclass(frozen=True)
class Databases:
    """`admin_url`: a role that may create databases and roles. Passwords follow from `secret`."""

    admin_url: str
    secret: str

    def url(self, service: str, role: Role) -> str:
        name = f"arende_{service}{_SUFFIX[role]}"
        url = make_url(self.admin_url).set(
            drivername="postgresql+asyncpg",
            username=name,
            password=self.password(name),
            database=f"arende_{service}",
        )
        return url.render_as_string(hide_password=False)

    def password(self, role: str) -> str:
        return hmac.digest(self.secret.encode(), role.encode(), hashlib.sha256).hex()

    async def provision(self) -> None:
        """Create what is missing; safe to run again."""
        plain = make_url(self.admin_url).set(drivername="postgresql")
        admin = await asyncpg.connect(plain.set(database="postgres").render_as_string(hide_password=False))
        try:
            for service in SERVICES:
                await self._provision(admin, service)
        finally:
            await admin.close()

    async def _provision(self, admin: "asyncpg.Connection[asyncpg.Record]", service: str) -> None:
        database = f"arende_{service}"
        for suffix in _SUFFIX.values():
            role = f"{database}{suffix}"
            exists = await admin.fetchval("select 1 from pg_roles where rolname = $1", role)
            verb = "alter" if exists else "create"
            await admin.execute(
                f"{verb} role {role} login nosuperuser nobypassrls password '{self.password(role)}'"
            )
        if not await admin.fetchval("select 1 from pg_database where datname = $1", database):
            await admin.execute(f"grant {database}_owner to current_user")
            await admin.execute(f"create database {database} owner {database}_owner")
        await admin.execute(f"revoke all on database {database} from public")
        for suffix in _SUFFIX.values():
            await admin.execute(f"grant connect on database {database} to {database}{suffix}")
