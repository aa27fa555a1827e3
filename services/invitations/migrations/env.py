from services.invitations.collaborations import tables as collaborations
from services.invitations.copies import tables as copies
from services.invitations.invitation import tables as invitation
from services.invitations.sending import tables as sending
from services.invitations.tables import Row
from shared.database.migrations import run_env

TABLES = (collaborations, copies, invitation, sending)

run_env(Row.metadata)
