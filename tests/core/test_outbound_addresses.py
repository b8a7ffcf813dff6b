"""No address but a public one is ever connected to, however a URL, a name server or a redirect leads there."""

import io
from collections.abc import Iterator
from ipaddress import ip_network

import pytest

from studio.core.outbound import MaybeSent, NotSent, Origin, download, is_forbidden_literal, send
from tests.core.peers import Internet, Peer, answer, serving

PUBLIC = "93.184.216.34"
ADDRESSES = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.8.8.8 168.63.129.16
169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.8 192.0.0.170 192.0.0.192 192.0.2.1 192.52.193.1
192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 233.252.0.1
239.255.255.250 240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::10.0.0.1 ::93.184.216.34 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254
64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b:1::a00:1 100::1 2001::1 2001:0:7f00:1:: 2001:2::1 2001:10::1 2001:20::1
2001:db8::1 2002:7f00:1:: 2002:a00:1:: 3fff::1 3fff:fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1
ff0e::1 4000::1
"""
OTHER_SPELLINGS = """
2130706433 0x7f000001 0x7f.1 0177.0.0.1 127.1 127.0.1 127.0.0.1. 017700000001 0 １２７.０.０.１ 127。0。0。1
"""
FORBIDDEN, SPELLINGS = ADDRESSES.split(), OTHER_SPELLINGS.split()


@pytest.fixture(scope="module")
def listener() -> Iterator[Peer]:
    with serving() as peer:
        yield peer


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch, listener: Peer) -> Internet:
    listener.reply = answer()
    return Internet(monkeypatch, listener)


def url_of(host: str) -> str:
    return f"http://[{host}]/x" if ":" in host else f"http://{host}/x"


@pytest.mark.parametrize("address", FORBIDDEN + SPELLINGS)
def test_forbidden_literal_is_not_connected_to(internet: Internet, listener: Peer, address: str) -> None:
    before = listener.connections
    with pytest.raises(NotSent) as caught:
        send("POST", url_of(address), json={})
    assert caught.value.code == "address"
    assert is_forbidden_literal(url_of(address)) is not None
    assert (internet.connects, internet.lookups, listener.connections - before) == ([], [], 0)


@pytest.mark.parametrize("address", FORBIDDEN)
def test_forbidden_address_from_the_name_server_is_not_connected_to(
    internet: Internet, listener: Peer, address: str
) -> None:
    internet.names["evil.example"] = [[PUBLIC, address]]
    before = listener.connections
    with pytest.raises(NotSent) as caught:
        send("GET", "http://evil.example/")
    assert caught.value.code == "address"
    assert (internet.connects, listener.connections - before) == ([], 0)


@pytest.mark.parametrize("address", FORBIDDEN)
def test_redirect_to_a_forbidden_address_is_not_followed(internet: Internet, address: str) -> None:
    internet.peer.reply = answer(b"", f"Location: {url_of(address)}", status="302 Found")
    reply = send("GET", f"http://{PUBLIC}/")
    assert (reply.status, reply.headers["location"]) == (302, url_of(address))
    with pytest.raises(MaybeSent) as caught:
        download(f"http://{PUBLIC}/", trusted=None, to=io.BytesIO())
    assert (caught.value.code, caught.value.status) == ("redirect", 302)
    assert internet.connects == [(PUBLIC, 80)] * 2


def test_public_address_is_reached(internet: Internet) -> None:
    internet.names["good.example"] = [[PUBLIC]]
    assert send("GET", "http://good.example/a?b=c").body == b"ok"
    assert send("GET", "http://GOOD.example:8443/").status == 200
    assert internet.connects == [(PUBLIC, 80), (PUBLIC, 8443)]


def test_rebinding_name_is_looked_up_once_and_pinned(internet: Internet) -> None:
    internet.names["rebind.example"] = [[PUBLIC], ["127.0.0.1"]]
    assert send("GET", "http://rebind.example/").status == 200
    assert internet.lookups == ["rebind.example"]
    assert internet.connects == [(PUBLIC, 80)]
    with pytest.raises(NotSent):
        send("GET", "http://rebind.example/")
    assert internet.connects == [(PUBLIC, 80)]


def test_second_address_is_tried_when_the_first_is_unreachable(internet: Internet) -> None:
    internet.names["both.example"] = [["2606:2800:220:1::1", PUBLIC]]
    assert send("GET", "http://both.example/").status == 200
    assert internet.connects == [("2606:2800:220:1::1", 80), (PUBLIC, 80)]


@pytest.mark.parametrize("port", [22, 25, 81, 3306, 6379, 8000, 8080, 65535])
def test_other_ports_of_public_addresses_are_refused(internet: Internet, port: int) -> None:
    with pytest.raises(NotSent) as caught:
        send("GET", f"http://good.example:{port}/")
    assert caught.value.code == "port"
    assert (internet.lookups, internet.connects) == ([], [])


def test_allowed_network_is_reached_on_any_port_and_nothing_beside_it(internet: Internet) -> None:
    allow = [ip_network("10.1.0.0/16")]
    internet.names["inside.example"] = [["10.1.2.3"]]
    internet.names["beside.example"] = [["10.2.0.1"]]
    internet.names["mixed.example"] = [["10.1.2.3", "10.2.0.1"]]
    internet.names["public.example"] = [[PUBLIC]]
    assert send("POST", "http://inside.example:9000/", allow=allow, json={}).status == 200
    assert send("POST", "http://10.1.2.3:9000/", allow=allow, json={}).status == 200
    for host in ("beside.example", "mixed.example", "public.example", "10.2.0.1", PUBLIC):
        with pytest.raises(NotSent):
            send("POST", f"http://{host}:9000/", allow=allow, json={})
    assert internet.connects == [("10.1.2.3", 9000)] * 2


def test_trusted_origin_is_scheme_host_and_port_together(internet: Internet) -> None:
    trusted = Origin.of("http://engine.internal:9000/v1")
    internet.names["engine.internal"] = [["10.1.2.3"]]
    assert send("GET", "http://Engine.Internal:9000/v1/models", trusted=trusted).status == 200
    for url in ("http://engine.internal/", "http://engine.internal:9001/", "https://engine.internal:9000/"):
        with pytest.raises(NotSent):
            send("GET", url, trusted=trusted)
    assert internet.connects == [("10.1.2.3", 9000)]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://good.example/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://good.example/", "scheme"),
        ("//good.example/", "scheme"),
        ("good.example", "scheme"),
        ("", "scheme"),
        ("http://user:pass@good.example/", "userinfo"),
        ("http://good.example@127.0.0.1/", "userinfo"),
        ("http://@good.example/", "userinfo"),
        ("http://", "url"),
        ("http:///path", "url"),
        ("http://./", "url"),
        ("http://good..example/", "url"),
        ("http://good.example:0/", "url"),
        ("http://good.example:99999/", "url"),
        ("http://good.example:8o/", "url"),
        ("http://good.example\\@127.0.0.1/", "userinfo"),
        ("http://good.example\\.127.0.0.1/", "url"),
        ("http://good.example/a b", "url"),
        ("http://good.example/\r\nHost: x", "url"),
        ("http://good.example\t.127.0.0.1/", "url"),
        ("http://%31%32%37.0.0.1/", "url"),
        ("http://[::1", "url"),
        ("http://[fe80::1%25eth0]/", "url"),
        ("http://*.example/", "url"),
        ("http://good.example/" + "a" * 9000, "url"),
    ],
)
def test_odd_urls_are_refused_before_any_look_up(internet: Internet, url: str, code: str) -> None:
    with pytest.raises(NotSent) as caught:
        send("GET", url)
    assert caught.value.code == code
    assert is_forbidden_literal(url) is not None
    assert (internet.lookups, internet.connects) == ([], [])


@pytest.mark.parametrize("url", ["https://good.example/hook", "http://good.example:8443/", f"https://{PUBLIC}/"])
def test_submit_time_check_lets_names_and_public_addresses_pass(internet: Internet, url: str) -> None:
    assert is_forbidden_literal(url) is None
    assert internet.lookups == []


def test_submit_time_check_knows_the_allowed_networks(internet: Internet) -> None:
    allow = [ip_network("10.1.0.0/16")]
    assert is_forbidden_literal("http://10.1.2.3:9000/", allow=allow) is None
    assert is_forbidden_literal("http://hook.internal:9000/", allow=allow) is None
    assert is_forbidden_literal("http://10.2.2.3:9000/", allow=allow) is not None
    assert is_forbidden_literal("http://hook.internal:9000/") is not None
