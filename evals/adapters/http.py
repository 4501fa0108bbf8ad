"""A running chat, through its API endpoint `ask`."""

import json
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from evals.adapters.inprocess import history_of, overrides_of
from evals.errors import AnswerError, RunError
from evals.golden.cases import Case

_ENDPOINT: Final = "/gradio_api/call/ask"


class Http:
    """Asks a chat that `untoc chat` serves; nothing else is called.

    Args:
        url: Its address, such as `http://127.0.0.1:7860`.
        time_limit: Seconds to wait for one answer.
    """

    name = "http"

    def __init__(self, url: str, *, time_limit: float = 120.0, transport: httpx.BaseTransport | None = None) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            raise RunError(f"{url!r} is no address of a chat: give one such as http://127.0.0.1:7860")
        self._url = url
        # trust_env=False: proxies of the environment are not for a chat on this machine.
        self._client = httpx.Client(base_url=url, timeout=time_limit, transport=transport, trust_env=False)

    def ask(self, case: Case, repeat: int) -> dict[str, Any]:
        """Returns the chat's answer.

        Raises:
            AnswerError: The chat is not there, refuses, or gives no answer.
        """
        turns = history_of(case)
        history = [{"question": turn.question, "scope": dict(turn.overrides)} for turn in turns] or None
        try:
            begun = self._client.post(_ENDPOINT, json={"data": [case.question, overrides_of(case), history]})
            begun.raise_for_status()
            event = begun.json()["event_id"]
            with self._client.stream("GET", f"{_ENDPOINT}/{event}") as stream:
                stream.raise_for_status()
                return _result(stream)
        except (httpx.HTTPError, KeyError, ValueError) as exc:
            raise AnswerError(
                f"no answer from {self._url}: {exc or type(exc).__name__}; is `untoc chat` running?"
            ) from exc


def _result(stream: httpx.Response) -> dict[str, Any]:
    """Reads server-sent events up to the result."""
    event = ""
    for line in stream.iter_lines():
        field, _, value = line.partition(":")
        if field == "event":
            event = value.strip()
        elif field == "data" and event == "complete":
            (answer,) = json.loads(value)
            return dict(answer)
        elif field == "data" and event == "error":
            raise AnswerError(f"the chat refused the question: {value.strip()}")
    raise AnswerError("the chat closed the connection without an answer")
