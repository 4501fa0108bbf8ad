"""Many States asked about at once, over real speeches: each is as if alone, and the work grows with their number."""

import csv
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.wiring import Workspace
from tests.fakes import fake_workspace

pytestmark = pytest.mark.slow

# States whose speeches are taken, two of each at most.
_TAKEN = 44


@pytest.fixture(scope="module")
def speeches(test_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Speeches of the debate, with models that need no weights."""
    source, folder = test_data / "general_debate", tmp_path_factory.mktemp("speeches")
    (folder / "txt").mkdir()
    with (source / "statements.csv").open(encoding="utf-8", newline="") as handle:
        heading, *rows = csv.reader(handle)
    states = sorted({row[1] for row in rows})[:_TAKEN]
    taken = Counter[str]()
    with (folder / "statements.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(heading)
        for row in rows:
            taken[row[1]] += 1
            if row[1] in states and taken[row[1]] <= 2:
                shutil.copy(source / row[0], folder / row[0])
                writer.writerow(row)
    with fake_workspace(tmp_path_factory.mktemp("many") / "store") as workspace:
        workspace.corpus.ingest([folder])
        yield workspace


def _held(workspace: Workspace) -> list[str]:
    return sorted({s.metadata.state for s in workspace.corpus.documents() if s.metadata.state})[:36]


def test_every_state_is_answered_as_if_it_were_asked_about_alone(speeches: Workspace) -> None:
    codes = _held(speeches)[:12]
    together = speeches.assistant.ask("What did they say about climate change?", overrides={"states": codes})
    for code in codes:
        alone = speeches.assistant.ask("What did they say about climate change?", overrides={"states": [code]})
        assert (code in {claim.state for claim in together.claims}) == (alone.status == "answered"), code


def test_work_grows_no_faster_than_the_number_of_states(speeches: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    selector = speeches.steps.retriever._ranker
    read: list[int] = []
    score = selector._read_pairs
    monkeypatch.setattr(selector, "_read_pairs", lambda topic, texts: (read.append(len(texts)), score(topic, texts))[1])
    counts = []
    held = _held(speeches)
    for codes in (held[:9], held[:18], held[:36]):
        read.clear()
        speeches.assistant.ask("What did they say about climate change?", overrides={"states": codes})
        counts.append(sum(read) / len(codes))
    # Sentences read per State: no more for many than for few, but for how much each State said.
    assert counts[2] <= 1.5 * counts[0] and counts[1] <= 1.5 * counts[0]
