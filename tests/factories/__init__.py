"""The world of all tests: who there is, what events say of them, who calls, and the service under test."""
