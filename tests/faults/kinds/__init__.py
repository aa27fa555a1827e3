"""Every kind of fault: a function that applies it to a rig, ends it, and proves that it happened."""

from tests.faults.kinds import broker, database, deliveries, network, processes
from tests.faults.kinds.kind import KINDS, Fault, NotHappened

__all__ = ["KINDS", "Fault", "NotHappened", "broker", "database", "deliveries", "network", "processes"]
