from services.notifications.case_news import tables as case_news
from services.notifications.copies import tables as copies
from services.notifications.feed import tables as feed
from services.notifications.mails import tables as mails
from services.notifications.partner_feed import tables as partner_feed
from services.notifications.tables import Row
from shared.database.migrations import run_env

# A table is known to `Row.metadata` once its module is imported.
TABLES = (case_news, copies, feed, mails, partner_feed)

run_env(Row.metadata)
