from services.invitations.collaborations import tables as collaborations
from services.invitations.copies import tables as copies
from services.invitations.sending import tables as sending
from services.invitations.tables import Row
from shared.database.migrations import run_env

TABLES = (collaborations, copies, sending)

run_env(Row.metadata)
