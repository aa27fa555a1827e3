"""What the server itself refuses, before any operation sees it."""

from shared.errors import ServiceError


class MalformedRequest(ServiceError):
    status = 400
    code = "malformed_request"
    en = "This is no sound HTTP/1.1 request."
    sv = "Detta är ingen korrekt HTTP/1.1-begäran."


class TooSlow(ServiceError):
    status = 408
    code = "too_slow"
    en = "The request came too slowly. Send it again."
    sv = "Begäran kom för långsamt. Skicka den igen."


class HeadTooLarge(ServiceError):
    status = 431
    code = "headers_too_large"
    en = "The request's headers are too large."
    sv = "Begärans huvuden är för stora."
