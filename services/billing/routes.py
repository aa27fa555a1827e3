"""The routes of each concept."""

from services.billing.invoices.routes import router as invoices
from services.billing.prices.routes import router as prices
from services.billing.runs.routes import router as runs
from services.billing.subscriptions.routes import router as subscriptions
from services.billing.usage.routes import router as usage

routers = [subscriptions, usage, invoices, runs, prices]
