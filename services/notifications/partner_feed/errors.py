from shared.errors import ServiceError


class UnknownEventType(ServiceError):
    status = 422
    code = "unknown_event_type"
    en = "`type` names no event of this feed: {event_type}. `GET /v1/event-types` lists them."
    sv = "`type` är ingen händelse i det här flödet: {event_type}. `GET /v1/event-types` räknar upp dem."
