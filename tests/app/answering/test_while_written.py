"""An answer, a briefing and a check show the corpus at one moment, whatever another process corrects meanwhile."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.briefing.request import read_request
from app.checking.checker import Checker
from app.checking.comparing.corpus_texts import CorpusTextsCache
from app.checking.reading.documents import read_pasted
from app.records import Timings
from app.wiring import Workspace
from tests.fakes import fake_workspace
from tests.fakes_corpora import workspace_over

pytestmark = pytest.mark.integration

# How many places between the first and the last read are tried.
_PLACES = 5
PARTIES = "code,name,aliases,kind\nXAA,Arvandia,,state\nXAB,Belmora,,state\n"
ROWS = "file,state,session,date\na8.txt,XAA,8,2016\na9.txt,XAA,9,2018\nb.txt,XAB,9,2018\n"
TEXTS = {
    "a8.txt": "Mr. President,\n\nWe oppose extradition without a treaty. Our courts apply the law on it.\n",
    "a9.txt": "Mr. President,\n\nWe support extradition of fugitives by sea. We thank the Secretariat.\n",
    "b.txt": "Mr. President,\n\nWe welcome extradition between neighbours.\n",
}
DRAFT = 'Arvandia said in 2016: "We oppose extradition without a treaty."'


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with workspace_over(tmp_path, TEXTS, ROWS, PARTIES) as opened:
        yield opened


def _answer(workspace: Workspace) -> Any:
    answer = workspace.assistant.ask("What did Arvandia say about extradition?")
    return replace(answer, timings_ms=Timings(), trace_id="")


def _briefing(workspace: Workspace) -> Any:
    request = read_request(workspace.parties(), topics=["extradition"], states=["Arvandia"])
    return replace(workspace.briefings.build(request), made="")


def _check(workspace: Workspace) -> Any:
    # The workspace's own checker would have read all texts before.
    texts = CorpusTextsCache(workspace.store.catalogue)
    return Checker(texts, workspace.parties, workspace.settings.load).check(read_pasted(DRAFT))


@pytest.mark.parametrize("made", [_answer, _briefing, _check])
def test_correction_between_any_two_reads_changes_nothing_that_is_under_way(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: Callable[[Workspace], Any]
) -> None:
    database = workspace.store.catalogue.database
    reading, corrected_at, reads = database.reading, 0, 0

    def counted() -> Any:
        nonlocal reads
        reads += 1
        if reads == corrected_at:
            # Another session gives both statements of Arvandia other ids.
            for document in other.corpus.documents():
                if document.metadata.state == "XAA":
                    other.corpus.edit(document.document_id, {"session": str(int(document.metadata.session or 0) + 2)})
        return reading()

    with fake_workspace(tmp_path / "store") as other:
        monkeypatch.setattr(database, "reading", counted)
        for part in range(_PLACES):
            corrected_at, reads = 0, 0
            before = made(workspace)
            # The first read is the one that decides which moment is shown.
            corrected_at, reads = 2 + (reads - 2) * part // _PLACES, 0
            assert made(workspace) == before, corrected_at
            assert reads >= corrected_at
