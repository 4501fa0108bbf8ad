"""Permissions: every route, tool, event and file for every role, as declared here; one without a rule fails.

A new route needs a line in `ROUTES` of the YAML file, a new event one in `EVENTS`, a tool in `TOOLS`, a method in
`RULES`.
"""

import inspect
import itertools
import re
from typing import Any

import gradio as gr
import httpx
import pytest
from fastapi import APIRouter
from mcp.server.mcpserver.exceptions import ToolError

from app.server.method_rules import RULES
from app.server.required_permissions import EVENTS, DeclaredRoute, needs
from app.server.tools import TOOLS
from app.server.user_roles import MAY
from app.ui.guard import ChatGuard, event_name
from tests.cases import Cases
from tests.fakes_server import PASSWORD, PEOPLE, Team, acting_as, awaited, typed_in_chat

cases = Cases(__file__)

pytestmark = pytest.mark.integration

DECLARED = {route: need for need, routes in cases["ROUTES"].items() for route in routes}


@pytest.fixture(scope="module")
def clients(served: Team) -> dict[str, httpx.Client]:
    """A client for each role, with a key, and an anonymous one."""
    return {role: served.program(name) for name, role in PEOPLE.items()} | {"anonymous": served.client()}


def routes(served: Team) -> dict[str, str]:
    return {
        f"{method} {route.path}": " ".join(route.needs)
        for router in served.served.routers
        for route in router.routes
        if isinstance(route, DeclaredRoute)
        for method in route.methods
    }


def test_every_route_is_declared_and_declares_the_same(served: Team) -> None:
    assert routes(served) == DECLARED
    assert all(isinstance(route, DeclaredRoute) for router in served.served.routers for route in router.routes)


def test_nothing_is_served_beside_declared_routes_tools_and_chat(served: Team) -> None:
    declared = served.served.routers
    beside = [route for route in served.served.app.routes if getattr(route, "original_router", None) not in declared]
    assert [getattr(route, "path", route) for route in beside] == ["/mcp", ""]


def test_a_route_without_a_rule_cannot_be_made() -> None:
    for declared in ({}, needs()):
        with pytest.raises(TypeError, match="does not say what it needs"):
            APIRouter(route_class=DeclaredRoute).get("/new", **declared)(lambda: None)


@pytest.mark.parametrize("route", sorted(DECLARED))
def test_route_is_for_those_who_have_its_need(route: str, clients: dict[str, httpx.Client]) -> None:
    method, path = route.split()
    need = DECLARED[route]
    # Unknown ids and empty bodies: a request that passes the rule fails afterwards, and changes nothing.
    body = {} if method in ("POST", "PUT", "PATCH") else None
    for role, client in clients.items():
        answer = client.request(method, re.sub(r"\{.*?\}", "0", path), json=body)
        may = {"nobody"} if role == "anonymous" else {"nobody", "person", *MAY[role]}
        allowed = may.issuperset(need.split())
        if role == "anonymous":
            # Sign-in forms answer 401 as well, but without the words "sign in first".
            refused = answer.status_code == 401 and "sign in first" in answer.text
        else:
            refused = answer.status_code == 403 and "this needs the permission" in answer.text
        assert refused != allowed, (role, answer.text)


def test_what_is_kept_needs_the_scope_for_works_beside_that_for_questions(served: Team) -> None:
    question = {"question": "What did Iran say about article 4?"}
    wish = {"articles": ["4"], "states": ["Iran"]}
    kept = served.program("rita").post("/api/v1/conversations", json=question).raise_for_status().json()["id"]
    calls = ("conversations", question), (f"conversations/{kept}/turns", question), ("briefings", wish)
    scopes = ("read", "ask"), ("read", "work"), ("read", "ask", "work")
    asks, works, both = (served.program("rita", *each) for each in scopes)
    for path, body in calls:
        for client, missing in ((asks, "'work'"), (works, "'ask'")):
            refused = client.post(f"/api/v1/{path}", json=body)
            assert refused.status_code == 403 and missing in refused.json()["detail"], path
    turns = served.program("rita").get(f"/api/v1/conversations/{kept}").json()["turns"]
    assert len(turns) == 1
    assert [both.post(f"/api/v1/{path}", json=body).status_code for path, body in calls] == [200] * 3
    # What keeps nothing needs no more than before.
    assert (
        asks.post("/api/v1/ask", json=question).status_code == asks.post("/api/v1/brief", json=wish).status_code == 200
    )
    # In the chat, a key without the scope cannot keep what it asks either.
    before = served.program("rita").get("/api/v1/conversations").json()["total"]
    asks.get("/").raise_for_status()
    typed_in_chat(asks, question["question"], session="without")
    assert served.program("rita").get("/api/v1/conversations").json()["total"] == before


