"""`/mcp`: the tools that assistants and agents of others call, over the Model Context Protocol.

Each request is complete in itself (no sessions), so that a tool always acts for whoever sent the request.
"""

from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from typing import Annotated, Any, Final

from anyio import to_thread
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import Field
from starlette.routing import Route

from app.errors import AppError
from app.server.desk import FILTERS, Desk, briefing_json
from app.server.models import Names
from app.server.person import Permission
from ingest.errors import IngestError
from vectorstore.errors import StoreError

# What a tool needs; one that is not here is not offered.
TOOLS: Final[dict[str, Permission]] = {
    "ask": "ask",
    "search": "read",
    "verify": "read",
    "brief": "ask",
    "list_statements": "read",
    "show": "read",
}
_INSTRUCTIONS: Final = (
    "What States said about the UN Convention against Transnational Organized Crime, in their own words. Quotations are"
    " exact: give them as they stand, with their sources. An abstention is an answer: say so, and do not fill it in."
)
_ANSWERS: Final = 100


def build_tools(desk: Desk) -> MCPServer:
    """Returns the server of the tools over a desk."""
    server = MCPServer("untoc", version=version("untoc"), instructions=_INSTRUCTIONS)

    async def run(tool: str, call: Callable[[], Any]) -> dict[str, Any]:
        try:
            desk.gate.require(TOOLS[tool])
            found = await to_thread.run_sync(call)
        except (AppError, IngestError, StoreError) as error:
            raise ToolError(str(error)) from error
        return found if isinstance(found, dict) else {"items": found}

    @server.tool()
    async def ask(
        question: Annotated[str, Field(min_length=1, max_length=20_000)],
        scope: dict[str, Any] | None = None,
        history: Annotated[list[str], Field(max_length=_ANSWERS)] | None = None,
    ) -> dict[str, Any]:
        """Answers a question with verified quotations of what States said, each with its source.

        `scope` sets parts of what is read from the question, such as {"states": ["IRN"], "years": ["2020"]}; `history`
        holds earlier questions of the conversation, oldest first.
        """
        return await run("ask", partial(desk.answer, question, scope, history or []))

    @server.tool()
    async def search(
        words: Annotated[str, Field(min_length=1, max_length=20_000)],
        limit: Annotated[int, Field(ge=1, le=50)] = 10,
    ) -> dict[str, Any]:
        """Finds passages of statements in the scope of a question, best first; higher scores are better."""
        return await run("search", partial(desk.search, words, limit))

    @server.tool()
    async def verify(text: Annotated[str, Field(min_length=1, max_length=500_000)]) -> dict[str, Any]:
        """Checks every quotation of a text against the statements: verified, altered, misattributed or not found."""
        return await run("verify", partial(desk.verify, text))

    @server.tool()
    async def brief(
        topics: Names | None = None,
        articles: Names | None = None,
        states: Names | None = None,
        groups: Names | None = None,
        sessions: Names | None = None,
        years: Names | None = None,
    ) -> dict[str, Any]:
        """Makes a position table: States and groups by topics and articles, every cell with exact quotations.

        Name at least one topic, or an article such as "18" or "TIP 9"; without States, all with a statement are rows.
        """
        wish = {
            "topics": topics or [],
            "articles": articles or [],
            "states": states or [],
            "groups": groups or [],
            "sessions": sessions or [],
            "years": years or [],
        }
        return await run("brief", lambda: briefing_json(desk.brief(wish)))

    @server.tool()
    async def list_statements(
        state: str = "",
        body: str = "",
        session: str = "",
        agenda_item: str = "",
        language: str = "",
        year: str = "",
        words: str = "",
        offset: Annotated[int, Field(ge=0)] = 0,
        limit: Annotated[int, Field(ge=1, le=200)] = 50,
    ) -> dict[str, Any]:
        """Lists statements with their metadata; `state` is a code (ISO 3166 or a group's), `words` stand in it."""
        wanted = dict(zip(FILTERS, (state, body, session, agenda_item, language), strict=True))
        return await run("list_statements", partial(desk.statements, wanted, words, year, offset, limit))

    @server.tool()
    async def show(statement_id: Annotated[str, Field(max_length=100)]) -> dict[str, Any]:
        """Shows one statement with its whole text, by the id that other tools give."""
        return await run("show", partial(desk.show, statement_id))

    return server


def tool_routes(server: MCPServer) -> list[Route]:
    """Returns the routes of the tools; `server.session_manager` runs while they are served."""
    # The gate checks hosts and origins for all doors.
    checked = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    app = server.streamable_http_app(stateless_http=True, json_response=True, transport_security=checked)
    return [route for route in app.routes if isinstance(route, Route)]
