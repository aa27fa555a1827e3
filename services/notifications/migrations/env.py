from services.notifications.cases import tables as cases
from services.notifications.copies import tables as copies
from services.notifications.feed import tables as feed
from services.notifications.partners import tables as partners
from services.notifications.tables import Row
from shared.database.migrations import run_env

TABLES = (cases, copies, feed, partners)

run_env(Row.metadata)
