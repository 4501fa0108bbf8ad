"""A client generated from the OpenAPI document, and an assistant over MCP, each do a day's work."""

import importlib
import json
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx2
import pytest
from clientele import api as clientele_api
from clientele.api.exceptions import APIException
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

from app.cli import main
from app.server.tools import TOOLS
from tests.app.server.test_api import QUESTION, same
from tests.fakes_server import Team, awaited

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def made(served: Team, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """A client that a code generator makes from the OpenAPI document alone."""
    folder = tmp_path_factory.mktemp("program")
    document = served.program("edda").get("/api/v1/openapi.json").raise_for_status().text
    (folder / "openapi.json").write_text(document, encoding="utf-8")
    program = Path(sys.executable).with_name("clientele")
    command = [str(program), "start-api", "--file", str(folder / "openapi.json"), "--output", str(folder / "made")]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        return importlib.import_module("made.client")


def done(call: Callable[..., Any], **given: Any) -> None:
    """Calls a route that answers without a body (204), for which the generated client has no type and raises."""
    with pytest.raises(APIException) as caught:
        call(**given)
    assert caught.value.response.status_code == 204


def test_a_generated_client_does_a_days_work(served, made):
    schemas = importlib.import_module("made.schemas")
    # Files are sent by other programs: the generator knows no uploads.
    edda = served.program("edda")
    headers = {"authorization": edda.headers["authorization"]}
    made.client.configure(config=clientele_api.BaseConfig(base_url=served.address, headers=headers, timeout=120))
    assert made.me().name == "edda" and made.about().statements > 10
    page = made.statements(limit=3)
    assert [len(page.items), page.next] == [3, 3] and made.statements(offset=3, limit=500).total == page.total
    passages = made.search(q=QUESTION, limit=3)
    assert passages.items and all("article 4" in item["text"] for item in passages.items[:1])
    # The document describes the whole answer: nothing is lost in the types of the generated client.
    answer = made.ask(data=schemas.Question(question=QUESTION, scope={}, history=[])).model_dump(mode="json")
    by_api = edda.post("/api/v1/ask", json={"question": QUESTION}).json()
    assert answer["status"] == "answered" and same(answer) == same(by_api)
    begun = made.begin_conversation(data=schemas.Turn(question=QUESTION, scope={}))
    turn = made.continue_conversation(work_id=begun.id, data=schemas.Turn(question="And Austria?", scope={}))
    assert (turn.id, turn.number) == (begun.id, 2) and turn.answer.scope.states == ["AUT"]
    done(made.share_conversation, work_id=begun.id, name="rita", data=schemas.Share(may_change=False))
    assert served.program("rita").get(f"/api/v1/conversations/{begun.id}").status_code == 200
    made.rename_conversation(work_id=begun.id, data=schemas.Title(title="Article 4, of two States"))
    assert begun.id in {item.id for item in made.list_conversations(words="two States").items}
    done(made.delete_conversation, work_id=begun.id)
    assert begun.id not in {item.id for item in made.list_conversations().items}
    refused = made.users()
    assert isinstance(refused, schemas.Problem) and refused.status == 403 and "'admin'" in refused.detail


def connected(served: Team, secret: str, work: Callable[[Client], Coroutine[Any, Any, Any]]) -> Any:
    """Returns the result of `work` with a client of the tools (MCP) that sends the key."""

    async def run() -> Any:
        headers = {"authorization": f"Bearer {secret}"}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=120, trust_env=False) as http,
            Client(streamable_http_client(f"{served.address}/mcp", http_client=http)) as client,
        ):
            return await work(client)

    return awaited(run())


def sure(answer: dict[str, Any]) -> dict[str, Any]:
    """Returns an answer without its confidences, because the scripted wiring of commands has no calibration."""
    return {key: value for key, value in same(answer).items() if "confidence" not in key}


