"""TLS is verified, names the host, and fails before anything is sent."""

import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from studio.core import wire
from studio.core.outbound import NotSent, Origin, send
from tests.core.peers import Internet, Peer, serving


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "self-made")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName("good.example"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "self-made.pem"
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(pem + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def names_asked() -> list[str]:
    return []


@pytest.fixture
def peer(certificate: Path, names_asked: list[str]) -> Iterator[Peer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _socket, name, _context: names_asked.append(name)
    with serving(tls=context) as peer:
        yield peer


@pytest.fixture
def believed(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine's certificate store holds the self-made certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    wire.tls_context.cache_clear()
    yield
    wire.tls_context.cache_clear()


def test_self_made_certificate_is_not_sent_to(peer: Peer) -> None:
    url = peer.url(scheme="https")
    with pytest.raises(NotSent) as caught:
        send("POST", url, trusted=Origin.of(url), json={})
    assert caught.value.code == "tls"
    assert "self-signed" in caught.value.detail
    assert peer.requests == []


@pytest.mark.usefixtures("believed")
def test_name_is_sent_and_verified(peer: Peer, names_asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    internet = Internet(monkeypatch, peer)
    internet.names = {"good.example": [["93.184.216.34"]], "other.example": [["93.184.216.34"]]}
    assert send("GET", "https://good.example/").body == b"ok"
    assert names_asked == ["good.example"]
    assert b"\r\nhost: good.example\r\n" in peer.requests[0].lower()
    with pytest.raises(NotSent) as caught:
        send("GET", "https://other.example/")
    assert caught.value.code == "tls"
    assert "other.example" in caught.value.detail
    assert len(peer.requests) == 1


@pytest.mark.usefixtures("believed")
def test_address_is_verified_and_the_connection_is_kept(peer: Peer) -> None:
    url = peer.url(scheme="https")
    for _ in range(3):
        assert send("GET", url, trusted=Origin.of(url), reuse=True).status == 200
    assert peer.connections == 1


def test_handshake_that_hangs_is_cut_at_the_deadline() -> None:
    with serving(lambda connection: None) as silent:
        given_up = threading.Event()

        def hang(_connection: socket.socket) -> bytes:
            silent.stopped.wait(30)
            given_up.set()
            return b""

        silent._read = hang  # type: ignore[method-assign]
        url = silent.url(scheme="https")
        with pytest.raises(NotSent, match="tls"):
            send("GET", url, trusted=Origin.of(url), deadline=0.3)
        assert not given_up.is_set()


def test_plain_http_where_tls_was_expected_is_not_sent() -> None:
    with serving(lambda connection: None) as plain:
        plain._read = lambda connection: connection.sendall(b"HTTP/1.1 400 Bad\r\n\r\n") or b""  # type: ignore[method-assign,func-returns-value]
        url = plain.url(scheme="https")
        with pytest.raises(NotSent, match="tls"):
            send("GET", url, trusted=Origin.of(url))


def test_one_context_serves_the_process() -> None:
    assert wire.tls_context() is wire.tls_context()
    assert wire.tls_context().verify_mode is ssl.CERT_REQUIRED
    assert wire.tls_context().check_hostname
