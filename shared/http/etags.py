"""`ETag` and `If-Match` (RFC 9110): no update is lost on what can be edited."""

from typing import Annotated

from fastapi import Depends, Header, Response

from shared.errors import VersionMissing
from shared.http.route import refuses
from shared.versions import SeenVersion, etag

SeenTag = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The `ETag` that the caller has seen, or `*` for any. Where it has a newer one: 412.",
        examples=['"3"'],
    ),
]


def set_etag(response: Response, version: int) -> None:
    response.headers["ETag"] = etag(version)


@refuses(VersionMissing)
def if_match(if_match: SeenTag = None) -> SeenVersion:
    if if_match is None:
        raise VersionMissing
    return SeenVersion(if_match)


IfMatch = Annotated[SeenVersion, Depends(if_match)]


def if_match_where_sent(if_match: SeenTag = None) -> SeenVersion | None:
    return None if if_match is None else SeenVersion(if_match)


IfMatchWhereSent = Annotated[SeenVersion | None, Depends(if_match_where_sent)]
