from services.billing.copies import tables as copies
from services.billing.invoices import tables as invoices
from services.billing.prices import tables as prices
from services.billing.runs import tables as runs
from services.billing.subscriptions import tables as subscriptions
from services.billing.tables import Row
from services.billing.usage import tables as usage
from shared.database.migrations import run_env

TABLES = (copies, invoices, prices, runs, subscriptions, usage)

run_env(Row.metadata)
