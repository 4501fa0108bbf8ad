"""Grants: the events and files that each session of a browser may fetch, learned from the responses to it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

# Events and files that are remembered with their session, the newest.
_MOST_GRANTS: Final = 20_000
Kind = Literal["queue", "event", "file"]


class Grants:
    """Remembers which queues, events and files belong to which session."""

    def __init__(self) -> None:
        self._granted: dict[tuple[str, Kind, str], None] = {}

    def grant(self, session: str, kind: Kind, name: str) -> None:
        """Gives a session access to a queue, an event or a file."""
        self._granted.pop((session, kind, name), None)
        self._granted[session, kind, name] = None
        if len(self._granted) > _MOST_GRANTS:
            del self._granted[next(iter(self._granted))]

    def holds(self, session: str, kind: Kind, name: str) -> bool:
        """Returns whether a session has access."""
        return (session, kind, name) in self._granted

    def learn(self, session: str, chunk: bytes) -> None:
        """Grants a session the events and the files that a response to it names."""
        todo = list(_messages(chunk))
        for message in todo:
            if isinstance(message, dict) and isinstance(message.get("event_id"), str):
                self.grant(session, "event", message["event_id"])
        while todo:
            value = todo.pop()
            if isinstance(value, dict):
                if is_file(value) and isinstance(value.get("path"), str):
                    self.grant(session, "file", value["path"])
                todo += value.values()
            elif isinstance(value, list):
                todo += value


def _messages(chunk: bytes) -> Iterator[Any]:
    """Yields the JSON values of a response, or of its server-sent events."""
    for line in chunk.splitlines():
        try:
            yield json.loads(line.removeprefix(b"data:"))
        except ValueError:
            continue


def is_file(value: Mapping[str, Any]) -> bool:
    """Returns whether a JSON object declares itself as a file of Gradio."""
    meta = value.get("meta")
    return isinstance(meta, dict) and "_type" in meta
