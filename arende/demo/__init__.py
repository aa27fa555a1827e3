"""The journey, walked by real HTTP clients of the public API, and the sample register it walks on."""
