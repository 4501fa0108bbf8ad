"""Training of the weights that read directions: scores are printed for examples that there are."""

import pytest

pytestmark = pytest.mark.integration


def test_every_written_example_is_scored_in_one_split() -> None:
    pytest.importorskip("torch")
    from scripts.train_direction import _SPLITS, FOLDER, written_examples

    splits = {example.split for example in written_examples()} - {"asked"}
    scored = [split for splits in _SPLITS.values() for split in splits]
    assert splits == {FOLDER.name, *(path.name for path in FOLDER.iterdir() if path.is_dir())} - {"asked"}
    assert [scored.count(split) for split in splits] == [1] * len(splits)
