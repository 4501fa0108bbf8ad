"""The statements of the stored fixtures as sources, and a workspace over statements of a few words."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from app.records import Sources
from app.wiring import Workspace
from tests.fakes_corpora import Stored, workspace_over

Said = Callable[..., AbstractContextManager[Workspace]]
_STATES = {"a": "XAA", "b": "XAB", "c": "XCS"}


@pytest.fixture
def sources(stored: Stored) -> Sources:
    return Sources(
        statements={statement.statement_id: statement for statement, _ in stored.values()},
        sentences={statement.statement_id: sentences for statement, sentences in stored.values()},
    )


@pytest.fixture
def said(tmp_path: Path) -> Said:
    """Opens a workspace over statements: `a="…"` is Arvandia's of session 10 and 2020, `b9="…"` Belmora's of 2018."""

    def opened(**texts: str) -> AbstractContextManager[Workspace]:
        sessions = {name: int(name[1:] or 10) for name in texts}
        rows = [f"{name}.txt,{_STATES[name[0]]},{number},{2000 + 2 * number}" for name, number in sessions.items()]
        files = {f"{name}.txt": text for name, text in texts.items()}
        return workspace_over(tmp_path, files, "\n".join(["file,state,session,date", *rows, ""]))

    return opened
