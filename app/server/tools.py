"""`/mcp`: tools that external assistants and agents call over the Model Context Protocol (MCP).

There are no sessions, so that a tool acts for the sender of the request. It takes and returns what the API does.
"""

from collections.abc import Callable
from importlib.metadata import version
from typing import Any, Final, TypeVar, cast

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools.base import Tool
from mcp.server.mcpserver.utilities.func_metadata import ArgModelBase
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import ToolAnnotations
from pydantic import BaseModel, ValidationError
from starlette.routing import Route

from app.errors import SHOWN_ERRORS
from app.server.actions import Actions, briefing_json
from app.server.models import BriefingWish, Draft, Filters, Identified, Question, Search
from app.server.problems import first_fault, message_of
from app.server.user_roles import Permission
from prompts.wording import load_messages

Sent = TypeVar("Sent", bound=BaseModel)
# The permission of each tool; a tool that is missing here cannot be offered.
TOOLS: Final[dict[str, Permission]] = {
    "ask": "ask", "search": "read", "verify": "read", "brief": "ask", "list_statements": "read", "show": "read",
}  # fmt: skip


def build_tools(actions: Actions) -> MCPServer:
    """Returns the MCP server with a tool for each action in `TOOLS`."""
    words = load_messages("tools", "en").messages
    tools = list[Tool]()

    def offer(name: str, takes: type[Sent], call: Callable[[Sent], dict[str, Any]]) -> None:
        # Looked up here, so that a tool without a permission fails before anybody can call it.
        needs = TOOLS[name]

        def run(**given: Any) -> dict[str, Any]:  # noqa: ANN401 - the fields of the model
            try:
                actions.gate.require(needs)
                return call(takes(**given))
            except SHOWN_ERRORS as error:
                raise ToolError(message_of(error)) from error

        tools.append(_tool(name, words[name], takes, run))

    offer("ask", Question, actions.ask)
    offer("search", Search, actions.search)
    offer("verify", Draft, actions.verify)
    offer("brief", BriefingWish, lambda wish: briefing_json(actions.brief(wish)))
    offer("list_statements", Filters, actions.statements)
    offer("show", Identified, lambda asked: actions.show(asked.statement_id))
    return MCPServer("untoc", version=version("untoc"), instructions=words["instructions"], tools=tools)


class _Tool(Tool):
    async def run(self, arguments: dict[str, Any], context: Any, convert_result: bool = False) -> Any:  # noqa: ANN401 - as the SDK calls it
        """Runs the tool; a ToolError, whose message is one line, if the arguments do not fit its model."""
        try:
            self.fn_metadata.validate_arguments(arguments)
        except ValidationError as error:
            known = ", ".join(self.fn_metadata.arg_model.model_fields)
            raise ToolError(f"{first_fault(error.errors())}; {self.name!r} takes {known}") from error
        return await super().run(arguments, context, convert_result)


def _tool(name: str, description: str, takes: type[BaseModel], run: Callable[..., dict[str, Any]]) -> Tool:
    """Returns a tool whose arguments are the fields of a model, and no others where the model forbids others."""
    # All tools read alone: clients may call them without asking their user first.
    made = _Tool.from_function(run, name, description=description, annotations=ToolAnnotations(read_only_hint=True))
    # The SDK derives a model from the signature of a function, which would ignore unknown arguments: a misspelt filter
    # would be no filter.
    arguments = cast(type[ArgModelBase], type(takes.__name__, (takes, ArgModelBase), {"__doc__": takes.__doc__}))
    made.fn_metadata.arg_model = arguments
    made.parameters = arguments.model_json_schema()
    return made


def tool_routes(server: MCPServer) -> list[Route]:
    """Returns the routes of the tools; `server.session_manager` must run while they are served."""
    # The guard has already checked host and origin.
    checked = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    app = server.streamable_http_app(stateless_http=True, json_response=True, transport_security=checked)
    # POST only: GET opens a stream of messages that the server sends unasked, of which there are none without sessions.
    return [Route(route.path, route.endpoint, methods=["POST"]) for route in app.routes if isinstance(route, Route)]
