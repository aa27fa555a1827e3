"""One surface, resource first: which service owns each first path segment.

The ingress (deploy/k8s) has the same table; a test compares all three with the services' routes.
"""

OWNERS: dict[str, str] = {
    "bureaus": "identity",
    "sessions": "identity",
    "users": "identity",
    "password-resets": "identity",
    "me": "identity",
    "employees": "identity",
    "customers": "identity",
    "contacts": "identity",
    "jobs": "identity",
    "activation-checklist": "identity",
    "accounts": "identity",
    "subscription": "billing",
    "usage": "billing",
    "invoices": "billing",
    "billing-runs": "billing",
    "prices": "billing",
    "invitations": "invitations",
    "collaborations": "invitations",
    "cases": "cases",
    "files": "cases",
    "templates": "cases",
    "notifications": "notifications",
    "events": "notifications",
    "event-types": "notifications",
}


def owner_of(path: str) -> str | None:
    """The service that answers this path; None where no one does."""
    if path.startswith("/.well-known/"):
        return "identity"
    parts = path.split("/", 3)
    return OWNERS.get(parts[2]) if len(parts) > 2 and parts[1] == "v1" else None
