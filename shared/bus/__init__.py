"""The way of an event from the outbox to its reactions: relay, transport, consumer, retries, dead letters."""
