"""Cases: its table of contents.

Each function imports what its process needs: an API loads no reactions, a worker no routes.
"""

from typing import TYPE_CHECKING

from services.cases.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

    from shared.worker import Worker

# What the operations under each tag are about, in the order in which the document shows them.
TAGS = {
    "cases": "Matters between a bureau and a customer, from draft to closed.",
    "messages": "What both sides write in a case, and notes that only the bureau sees.",
    "answers": "What a case asks the customer for: documents, approvals, acknowledgements.",
    "timeline": "Who did what in a case, and when.",
    "files": "Documents in a case, streamed both ways.",
    "templates": "Cases prepared in advance: ready-made ones and the bureau's own.",
}


def api(settings: Settings) -> "FastAPI":
    from services.cases.acknowledgements.routes import router as acknowledgements
    from services.cases.approvals.routes import router as approvals
    from services.cases.case.routes import router as case
    from services.cases.detail.routes import router as detail
    from services.cases.files.routes import router as files
    from services.cases.items.routes import router as items
    from services.cases.messages.routes import router as messages
    from services.cases.opening.routes import router as opening
    from services.cases.people.routes import router as people
    from services.cases.steps.routes import router as steps
    from services.cases.templates.routes import router as templates
    from services.cases.timeline.routes import router as timeline
    from services.cases.uploads.routes import router as uploads
    from shared.http.api import create_api

    cases = [opening, case, detail, steps, people]
    in_cases = [messages, items, approvals, acknowledgements, timeline, uploads, files]
    return create_api(settings, routers=[*cases, *in_cases, templates], tags=TAGS)


def worker(settings: Settings) -> "Worker":
    from services.cases.handlers import handlers
    from services.cases.jobs import jobs
    from shared.worker import Worker

    return Worker(settings, handlers=handlers, jobs=jobs(settings))
