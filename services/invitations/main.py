"""Invitations: its table of contents.

Each function imports what its process needs: an API loads no reactions, a worker no routes.
"""

from typing import TYPE_CHECKING

from services.invitations.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

    from shared.worker import Worker

# What the operations under each tag are about, in the order in which the document shows them.
TAGS = {
    "invitations": "A bureau invites a customer to work with it here; the customer accepts or declines.",
    "collaborations": "What an accepted invitation opens: a bureau and an account that share cases.",
}


def api(settings: Settings) -> "FastAPI":
    from services.invitations.collaborations import routes as collaborations
    from services.invitations.invitation import routes as invitation
    from services.invitations.receiving import routes as receiving
    from services.invitations.sending import routes as sending
    from shared.http.api import create_api

    # The first match is taken: `/v1/invitations/received` stands before `/v1/invitations/{invitation_id}`.
    rooms = (receiving, sending, invitation, collaborations)
    return create_api(settings, routers=[room.router for room in rooms], tags=TAGS)


def worker(settings: Settings) -> "Worker":
    from services.invitations.handlers import handlers
    from services.invitations.jobs import JOBS
    from shared.worker import Worker

    return Worker(settings, handlers=handlers, jobs=JOBS)
