"""What the guard keeps out: other hosts and pages, spoofed proxies, old sign-ins, keys without their scope."""

import threading
import time
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from unittest.mock import Mock

import httpx
import pytest
from argon2 import PasswordHasher
from sqlalchemy import insert, select, update

from app.corpus.corpus import Corpus
from app.corpus.stored_documents import UndoStep
from app.desk.tables import KEYS, SESSIONS, USERS, Tables, open_tables
from app.errors import AccountError, NotFoundError, SettingsError, UnkeptError
from app.loopback import HostError
from app.server.accounts import KEY_PREFIX, Accounts
from app.server.method_rules import Gatekeeper, _broken_off, _target_of, guarded
from app.server.person import LOCAL_PERSON
from app.server.rate_limits import BusyError, Limits, TooManyError
from app.server.request_guard import COOKIE
from app.server.serve import _serve, check_settings
from app.settings import DatabaseConfig, OidcConfig, ServerConfig, Settings
from ingest.errors import IngestStoppedError
from ingest.report import FileResult, IngestReport
from tests.fakes_server import PASSWORD, PEOPLE, Team, acting_as, team

pytestmark = pytest.mark.integration

ME = "/api/v1/me"


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "", "localhost@evil.example", "xn--/", "é", "[::1", "[x"],
)
def test_other_hosts_are_refused(host: str, served: Team) -> None:
    client = served.program("rita")
    answer = client.get(ME, headers={"host": host.encode()})
    assert answer.status_code == 400 and "UNTOC_SERVER__ADDRESS" in answer.text
    for known in ("10.0.0.7:7860", "[::1"):
        assert client.get("/health", headers={"host": known}).json() == {"status": "ok"}
    for ours in ("127.0.0.1:1", "[::1]", "[::1]:7860", "LOCALHOST"):
        assert client.get(ME, headers={"host": ours}).json()["name"] == "rita"


def test_refused_hosts_and_pages_count_by_address(behind_a_proxy: Team) -> None:
    for address, headers in (
        ("203.0.113.70", {"host": "evil.example"}),
        ("203.0.113.71", {**OURS, "origin": "https://evil.example"}),
    ):
        client = behind_a_proxy.client(**{"x-forwarded-for": address, "x-remote-user": "rita", **headers})
        codes = [client.get(ME).status_code for _ in range(12)]
        assert codes[0] in (400, 403) and codes[-1] == 429
    # Whoever is named is not held up by what others send from the same address.
    named = behind_a_proxy.client(**OURS, **{"x-forwarded-for": "203.0.113.70", "x-remote-user": "rita"})
    assert named.get(ME).status_code == 200


def test_pages_of_other_origins_are_refused(served: Team) -> None:
    browser = served.browser("rita")
    del browser.headers["origin"]
    for headers in (
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": served.address.replace("http:", "https:")},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
        {"referer": "https://evil.example/page"},
    ):
        for method in ("GET", "POST"):
            answer = browser.request(method, "/api/v1/conversations", headers=headers)
            assert answer.status_code == 403 and "another page" in answer.text, headers
    # Refused: a request with the cookie that names no origin, as a form of another page may send it.
    assert browser.post("/api/v1/conversations", json={"question": "x"}).status_code == 403
    # A link from another page may be followed, but no header allows scripts of other origins anything.
    follows = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    answer = browser.get("/about", headers=follows)
    assert answer.status_code == 200 and not [name for name in answer.headers if name.startswith("access-control")]
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_sign_ins_end(served: Team) -> None:
    browser = served.browser("rita")
    assert browser.get(ME).json()["name"] == "rita"
    cookie = browser.cookies[COOKIE]
    replay = served.client(cookie=f"{COOKIE}={cookie}")
    assert replay.get(ME).status_code == 200
    assert browser.post("/sign-out").status_code == 303
    assert replay.get(ME).status_code == 401 and browser.get(ME).status_code == 401
    # Whoever signs in again in a browser ends the sign-in before it.
    browser = served.browser("rita")
    replay = served.client(cookie=f"{COOKIE}={browser.cookies[COOKIE]}")
    assert replay.get(ME).status_code == 200
    assert browser.post("/sign-in", data={"name": "rita", "password": PASSWORD}).status_code == 303
    assert replay.get(ME).status_code == 401 and browser.get(ME).status_code == 200
    # Refused cookies: an expired one, ones that were never issued, and the digests that are stored in their place.
    expired = served.accounts.begin("rita")
    with closing(open_tables(served.store)) as tables:
        past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
        stored = [row.digest for row in tables.rows(SESSIONS.select())]
        tables.run(update(SESSIONS).values(expires=past).where(SESSIONS.c.account == "rita"))
    for value in (expired, "x" * 43, "", *stored):
        assert served.client(cookie=f"{COOKIE}={value}").get(ME).status_code == 401
    # A request for a page is sent to the sign-in, which keeps its query, such as the id of a shared work.
    reader = served.client(accept="text/html", origin=served.address)
    shown = reader.get("/?b=1&c=2")
    assert shown.status_code == 303 and shown.headers["location"] == "/sign-in?to=/%3Fb%3D1%26c%3D2"
    form = reader.get(shown.headers["location"]).text
    assert '<input type="hidden" name="to" value="/?b=1&amp;c=2">' in form
    entered = reader.post("/sign-in", data={"name": "rita", "password": PASSWORD, "to": "/?b=1&c=2"})
    assert entered.status_code == 303 and entered.headers["location"] == "/?b=1&c=2"
    assert reader.get(f"/?b={'x' * 5000}", follow_redirects=True).status_code == 200


