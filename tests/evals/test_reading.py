"""What counts as a right reading of a follow-up."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from app.question.reading import resolve
from evals.files import CONFERENCE_PARTIES
from evals.marked_examples import MarkedExample, read_examples
from evals.reading import score_reading
from ingest.parties.party_table import PartyTable

_ASKED = "What did Arvandia say about extradition?"


def _example(tmp_path: Path, text: str, turn: str, keeps: Sequence[str]) -> MarkedExample:
    path = tmp_path / "en.yaml"
    kept = ", ".join(keeps)
    path.write_text(
        f'- {{text: "{text}", kind: content, after: ["{_ASKED}"], keeps: [{kept}], turn: {turn}}}', encoding="utf-8"
    )
    (example,) = read_examples(path)
    return example


@pytest.mark.parametrize(
    ("text", "turn", "keeps"),
    [
        ("and on {topic:firearms}?", "replace", ["who", "kind"]),
        ("and {who:Belmora}?", "replace", ["topic", "kind"]),
        ("add {who:Belmora}", "add", ["topic", "kind"]),
    ],
)
def test_the_parties_that_a_follow_up_takes_over_count_as_right(text, turn, keeps, tmp_path):
    parties = PartyTable.load(CONFERENCE_PARTIES)
    example = _example(tmp_path, text, turn, keeps)
    read = resolve(example.text, parties, history=example.after)
    scored = score_reading(example, read, parties)
    assert scored.parts == {"speakers": True, "excluded": True}


def test_by_itself_a_follow_up_takes_over_nothing(tmp_path):
    parties = PartyTable.load(CONFERENCE_PARTIES)
    example = _example(tmp_path, "and on {topic:firearms}?", "replace", ["who", "kind"])
    read = resolve(example.text, parties, history=example.after)
    scored = score_reading(example, read, parties, alone=True)
    assert not scored.parts["speakers"]
