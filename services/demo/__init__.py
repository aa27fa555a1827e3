"""The sample register of `make demo`: 150 lines as a bureau would send them, some with faults."""
