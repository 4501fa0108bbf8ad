"""The examples that reading is learned from, the weights made from them, and what counts as a right reading."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import pytest

from app.question.kinds import KINDS, SLOTS
from app.question.reading import resolve
from app.question.resolution import Act
from app.question.roles import load_weights
from evals.files import CONFERENCE_PARTIES, EVALS
from evals.marked_examples import MarkedExample, examples_hash, load_examples, read_examples
from evals.reading import score_reading
from ingest.parties.party_table import PartyTable
from tests.cases import Cases

cases = Cases(__file__)

Examples = Sequence[MarkedExample]


@pytest.fixture(scope="module")
def examples() -> Examples:
    return load_examples()


@pytest.fixture(scope="module")
def parties() -> PartyTable:
    return PartyTable.load(CONFERENCE_PARTIES)


def _read(tmp_path: Path, told: str) -> MarkedExample:
    """Reads an example as a line of YAML writes it."""
    path = tmp_path / "en.yaml"
    path.write_text(f"- {{{told}, kind: content}}", encoding="utf-8")
    (example,) = read_examples(path)
    return example


def _follow_up(tmp_path: Path, text: str, turn: str, kept: str) -> MarkedExample:
    after = "What did Arvandia say about extradition?"
    return _read(tmp_path, f'text: "{text}", after: ["{after}"], keeps: [{kept}, kind], turn: {turn}')


@cases("text", "turn", "kept")
def test_the_parties_that_a_follow_up_takes_over_count_as_right_and_by_itself_it_takes_over_nothing(
    text, turn, kept, parties, tmp_path
):
    example = _follow_up(tmp_path, text, turn, kept)
    read = resolve(example.text, parties, history=example.after)
    scored = score_reading(example, read, parties)
    told = {part: right for part, right in scored.items() if part not in ("kind", "topic F1", "all right")}
    assert told == {"speakers": True, "excluded": True}
    if kept == "who":
        assert not score_reading(example, read, parties, alone=True)["speakers"]


def test_the_weights_are_made_from_these_examples() -> None:
    assert load_weights().notes["examples"] == examples_hash()


@pytest.mark.parametrize(("name", "count"), [("readings.yaml", 148), ("predications.yaml", 64)])
def test_held_out_questions_are_in_no_example(name: str, count: int, examples: Examples) -> None:
    held = read_examples(EVALS / "datasets" / name)
    assert len(held) == count
    assert not {example.text for example in held} & {example.text for example in examples}


def test_examples_are_enough_in_each_language(examples: Examples) -> None:
    counts = Counter(example.language for example in examples)
    assert set(counts) == {"en", "fr", "es", "ar", "ru", "zh"}
    assert min(counts.values()) >= 250 and counts.total() >= 2500


def test_every_mark_was_read_and_every_label_is_known(examples: Examples) -> None:
    for example in examples:
        assert not re.search(r"[{}]", example.text), example.text
        assert example.kind in KINDS and set(example.keeps) <= set(SLOTS)
        assert example.turn is None or example.turn in get_args(Act)
        assert not example.keeps or example.after, example.text


def test_marks_are_offsets_in_the_bare_text(tmp_path: Path) -> None:
    example = _read(tmp_path, 'text: "what did {who:Arvandia} say on {topic:tolls}"')
    assert example.text == "what did Arvandia say on tolls"
    assert (example.marked("who"), example.marked("topic")) == (("Arvandia",), ("tolls",))
    assert example.group == "what did who say on topic"


@pytest.mark.slow
def test_the_scopes_that_held_out_questions_tell_are_understood() -> None:
    parties = PartyTable.load()
    told = [example for example in read_examples(EVALS / "datasets" / "readings.yaml") if example.expect]
    assert len(told) > 100
    for example in told:
        scored = score_reading(example, resolve(example.text, parties, history=example.after), parties)
        assert {"speakers", "interval", "venue", "status"} <= scored.keys()
