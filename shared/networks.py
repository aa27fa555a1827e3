"""Network addresses of callers: who called, where proxies stand before the service, and who counts as one."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Self

Address = IPv4Address | IPv6Address
# What one subscriber has at least (RFC 6177): counted alone, each of its addresses would be another caller.
_SUBSCRIBER = 64


def read_address(text: str) -> Address | None:
    """The address in an entry of X-Forwarded-For, which may have a port; None where it is none.

    An IPv4 address that is written as IPv6 is the IPv4 address. An interface (`%eth0`) is no part of one.
    """
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def network_of(text: str) -> str:
    """What counts as one caller: an IPv4 address, or the /64 of an IPv6 address."""
    address = read_address(text)
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, _SUBSCRIBER), strict=False))
    return str(address or text)


@dataclass(frozen=True)
class TrustedProxies:
    """How many proxies stand before the service, or in which networks they are.

    Each proxy appends the address that it was called from to X-Forwarded-For. So the entries are read from
    the right, and what the client has written itself is to the left of all that is read.
    """

    hops: int = 0
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def read(cls, text: str) -> Self:
        """From `1`, or `10.0.0.0/8, 2001:db8::5`. Raises ValueError."""
        if text.strip().isdecimal():
            return cls(hops=int(text))
        parts = filter(None, (part.strip() for part in text.split(",")))
        return cls(networks=tuple(ip_network(part) for part in parts))

    def client_behind(self, peer: str, entries: list[str]) -> str:
        """The caller, as far as the proxies that are trusted have seen it. Junk ends the way back."""
        client, address = peer, read_address(peer)
        for passed, entry in enumerate(reversed(entries)):
            if not self._trusts(address, passed):
                break
            address = read_address(entry)
            if address is None:
                break
            client = str(address)
        return client

    def _trusts(self, address: Address | None, passed: int) -> bool:
        if self.networks:
            return any(address in network for network in self.networks)
        return passed < self.hops
