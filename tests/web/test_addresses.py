"""No URL leads to an address that is not public, however it is written, looked up or redirected to.

The table follows OWASP's Server-Side Request Forgery Prevention Cheat Sheet and the bypasses that it links to.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any, cast

import pytest
import trustme
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tasks.web.addresses import allowed as allowed_by
from tasks.web.addresses import checked, is_public, look_up
from tasks.web.download import get
from tasks.web.faults import Refused, Unavailable
from tests.web.hostile import Server, sends, serving
from worker.settings import Settings, SettingsError, load

NOTHING = Settings(fetch_seconds=2.0)
"""The settings of a deployment that makes no exceptions."""

PRIVATE = [
    # loopback, this network
    "127.0.0.1", "127.1.2.3", "127.255.255.254", "0.0.0.0", "0.1.2.3", "::1", "::",
    # private, shared, link-local
    "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1", "100.127.255.255", "169.254.1.1",
    "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fe80::1%1", "fec0::1", "febf::1",
    # metadata of clouds: AWS, GCP, Azure, Alibaba, Oracle, AWS over IPv6, ECS
    "169.254.169.254", "168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254", "169.254.170.2",
    # multicast, broadcast, reserved, benchmarks, documentation
    "224.0.0.1", "239.255.255.255", "255.255.255.255", "240.0.0.1", "198.18.0.1", "192.0.2.1", "198.51.100.1",
    "203.0.113.1", "192.0.0.1", "192.88.99.1", "ff02::1", "ff0e::1", "2001:db8::1", "3fff::1", "100::1", "5f00::1",
    # IPv4 in IPv6: mapped, compatible, translated, NAT64 (both), 6to4, Teredo, ISATAP
    "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "::127.0.0.1", "::7f00:1",
    "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::a00:1", "64:ff9b::169.254.169.254", "64:ff9b:1::7f00:1",
    "2002:7f00:1::", "2002:a00:1::1", "2002:c0a8:1::", "2001:0:4136:e378:8000:63bf:80ff:fffe", "2001::1",
    "fe80::5efe:127.0.0.1", "::200:5efe:7f00:1",
]  # fmt: skip
PUBLIC = [
    "93.184.215.14",
    "8.8.8.8",
    "1.1.1.1",
    "2606:4700:4700::1111",
    "2a02:6b8::2:242",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_none(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_one(address: str) -> None:
    assert is_public(ip_address(address))


@given(st.one_of(st.ip_addresses(), st.integers(0, 2**32 - 1).map(lambda n: IPv6Address((0xFFFF << 32) | n))))
@settings(max_examples=200, deadline=None)
def test_what_the_standard_library_calls_private_is_not_public(address: IPv4Address | IPv6Address) -> None:
    if is_public(address):
        plain = address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
        assert plain.is_global or plain in ipaddress.ip_network("64:ff9b::/96")
        assert not any((plain.is_private, plain.is_loopback, plain.is_link_local, plain.is_multicast))


URLS = [
    *(f"http://{f'[{a}]' if ':' in a else a}/" for a in PRIVATE if "%" not in a),
    # zone ids
    "http://[fe80::1%25eth0]/", "http://[::1%25lo]/", "http://[fe80::1%eth0]/",
    # decimal, octal, hexadecimal, short and overlong forms
    "http://2130706433/", "http://017700000001/", "http://0x7f000001/", "http://0x7f.0.0.1/", "http://0177.0.0.1/",
    "http://127.1/", "http://127.0.1/", "http://0/", "http://0x0/", "http://00/", "http://127.0.0.01/", "http://0127.0.0.1/",
    "http://0000000127.0.0.1/", "http://4294967297/", "http://127.0.0.1.0x/", "http://425.510.425.510/", "http://2852039166/",
    "http://0xa9.0xfe.0xa9.0xfe/", "http://0251.0376.0251.0376/", "http://169.254.43518/", "http://[0:0:0:0:0:ffff:127.0.0.1]/",
    # trailing dots, unicode dots and digits, full-width and circled letters
    "http://127.0.0.1./", "http://localhost./", "http://127。0。0。1/", "http://127．0．0．1/", "http://１２７.0.0.1/",
    "http://①②⑦.⓪.⓪.①/", "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/", "http://loc\u00adalhost/", "http://ⅼocalhost/", "http://[::ﬀﬀ:127.0.0.1]/",
    # names of this machine
    "http://localhost/", "http://LOCALHOST/", "http://localhost.localdomain/", "http://ip6-localhost/", "http://sub.localhost/",
    # user names, and what looks like them
    "http://example.com@127.0.0.1/", "http://127.0.0.1:80@example.com/", "http://example.com:80@127.0.0.1:80/",
    "http://example.com%40127.0.0.1/", "http://127.0.0.1%2523@example.com/", "http://127.0.0.1\\@example.com/",
    "http://example.com\\@127.0.0.1/", "http://127.0.0.1#@example.com/", "http://127.0.0.1?@example.com/",
    "http://foo@127.0.0.1:80@example.com/", "http://127.0.0.1 @example.com/", "http://:@127.0.0.1/", "http://@127.0.0.1/",
    # ports
    "http://example.com:22/", "http://example.com:6379/", "http://example.com:25/", "http://example.com:0/",
    "http://example.com:65536/", "http://example.com:-1/", "http://example.com:80:80/", "http://127.0.0.1:80:80/",
    "http://example.com:8o/", "http://example.com:443@127.0.0.1/", "https://example.com:11211/",
    # other schemes, and none
    "file:///etc/passwd", "FILE:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:6379/_INFO", "dict://127.0.0.1:11211/",
    "ldap://127.0.0.1/", "tftp://127.0.0.1/", "jar:http://127.0.0.1!/", "netdoc:///etc/passwd", "data:text/html,x",
    "//127.0.0.1/", "127.0.0.1", "localhost:80", "/etc/passwd", "http:", "http:///", "http://", "http:127.0.0.1",
    "https:/127.0.0.1", "", "unix:///var/run/docker.sock",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/", "view-source:http://127.0.0.1/", "ws://127.0.0.1/",
    # white space and control characters
    "http://127.0.0.1\r\nHost: example.com/", "http://127.0.0.1\t/", "http://127.0.0.1\0.example.com/", "\x01http://127.0.0.1/",
    "http://exa\r\nmple.com/", "http://127.0.0.1%0d%0a/", "http://127.0.0.1%00.example.com/",
    # too long
    "http://example.com/" + "a" * 3_000,
]  # fmt: skip


@pytest.mark.parametrize("url", URLS)
def test_a_url_that_leads_into_the_network_is_not_fetched(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    really = socket.getaddrinfo

    def resolver(host: str, port: int, **more: Any) -> list[Any]:
        # The C library's, which knows many forms of an address and this machine's names, but asks nobody.
        return really(host, port, flags=0 if "localhost" in host else socket.AI_NUMERICHOST, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: opened.append(address))
    with pytest.raises((Refused, Unavailable)) as fault:
        get(url, NOTHING)
    # A name that nobody has is no danger: it fails as it should.
    assert cast(Refused, fault.value).code in {"url", "private-address", "dns"}
    assert opened == [], "it was connected to"


@given(
    st.integers(0, 2**32 - 1), st.sampled_from(["d", "x", "X", "o", "dotted", "mixed", "mapped", "hexmapped", "short"])
)
@example(0x7F000001, "short")
@settings(max_examples=200, deadline=None)
def test_no_spelling_of_a_private_address_passes(number: int, form: str) -> None:
    address = IPv4Address(number)
    a, b, c, d = address.packed
    host = {
        "d": str(number), "x": hex(number), "X": hex(number).upper(), "o": f"0{number:o}", "dotted": str(address),
        "mixed": f"{a:#x}.{b}.0{c:o}.{d}", "mapped": f"[::ffff:{address}]",
        "hexmapped": f"[::ffff:{a:x}{b:02x}:{c:x}{d:02x}]",
        "short": f"{a}.{int.from_bytes(address.packed[1:])}",
    }[form]  # fmt: skip
    try:
        parts = checked(f"http://{host}/", NOTHING)
        found = look_up(parts.raw_host.decode(), 80, allowed_by(NOTHING), 5.0)
    except (Refused, Unavailable):
        return
    assert all(is_public(ip_address(one)) for one in found)
    assert is_public(address)


texts = st.text(st.sampled_from("0123456789.:[]@/\\?#%xab。１①\r\n\t \0localhost-"), max_size=30)


@given(texts)
@settings(max_examples=300, deadline=None)
def test_any_text_is_refused_or_has_a_host_that_is_looked_at(text: str) -> None:
    try:
        parts = checked(f"http://{text}", NOTHING)
    except Refused:
        return
    host = parts.raw_host.decode("ascii")
    assert host
    assert not parts.userinfo
    try:
        assert is_public(ip_address(host.strip("[]")))
    except ValueError:
        assert not host.rstrip(".").rpartition(".")[2].isdecimal()


# What a name server says


def says(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """A resolver that gives these answers, one after the other, the last for ever; the names it was asked."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
        try:
            socket.inet_pton(socket.AF_INET, host)
            found = [host]  # a literal, as it is connected to
        except OSError:
            found = answers[min(len(asked), len(answers) - 1)]
            asked.append(host)
        kinds = [(a, socket.AF_INET6 if ":" in a else socket.AF_INET) for a in found]
        return [(kind, socket.SOCK_STREAM, 6, "", (a, port)) for a, kind in kinds]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