def test_an_ended_sign_in_is_told_to_the_page_in_its_language_and_to_programs_as_before(served: Team) -> None:
    page = {"origin": served.address, "accept-language": "fr-FR"}
    for headers, words in (
        (page, "onglet"),
        ({**page, "cookie": "untoc_language=es"}, "pestaña"),
        ({**page, "authorization": "Bearer untoc_0_0"}, "Authorization: Bearer"),
        ({"accept-language": "fr-FR"}, "Authorization: Bearer"),
    ):
        answer = served.client(**headers).post("/gradio_api/queue/join", json={})
        assert answer.status_code == 401 and words in answer.json()["detail"], headers
    assert "Authorization: Bearer" in served.client(**page).get(ME).json()["detail"]


def test_a_role_or_account_that_is_taken_away_counts_at_once(served: Team) -> None:
    served.accounts.add("tara", "editor", PASSWORD)
    browser, program = served.browser("tara"), served.program("tara")
    served.accounts.set_role("tara", "reader")
    for client in (browser, program):
        assert "edit" not in client.get(ME).json()["may"]
        assert client.delete("/api/v1/statements/0").status_code == 403
    served.accounts.remove("tara")
    assert browser.get(ME).status_code == program.get(ME).status_code == 401


def test_passwords_and_names_are_not_told(served: Team) -> None:
    client = served.client(origin=served.address)
    wrong = client.post("/sign-in", data={"name": "rita", "password": "another password"})
    absent = client.post("/sign-in", data={"name": "nobody", "password": "another password"})
    assert wrong.status_code == absent.status_code == 401 and wrong.text == absent.text
    # Phones add a space after a word that they complete.
    assert client.post("/sign-in", data={"name": "rita ", "password": PASSWORD}).status_code == 303
    assert client.post("/sign-in", data={"name": "Rita", "password": PASSWORD}).status_code == 401
    hostile = client.post("/sign-in", data={"name": "x", "password": "y", "to": '"><script>alert(1)</script>'})
    assert "<script>" not in hostile.text
    for to in ("//evil.example", "https://evil.example", "/\\evil.example", "/a\nb"):
        answer = client.post("/sign-in", data={"name": "rita", "password": PASSWORD, "to": to})
        assert answer.status_code == 303 and answer.headers["location"] == "/", to


@pytest.mark.parametrize(
    "given", ["Bearer", "Bearer x", "Bearer untoc_0_0", "Basic cml0YTp4", "Bearer untoc__", "bearer \xe9"]
)
def test_keys_that_do_not_hold_are_refused(given: str, served: Team) -> None:
    assert served.client(authorization=given.encode("latin-1")).get(ME).status_code == 401
    # A valid cookie beside an invalid key does not help.
    browser = served.browser("rita")
    assert browser.get(ME, headers={"authorization": given.encode("latin-1")}).status_code == 401


def test_keys_do_what_they_were_given_and_no_more(served: Team) -> None:
    reads = served.program("adam", "read")
    assert reads.get(ME).json()["may"] == ["read"]
    assert reads.get("/api/v1/statements").status_code == 200
    assert reads.post("/api/v1/ask", json={"question": "x"}).status_code == 403
    assert reads.get("/api/v1/audit").status_code == 403
    # A key cannot make keys, and a person can make none with more permissions than their own.
    assert reads.post("/api/v1/keys", json={"label": "x", "scopes": ["read"]}).status_code == 403
    rita = served.browser("rita")
    assert rita.post("/api/v1/keys", json={"label": "x", "scopes": ["edit"]}).status_code == 403
    made = rita.post("/api/v1/keys", json={"label": "mine", "scopes": ["read"]}).json()
    program = served.client(authorization=f"Bearer {made['secret']}")
    assert program.get(ME).json() == {"name": "rita", "role": "reader", "may": ["read"]}
    assert [key for key in rita.get("/api/v1/keys").json() if key["label"] == "mine"] == [made["key"]]
    assert served.browser("edda").delete(f"/api/v1/keys/{made['key']['identifier']}").status_code == 404
    assert program.delete(f"/api/v1/keys/{made['key']['identifier']}").status_code == 403
    assert rita.delete(f"/api/v1/keys/{made['key']['identifier']}").status_code == 204
    assert program.get(ME).status_code == 401


