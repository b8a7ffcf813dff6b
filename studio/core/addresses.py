"""Which addresses of the internet are public: the product's own deny list, stricter than `ipaddress.is_global`."""

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# What is_global calls global in at least one supported Python, or what only a cloud's own machines answer on.
DENIED: tuple[Network, ...] = tuple(
    ip_network(cidr)
    for cidr in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier NAT; some clouds keep their metadata here
        "127.0.0.0/8",
        "168.63.129.16/32",  # the host service of every Azure machine, on a public address
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.52.193.0/24",  # automatic multicast tunnels
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "2001::/23",  # Teredo, ORCHID, benchmarks: tunnels and identifiers, no sites
        "2001:db8::/32",
        "2002::/16",  # 6to4: carries an IPv4 address that nobody has judged
        "3fff::/20",
    )
)
# Everything else in IPv6 is loopback, mapped, NAT64, link, site, unique-local, segment routing or multicast.
UNICAST = IPv6Network("2000::/3")


def is_public(ip: Address) -> bool:
    """True when an address is an ordinary one of the open internet."""
    if isinstance(ip, IPv6Address) and ip not in UNICAST:
        return False
    return ip.is_global and not any(ip in network for network in DENIED)


def inside(ip: Address, networks: tuple[Network, ...]) -> bool:
    """True when an address lies in one of the networks."""
    return any(ip in network for network in networks)


def literal(host: str) -> Address | None:
    """The address that a host already is, without asking anybody; None for a name.

    Octal, hex, short and single-number forms count, because the resolver would take them too (`inet_aton`).
    """
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host.rstrip(".")))
    except (OSError, UnicodeError, ValueError):
        return None


# Names that only a network of one's own answers for.
_PRIVATE_NAMES = (".localhost", ".local", ".internal", ".intranet", ".lan", ".home", ".corp", ".home.arpa", ".test")


def is_public_host(host: str) -> bool:
    """Whether a host name or address can be one that anybody on the internet reaches; asks no name server."""
    ip = literal(host)
    if ip is not None:
        return is_public(ip)
    name = host.rstrip(".").lower()
    return "." in name and not name.endswith(_PRIVATE_NAMES)
