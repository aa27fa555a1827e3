"""The way of an event after its commit: relay, transport, consumer, retries, dead letters."""