def test_nothing_secret_is_stored(served: Team) -> None:
    browser = served.browser("rita")
    _, secret = served.accounts.add_key("rita", "x", ["read"])
    stored = b"".join(path.read_bytes() for path in served.store.glob("desk.sqlite3*"))
    # The secret part follows the prefix and the identifier of the key, and may contain "_" itself.
    bare = secret.removeprefix(KEY_PREFIX).partition("_")[2]
    for text in (PASSWORD, browser.cookies[COOKIE], secret, bare):
        assert text.encode() not in stored
    assert b"$argon2id$" in stored


def test_what_was_done_is_logged_and_no_question_is(served: Team) -> None:
    question = "What did Iran say about article 4, if anything?"
    edda, adam = served.program("edda"), served.program("adam")
    edda.post("/api/v1/ask", json={"question": question}).raise_for_status()
    files = {"files": ("arvandia.txt", b"Statement by Arvandia. Arvandia supports extradition in all cases.")}
    made = edda.post("/api/v1/ingest", files=files).raise_for_status().json()["files"][0]
    again = edda.post("/api/v1/ingest", files=files).raise_for_status().json()["files"][0]
    assert made["result"] == "added" and again["result"] in ("duplicate", "unchanged")
    edited = edda.patch(f"/api/v1/statements/{made['statement_id']}", json={"changes": {"session": "3"}}).json()
    assert edited["metadata"]["session"] == "3"
    assert edda.delete(f"/api/v1/statements/{edited['statement_id']}").status_code == 204
    document = edda.post("/api/v1/brief/document?suffix=.md", json={"articles": ["4"], "states": ["Iran"]})
    assert document.status_code == 200 and "article 4" in document.text
    logged = adam.get("/api/v1/audit", params={"limit": 500}).json()
    done = ("ingest", "edit", "remove", "export")
    # Other tests of the same server left earlier entries.
    mine = [entry for entry in reversed(logged) if entry["account"] == "edda" and entry["action"] in done][-5:]
    assert [entry["action"] for entry in mine] == ["ingest", "ingest", "edit", "remove", "export"]
    was, now = made["statement_id"], edited["statement_id"]
    assert [entry["target"] for entry in mine[:4]] == [
        "arvandia.txt: added", f"arvandia.txt: {again['result']}", f"{was} → {now}: session", now
    ]  # fmt: skip
    assert all(entry["request"] and entry["address"] == "127.0.0.1" for entry in mine) and question not in str(logged)


