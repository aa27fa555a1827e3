from services.cases.answers.tables import Approval
from services.cases.files.tables import File
from services.cases.messages.tables import Message
from services.cases.parties.tables import Customer
from services.cases.tables import Row
from services.cases.templates.tables import OwnTemplate
from services.cases.timeline.tables import Entry
from shared.database.migrations import run_env

# Each concept's tables are known once their module is imported.
CONCEPTS = (Approval, Customer, Entry, File, Message, OwnTemplate)

run_env(Row.metadata)