def test_every_method_of_the_service_layer_has_a_rule() -> None:
    for kind, rules in RULES.items():
        public = {name for name, _ in inspect.getmembers(kind) if not name.startswith("_")}
        public |= {"uploads"} if kind.__name__ == "Corpus" else set()
        public |= {"chain"} if kind.__name__ == "Assistant" else set()
        assert rules.keys() == public, kind


def test_every_event_of_the_chat_has_a_rule_and_no_rule_is_left_over(served: Team) -> None:
    interface = served.served.interface
    events = {event_name(function.fn) for function in interface.fns.values()}
    events |= {event_name(f) for block in interface.blocks.values() for f in getattr(block, "server_fns", ())}
    assert events | {"page", "upload"} == EVENTS.keys()


def test_an_event_without_a_name_of_its_own_has_nothing_to_change(served: Team) -> None:
    nameless = [f.fn for f in served.served.interface.fns.values() if event_name(f.fn).endswith("<lambda>")]
    assert nameless and all(function.__closure__ is None for function in nameless)


def opened(client: httpx.Client) -> httpx.Client:
    assert client.get("/").status_code == 200
    return client


def test_events_of_the_chat_are_for_those_who_have_their_need(served: Team) -> None:
    browsers = {role: opened(served.browser(name)) for name, role in PEOPLE.items()}
    stranger, seen = served.client(origin=served.address), set()
    for function in served.served.interface.fns.values():
        need = EVENTS[event_name(function.fn)]
        # This session hash is invalid, so a request that passes the rule answers 400 and does nothing.
        body = {"data": [], "fn_index": function._id, "session_hash": "not one, as it has spaces"}
        for role, client in browsers.items():
            answer = client.post("/gradio_api/queue/join", json=body)
            assert answer.status_code == (400 if need in MAY[role] else 403), (role, function.fn)
            seen.add((need in MAY[role], need))
        assert stranger.post("/gradio_api/queue/join", json=body).status_code == 401
    assert seen == {(True, "read"), (True, "ask"), (True, "work"), (True, "edit"), (False, "edit")}


def test_nothing_of_the_page_is_for_strangers_and_little_without_having_opened_it(served: Team) -> None:
    """Checks each route that the guard of the chat lets through; a new one that is not listed here fails."""
    guard = next(each for each in served.served.chat.user_middleware if each.cls is ChatGuard)
    made = guard.cls(served.served.chat, *guard.args, **guard.kwargs)
    paths = {route.path: sorted(route.methods - {"HEAD"})[0] for route in made._router.routes}
    # Routes that are the same for everybody who is signed in; all others need a browser that opened the page.
    plain = {
        "/", "/config", "/health", "/theme.css", "/favicon.ico", "/gradio_api/info", "/gradio_api/app_id",
        "/assets/{path:path}", "/static/{path:path}",
    }  # fmt: skip
    assert plain <= paths.keys() and len(paths.keys() - plain) == 12
    stranger, unopened = served.client(origin=served.address), served.browser("rita")
    for path, method in paths.items():
        asked = re.sub(r"\{.*?\}", "0", path)
        if path != "/health":
            assert stranger.request(method, asked, json={}).status_code == 401, path
        if path not in plain:
            assert unopened.request(method, asked, json={}).status_code in (403, 404), path
    # No route serves a file of this machine or fetches an address of another.
    for path in ("/gradio_api/file=/etc/passwd", "/gradio_api/proxy=http://127.0.0.1/", "/login"):
        assert opened(unopened).get(path).status_code in (403, 404), path


