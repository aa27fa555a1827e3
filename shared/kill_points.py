"""Named points at which a process ends at once, so that a test can prove what a crash there does.

Armed by test settings only; production settings refuse them.
"""

import os


class _Armed:
    point: str | None = None


def arm(point: str | None) -> None:
    _Armed.point = point


def kill_point(name: str) -> None:
    """Ends the process at once if this point is armed, as a power cut would."""
    if _Armed.point == name:
        os._exit(137)
