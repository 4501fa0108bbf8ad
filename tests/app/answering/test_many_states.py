"""Many States asked about at once, over real speeches: each is answered as if alone, and work is linear in number."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.wiring import Workspace
from tests.fakes_corpora import debate, manifest_of, texts_of, workspace_over

pytestmark = pytest.mark.slow

# Number of States whose speeches are used, two of each at most.
_STATE_COUNT = 44


@pytest.fixture(scope="module")
def speeches(test_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Speeches of the debate, with models that need no weights."""
    rows = debate(test_data)
    states = sorted({row["state"] for row in rows})[:_STATE_COUNT]
    chosen = [row for state in states for row in [each for each in rows if each["state"] == state][:2]]
    texts, manifest = texts_of(test_data, chosen), manifest_of(chosen)
    with workspace_over(tmp_path_factory.mktemp("many"), texts, manifest, parties="") as workspace:
        yield workspace


def _stored_states(workspace: Workspace) -> list[str]:
    return sorted({s.metadata.state for s in workspace.corpus.documents() if s.metadata.state})[:36]


def test_every_state_is_answered_as_if_it_were_asked_about_alone(speeches: Workspace) -> None:
    codes = _stored_states(speeches)[:12]
    together = speeches.assistant.ask("What did they say about climate change?", overrides={"states": codes})
    for code in codes:
        alone = speeches.assistant.ask("What did they say about climate change?", overrides={"states": [code]})
        assert (code in {claim.state for claim in together.claims}) == (alone.status == "answered"), code


def test_work_grows_no_faster_than_the_number_of_states(speeches: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    scorer = speeches.ranker.scorer
    read: list[int] = []
    score = scorer.score_pairs
    monkeypatch.setattr(scorer, "score_pairs", lambda topic, texts: (read.append(len(texts)), score(topic, texts))[1])
    counts = []
    stored = _stored_states(speeches)
    for codes in (stored[:9], stored[:18], stored[:36]):
        read.clear()
        speeches.assistant.ask("What did they say about climate change?", overrides={"states": codes})
        counts.append(sum(read) / len(codes))
    # Sentences scored per State do not grow with their number; 1.5 allows for how much each State said.
    assert counts[2] <= 1.5 * counts[0] and counts[1] <= 1.5 * counts[0]