@pytest.mark.heavy
def test_no_event_of_the_chat_tells_or_changes_what_is_anothers(served: Team) -> None:
    """Every event gets ids of works in every input, and every action of a list, from each person who may use it."""
    for name in ("nora", "rob", "una"):
        served.accounts.add(name, "reader", PASSWORD)
    nora, mark = served.program("nora"), "What did Iran say about article 4, nora asks"
    talk = nora.post("/api/v1/conversations", json={"question": mark}).raise_for_status().json()["id"]
    wish = {"articles": ["4"], "states": ["Iran"], "title": mark}
    table = nora.post("/api/v1/briefings", json=wish).raise_for_status().json()["id"]
    for place in (f"conversations/{talk}", f"briefings/{table}"):
        nora.put(f"/api/v1/{place}/shares/rob", json={"may_change": False}).raise_for_status()

    def showing(name: str, actions: tuple[str, ...]) -> set[str]:
        """Returns the events that show Nora's works to a person."""
        found = set()
        with acting_as(served.accounts.of_name(name)):
            for function, inputs in events(served):
                if EVENTS[event_name(function)] not in ("read", "ask", "work"):
                    continue
                for identifier, action, typed in itertools.product((talk, table), actions, (True, False)):
                    data = {"id": identifier, "conversation": identifier, "action": action, "typed": "stolen"}
                    if mark in called(function, inputs, identifier if typed else "", data):
                        found.add(event_name(function))
        return found

    shows = {
        "ask_tab.opened", "ask_tab.listed", "ask_tab.change_list", "ask_tab.export_conversation",
        "briefing_tab.reopened", "briefing_tab.change_list",
    }  # fmt: skip
    assert shows <= showing("nora", ("open",)) and shows <= showing("rob", ("open",))
    for other in ("una", "adam"):
        assert showing(other, ("open", "rename", "delete", "restore")) == set(), other
    # A person with whom they are shared to read cannot change them either.
    showing("rob", ("rename", "delete", "restore"))
    kept = [nora.get(f"/api/v1/{place}").json() for place in (f"conversations/{talk}", f"briefings/{table}")]
    assert [turn["question"] for turn in kept[0]["turns"]] == [mark] and kept[0]["title"] == mark
    assert nora.get("/api/v1/briefings").json()["items"][0]["title"] == mark and len(kept[1]["rows"]) == 1


def events(served: Team) -> list[tuple[Any, list[Any]]]:
    """Returns the functions of the chat, those for the browser's scripts included, with their input components."""
    interface = served.served.interface
    found = [(function.fn, list(function.inputs)) for function in interface.fns.values() if function.fn is not None]
    scripts = [f for block in interface.blocks.values() for f in getattr(block, "server_fns", ())]
    return found + [(function, [None]) for function in scripts]


def called(function: Any, inputs: list[Any], identifier: str, data: dict[str, Any]) -> str:
    """Returns what an event gives, or the error that it raises on values that make no sense to it, as text."""
    values: list[Any] = [
        data if each is None else (each.value or identifier) if isinstance(each, gr.State) else identifier
        for each in inputs
    ]
    if any(parameter.annotation is gr.EventData for parameter in inspect.signature(function).parameters.values()):
        values.append(gr.EventData(None, {"value": data, **data}))
    try:
        given = function(*values)
        return repr(list(given) if inspect.isgenerator(given) else given)
    except Exception as error:
        return repr(error)


def test_server_functions_and_public_endpoints_ask_for_the_same(served: Team) -> None:
    interface = served.served.interface
    program = served.program("rita", "work")
    for function in interface.fns.values():
        if function.api_visibility == "public":
            answer = program.post(f"/gradio_api/call/{function.api_name}", json={"data": ["x"]})
            assert answer.status_code == 403, function.api_name
    # A key may open the page only if its scopes include "read".
    assert served.program("rita", "ask").get("/").status_code == 403


def test_files_of_the_chat_belong_to_one_sign_in(served: Team) -> None:
    rita, adam, again = (served.browser(name) for name in ("rita", "adam", "rita"))
    for client in (rita, adam, again):
        opened(client)
    (path,) = rita.post("/gradio_api/upload", files={"files": ("own.txt", b"own words")}).raise_for_status().json()
    assert rita.get(f"/gradio_api/file={path}").text == "own words"
    for other in (adam, again):
        assert other.get(f"/gradio_api/file={path}").status_code == 404
    assert served.client().get(f"/gradio_api/file={path}").status_code == 401
    # The next person at the same browser has none of the files of the person before.
    rita.post("/sign-out")
    rita.post("/sign-in", data={"name": "edda", "password": "a password of twelve"})
    assert rita.get(f"/gradio_api/file={path}").status_code == 403
    opened(rita)
    assert rita.get(f"/gradio_api/file={path}").status_code == 404


