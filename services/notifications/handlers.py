"""Every reaction of notifications, gathered from its rooms."""

from services.notifications.case_news.handlers import handlers as case_news
from services.notifications.copies.handlers import handlers as copies
from services.notifications.invitation_news.handlers import handlers as invitation_news
from services.notifications.mails.handlers import handlers as mails
from services.notifications.partner_feed.handlers import handlers as partner_feed
from shared.bus.access import include_access
from shared.bus.handlers import Handlers

handlers = Handlers("notifications")
include_access(handlers)
for room in (copies, mails, case_news, invitation_news, partner_feed):
    handlers.include(room)
