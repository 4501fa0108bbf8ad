"""`/mcp`: tools that external assistants and agents call over the Model Context Protocol (MCP).

Each request is complete in itself (no sessions), so that a tool always acts for the sender of the request. A tool
takes the fields of the same model as the API, and returns the same JSON.
"""

from collections.abc import Callable
from importlib.metadata import version
from inspect import Parameter, Signature
from typing import Annotated, Any, Final, TypeVar

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import BaseModel, Field
from starlette.routing import Route

from app.errors import SHOWN_ERRORS
from app.server.actions import Actions, briefing_json
from app.server.models import BriefingWish, Draft, Filters, Identified, Question, Search
from app.server.user_roles import Permission
from prompts.wording import load_tool_words

Sent = TypeVar("Sent", bound=BaseModel)
# The permission of each tool; a tool that is missing here cannot be offered.
TOOLS: Final[dict[str, Permission]] = {
    "ask": "ask", "search": "read", "verify": "read", "brief": "ask", "list_statements": "read", "show": "read",
}  # fmt: skip


def build_tools(actions: Actions) -> MCPServer:
    """Returns the MCP server with a tool for each action in `TOOLS`."""
    words = load_tool_words().messages
    server = MCPServer("untoc", version=version("untoc"), instructions=words["instructions"])

    def offer(name: str, takes: type[Sent], call: Callable[[Sent], dict[str, Any]]) -> None:
        # Looked up here, so that a tool without a permission fails before anybody can call it.
        needs = TOOLS[name]

        def tool(**given: Any) -> dict[str, Any]:  # noqa: ANN401 - the fields of the model
            try:
                actions.gate.require(needs)
                return call(takes(**given))
            except SHOWN_ERRORS as error:
                raise ToolError(str(error)) from error

        tool.__signature__ = _signature(takes)  # type: ignore[attr-defined]  # what `inspect.signature` reads first
        server.add_tool(tool, name, description=words[name])

    offer("ask", Question, actions.ask)
    offer("search", Search, actions.search)
    offer("verify", Draft, actions.verify)
    offer("brief", BriefingWish, lambda wish: briefing_json(actions.brief(wish)))
    offer("list_statements", Filters, actions.statements)
    offer("show", Identified, lambda asked: actions.show(asked.statement_id))
    return server


def _signature(takes: type[BaseModel]) -> Signature:
    """Returns the fields of a model as the parameters of a function."""
    parameters = [
        Parameter(
            name,
            Parameter.KEYWORD_ONLY,
            annotation=Annotated[(field.annotation, *field.metadata, Field(examples=field.examples))],
            default=Parameter.empty if field.is_required() else field.get_default(call_default_factory=True),
        )
        for name, field in takes.model_fields.items()
    ]
    return Signature(parameters, return_annotation=dict[str, Any])


def tool_routes(server: MCPServer) -> list[Route]:
    """Returns the routes of the tools; `server.session_manager` must run while they are served."""
    # The gate has already checked host and origin.
    checked = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    app = server.streamable_http_app(stateless_http=True, json_response=True, transport_security=checked)
    # POST only: GET opens a stream of messages that the server sends unasked, of which there are none without sessions.
    return [Route(route.path, route.endpoint, methods=["POST"]) for route in app.routes if isinstance(route, Route)]
