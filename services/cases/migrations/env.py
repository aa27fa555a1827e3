from services.cases.acknowledgements.tables import Acknowledgement
from services.cases.approvals.tables import Approval
from services.cases.case.tables import Case
from services.cases.copies.tables import Customer
from services.cases.files.tables import File
from services.cases.items.tables import Item
from services.cases.messages.tables import Message
from services.cases.tables import Row
from services.cases.templates.tables import OwnTemplate
from services.cases.timeline.tables import Entry
from shared.database.migrations import run_env

# The tables of a room are known once its module is imported.
ROOMS = (Acknowledgement, Approval, Case, Customer, Entry, File, Item, Message, OwnTemplate)

run_env(Row.metadata)
