"""`ETag` and `If-Match` (RFC 9110): no update is lost on what can be edited."""

from typing import Annotated

from fastapi import Depends, Header, Response

from shared.errors import VersionConflict, VersionMissing


def etag(version: int) -> str:
    return f'"{version}"'


def set_etag(response: Response, version: int) -> None:
    response.headers["ETag"] = etag(version)


class SeenVersion:
    """The version that the caller has seen."""

    def __init__(self, tag: str) -> None:
        self.tag = tag

    def require(self, version: int) -> None:
        """Raises VersionConflict unless it is the row's `version`. `*` matches any."""
        if self.tag != "*" and etag(version) not in {part.strip() for part in self.tag.split(",")}:
            raise VersionConflict


def if_match(if_match: Annotated[str | None, Header()] = None) -> SeenVersion:
    if if_match is None:
        raise VersionMissing
    return SeenVersion(if_match)


IfMatch = Annotated[SeenVersion, Depends(if_match)]