def test_an_ingest_that_breaks_off_is_logged_with_what_it_stored(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = [FileResult(file="in/a.txt", result="added"), FileResult(file="b.txt", result="failed")]
    stopped = IngestStoppedError("another process writes", IngestReport(files=tuple(results)))
    monkeypatch.setattr(Corpus, "ingest_uploads", Mock(side_effect=stopped))
    checked = guarded(Corpus.__new__(Corpus), Gatekeeper(accounts, Limits(ServerConfig())))
    with acting_as(LOCAL_PERSON), pytest.raises(IngestStoppedError):
        checked.ingest_uploads([Path("a.txt"), Path("b.txt"), Path("c.txt")])
    (entry,) = accounts.logged()
    told = "1 failed, 1 added; b.txt: failed, a.txt: added; broken off: c.txt"
    assert (entry["action"], entry["target"]) == ("ingest failed", told)
    assert _broken_off("a.txt, b.txt", IngestReport()) == "broken off: a.txt, b.txt"
    assert _broken_off("a.txt", IngestReport(files=tuple(results[:1]))) == "a.txt: added"


def test_what_was_refused_is_not_logged_as_done(served: Team) -> None:
    for name in ("greta", "hugo"):
        served.accounts.add(name, "reader")
    adam = served.program("adam")
    statement = adam.get("/api/v1/statements", params={"limit": 1}).json()["items"][0]["statement_id"]
    users, statements, session = "/api/v1/users", "/api/v1/statements", {"changes": {"session": "3"}}
    review = {"key": "cell", "state": "maybe"}
    for method, path, body, entry in (
        ("PATCH", f"{users}/adam", {"role": "reader"}, ("account failed", "role adam reader")),
        ("PATCH", f"{users}/greta", {"role": "editor"}, ("account", "role greta editor")),
        ("POST", users, {"name": "greta", "role": "admin"}, ("account failed", "add greta admin")),
        ("POST", users, {"name": "x/y", "role": "admin"}, ("account failed", "add x/y admin")),
        ("DELETE", f"{users}/nobody", None, ("account failed", "remove nobody")),
        ("DELETE", f"{users}/hugo", None, ("account", "remove hugo")),
        ("PUT", f"{users}/greta/person", {"sub": "1"}, ("account failed", "bind greta")),
        ("DELETE", "/api/v1/keys/nope", None, ("key failed", "revoke nope")),
        ("DELETE", f"{statements}/nope", None, ("remove failed", "nope")),
        ("PATCH", f"{statements}/nope", session, ("edit failed", "nope: session")),
        ("PATCH", f"{statements}/{statement}", {"changes": {"colour": "x"}}, ("edit failed", f"{statement}: colour")),
        ("PUT", "/api/v1/reviews", review, ("review failed", "cell")),
    ):
        answer = adam.request(method, path, json=body)
        last = adam.get("/api/v1/audit", params={"limit": 1}).json()[0]
        assert (last["action"], last["target"]) == entry, answer.text
        assert answer.is_success != ("failed" in last["action"]), answer.text
    adam.post("/api/v1/ingest", files={"files": ("a.exe", b"MZ")}).raise_for_status()
    assert adam.get("/api/v1/audit", params={"limit": 1}).json()[0]["target"] == "a.exe: skipped"


def test_nothing_is_done_that_cannot_be_logged(served: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    adam = served.program("adam")
    broken = Mock(side_effect=UnkeptError("no room"))
    with monkeypatch.context() as patch:
        patch.setattr(Accounts, "log", broken)
        assert adam.post("/api/v1/users", json={"name": "ida", "role": "reader"}).status_code == 503
    assert served.accounts.active_name("ida") is None
    # What was done stays told as done, although the log could not take what came of it.
    monkeypatch.setattr(Accounts, "amend", broken)
    assert adam.post("/api/v1/ingest", files={"files": ("a.exe", b"MZ")}).status_code == 200
    assert adam.delete("/api/v1/keys/nope").status_code == 404


def test_requests_have_a_size(served: Team) -> None:
    client = served.program("edda")

    def parts() -> Iterator[bytes]:
        for _ in range(20):
            yield b"x" * 100_000

    headers = {"content-type": "application/json"}
    assert client.post("/api/v1/ask", content=parts(), headers=headers).status_code == 413
    upload = HTTPConnection(served.address.removeprefix("http://"), timeout=30)
    upload.putrequest("POST", "/api/v1/ingest")
    for name, value in (
        ("authorization", client.headers["authorization"]),
        ("content-type", "multipart/form-data; boundary=x"),
        ("content-length", "200000001"),
    ):
        upload.putheader(name, value)
    upload.endheaders()
    assert upload.getresponse().status == 413
    upload.close()
    # Forms are limited as well, except on routes that take files, and there only for those who may send files.
    long = {"files": ("long.txt", b"x" * 2_000_000)}
    assert served.client(origin=served.address).post("/sign-in", files=long).status_code == 413
    assert client.post("/api/v1/ask", files=long).status_code == 413
    assert served.program("rita").post("/api/v1/ingest", files=long).status_code == 403
    assert client.post("/api/v1/verify/file", files={"file": long["files"]}).status_code == 200


def test_answers_bear_the_id_of_their_request(served: Team) -> None:
    client = served.client()
    given = {"x-request-id": "from-the-proxy-1"}
    assert client.get("/health", headers=given).headers.items() >= given.items()
    made = client.get("/health", headers={"x-request-id": "no\tid"}).headers["x-request-id"]
    assert len(made) == len(client.get("/health", headers={"x-request-id": "x" * 41}).headers["x-request-id"]) == 16
    assert client.get("/ready").json() == {"status": "ready"}
    figures = served.program("adam").get("/metrics").text
    assert 'untoc_requests_total{method="GET",route="/ready",status="200"}' in figures and "/api/v1/ask" in figures


@pytest.fixture(scope="module")
def behind_a_proxy(filled_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    settings = {
        "accounts": "proxy",
        "trusted_proxies": "127.0.0.1",
        "address": "https://untoc.example.org/ask",
        "new_role": "",
        "requests": "10/minute",
        "questions": "2/15 second",
    }
    with team(filled_store, tmp_path_factory.mktemp("proxy"), **settings) as running:
        yield running


OURS = {"host": "untoc.example.org"}


def test_a_trusted_proxy_names_the_person(behind_a_proxy: Team) -> None:
    client = behind_a_proxy.client(**OURS, **{"x-forwarded-for": "203.0.113.9"})
    assert client.get(ME, headers={"x-remote-user": "rita"}).json()["name"] == "rita"
    # A page tells a person what to do; what programs and scripts ask for is a problem, whatever they accept.
    for path, kind, words in (
        ("/", "text/html", "ask an admin"), (ME, "application/problem+json", "ask an admin"),
        ("/gradio_api/info", "application/problem+json", "ask an admin"),
    ):  # fmt: skip
        answer = client.get(path, headers={"accept": "text/html", "x-remote-user": "<b>mallory"})
        assert answer.status_code == 401 and words in answer.text and "<b>mallory" not in answer.text
        assert answer.headers["content-type"].startswith(kind)
    # The way back is the chat itself, since nobody signs in here; another host has none.
    for host, linked in (("untoc.example.org", True), ("evil.example", False)):
        headers = {"accept": "text/html", "host": host, "x-forwarded-for": "203.0.113.90"}
        page = client.get("/", headers=headers).text
        assert ('<a href="/">untoc</a>' in page) == ("<a " in page) == linked, page
    # Refused: somebody without an account, and a second header beside the proxy's.
    assert client.get(ME, headers={"x-remote-user": "mallory"}).status_code == 401
    assert client.get(ME, headers=[("x-remote-user", "rita"), ("x-remote-user", "adam")]).status_code == 401
    for host in ("127.0.0.1", "evil.example", "untoc.example.org.evil.example"):
        refused = client.get(ME, headers={"x-remote-user": "rita", "host": host})
        assert refused.status_code == 400 and "another name" in refused.text
    post = client.post("/api/v1/cases", headers={"x-remote-user": "rita", "origin": "http://untoc.example.org"})
    assert post.status_code == 403


def test_names_with_letters_of_all_alphabets_are_the_same_persons(filled_store: Path, tmp_path: Path) -> None:
    settings = {"accounts": "proxy", "trusted_proxies": "127.0.0.1", "new_role": "reader"}
    with team(filled_store, tmp_path, **settings) as running:
        names = ("müller", "Zoë Žižková", "амина", "阿米娜", "أمينة")
        for name in names:
            running.accounts.add(unicodedata.normalize("NFD", name), "editor")
        client = running.client()
        for name in names:
            for form in ("NFC", "NFD"):
                sent = unicodedata.normalize(form, name).encode()
                me = client.get(ME, headers={"x-remote-user": sent}).json()
                assert (me["name"], me["role"]) == (name, "editor")
        # A proxy that sends Latin-1 means the same person; an ordinary name is as before.
        assert client.get(ME, headers={"x-remote-user": "müller".encode("latin-1")}).json()["role"] == "editor"
        assert client.get(ME, headers={"x-remote-user": "rita"}).json()["name"] == "rita"
        assert client.get(ME, headers={"x-remote-user": "newcomer"}).json()["role"] == "reader"
        assert client.get(ME, headers={"x-remote-user": "müller\u200b".encode()}).status_code == 401
        assert {account.name for account in running.accounts.list()} == {*PEOPLE, *names, "newcomer"}


def test_what_the_proxy_itself_asks_browsers_for_is_no_key(behind_a_proxy: Team) -> None:
    client = behind_a_proxy.client(**OURS, **{"x-forwarded-for": "203.0.113.10"})
    for sent, status in (("Basic cml0YTp4", 200), ("Negotiate YII=", 200), ("Bearer untoc_0_0", 401)):
        assert client.get(ME, headers={"x-remote-user": "adam", "authorization": sent}).status_code == status
    assert client.get(ME, headers={"authorization": "Basic cml0YTp4"}).status_code == 401


def test_a_rate_limit_is_reached_and_left(behind_a_proxy: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    client = behind_a_proxy.client(**OURS, **{"x-remote-user": "edda", "origin": "https://untoc.example.org"})
    question = {"question": "What did Iran say about article 4?"}
    asked = [client.post("/api/v1/ask", json=question) for _ in range(4)]
    refused = [answer for answer in asked if answer.status_code == 429]
    assert refused and {answer.status_code for answer in asked} == {200, 429}
    later = time.time() - time.monotonic() + int(refused[-1].headers["retry-after"])
    monkeypatch.setattr(time, "time", lambda: later + time.monotonic())
    assert client.post("/api/v1/ask", json=question).status_code == 200
    while (answer := client.get(ME)).status_code == 200:
        pass
    assert answer.status_code == 429 and 1 <= int(answer.headers["retry-after"]) <= 60
    # Other people are not limited.
    assert behind_a_proxy.client(**OURS, **{"x-remote-user": "adam"}).get(ME).status_code == 200


def test_health_checks_are_answered_whatever_else_comes_from_their_address(behind_a_proxy: Team) -> None:
    client = behind_a_proxy.client(**{"x-forwarded-for": "203.0.113.80", "host": "10.0.0.7:7860"})
    assert [client.get(ME).status_code for _ in range(12)][-1] == 429
    for method in ("GET", "HEAD"):
        health, ready = client.request(method, "/health"), client.request(method, "/ready")
        assert health.status_code == ready.status_code == 200 and bool(health.content) == (method == "GET")
    assert [client.get("/health").status_code for _ in range(20)] == [200] * 20
    # What checks nothing counts as any request does.
    assert [client.post("/health").status_code for _ in range(12)][-1] == 429
    # A page that was asked for too often leads to itself, and an address with two slashes to no other host.
    for asked, back in (("/about?a=1&b=%22", "/about?a=1&amp;b=%22"), ("//evil.example/x", "/evil.example/x")):
        page = client.get(
            httpx.URL(str(client.base_url), raw_path=asked.encode()), headers={"accept": "text/html", **OURS}
        )
        assert page.status_code == 429 and f'<a href="{back}">Try again</a>' in page.text, page.text
    # `/ready` asks the database, so that it has a rate of its own.
    assert [client.get("/ready").status_code for _ in range(12)][-1] == 429
    other = behind_a_proxy.client(**OURS, **{"x-forwarded-for": "203.0.113.81"})
    assert other.head("/about").status_code == 401 and other.head("/ready").status_code == 200


def asked(limits: Limits, order: list[str], *names: str, ended: threading.Event | None = None) -> list[Thread]:
    """Begins a request of each person, one after the other, which adds its name to `order` once it has a slot."""

    def ask(name: str) -> None:
        with limits.slot(name.partition(" ")[0]):
            order.append(name)
            if ended is not None:
                ended.wait(10)

    threads = [Thread(target=ask, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
        time.sleep(0.05)
    return threads


def test_room_goes_to_whoever_waited_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    limits, order = Limits(ServerConfig(at_once=1)), list[str]()
    requests = [f"rita {number}" for number in range(5)]
    with limits.slot("rita"):
        waiting = asked(limits, order, *requests)
        monkeypatch.setattr("app.server.rate_limits._LONGEST_WAIT", 0.01)
        with pytest.raises(BusyError), limits.slot("rita"):
            pass
    for thread in waiting:
        thread.join(10)
    assert order == requests
    with limits.slot("rita"):
        pass


@pytest.mark.parametrize(("at_once", "share"), [(1, 1), (3, 2), (4, 2)])
def test_long_work_of_one_person_leaves_room_for_others(at_once: int, share: int) -> None:
    limits, order, ended = Limits(ServerConfig(at_once=at_once, accounts="local")), list[str](), threading.Event()
    threads = asked(limits, order, *["rita"] * 6, ended=ended)
    assert order == ["rita"] * share
    # The next person gets the remaining slots at once, and then waits as well.
    threads += asked(limits, order, *["edda"] * at_once, ended=ended)
    assert order == ["rita"] * share + ["edda"] * (at_once - share)
    ended.set()
    for thread in threads:
        thread.join(10)
    assert (order.count("rita"), order.count("edda")) == (6, at_once)
    # Without accounts there is only one person, who may use all slots.
    alone = Limits(ServerConfig(at_once=2))
    with alone.slot("desk"), alone.slot("desk"):
        pass


def test_one_address_keeps_nobody_out_of_an_account(filled_store: Path, tmp_path: Path) -> None:
    with team(filled_store, tmp_path, sign_ins="2/hour", trusted_proxies="127.0.0.1") as running:

        def sign_in(address: str, password: str) -> int:
            client = running.client(**{"origin": running.address, "x-forwarded-for": address})
            return client.post("/sign-in", data={"name": "rita", "password": password}).status_code

        assert [sign_in("203.0.113.9", "another password") for _ in range(3)] == [401, 401, 429]
        assert sign_in("203.0.113.10", PASSWORD) == 303
        # A person gets a page with a way back, in their language, and a program the problem.
        client = running.client(**{"origin": running.address, "x-forwarded-for": "203.0.113.9"})
        for accept, kind, words in (
            ("text/html,*/*;q=0.8", "text/html", "Trop de tentatives"), ("*/*", "application/problem+json", "too many"),
        ):  # fmt: skip
            headers = {"accept": accept, "accept-language": "fr"}
            answer = client.post("/sign-in", data={"name": "rita", "password": PASSWORD}, headers=headers)
            assert answer.status_code == 429 and int(answer.headers["retry-after"]) > 0
            assert answer.headers["content-type"].startswith(kind) and words in answer.text
            assert ('href="/sign-in"' in answer.text) == (kind == "text/html")
        # Attempts on one account from many addresses are limited all the same.
        codes = [sign_in(f"198.51.100.{n}", "another password") for n in range(18)]
        assert codes[0] == 401 and codes[-1] == 429


def test_a_bug_is_told_by_its_request_id(served: Team, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(served.served.actions.unguarded.corpus), "added_parties", lambda _: 1 // 0)
        answer = served.program("rita").get("/api/v1/parties", headers={"x-request-id": "the-request-1"})
    assert (answer.status_code, answer.headers["x-request-id"]) == (500, "the-request-1")
    assert answer.headers["content-type"] == "application/problem+json" and "division" not in answer.text
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "ZeroDivisionError" in caplog.text


def test_nobody_takes_the_room_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = Limits(ServerConfig(at_once=64))
    with ExitStack() as slots:
        for _ in range(8):
            slots.enter_context(limits.slot("rita"))
        with pytest.raises(TooManyError, match="8 of yours"), limits.slot("rita"):
            pass
        with limits.slot("edda"):
            pass
    with limits.slot("rita"):
        pass
    monkeypatch.setattr("app.server.rate_limits.MOST_WAITING", 0)
    limits = Limits(ServerConfig(at_once=1))
    with limits.slot("rita"), pytest.raises(BusyError), limits.slot("edda"):
        pass


def test_who_asks_is_known_while_all_threads_wait(served: Team) -> None:
    client, stop, blocked = served.program("rita"), threading.Event(), served.served.actions.unguarded.corpus
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(200) as pool:
        # Requests that do not end occupy every thread that serves requests.
        begun: list[None] = []
        patch.setattr(type(blocked), "added_parties", lambda _: (begun.append(None), stop.wait(120), ())[2])
        waiting = [pool.submit(served.program("rita").get, "/api/v1/parties") for _ in range(130)]
        try:
            before = 0
            while not before or before < len(begun):
                before = len(begun)
                time.sleep(0.5)
            assert client.get("/ready", timeout=10).json() == {"status": "ready"}
            assert served.client().get(ME, timeout=10).status_code == 401
        finally:
            stop.set()
        assert {each.result().status_code for each in waiting} == {200}


def test_a_header_from_anybody_else_is_worth_nothing(filled_store: Path, tmp_path: Path) -> None:
    settings = {"accounts": "proxy", "trusted_proxies": "192.0.2.1, 198.51.100.0/24", "requests": "20/minute"}
    with team(filled_store, tmp_path, **settings) as running:
        client = running.client()
        for spoofed in ({"x-remote-user": "adam"}, {"x-remote-user": "adam", "x-forwarded-for": "192.0.2.1"}):
            assert client.get(ME, headers=spoofed).status_code == 401
        # Forwarded addresses do not evade the rate limit, because this client is no trusted proxy.
        codes = [client.get(ME, headers={"x-forwarded-for": f"203.0.113.{n}"}).status_code for n in range(30)]
        assert codes[0] == 401 and codes[-1] == 429


def test_without_accounts_only_this_machine_is_served(filled_store: Path, tmp_path: Path) -> None:
    for host in ("0.0.0.0", "192.0.2.1", "example.org"):
        with pytest.raises(HostError, match=r"docs/operations.md"):
            check_settings(ServerConfig(host=host))
    check_settings(ServerConfig(host="0.0.0.0", accounts="local"))
    for config in (
        ServerConfig(accounts="proxy"),
        ServerConfig(accounts="oidc", oidc=OidcConfig(issuer="https://a.example")),
        ServerConfig(accounts="local", trusted_proxies="proxy.example"),
    ):
        with pytest.raises(SettingsError):
            check_settings(config)
    with team(filled_store, tmp_path, accounts="none") as running:
        client = running.client()
        assert client.get(ME).json()["name"] == "desk" and client.get("/").status_code == 200
        assert client.get(ME, headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    ("host", "address", "warns"),
    [
        ("0.0.0.0", "", True), ("::", "", True), ("192.0.2.1", "", True), ("127.0.0.1", "", False), ("::1", "", False),
        ("0.0.0.0", "https://untoc.example.org", False),
    ],
)  # fmt: skip
def test_a_server_that_others_cannot_reach_says_so_at_its_start(
    host: str, address: str, warns: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for each in ("serve_app", "log_as_json"):
        monkeypatch.setattr(f"app.server.serve.{each}", lambda *_, **__: None)
    settings = Settings(server=ServerConfig(host=host, address=address, accounts="local"))
    _serve(settings, lambda: pytest.fail("nothing is built"), print)
    assert ("UNTOC_SERVER__ADDRESS" in caplog.text) == warns


def test_key_that_was_revoked_keeps_its_time_when_its_account_goes(tables: Tables, accounts: Accounts) -> None:
    accounts.add("adam", "admin", PASSWORD)
    accounts.add("rita", "reader", PASSWORD)
    key, _ = accounts.add_key("rita", "loader", ["read"])
    long_ago = "2020-01-01T00:00:00+00:00"
    tables.run(update(KEYS).where(KEYS.c.id == key.identifier).values(revoked=long_ago))
    accounts.remove("rita")
    assert [row.revoked for row in tables.rows(select(KEYS.c.revoked))] == [long_ago]


def test_a_long_password_is_right_after_its_hash_is_made_anew(tables: Tables, accounts: Accounts) -> None:
    password = "a" * 1024
    accounts.add("adam", "admin", password)
    old = PasswordHasher(time_cost=2, memory_cost=24, parallelism=3).hash(password)
    tables.run(update(USERS).where(USERS.c.name == "adam").values(password=old))
    # What is typed is cut to the longest password.
    assert accounts.check_password("adam", password + "b") and accounts.check_password("adam", password)


def test_a_removal_that_is_undone_is_logged_with_its_document() -> None:
    summary = SimpleNamespace(document_id="d1")
    for now in (None, "d2"):
        assert _target_of([UndoStep(document=None, summary=summary, parts=(), now=now)]) == "d1"


def test_an_account_whose_accents_an_earlier_release_stored_apart_is_found_in_either_form(
    tables: Tables, accounts: Accounts
) -> None:
    accounts.add("adam", "admin", PASSWORD)
    accounts.add("zoe", "editor", PASSWORD)
    apart, composed = unicodedata.normalize("NFD", "zoë"), "zoë"
    tables.run(update(USERS).where(USERS.c.name == "zoe").values(name=apart))
    for name in (apart, composed, f" {composed}"):
        assert accounts.check_password(name, PASSWORD)
        assert accounts.active_name(name) == accounts.named_by(name, "reader") == apart
        with pytest.raises(AccountError, match="already"):
            accounts.add(name, "reader")
        accounts.set_role(name, "reader")
        accounts.set_password(name, PASSWORD)
        accounts.bind(name, "issuer 1")
        key, _ = accounts.add_key(name, "x", ["read"])
        assert key.account == apart and key in accounts.keys(name)
        accounts.remove(name)
        assert accounts.active_name(name) is None and accounts.named_by(name, "reader") is None
        accounts.add(name, "editor", PASSWORD)
    assert [account.name for account in accounts.list()] == ["adam", apart]
    # Two accounts that an earlier release told apart by this alone stay two.
    tables.run(insert(USERS).values(name=composed, role="admin", made="2020"))
    assert (accounts.stored_name(apart), accounts.stored_name(composed)) == (apart, composed)
    # Letters that only case folding makes the same are others.
    for name in ("weiss", "weiß", "maße", "masse"):
        accounts.add(name, "reader")
    with pytest.raises(AccountError, match="mistake"):
        accounts.add("ZOË", "reader")


def test_admins_who_demote_each_other_at_the_same_moment_leave_one(record: Path | str, tmp_path: Path) -> None:
    database = DatabaseConfig(url=None if isinstance(record, Path) else record)
    with closing(open_tables(tmp_path, database)) as tables:
        accounts = Accounts(tables)
        for name in ("ann", "bob"):
            accounts.add(name, "admin", PASSWORD)

        def demote_bob() -> None:
            with suppress(AccountError):
                accounts.set_role("bob", "reader")

        other = Thread(target=demote_bob)
        with tables.transaction() as connection:
            accounts._keep_an_admin(connection, "ann")
            other.start()
            other.join(0.3)
            accounts._change(connection, "ann", role="reader")
        other.join()
        assert [account.name for account in accounts.list() if account.role == "admin"] == ["bob"]


def test_accounts_are_held_to_their_rules(accounts: Accounts) -> None:
    accounts.add("adam", "admin", PASSWORD)
    for name, role, password in (
        ("adam", "reader", PASSWORD), ("", "reader", PASSWORD), ("desk", "reader", PASSWORD), ("x", "king", PASSWORD),
        ("x", "reader", "short"), ("a\nb", "reader", PASSWORD), ("Adam", "reader", PASSWORD),
        (" ADAM ", "reader", None),
    ):  # fmt: skip
        with pytest.raises(AccountError):
            accounts.add(name, role, password)
    with pytest.raises(AccountError, match="last admin"):
        accounts.remove("adam")
    with pytest.raises(AccountError, match="last admin"):
        accounts.set_role("adam", "reader")
    # One who was removed comes back under the same name; names of a provider may differ in capitals alone.
    accounts.add("ada", "reader")
    accounts.remove("ada")
    with pytest.raises(AccountError, match="'ada'"):
        accounts.add("Ada", "reader")
    accounts.add("ada ", "editor")
    assert accounts.named_by("Ada", "reader") == "Ada" and accounts.named_by("ada", "") == "ada"
    accounts.add("rita", "reader")
    assert not accounts.check_password("rita", "") and not accounts.check_password("rita", PASSWORD)
    for scopes in ((), ("edit",), ("everything",)):
        with pytest.raises(AccountError):
            accounts.add_key("rita", "x", scopes)
    with pytest.raises(NotFoundError):
        accounts.add_key("nobody", "x", ["read"])
    _, secret = accounts.add_key("rita", "x", ["read"], days=-1)
    assert accounts.of_key(secret) is None
    # The provider gives nobody an account that is bound to somebody else, nor one that has a password.
    assert accounts.named_by("adam", "reader", "issuer 3") is None
    assert (
        accounts.named_by("rita", "", "issuer 1") == "rita" and accounts.named_by("rita", "reader", "issuer 2") is None
    )
    accounts.remove("rita")
    assert accounts.named_by("rita", "reader") is None
    accounts.add("rita", "reader", PASSWORD)
    assert accounts.check_password("rita", PASSWORD)