@pytest.mark.parametrize(
    "answer",
    [["127.0.0.1"], ["10.0.0.1"], ["169.254.169.254"], ["::1"], ["::ffff:127.0.0.1"], ["fe80::1%eth0"],
     ["64:ff9b::a00:1"], ["93.184.215.14", "127.0.0.1"], ["127.0.0.1", "93.184.215.14"],
     ["2606:4700:4700::1111", "fd00:ec2::254"]],
)  # fmt: skip
def test_a_name_with_any_address_that_is_not_public_is_refused(
    answer: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    says(monkeypatch, answer)
    with pytest.raises(Refused) as fault:
        get("http://innocent.example/", NOTHING)
    assert fault.value.code == "private-address"


@pytest.fixture
def inner_and_outer(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Server, Server]]:
    """Two servers at one port: what is private, and what (127.0.0.2) may be visited."""
    with serving("127.0.0.1") as inner, serving("127.0.0.2", inner.port) as outer:
        inner.acts["/"] = sends(200, b"secret")
        outer.acts["/"] = sends(200, b"news")
        yield inner, outer


def test_a_name_is_looked_up_once_and_what_was_checked_is_connected_to(
    inner_and_outer: tuple[Server, Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    inner, outer = inner_and_outer
    asked = says(monkeypatch, ["127.0.0.2"], ["127.0.0.1"])
    chosen = Settings(fetch_allow=("127.0.0.2",), fetch_ports=(outer.port,))
    url = f"http://rebinding.example:{outer.port}/"
    assert get(url, chosen).body == b"news"
    assert asked == ["rebinding.example"]
    assert b"Host: rebinding.example" in outer.seen[0]
    # Asked once more, it has moved: every connection is checked for itself.
    with pytest.raises(Refused):
        get(url, chosen)
    assert inner.seen == []


def test_a_redirect_is_checked_like_any_url(
    inner_and_outer: tuple[Server, Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    inner, outer = inner_and_outer
    says(monkeypatch, ["127.0.0.2"], ["127.0.0.1"])
    chosen = Settings(fetch_allow=("127.0.0.2",), fetch_ports=(outer.port,))
    outer.acts["/"] = sends(302, b"", "Location: /again")
    with pytest.raises(Refused) as fault:
        get(f"http://rebinding.example:{outer.port}/", chosen)
    assert fault.value.code == "private-address"
    assert inner.seen == []


def test_proxies_of_the_environment_are_not_asked(
    inner_and_outer: tuple[Server, Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    inner, outer = inner_and_outer
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, inner.url)
    assert get(outer.url + "/", Settings(fetch_allow=("127.0.0.2",))).body == b"news"
    assert inner.seen == []


# Exceptions


@pytest.mark.parametrize("entry", ["127.0.0.0/8", "127.0.0.1", "localhost", "LocalHost."])
def test_an_exception_opens_what_it_names_and_nothing_else(entry: str) -> None:
    with serving() as server:
        server.acts["/"] = sends(200, b"ok")
        chosen = Settings(fetch_allow=(entry,))
        host = "localhost" if entry[0] in "lL" else "127.0.0.1"
        assert get(f"http://{host}:{server.port}/", chosen).body == b"ok"
        with pytest.raises(Refused):
            get("http://10.0.0.1/", chosen)
    if host == "localhost":
        with pytest.raises(Refused):
            get(f"http://127.0.0.1:{server.port}/", chosen)


def test_exceptions_and_ports_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHANCERY_FETCH_ALLOW", "10.0.0.0/8, fd00::/8,wiki.example")
    monkeypatch.setenv("CHANCERY_FETCH_PORTS", "[80, 443]")
    chosen = load()
    assert chosen.fetch_allow == ("10.0.0.0/8", "fd00::/8", "wiki.example")
    assert chosen.fetch_ports == (80, 443)
    monkeypatch.setenv("CHANCERY_FETCH_ALLOW", "10.0.0.0/99")
    with pytest.raises(SettingsError, match=r"CHANCERY_FETCH_ALLOW.*10\.0\.0\.0/99"):
        load()


# TLS

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def tls(authority: trustme.CA, answer: bytes, *names: str) -> tuple[int, list[str | None], socket.socket]:
    """A TLS server with a certificate for these names: its port, and the names that were asked for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    wanted: list[str | None] = []
    context.sni_callback = lambda _, name, __: wanted.append(name)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            try:
                with context.wrap_socket(connection, server_side=True) as stream:
                    stream.recv(65_536)
                    stream.sendall(answer)
            except OSError:
                pass

    threading.Thread(target=serve, daemon=True).start()
    return listener.getsockname()[1], wanted, listener


def test_a_certificate_is_checked_against_the_name_and_not_the_address(
    authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(file)
    says(monkeypatch, ["127.0.0.1"])
    port, wanted, listener = tls(authority, OK, "news.example", "127.0.0.1")
    with listener:
        trusting = Settings(fetch_allow=("127.0.0.1",), fetch_ports=(port,), fetch_ca_file=file)
        assert get(f"https://news.example:{port}/", trusting).body == b"ok"
        assert wanted == ["news.example"]
        for host, chosen in (
            ("other.example", trusting),
            ("news.example", trusting.model_copy(update={"fetch_ca_file": None})),
        ):
            with pytest.raises(Unavailable) as fault:
                get(f"https://{host}:{port}/", chosen)
            assert fault.value.code == "tls"
        listener.shutdown(socket.SHUT_RDWR)


def test_what_was_said_under_tls_is_not_repeated_without(
    authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(file)
    says(monkeypatch, ["127.0.0.1"])
    with serving() as plain:
        plain.acts["/"] = sends(200, b"plain")
        down = f"http://news.example:{plain.port}/"
        answer = f"HTTP/1.1 302 x\r\nSet-Cookie: id=secret; Path=/\r\nLocation: {down}\r\nContent-Length: 0\r\n\r\n"
        port, _, listener = tls(authority, answer.encode(), "news.example")
        with listener:
            ports = (port, plain.port)
            chosen = Settings(fetch_allow=("127.0.0.1",), fetch_ports=ports, fetch_ca_file=file)
            found = get(f"https://news.example:{port}/", chosen)
            listener.shutdown(socket.SHUT_RDWR)
        assert (found.url, found.body) == (down, b"plain")
        assert b"secret" not in plain.seen[0]
