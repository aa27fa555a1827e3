"""Every kind of fault: applies itself to a rig, ends itself, and proves that it really happened."""

from tests.faults.kinds import broker, database, deliveries, network, processes
from tests.faults.kinds.kind import KINDS, Fault, NotHappened

__all__ = ["KINDS", "Fault", "NotHappened", "broker", "database", "deliveries", "network", "processes"]
