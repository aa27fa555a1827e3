"""One request is one transaction: the `Session` that routes take."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.access import effective_hat
from shared.database.engine import Cause, Database
from shared.database.idempotency import claimed
from shared.database.walls import enter
from shared.errors import InvalidToken
from shared.http import idempotency
from shared.http.route import refuses
from shared.principals import Principal
from shared.tokens import TokenKeys


def read_principal(request: Request) -> Principal | None:
    """Who the bearer token says is calling; None without one. Raises InvalidToken, also for two tokens: what
    stands before us might look at the other one."""
    given = request.headers.getlist("authorization")
    if not given:
        return None
    scheme, _, token = given[0].partition(" ")
    if scheme.lower() != "bearer" or not token or len(given) > 1:
        raise InvalidToken().note(reason="no_bearer_token")
    keys: TokenKeys = request.app.state.keys
    return keys.verify(token.strip())


@refuses(InvalidToken)
async def transaction(request: Request) -> AsyncIterator[AsyncSession]:
    """Commits before the answer leaves; a refusal that keeps its writes commits too."""
    principal, is_new = read_principal(request), False
    claim = await idempotency.claim_of(request, principal)
    database: Database = request.app.state.database
    async with database.transaction(of_request=True) as session:
        if principal is not None:
            access, is_new = await enter(session, principal, claim)
            principal = effective_hat(principal, access)
            session.info["cause"] = Cause(actor_id=principal.sub)
        elif claim is not None:
            is_new = await claimed(session, claim)
        if claim is not None and not is_new:
            await idempotency.require_new(session, claim)
        request.state.principal, request.state.claim = principal, claim
        request.state.session = session
        yield session


# scope="function": the exit runs before the answer leaves, so a failing commit answers 500, never 200.
Session = Annotated[AsyncSession, Depends(transaction, scope="function")]
