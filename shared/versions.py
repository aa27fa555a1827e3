"""Optimistic locking: a change names the version that its author has seen, so that no update is lost."""

from shared.errors import VersionConflict


def etag(version: int) -> str:
    """The version as an entity tag (RFC 9110, 8.8.3)."""
    return f'"{version}"'


class SeenVersion:
    """The version that the caller has seen, as the value of `If-Match`."""

    def __init__(self, tag: str) -> None:
        self.tag = tag

    def require(self, version: int) -> None:
        """Raises VersionConflict unless it is the row's `version`. `*` matches any."""
        if self.tag != "*" and etag(version) not in {part.strip() for part in self.tag.split(",")}:
            raise VersionConflict
