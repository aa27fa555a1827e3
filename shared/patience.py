"""Waiting at start-up for a server that is not there yet: jobs and servers start in any order."""

from tenacity import retry, retry_if_exception, stop_after_delay, wait_random_exponential

from shared.outages import is_down

WAIT_SECONDS = 60.0

# For what runs once, before anything is served. What serves never waits: it answers as well as it can.
patiently = retry(
    retry=retry_if_exception(is_down),
    wait=wait_random_exponential(multiplier=0.2, max=5),
    stop=stop_after_delay(WAIT_SECONDS),
    reraise=True,
)
