"""The examples that reading is learned from, and the weights made from them."""

import re
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import get_args

import pytest

from app.question.kinds import KINDS, SLOTS
from app.question.resolution import Act
from app.question.roles import load_weights
from evals.marked_examples import examples_hash, load_examples, read_examples


def test_the_weights_are_made_from_these_examples() -> None:
    assert load_weights().notes["examples"] == examples_hash()


@pytest.mark.parametrize(("name", "count"), [("readings.yaml", 148), ("predications.yaml", 64)])
def test_held_out_questions_are_in_no_example(name: str, count: int) -> None:
    held = read_examples(Path(str(files("evals") / "datasets" / name)))
    assert len(held) == count
    assert not {example.text for example in held} & {example.text for example in load_examples()}


def test_examples_are_enough_in_each_language() -> None:
    counts = Counter(example.language for example in load_examples())
    assert set(counts) == {"en", "fr", "es", "ar", "ru", "zh"}
    assert min(counts.values()) >= 250 and counts.total() >= 2500


def test_every_mark_was_read_and_every_label_is_known() -> None:
    for example in load_examples():
        assert not re.search(r"[{}]", example.text), example.text
        assert example.kind in KINDS and set(example.keeps) <= set(SLOTS)
        assert example.turn is None or example.turn in get_args(Act)
        assert not example.keeps or example.after, example.text


def test_marks_are_offsets_in_the_bare_text(tmp_path: Path) -> None:
    path = tmp_path / "en.yaml"
    path.write_text('- {text: "what did {who:Arvandia} say on {topic:tolls}", kind: content}', encoding="utf-8")
    (example,) = read_examples(path)
    assert example.text == "what did Arvandia say on tolls"
    assert (example.marked("who"), example.marked("topic")) == (("Arvandia",), ("tolls",))
    assert example.group == "what did who say on topic"