def test_an_assistant_does_a_days_work_and_commands_api_and_tools_give_the_same(served, scripted_models, capsys):
    """Lists, asks, asks on, opens the source, checks the quotation, searches, and briefs, in one connection."""
    _, secret = served.accounts.add_key("rita", "assistant", ["read", "ask"])
    program = served.client(authorization=f"Bearer {secret}")

    def api(method: str, path: str, **how: Any) -> Any:
        return program.request(method, f"/api/v1/{path}", **how).raise_for_status().json()

    def command(*arguments: str) -> Any:
        assert main([*arguments, "--json", "--store", str(served.store)]) == 0
        return json.loads(capsys.readouterr().out)

    listed, by_command = command("list"), command("ask", QUESTION)
    shown = command("show", by_command["citations"][0]["statement_id"])

    async def work(client: Client) -> None:
        async def call(name: str, **arguments: Any) -> Any:
            given = await client.call_tool(name, arguments)
            assert not given.is_error, given.content
            return given.structured_content

        tools = {each.name: each for each in (await client.list_tools()).tools}
        assert tools.keys() == {"ask", "search", "verify", "brief", "list_statements", "show"}
        assert all(tool.description and tool.annotations.read_only_hint for tool in tools.values())
        # The input schema of a tool states bounds and examples.
        asked = tools["ask"].input_schema["properties"]["question"]
        assert (asked["maxLength"], asked["examples"]) == (20_000, [QUESTION])
        assert {"words", "year", "offset"} <= tools["list_statements"].input_schema["properties"].keys()
        assert api("GET", "statements", params={"limit": 500})["items"] == listed
        assert (await call("list_statements", limit=200))["items"] == listed[:200]
        of_iran = await call("list_statements", state="IRN", limit=5)
        assert of_iran["total"] >= 1 and {item["state"] for item in of_iran["items"]} == {"IRN"}
        answer = await call("ask", question=QUESTION)
        assert same(answer) == same(api("POST", "ask", json={"question": QUESTION}))
        assert sure(answer) == sure(by_command)
        more = await call("ask", question="And Austria?", history=[QUESTION])
        assert more["scope"]["states"] == ["AUT"]
        quoted = answer["citations"][0]
        source = await call("show", statement_id=quoted["statement_id"])
        assert source == api("GET", f"statements/{quoted['statement_id']}") == shown
        assert source["source_text"][quoted["start"] : quoted["end"]] == quoted["source_quote"]
        draft = f"Iran said: “{quoted['quote']}”"
        checked = await call("verify", text=draft)
        assert checked == api("POST", "verify", json={"text": draft})
        assert [finding["verdict"] for finding in checked["findings"]] == ["verified"]
        found = await call("search", words=QUESTION, limit=2)
        assert found["items"] == api("GET", "search", params={"q": QUESTION, "limit": 2})["items"]
        assert 1 <= len(found["items"]) <= 2
        wish = {"articles": ["4"], "states": ["Iran"]}
        table = await call("brief", **wish)
        assert table["rows"] == api("POST", "brief", json=wish)["rows"] and table["rows"][0]["citations"][0]["quote"]

    connected(served, secret, work)


def results(served: Team, scopes: tuple[str, ...], *calls: tuple[str, dict[str, Any]]) -> list[Any]:
    """Returns what tools give, or their errors, in one connection with a key of these scopes."""
    _, secret = served.accounts.add_key("rita", "agent", scopes)

    async def work(client: Client) -> list[Any]:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert all(tools[name].input_schema["additionalProperties"] is False for name, _ in calls)
        return [await client.call_tool(name, arguments) for name, arguments in calls]

    return connected(served, secret, work)


def test_tools_refuse_what_the_key_does_not_have_and_say_which_argument_makes_no_sense(served: Team) -> None:
    """A filter by a name that a tool does not know is no filter: it may not be passed over."""
    refused = (
        ("ask", {"question": QUESTION, "scpe": {"states": ["AUT"]}}, "scpe: "),
        ("search", {"words": QUESTION, "top_k": 3}, "top_k: "),
        ("verify", {"text": "“We must act.”", "state": "AUT"}, "state: "),
        ("brief", {"articles": ["4"], "state": ["Iran"]}, "state: "),
        ("brief", {"topics": ["extradition"] * 251}, "topics: "),
        ("list_statements", {"country": "IRN"}, "country: "),
        ("list_statements", {"limit": 100_000}, "limit: "),
        ("show", {"statement_id": "nothing", "page": 2}, "page: "),
        ("show", {"statement_id": "nothing"}, "Error executing tool show: no statement 'nothing'"),
        ("ask", {"question": "x"}, "Error executing tool ask: 'rita' may not do this: it needs the permission 'ask'"),
    )
    assert {name for name, *_ in refused} == TOOLS.keys()
    given = results(served, ("read",), *((name, arguments) for name, arguments, _ in refused))
    for answer, (name, _, said) in zip(given, refused, strict=True):
        (content,) = answer.content
        assert answer.is_error and content.text.startswith(said), (name, content.text)
        assert "\n" not in content.text and "pydantic" not in content.text
    assert served.client().post("/mcp", json={}).status_code == 401
    # Lists and objects as JSON in a string, as some assistants send them, are read all the same.
    right = (
        ("ask", {"question": QUESTION, "scope": '{"states": ["IRN"]}'}),
        ("list_statements", {"state": "IRN", "limit": 1}),
        ("brief", {"articles": '["4"]', "states": ["Iran"], "composer": None}),
    )
    answered = results(served, ("read", "ask"), *right)
    assert not any(given.is_error for given in answered), answered
    assert answered[0].structured_content["scope"]["states"] == ["IRN"]
