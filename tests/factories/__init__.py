"""The world of all tests: people and things, events about them, callers, and the service under test."""
