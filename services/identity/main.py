"""Identity: its table of contents.

Each function imports what its process needs: an API loads no reactions, a worker no routes.
"""

from typing import TYPE_CHECKING

from services.identity.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

    from shared.worker import Worker

# What the operations under each tag are about, in the order in which the document shows them.
TAGS = {
    "bureaus": "Accounting bureaus, each a tenant of its own.",
    "employees": "Who works at a bureau, and what each of them may do.",
    "people": "Sign-up of people, verification of addresses, new passwords.",
    "sessions": "Log-in, renewal of access tokens, log-out.",
    "credentials": "Second factors: authenticator apps, passkeys, recovery codes.",
    "me": "The person who is logged in, with the hat that the session has.",
    "customers": "The bureau's register of customers.",
    "contacts": "Who a customer's mails go to; the main contact receives the invitation.",
    "imports": "Customers by the hundred, from a CSV file.",
    "activation checklist": "What is missing before a bureau's customers can be invited.",
    "accounts": "The customers' own side: accounts and their members.",
    "keys": "The public keys of access tokens, and where they are found.",
}


def api(settings: Settings) -> "FastAPI":
    from services.identity.accounts.routes import router as accounts
    from services.identity.approval.routes import router as approval
    from services.identity.bureaus.routes import router as bureaus
    from services.identity.checklist.routes import router as checklist
    from services.identity.contacts.routes import router as contacts
    from services.identity.credentials.routes import router as credentials
    from services.identity.customers.routes import router as customers
    from services.identity.employees.routes import router as employees
    from services.identity.imports.routes import router as imports
    from services.identity.keys.routes import router as keys
    from services.identity.keys.signer import Signer
    from services.identity.me.routes import router as me
    from services.identity.passkeys.routes import router as passkeys
    from services.identity.people.passwords import Passwords
    from services.identity.people.routes import router as people
    from services.identity.sessions.routes import router as sessions
    from shared.http.api import create_api

    apis = [people, sessions, me, credentials, passkeys, keys, bureaus, approval, employees, accounts]
    apis += [customers, contacts, imports, checklist]
    app = create_api(settings, routers=apis, tags=TAGS)
    app.state.passwords = Passwords(settings.password_costs)
    app.state.signer = Signer(settings.signing_keys_file, settings.issuer)
    app.state.before_start.append(app.state.signer.require)
    return app


def worker(settings: Settings) -> "Worker":
    from services.identity.handlers import handlers
    from services.identity.jobs import JOBS
    from shared.worker import Worker

    return Worker(settings, handlers=handlers, jobs=JOBS)
