"""Who is foreign to a bureau, or to one of its customers, and what each of them may do there all the same."""

from dataclasses import dataclass, replace

from shared.ids import uuid7
from tests.factories.people import Person
from tests.security.surface.tenants import Tenant

ANONYMOUS = "anonymous"
# Who has no part in the bureau.
OUTSIDERS = (
    "another bureau's administrator",
    "another bureau's limited employee",
    "a member of another account",
    "an operator",
    "a person without a hat",
)
# Refusals for what the caller is, before anything is looked for: they are the same for ids that nobody has.
FOR_THE_CALLER = {(403, "wrong_hat"), (403, "missing_permission"), (403, "field_not_allowed")}
# Lists that a foreign id filters, and a batch that answers for each id: nothing comes of it for that id.
ANSWERED = {"list_cases", "list_collaborations", "list_customers", "list_invitations", "invite_customers"}

# What people of the bureau may do with a customer that is not their own, and with its cases.
READ_BY_COLLEAGUES = {
    *("get_bureau", "get_employee", "get_customer", "list_contacts", "get_contact", "get_customer_account"),
    *("get_job", "get_case", "list_messages", "list_notes", "list_timeline", "list_files", "download_file"),
    *("get_template", "preview_template", "mark_case_read"),
}
MAY = {
    "a colleague": READ_BY_COLLEAGUES | ANSWERED,
    "a member who takes no part": {
        *("get_account", "list_members", "get_member", "list_cases", "list_collaborations"),
    },
    "a neighbour's administrator": {"list_cases", "list_collaborations"},
    "an operator": {"get_billing_run", "approve_bureau", "suspend_bureau"},
}


@dataclass(frozen=True)
class Strangers:
    ours: Tenant
    theirs: Tenant
    operator: Person
    nobody: Person

    @property
    def by_name(self) -> dict[str, Person]:
        ours, theirs = self.ours.people, self.theirs.people
        return {
            ANONYMOUS: replace(self.nobody, headers={}),
            "another bureau's administrator": theirs["AMC"],
            "another bureau's limited employee": theirs["---"],
            "a member of another account": theirs["owner"],
            "an operator": self.operator,
            "a person without a hat": self.nobody,
            "a colleague": ours["---"],
            "a member who takes no part": ours["bystander"],
            "a neighbour's administrator": ours["neighbour"],
        }

    @property
    def unknown(self) -> dict[str, str]:
        """Ids that nobody has."""
        values = self.theirs.ids.items()
        return {name: str(uuid7()) if name.endswith("_id") else value for name, value in values}

    def hidden_from(self, name: str) -> set[str]:
        """The words of ours that this one may never read."""
        marks = self.ours.marks
        return {
            "a colleague": set[str](),
            "a member who takes no part": {marks.case, marks.note},
            "a neighbour's administrator": {marks.customer, marks.case, marks.note},
        }.get(name, {marks.bureau, marks.customer, marks.case, marks.note})
