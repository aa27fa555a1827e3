"""Nobody chooses the address that limits count: only what our own proxies have appended is believed."""

import pytest

from shared.http.serving import serving
from shared.networks import network_of, read_address
from tests.security.wire import answer_to, tell

REAL, FORGED = b"198.51.100.7", b"203.0.113.66"
PROXY = b"10.1.2.3"


async def caller(trusted: str, *lines: bytes) -> str:
    """Whom the service takes for the caller. Each line is a header."""
    head = b"GET / HTTP/1.1\r\nHost: arende.test\r\nConnection: close\r\n"
    async with serving(tell, host="127.0.0.1", port=0, trusted_proxies=trusted) as port:
        answer = await answer_to(port, head + b"".join(line + b"\r\n" for line in lines) + b"\r\n")
    return answer.partition(b"\r\n\r\n")[2].split()[0].decode()


def forwarded(*addresses: bytes) -> bytes:
    return b"X-Forwarded-For: " + b", ".join(addresses)


@pytest.mark.parametrize(
    ("trusted", "lines", "found"),
    [
        # Without a proxy, nothing is believed.
        ("0", [forwarded(FORGED)], b"127.0.0.1"),
        # One that appends, or sets: its entry is the last one.
        ("1", [forwarded(REAL)], REAL),
        ("1", [forwarded(FORGED, REAL)], REAL),
        ("1", [forwarded(FORGED), forwarded(REAL)], REAL),
        ("1", [forwarded(FORGED), b"x-forwarded-for:" + REAL], REAL),
        ("1", [], b"127.0.0.1"),
        # Two of them.
        ("2", [forwarded(REAL, PROXY)], REAL),
        ("2", [forwarded(FORGED, FORGED, REAL, PROXY)], REAL),
        # Fewer entries than proxies: somebody called the inner one.
        ("2", [forwarded(REAL)], REAL),
        # By their networks.
        ("127.0.0.0/8, 10.0.0.0/8", [forwarded(FORGED, REAL, PROXY)], REAL),
        ("127.0.0.0/8, 10.0.0.0/8", [forwarded(REAL, PROXY, PROXY)], REAL),
        ("10.0.0.0/8", [forwarded(FORGED)], b"127.0.0.1"),
        # Junk ends the way back.
        ("1", [forwarded(FORGED, b"unknown")], b"127.0.0.1"),
        ("2", [forwarded(FORGED, b"' or 1=1", PROXY)], PROXY),
        ("1", [forwarded(FORGED, b"")], b"127.0.0.1"),
        ("1", [b"X-Forwarded-For:"], b"127.0.0.1"),
        # Nobody appends to these.
        ("1", [b"Forwarded: for=" + FORGED, b"X-Real-IP: " + FORGED], b"127.0.0.1"),
        ("1", [b"Forwarded: for=" + FORGED, forwarded(REAL)], REAL),
        # How an address may be written.
        ("1", [forwarded(REAL + b":4711")], REAL),
        ("1", [forwarded(b"::ffff:" + REAL)], REAL),
        ("1", [forwarded(b"[2001:db8::7]:4711")], b"2001:db8::7"),
        ("1", [forwarded(b"2001:DB8:0::7")], b"2001:db8::7"),
    ],
)
async def test_who_calls(trusted: str, lines: list[bytes], found: bytes) -> None:
    assert await caller(trusted, *lines) == found.decode()


@pytest.mark.parametrize("text", ["unknown", "_hidden", "", "1.2.3", "1.2.3.4.5", "[::1", "1.2.3.4, 5.6.7.8"])
def test_what_is_no_address(text: str) -> None:
    found = read_address(text)
    assert found is None or text == "[::1"


def test_an_ipv6_subscriber_is_one_caller() -> None:
    assert network_of("2001:db8:1:2::1") == network_of("2001:db8:1:2:ffff::9") == "2001:db8:1:2::/64"
    assert network_of("2001:db8:1:3::1") != network_of("2001:db8:1:2::1")
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1") == "192.0.2.1"
