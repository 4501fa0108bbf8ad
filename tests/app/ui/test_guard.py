"""Requests to every endpoint of the running chat for files, addresses and other people's data.

The endpoints are found at run time, so that those of a new version of Gradio are tested as well. Written against
Gradio 6.31.0, whose `mount_gradio_app` checks no path (`test_gradio_alone_copies_any_file`).
"""

import asyncio
import http.server
import itertools
import json
import os
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.ui import uploads
from tests.app.ui.conftest import Served, serving
from tests.fakes_ui import EXAMPLE, fake_workspace

pytestmark = pytest.mark.integration

API = "/gradio_api"
SECRET = "a secret of this machine, 7f3a"
# Routes that answer without a session: the page, its parts and the API for programs. None of them serves user files.
OPEN = {
    "/", "/config", "/health", "/theme.css", "/favicon.ico", f"{API}/info", f"{API}/app_id", "/assets/{path:path}",
    "/static/{path:path}", f"{API}/call/{{api_name}}", f"{API}/call/{{api_name}}/{{event_id}}",
}  # fmt: skip


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """A chat, a secret file beside its folder, and a server that notes who fetches from it."""
    folder = tmp_path_factory.mktemp("machine")
    uploads = folder / "chat"
    uploads.mkdir()
    secret = folder / "secret.txt"
    secret.write_text(SECRET, encoding="utf-8")
    link = uploads / "link.txt"
    link.symlink_to(secret)
    fetched: list[str] = []

    class Recorder(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fetched.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(SECRET.encode())

        def log_message(self, *_: object) -> None:
            pass

    recorder = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    threading.Thread(target=recorder.serve_forever, daemon=True).start()
    assistant, corpus = fake_workspace(step_seconds=0.0)
    with serving(assistant, corpus, uploads, largest_file=1000) as served:
        yield SimpleNamespace(
            served=served, uploads=uploads, secret=secret, link=link, fetched=fetched, port=recorder.server_port
        )
    recorder.shutdown()
    recorder.server_close()


@contextmanager
def visitor(served: Served) -> Iterator[httpx.Client]:
    """A browser that has opened the page."""
    with httpx.Client(base_url=served.address, timeout=30, trust_env=False) as client:
        assert client.get("/").status_code == 200
        yield client


@pytest.fixture
def client(machine: SimpleNamespace) -> Iterator[httpx.Client]:
    with visitor(machine.served) as opened:
        yield opened


def upload(client: httpx.Client, name: str = "own.txt", content: bytes = b"Arvandia supports it.") -> str:
    (path,) = client.post(f"{API}/upload", files={"files": (name, content)}).raise_for_status().json()
    return str(path)


def paths(machine: SimpleNamespace, own: str) -> list[str]:
    """What a request could name instead of a file that it uploaded."""
    secret = str(machine.secret)
    return [
        secret, "/etc/passwd", "/proc/self/environ", "/proc/self/cwd/pyproject.toml", "/dev/zero", "pyproject.toml",
        "../secret.txt", f"{machine.uploads}/../secret.txt", f"{Path(own).parent}/../../../../../secret.txt",
        f"{own}/../../../../../../secret.txt", str(machine.link), str(machine.uploads), str(Path(own).parent),
        f"//{secret}", secret.replace("/", "%2f"), f"{machine.uploads}/%2e%2e/secret.txt", f"{own}\0.txt",
        "C:\\Windows\\win.ini", "\\\\192.0.2.1\\share\\secret.txt", f"file://{secret}",
        f"http://127.0.0.1:{machine.port}/a", f"http://localhost:{machine.port}/a", "ftp://192.0.2.1/a",
        "data:text/plain;base64,YQ==", "",
    ]  # fmt: skip


def files(path: str, own: str) -> list[Any]:
    """Ways to declare in a request that a value is a file."""
    meta = {"meta": {"_type": "gradio.FileData"}}
    return [
        {"path": path, **meta}, {"path": path}, {"url": path, **meta}, {"path": None, "url": path},
        {"path": path, "is_stream": True, **meta}, {"path": path, "url": own, "orig_name": path, **meta},
        {"path": [path], **meta},
    ]  # fmt: skip


def nested(file: Any) -> list[Any]:
    return [
        file, [file], {"topic": file}, {"a": [{"b": [file]}]}, {"root": [file]},
        {"value": file, "__type__": "update"}, [["x", file]],
    ]  # fmt: skip


def copies(machine: SimpleNamespace) -> list[Path]:
    """Files of the chat's folder that hold the secret."""
    walked = (Path(folder, name) for folder, _, names in os.walk(machine.uploads) for name in names)
    found = (path for path in walked if path.is_file() and not path.is_symlink())
    return [path for path in found if SECRET.encode() in path.read_bytes()]


def assert_safe(machine: SimpleNamespace, sent: list[str], text: str) -> None:
    assert SECRET not in text and "root:" not in text and "Traceback" not in text
    # A refusal does not repeat the path that was sent.
    assert not [path for path in sent if len(path) > 3 and (path in text or json.dumps(path)[1:-1] in text)]


def test_gradio_alone_copies_any_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Why there is a guard: once this fails, Gradio checks paths in mounted applications by itself."""
    assert gr.__version__ == "6.31.0", "look again at what this version lets through"
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "chat"))
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET, encoding="utf-8")

    def ask(scope: str) -> str:
        return scope

    async def mounted() -> FastAPI:
        with gr.Blocks(analytics_enabled=False) as interface:
            gr.api(ask, api_name="ask", queue=False)
        return gr.mount_gradio_app(FastAPI(), interface, path="/", ssr_mode=False, run_history=False)

    # Gradio needs a running event loop, and in this thread that of a browser may run already.
    with ThreadPoolExecutor() as thread:
        app = thread.submit(asyncio.run, mounted()).result()
    value = {"path": str(secret), "meta": {"_type": "gradio.FileData"}}
    with TestClient(app) as bare:
        assert bare.post(f"{API}/run/ask", json={"data": [value]}).status_code == 200
    assert [path for path in (tmp_path / "chat").rglob("secret.txt") if path.read_text() == SECRET]


@pytest.mark.slow
def test_no_function_takes_a_file_that_the_session_did_not_upload(machine: SimpleNamespace) -> None:
    with visitor(machine.served) as client:
        own = upload(client)
        config = client.get("/config").json()
        inputs = {dependency["id"]: dependency["inputs"] for dependency in config["dependencies"]}
        named = {d["api_name"] for d in config["dependencies"] if d["api_name"]}
        assert len(inputs) > 30 and {"ask", "brief", "verify"} <= named
        payloads = itertools.cycle(
            (path, nested(files(path, own)[form])[nesting])
            for nesting, form, path in itertools.product(range(7), range(7), paths(machine, own))
        )
        bodies: list[tuple[str, dict[str, Any], int]] = [
            (route, {"fn_index": number, "session_hash": "abc"}, place)
            for number, places in inputs.items()
            for place in range(len(places) + 1)
            for route in ("queue/join", "run/predict")
        ]
        bodies += [(f"call/{name}", {}, place) for name in sorted(named) for place in range(3)]
        bodies += [(f"run/{name}", {}, 0) for name in sorted(named)]
        bodies += [
            ("component_server/", {"component_id": c["id"], "fn_name": name, "session_hash": "abc"}, 0)
            for c in config["components"]
            for name in (*c["props"].get("server_fns", ()), "preprocess", "ls")
        ]
        for route, body, place in bodies:
            path, value = next(payloads)
            if place == 0 and "fn_index" in body:
                body |= {"data": [None] * len(inputs[body["fn_index"]]), "event_data": value}
            else:
                body["data"] = value if route == "component_server/" else [*[None] * (place - 1), value]
            found = client.post(f"{API}/{route}", json=body)
            assert found.status_code in (403, 404), (route, body, found.text)
            assert_safe(machine, [path], found.text)
        assert client.get("/health").status_code == 200
    assert len(bodies) > 250
    assert not copies(machine) and not machine.fetched


@pytest.mark.slow
def test_strings_are_no_files(machine: SimpleNamespace) -> None:
    """A function that is given a path or an address as words reads no file."""
    with visitor(machine.served) as client:
        own = upload(client)
        config = client.get("/config").json()
        values = itertools.cycle(
            given
            for path in filter(None, paths(machine, own))
            for given in (path, [path], json.dumps({"path": path, "meta": {"_type": "gradio.FileData"}}))
        )
        for dependency in config["dependencies"]:
            count = len(dependency["inputs"])
            for place in range(count):
                data = [next(values) if index == place else None for index in range(count)]
                body = {"data": data, "fn_index": dependency["id"], "session_hash": "strings"}
                assert client.post(f"{API}/run/predict", json=body).status_code in (200, 404, 500)
                client.post(f"{API}/queue/join", json=body | {"session_hash": f"s{dependency['id']}-{place}"})
                text = events(client, f"s{dependency['id']}-{place}")
                assert SECRET not in text and "root:x" not in text
        assert client.get("/health").status_code == 200
    assert not copies(machine) and not machine.fetched


def events(client: httpx.Client, session_hash: str) -> str:
    with client.stream("GET", f"{API}/queue/data", params={"session_hash": session_hash}) as stream:
        lines = []
        for line in stream.iter_lines():
            lines.append(line)
            if "process_completed" in line or "close_stream" in line:
                break
        return "\n".join(lines)


def numbered(client: httpx.Client, name: str) -> int:
    """Returns the number of an event of the page, by its name in the API."""
    return next(d["id"] for d in client.get("/config").json()["dependencies"] if d["api_name"] == name)


def routes_of(app: Any) -> set[tuple[str, str]]:
    """All (path, method) of an application and what is mounted in it."""
    found = set()
    for route in app.routes:
        if hasattr(route, "methods"):
            found |= {(route.path, method) for method in route.methods or ()}
        else:
            # A mounted application, or a router that was included.
            found |= routes_of(getattr(route, "app", None) or route.original_router)
    return found


@pytest.mark.slow
def test_every_route_but_those_of_the_page_is_refused(machine: SimpleNamespace) -> None:
    routes = sorted(routes_of(machine.served.app))
    assert len(routes) > 60 and {path for path, _ in routes} >= (OPEN - {"/health"})
    sent, answered = 0, set()
    with visitor(machine.served) as client:
        own = upload(client)
        for template, method in routes:
            for path in paths(machine, own):
                filled = re.sub(r"\{[^}]*\}", lambda _, path=path: path, template)
                quoted = filled.replace("%", "%25").replace("\0", "%00").replace("\\", "%5c").replace("?", "%3f")
                for query in ("", f"?deep_link={'a' * 43}&page=..&session_hash=abc&upload_id=x&all_endpoints=true"):
                    with client.stream(method, f"{quoted}{query}") as found:
                        sent += 1
                        if found.status_code < 400:
                            answered.add(template)
                            if "event-stream" in found.headers.get("content-type", ""):
                                continue
                        text = found.read().decode(errors="replace")
                    if template not in OPEN:
                        assert_safe(machine, [path] if found.status_code >= 400 else [], text)
                if "{" not in template:
                    break
    assert sent > 1000
    # Of the routes for sessions, only these two answer without further valid data.
    assert answered <= OPEN | {f"{API}/heartbeat/{{session_hash}}", f"{API}/upload_progress"}
    assert not copies(machine) and not machine.fetched


@pytest.mark.slow
@pytest.mark.parametrize("spelling", ["{}", "/{}", "{}?x=1", "%2f{}"])
def test_no_file_is_served_but_ones_own(machine: SimpleNamespace, client: httpx.Client, spelling: str) -> None:
    own = upload(client)
    for path in paths(machine, own):
        for prefix in ("file=", "file/", "proxy=", "proxy=http://", "file=file:"):
            quoted = path.replace("%", "%25").replace("\0", "%00").replace("\\", "%5c")
            found = client.get(f"{API}/{prefix}{spelling.format(quoted)}")
            assert found.status_code == 404, (prefix, path)
            assert_safe(machine, [path], found.text)
    assert client.get(f"{API}/file={own}").content == b"Arvandia supports it."
    assert not machine.fetched


def test_what_belongs_to_one_browser_is_of_no_use_to_another(machine: SimpleNamespace) -> None:
    with (
        visitor(machine.served) as one,
        visitor(machine.served) as other,
        httpx.Client(base_url=machine.served.address, trust_env=False) as program,
    ):
        own = upload(one)
        value = {"path": own, "meta": {"_type": "gradio.FileData"}}
        body = {"data": [EXAMPLE, None, None], "fn_index": numbered(one, "ask_new"), "session_hash": "shared"}
        event = one.post(f"{API}/queue/join", json=body).raise_for_status().json()["event_id"]
        asked = one.post(f"{API}/call/ask", json={"data": [EXAMPLE, None, None]}).json()["event_id"]
        cancel = {"session_hash": "shared", "fn_index": 0, "event_id": event}
        for foreign, refused in ((other, 404), (program, 403)):
            assert foreign.get(f"{API}/file={own}").status_code == refused
            assert foreign.get(f"{API}/queue/data", params={"session_hash": "shared"}).status_code == refused
            assert foreign.post(f"{API}/cancel", json=cancel).status_code == refused
            assert foreign.post(f"{API}/reset", json=cancel).status_code == refused
            assert foreign.get(f"{API}/call/ask/{asked}").status_code == 404
            taken = foreign.post(f"{API}/queue/join", json=body | {"data": [[value], None, None]})
            assert taken.status_code == 403
        assert "process_completed" in events(one, "shared")
        assert "complete" in one.get(f"{API}/call/ask/{asked}").text
        assert one.get(f"{API}/file={own}").status_code == 200


def test_documents_are_for_whoever_had_them_made(machine: SimpleNamespace) -> None:
    with visitor(machine.served) as one, visitor(machine.served) as other:
        draft = ["Arvandia said: “Nothing.”", None]
        body = {"data": draft, "fn_index": numbered(one, "checked"), "session_hash": "check"}
        one.post(f"{API}/queue/join", json=body).raise_for_status()
        text = events(one, "check")
        found = re.search(r'"path":"([^"]+[.]md)"', text)
        assert found is not None
        path = found[1]
        assert one.get(f"{API}/file={path}").status_code == 200
        assert other.get(f"{API}/file={path}").status_code == 404


@pytest.mark.parametrize("cookie", ["", "x", "a.b", "é", "a" * 5000])
def test_a_cookie_of_ones_own_making_opens_nothing(machine: SimpleNamespace, cookie: str) -> None:
    port = httpx.URL(machine.served.address).port
    headers = {"cookie": f"untoc_{port}={cookie}".encode()}
    body = {"data": [None], "fn_index": 0, "session_hash": "abc"}
    for route in ("queue/join", "run/predict", "cancel", "reset", "component_server/"):
        assert httpx.post(f"{machine.served.address}{API}/{route}", json=body, headers=headers).status_code == 403
    found = httpx.post(f"{machine.served.address}{API}/upload", files={"files": b"x"}, headers=headers)
    assert found.status_code == 403


def test_the_cookie_is_for_the_page_alone(machine: SimpleNamespace) -> None:
    given = httpx.get(machine.served.address).headers["set-cookie"]
    port = httpx.URL(machine.served.address).port
    assert given.startswith(f"untoc_{port}=") and "; HttpOnly; SameSite=Strict" in given


def test_unknown_things_are_not_found(client: httpx.Client) -> None:
    config = client.get("/config").json()
    page = next(c["id"] for c in config["components"] if "page_image" in c["props"].get("server_fns", ()))
    asked = {"component_id": page, "fn_name": "page_image", "session_hash": "abc"}
    for data in ({"statement": "0" * 16, "start": 0, "end": 1}, {}, [], None, "x", {"statement": ["/etc/passwd"]}):
        assert client.post(f"{API}/component_server/", json=asked | {"data": data}).status_code == 404
    assert client.get(f"{API}/call/ask/{'0' * 32}").status_code == 404
    assert client.get(f"{API}/call/nothing/{'0' * 32}").status_code == 404
    assert client.post(f"{API}/call/nothing", json={"data": []}).status_code == 404
    assert client.get(f"{API}/queue/data", params={"session_hash": "never"}).status_code == 404
    for number in (10**6, -1, "0", None, True, 1.0, [0]):
        body = {"data": [], "fn_index": number, "session_hash": "abc"}
        assert client.post(f"{API}/queue/join", json=body).status_code == 404, number


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"{", 400), (b"[]", 400), (b"\xff", 400), (b'{"data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
        (b'{"data": [' + b'{"a": ' * 60 + b"1" + b"}" * 60 + b"]}", 400),
        (b'{"data": ["' + b"x" * 1_000_000 + b'"]}', 413), (b'{"data": ' + b"9" * 5000 + b"}", 400),
        (b'{"data": "x"}', 422),
    ],
)  # fmt: skip
@pytest.mark.parametrize("chunked", [True, False])
def test_what_is_no_request_is_refused(client: httpx.Client, content: bytes, status: int, chunked: bool) -> None:
    sent = (content[start : start + 10_000] for start in range(0, len(content), 10_000)) if chunked else content
    headers = {"content-type": "application/json"}
    found = client.post(f"{API}/call/ask", content=sent, headers=headers)
    assert found.status_code == status and len(found.text) < 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None])
def test_what_a_form_of_another_page_could_send_is_refused(client: httpx.Client, kind: str | None) -> None:
    headers = {} if kind is None else {"content-type": kind}
    for route in ("call/ask", "queue/join", "run/predict", "cancel", "component_server/"):
        assert client.post(f"{API}/{route}", content=b'{"data": ["q"]}', headers=headers).status_code == 415


@pytest.mark.parametrize(
    "name", ["../../x.txt", "/etc/passwd", "..", "a/../../b.txt", "C:\\x.txt", "x" * 300, ".", "é王.txt"]
)
def test_uploads_lie_in_the_folder_of_their_session(machine: SimpleNamespace, name: str) -> None:
    with visitor(machine.served) as one, visitor(machine.served) as other:
        first, second, third = (Path(upload(who, name)) for who in (one, one, other))
    assert len({first, second, third}) == 3
    assert first.parents[1] == second.parents[1] != third.parents[1]
    assert first.is_file() and first.parents[3] == machine.uploads / "uploads"


def test_uploads_are_bounded(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def status(*sizes: int, chunked: bool = False) -> int:
        sent = [("files", (f"{place}.txt", b"x" * size)) for place, size in enumerate(sizes)]
        request = client.build_request("POST", f"{API}/upload", files=sent)
        if chunked:
            headers = {"content-type": request.headers["content-type"]}
            request = client.build_request("POST", f"{API}/upload", content=iter([request.read()]), headers=headers)
        answer = client.send(request)
        assert answer.is_success or "untoc" not in answer.json()["detail"]
        return answer.status_code

    monkeypatch.setattr(uploads, "_LARGEST_TOTAL", 6000)
    monkeypatch.setattr(uploads, "_MOST_FILES", 4)
    assert status(1001) == 413
    assert status(900, 900) == 200
    assert status(*[900] * 5) == 413
    assert status(*[900] * 5, chunked=True) == 413
    assert status(10, 10, 10) == 413  # with the two that are kept, three more exceed the four files
    assert status(10, 10) == 200
    assert status(10) == 413
    monkeypatch.setattr(uploads, "_KEPT_SECONDS", -1)
    assert status(10) == 200  # the earlier ones have gone


def test_a_form_that_is_none_is_refused_as_an_upload(client: httpx.Client) -> None:
    for kind, refused in (
        ("application/json", 415),
        ("multipart/form-data", 413),
        ("multipart/form-data; boundary=a", 200),
    ):
        found = client.post(f"{API}/upload", content=b"", headers={"content-type": kind})
        assert found.status_code == refused, kind


@pytest.mark.slow
def test_other_pages_are_refused_for_all_that_there_is(machine: SimpleNamespace, client: httpx.Client) -> None:
    for template, method in sorted(routes_of(machine.served.app)):
        for headers in ({"origin": "http://localhost:9"}, {"sec-fetch-site": "same-site"}, {"origin": "null"}):
            found = client.request(method, template, headers=headers)
            assert found.status_code == 403, (template, method)
            assert not [name for name in found.headers if name.startswith("access-control")]


def test_no_address_of_another_server_gets_into_the_page(client: httpx.Client) -> None:
    headers = {"x-forwarded-host": "evil.example", "x-gradio-server": "http://evil.example", "forwarded": "host=evil"}
    for path in ("/", "/config", f"{API}/info"):
        assert "evil" not in client.get(path, headers=headers | {"x-forwarded-proto": "https"}).text


def test_a_value_that_was_not_offered_is_not_repeated(client: httpx.Client) -> None:
    config = client.get("/config").json()
    dropdown = next(
        c["id"] for c in config["components"] if c["type"] == "dropdown" and not c["props"]["allow_custom_value"]
    )
    dependency = next(d for d in config["dependencies"] if dropdown in d["inputs"] and d["queue"])
    data = ["/etc/shadow" if place == dropdown else None for place in dependency["inputs"]]
    body = {"data": data, "fn_index": dependency["id"], "session_hash": "offered"}
    client.post(f"{API}/queue/join", json=body).raise_for_status()
    text = events(client, "offered")
    assert '"success":false' in text and "This cannot be read" in text and "/etc/shadow" not in text
