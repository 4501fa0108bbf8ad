"""The request behind an event of the chat, for whoever has to know who sent it."""

from collections.abc import Mapping
from typing import Any

from gradio.context import LocalContext


def request_scope() -> Mapping[str, Any] | None:
    """Returns the ASGI scope of the request that is being answered; None outside an event."""
    request = LocalContext.request.get(None)
    inner = None if request is None else request.request
    return None if inner is None else inner.scope
