"""Training of what reads questions."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from app.question.roles import load_weights
from evals.marked_examples import FOLDS, load_examples
from evals.paths import conference_parties
from ingest.parties.party_table import PartyTable
from scripts.train_reading import prepare, save_weights, train

ENOUGH = 60


@pytest.mark.slow
def test_the_same_examples_give_the_same_bits(tmp_path: Path) -> None:
    parties = PartyTable.load(conference_parties())
    prepared = prepare(load_examples()[::90][:ENOUGH], parties)
    written = []
    for name in ("first", "second"):
        with ThreadPoolExecutor(1) as pool:
            weights, folds = train(prepared, parties, "hash", pool, lambda _: None)
        save_weights(weights, tmp_path / name)
        written.append((tmp_path / name).read_bytes())
    assert written[0] == written[1]
    assert len(folds) == FOLDS
    stored = load_weights(tmp_path / "first")
    assert stored.notes["examples"] == "hash"
    assert all(np.isfinite(array).all() for array in stored.arrays.values())
