"""Servers for one person: they listen on loopback addresses alone, and answer only requests of their own pages."""

import socket
from collections.abc import Iterator
from itertools import product

import pytest
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from app.loopback import (
    BodyTooLongError,
    HostError,
    LoopbackGuard,
    PortTakenError,
    in_url,
    is_loopback,
    listen,
    read_body,
)

FORWARDED = (
    "forwarded", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-for", "x-gradio-server", "x-original-url",
    "x-rewrite-url", "origin", "accept-encoding",
)  # fmt: skip


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the names of the headers and the length of the body that reach the application."""
    body = await read_body(Headers(scope=scope), receive, 1000)
    headers = {"access-control-allow-origin": "*", "access-control-allow-credentials": "true", "x-frame-options": "own"}
    names = [name.decode() for name, _ in scope["headers"]]
    await JSONResponse({"names": names, "size": len(body)}, headers=headers)(scope, receive, send)


async def measure(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the length of a body, which has 1,000 bytes at most."""
    try:
        answer = JSONResponse({"size": len(await read_body(Headers(scope=scope), receive, 1000))})
    except BodyTooLongError:
        answer = JSONResponse({}, 413)
    await answer(scope, receive, send)


@pytest.fixture
def client() -> TestClient:
    guarded = LoopbackGuard(echo, headers={"x-frame-options": "deny", "x-other": "set"})
    return TestClient(guarded, base_url="http://127.0.0.1:7000")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.0.2.1", "chat.example", "0", "2130706433", "127.1", "::2"])
def test_no_host_is_listened_on_that_others_reach(host):
    assert not is_loopback(host)
    with pytest.raises(HostError, match="a server with accounts is needed"):
        listen(host, 0)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost", "LOCALHOST"])
def test_every_loopback_host_is_listened_on(host):
    if ":" in host and not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    with listen(host, 0) as listener:
        assert is_loopback(listener.getsockname()[0])


def test_localhost_that_a_table_of_hosts_leads_elsewhere_is_refused(monkeypatch):
    monkeypatch.setattr("socket.socket.getsockname", lambda self: ("192.0.2.1", 80))
    with pytest.raises(HostError, match=r"192\.0\.2\.1"):
        listen("localhost", 0)


def test_a_taken_port_names_the_option():
    with listen("127.0.0.1", 0) as taken, pytest.raises(PortTakenError, match="--port"):
        listen("127.0.0.1", taken.getsockname()[1])
    with pytest.raises(PortTakenError, match="cannot serve"):
        listen("127.0.0.1", 99999)


def test_addresses_stand_in_urls_as_they_must():
    assert (in_url("::1"), in_url("127.0.0.2")) == ("[::1]", "127.0.0.2")
    for every, own in (("::", "[::1]"), ("0.0.0.0", "127.0.0.1"), ("::0", "[::1]"), ("0:0:0:0:0:0:0:0", "[::1]")):
        assert in_url(every) == own
    assert (in_url("chat.example"), in_url("192.0.2.1"), in_url("::2")) == ("chat.example", "192.0.2.1", "[::2]")


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "[::2]", "127.0.0.1@evil.example", "", "a/b"]
)
def test_other_names_are_refused(client, host):
    assert client.get("/", headers={"host": host}).status_code == 400


@pytest.mark.parametrize(
    ("host", "method"),
    [
        *product(["127.0.0.2:7000", "[::1]:7000", "localhost:7000", "localhost"], ["GET", "POST"]),
        *product(["127.0.0.1:7000"], ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]),
    ],
)
def test_other_origins_are_refused_under_every_own_name_and_method(client, host, method):
    def status(**headers: str) -> int:
        return client.request(method, "/", headers={"host": host, **headers}).status_code

    assert status() == 200
    assert status(origin=f"http://{host}") == 200
    for origin in ("null", "http://localhost:9", "http://127.0.0.1", "http://evil.example", f"https://{host}", ""):
        assert status(origin=origin) == 403, origin
    for site in ("cross-site", "same-site", "anything"):
        assert status(**{"sec-fetch-site": site}) == 403, site
    assert status(**{"sec-fetch-site": "none"}) == (200 if method in ("GET", "HEAD") else 403)
    assert status(referer=f"http://{host}/page") == 200
    assert status(referer="http://localhost:9/page") == 403
    assert status(referer=f"http://{host}.evil.example/") == 403


def test_origins_and_hosts_that_are_not_this_machines_are_worth_nothing(client):
    own = "http://127.0.0.1:7000"
    assert client.get("/", headers=[("origin", own), ("origin", "http://evil.example")]).status_code == 403
    assert client.get("/", headers=[("host", "127.0.0.1"), ("host", "evil.example")]).status_code == 400
    sent = dict.fromkeys(FORWARDED, "http://127.0.0.1:7000") | {"range": "bytes=0-1", "cookie": "a=b"}
    names = client.get("/", headers=sent).json()["names"]
    assert client.post("/", content=b"x" * 999).json()["size"] == 999
    assert not set(names) & set(FORWARDED)
    assert {"host", "range", "cookie"} <= set(names)
    found = client.get("/", headers={"origin": "http://127.0.0.1:7000"}).headers
    assert not [name for name in found if name.startswith("access-control-")]
    assert (found["x-frame-options"], found["x-other"]) == ("own", "set")


@pytest.mark.parametrize("size", [1000, 1001])
@pytest.mark.parametrize("chunked", [True, False])
def test_long_requests_are_refused_however_they_come(size, chunked):
    def chunks() -> Iterator[bytes]:
        yield from (b"x" for _ in range(size))

    found = TestClient(measure).post("/", content=chunks() if chunked else b"x" * size)
    assert found.status_code == (200 if size == 1000 else 413)
    if size == 1000:
        assert found.json()["size"] == size


def test_a_length_that_is_none_is_refused():
    for length in ("-1", "9" * 5000, "x"):
        assert TestClient(measure).post("/", headers={"content-length": length}, content=b"").status_code == 413
