import socket

import pytest

from relens.errors import RelensError
from relens.serve.address import Address, listen
from relens.serve.guard import Hosts


def _listen(host: str) -> Address:
    address = listen(host, 0)
    address.listener.close()
    return address


def test_loopback_is_private_and_knows_its_names() -> None:
    address = _listen("127.0.0.1")
    port = address.hosts.port
    assert address.is_private
    assert address.url == f"http://127.0.0.1:{port}/#token={address.token}" and len(address.token) >= 32
    assert all(address.hosts.has(f"{name}:{port}") for name in ("127.0.0.1", "localhost", "[::1]"))
    assert not address.hosts.has(f"192.168.0.1:{port}")
    assert _listen("127.0.0.1").token != address.token


def test_all_addresses_are_not_private_and_known_by_number_only() -> None:
    address = _listen("0.0.0.0")
    port = address.hosts.port
    assert not address.is_private and address.url.startswith(f"http://127.0.0.1:{port}/")
    for name in ("127.0.0.1", "192.168.0.1", "[fe80::1]", socket.gethostname()):
        assert address.hosts.has(f"{name}:{port}")
    for name in ("evil.example", "192.168.0.1.evil.example", "[evil]"):
        assert not address.hosts.has(f"{name}:{port}")
    assert not address.hosts.has("192.168.0.1:1")


def test_the_port_that_browsers_leave_out_may_be_left_out() -> None:
    hosts = Hosts(frozenset({"localhost", "[::1]"}), 80)
    assert all(hosts.has(host) for host in ("localhost", "localhost:80", "[::1]", "[::1]:80"))
    assert not hosts.has("evil.example") and not Hosts(frozenset({"localhost"}), 8080).has("localhost")


@pytest.mark.parametrize(
    ("host", "port", "word"),
    [
        ("127.0.0.1", 70_000, "port=70000"),
        ("127.0.0.1", -1, "port=-1"),
        ("no such host", 0, "cannot listen on no such host"),
        ("192.0.2.1", 0, "choose another --host"),
    ],
)
def test_where_nobody_can_listen_a_line_says_so(host: str, port: int, word: str) -> None:
    with pytest.raises(RelensError, match=word):
        listen(host, port)


def test_a_port_that_is_taken_is_named() -> None:
    first = listen("127.0.0.1", 0)
    with first.listener, pytest.raises(RelensError, match=f"port {first.hosts.port}: .*in use"):
        listen("127.0.0.1", first.hosts.port)