def test_uploads_of_a_person_count_together(served: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.ui.uploads._MOST_FILES", 2)
    served.accounts.add("ulla", "editor", PASSWORD)
    first, second, other = (opened(served.browser(name)) for name in ("ulla", "ulla", "edda"))
    files = {"files": ("own.txt", b"own words")}
    codes = [client.post("/gradio_api/upload", files=files).status_code for client in (first, second, second, other)]
    assert codes == [200, 200, 413, 200]


@pytest.mark.parametrize("tool", sorted(TOOLS))
def test_tools_are_for_those_who_have_their_need(tool: str, served: Team) -> None:
    offered = {each.name: each for each in awaited(served.served.tools.list_tools())}
    assert offered.keys() == TOOLS.keys()
    required = dict.fromkeys(offered[tool].input_schema.get("required", ()), "nothing")
    for scopes in (("read",), ("ask",), ("work",), ("edit",)):
        person, refused = served.accounts.of_key(served.accounts.add_key("edda", "t", scopes)[1]), False
        with acting_as(person):
            try:
                awaited(served.served.tools.call_tool(tool, required))
            except ToolError as error:
                refused = "permission" in str(error)
        assert refused == (TOOLS[tool] not in scopes), (tool, scopes)


# For each route of a work, who may use it: its owner or people it is shared with, to change or to read; nobody else,
# whatever their role.
OF_A_WORK = cases.tuples("OF_A_WORK")
BODIES: dict[str, Any] = {
    "PATCH /{work_id}": {"title": "Another"},
    "PUT /{work_id}/shares/{name}": {"may_change": False},
    "POST /{work_id}/turns": {"question": "What did Iran say about article 4?"},
    "POST /{work_id}/turns/{number}/verdict": {"verdict": "right"},
}


@pytest.mark.parametrize("works", ["conversations", "briefings", "cases"])
def test_works_are_for_their_owner_and_those_they_are_shared_with(works: str, served: Team) -> None:
    for name in ("olga", "carl", "rhea", "otto"):
        if served.accounts.active_name(name) is None:
            served.accounts.add(name, "reader", "a password of twelve")
    names = {"owner": "olga", "changes": "carl", "reads": "rhea", "other": "otto", "other admin": "adam"}
    who, stranger = {part: served.program(name) for part, name in names.items()}, served.client()
    made = who["owner"].post("/api/v1/conversations", json={"question": "What did Iran say about article 4?"}).json()
    place = f"/api/v1/conversations/{made['id']}"
    if works == "briefings":
        wish = {"articles": ["4"], "states": ["Iran"]}
        made = who["owner"].post("/api/v1/briefings", json=wish).raise_for_status().json()
    elif works == "cases":
        who["owner"].post(f"{place}/turns/1/verdict", json={"verdict": "right"}).raise_for_status()
        made = who["owner"].get("/api/v1/cases").json()["items"][0]
    place = f"/api/v1/{works}/{made['id']}"
    for name, may_change in (("carl", True), ("rhea", False)):
        shared = who["owner"].put(f"{place}/shares/{name}", json={"may_change": may_change})
        assert shared.status_code == 204, shared.text
    of_these = {
        f"{r.split()[0]} {rest}" for r in DECLARED if (rest := r.partition(f"/{works}")[2]).startswith("/{work_id}")
    }
    assert of_these <= OF_A_WORK.keys()
    for route, (part, client) in itertools.product((r for r in OF_A_WORK if r in of_these), reversed(who.items())):
        method, path = route.split()
        path = place + path.removeprefix("/{work_id}").replace("{name}", "otto").replace("{number}", "1")
        if path.endswith("/document"):
            path += "?suffix=.md"
        answer = client.request(method, path, json=BODIES.get(route))
        expected = (200, 204) if part in OF_A_WORK[route] else (404,)
        assert answer.status_code in expected, (route, part, answer.text)
        assert stranger.request(method, path, json=BODIES.get(route)).status_code == 401
