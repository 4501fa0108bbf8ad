"""The examples from which question reading is trained, the trained weights, and the scoring of a reading."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from app.question.kinds import KINDS
from app.question.resolution import Act
from app.question.role_tagger.network import WordRole, reading_weights
from app.question.turns.turn_classifier import SLOTS
from evals.files import CONFERENCE_PARTIES, EVALS
from evals.marked_examples import MarkedExample, examples_hash, folds_of, load_examples, read_examples
from evals.reading_scores import score_reading
from ingest.parties.party_table import PartyTable
from vectorstore.weights_file import Weights

pytestmark = pytest.mark.integration

Examples = Sequence[MarkedExample]
_SHIPPED = Path("app/question/data/reading.safetensors")


@pytest.fixture(scope="module")
def examples() -> Examples:
    return load_examples()


@pytest.fixture(scope="module")
def parties() -> PartyTable:
    return PartyTable.load(CONFERENCE_PARTIES)


def _read(tmp_path: Path, *told: str) -> Examples:
    """Reads examples, each given by its fields in YAML."""
    path = tmp_path / "en.yaml"
    path.write_text("".join(f"- {{{each}, kind: content}}\n" for each in told), encoding="utf-8")
    return read_examples(path)


@pytest.mark.parametrize(
    ("text", "told", "wrong"),
    [
        ("and on {topic:firearms}?", "turn: replace, keeps: [who, kind]", set()),
        ("and {who:Belmora}?", "turn: replace, keeps: [topic, kind]", set()),
        ("add {who:Belmora}", "turn: add, keeps: [topic, kind]", set()),
        ("also on {topic:firearms}", "turn: add, keeps: [who, topic, kind]", set()),
        # A slot that is wrongly taken over from the turn before is an error, as is one that is wrongly dropped.
        ("and on {topic:firearms}?", "turn: replace, keeps: [kind]", {"speakers"}),
        ("and {who:Belmora}?", "turn: replace, keeps: [kind]", {"topic F1"}),
    ],
)
def test_a_follow_up_is_right_with_what_it_takes_over_of_the_turn_before(
    text: str, told: str, wrong: set[str], parties: PartyTable, tmp_path: Path
) -> None:
    after = "What did Arvandia say about extradition?"
    (example,) = _read(tmp_path, f'text: "{text}", after: ["{after}"], {told}')
    scored = score_reading(example, parties)
    assert scored.keys() == {"speakers", "excluded", "kind", "topic F1", "all right"}
    assert {part for part, right in scored.items() if not right} == wrong | ({"all right"} if wrong else set())


def test_what_an_aside_keeps_is_not_counted(parties: PartyTable, tmp_path: Path) -> None:
    (example,) = _read(tmp_path, 'text: "Thank you", after: ["What did Arvandia say on tolls?"], turn: new')
    assert score_reading(replace(example, kind="greeting"), parties) == {"kind": 1, "topic F1": 1, "all right": 1}


def test_a_name_that_is_marked_with_an_error_in_it_is_whose_it_is_near_to(parties: PartyTable, tmp_path: Path) -> None:
    (example,) = _read(tmp_path, 'text: "Что сказала {who:Белмора} о {topic:портах}?", language: ru')
    assert score_reading(example, parties)["speakers"]


def test_questions_and_the_turns_before_them_are_read_by_the_weights_given(parties: PartyTable, tmp_path: Path) -> None:
    (example,) = _read(
        tmp_path,
        'text: "and {who:Belmora} on {topic:lamps}?", after: ["What did Arvandia say on tolls?"], keeps: [kind]',
    )
    trained = reading_weights()
    blind = Weights(arrays={name: np.zeros_like(array) for name, array in trained.arrays.items()}, notes=trained.notes)
    assert score_reading(example, parties)["topic F1"] == 1
    assert not score_reading(example, parties, blind)["topic F1"]


def test_a_question_and_what_is_asked_after_it_are_in_one_fold(tmp_path: Path) -> None:
    asked = [f"{{who:Arvandia}} on {chr(97 + number) * 3}" for number in range(9)]
    lines = [f'text: "{text}"' for text in asked]
    lines += [f'text: "why {n}{text[-3:]}?", after: ["ARVANDIA on {text[-3:]}?"]' for n, text in enumerate(asked)]
    folds = folds_of(_read(tmp_path, *lines))
    assert folds[:9] == folds[9:] and len({*folds}) > 1


def test_the_weights_are_made_from_these_examples_and_small() -> None:
    assert reading_weights().notes["examples"] == examples_hash()
    assert _SHIPPED.stat().st_size < 5_500_000


def test_the_same_weights_are_the_same_bytes(tmp_path: Path) -> None:
    from scripts.train_reading import save_weights

    save_weights(reading_weights(), tmp_path / "again.safetensors")
    assert (tmp_path / "again.safetensors").read_bytes() == _SHIPPED.read_bytes()


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("readings.yaml", 148),
        ("predications.yaml", 64),
        ("unseen.yaml", 1139),
        ("compound.yaml", 3244),
        ("alternatives.yaml", 420),
    ],
)
def test_held_out_questions_are_in_no_example(name: str, count: int, examples: Examples) -> None:
    held_out = read_examples(EVALS / "datasets" / name)
    assert len(held_out) == count
    asked, taught = ({(example.text, example.after) for example in each} for each in (held_out, examples))
    assert not asked & taught


def test_every_mark_was_read_and_every_label_is_known(examples: Examples) -> None:
    for example in examples:
        assert not re.search(r"[{}]", example.text), example.text
        assert example.kind in KINDS and set(example.keeps) <= set(SLOTS)
        assert example.turn is None or example.turn in get_args(Act)
        assert not example.keeps or example.after, example.text


def test_examples_of_one_wording_are_of_one_kind(examples: Examples) -> None:
    kinds: dict[tuple[str, bool, str], set[str]] = defaultdict(set)
    for example in examples:
        says = {*example.group.split()} - {*get_args(WordRole)}
        if says and "kind" not in example.keeps and example.kind != "ambiguous":
            kinds[example.language, bool(example.after), example.group].add(example.kind)
    # In a few groups the kind depends on the topic or on the question before: "when was that?" asks for the date of
    # what is reported, or of the statement.
    assert sum(len(group_kinds) > 1 for group_kinds in kinds.values()) < len(kinds) / 500


def test_marks_are_offsets_in_the_bare_text(tmp_path: Path) -> None:
    (example,) = _read(tmp_path, 'text: "what did {who:Arvandia} say on {topic:tolls}"')
    assert example.text == "what did Arvandia say on tolls"
    assert (example.marked("who"), example.marked("topic")) == (("Arvandia",), ("tolls",))
    assert example.group == "what did who say on topic"


@pytest.mark.slow
def test_the_scopes_that_held_out_questions_tell_are_understood() -> None:
    parties = PartyTable.load()
    with_scope = [example for example in read_examples(EVALS / "datasets" / "readings.yaml") if example.expect]
    assert len(with_scope) > 100
    for example in with_scope:
        scored = score_reading(example, parties)
        assert {"speakers", "interval", "venue", "status"} <= scored.keys()
