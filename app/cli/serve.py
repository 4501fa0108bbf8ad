"""Services: `chat`, `serve`."""

import sys
from typing import Annotated

import typer

from app.cli.command import Invocation, command, require_server

commands = typer.Typer()


@command(commands, "untoc chat", "untoc chat --port 0")
def chat(
    invocation: Invocation,
    host: Annotated[str | None, typer.Option(help="one of this machine's own addresses (default: 127.0.0.1)")] = None,
    port: Annotated[int | None, typer.Option(help="port (default: 7860; 0 takes a free one)")] = None,
) -> int:
    """Open the chat in a browser."""
    from app.loopback import require_loopback

    require_loopback(invocation.settings(host=host, port=port).server.host)
    from app.ui.server import serve

    with invocation.workspace_to_ask(create=True, host=host, port=port) as workspace:
        server = workspace.settings.server
        serve(
            workspace,
            server.host,
            server.port,
            on_ready=lambda address: print(f"The chat is open at {address} (stop with Ctrl-C)", flush=True),
        )
    print("The chat is closed.", file=sys.stderr)
    return 0


@command(commands, "untoc serve", "untoc serve --host 0.0.0.0 --env-file /etc/untoc/env")
def serve(
    invocation: Invocation,
    host: Annotated[str | None, typer.Option(help="address to bind to (default: 127.0.0.1)")] = None,
    port: Annotated[int | None, typer.Option(help="port (default: 7860; 0 takes a free one)")] = None,
) -> int:
    """Serve the chat, the API and the tools to a team."""
    require_server()
    from app.server.serve import check
    from app.server.serve import serve as serve_team

    check(invocation.settings(host=host, port=port).server)
    with invocation.workspace_to_ask(create=True, host=host, port=port) as workspace:
        serve_team(
            workspace, on_ready=lambda address: print(f"untoc is served at {address} (stop with Ctrl-C)", flush=True)
        )
    return 0
