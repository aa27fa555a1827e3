"""Comparing what a case says with what its entries told of it."""

from collections.abc import Iterable

from services.cases.case.contents import Content
from services.cases.timeline.tables import Entry


class Digests:
    """The digest of each text and file as it was last told of, with the position of that entry."""

    def __init__(self) -> None:
        self._told: dict[str, tuple[int, str | None]] = {}
        self._faults: list[tuple[float, str]] = []
        # Cases that are older than digests have texts that no entry tells of.
        self._complete = False

    def follow(self, entry: Entry) -> None:
        contents = entry.facts.get("contents", {})
        if entry.action == "file_added" and not contents:
            # So did entries tell of a file before they told of other contents.
            contents = {f"file/{entry.facts['file_id']}": entry.facts["sha256"]}
        self._told |= {key: (entry.position, sha256) for key, sha256 in contents.items()}
        if entry.position <= 2 and entry.action in ("created", "sent") and contents:
            self._complete = True

    def compare(self, contents: Iterable[Content]) -> None:
        """What a row says now. Each row is compared once, after all entries."""
        for each in contents:
            if each.key in self._told:
                position, sha256 = self._told.pop(each.key)
                if sha256 != each.sha256:
                    self._faults.append(
                        (position, f"{_named(each.key)} of entry {position} is not as written")
                    )
            elif self._complete and each.sha256 is not None:
                self._faults.append((float("inf"), f"no entry tells of {_named(each.key)}"))

    def faults(self) -> list[str]:
        """The first thing that is not as written, by the entries that told of it; empty where all is."""
        missing = ((at, key) for key, (at, sha256) in self._told.items() if sha256 is not None)
        self._faults += [(at, f"{_named(key)} of entry {at} is missing") for at, key in missing]
        return [what for _, what in sorted(self._faults)[:1]]


def _named(key: str) -> str:
    """`item_reason/<id>` as people read it."""
    return key.replace("_", " ").replace("/", " ")
