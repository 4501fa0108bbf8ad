"""Training of the weights that read questions: the same examples give the same weights."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from evals.files import CONFERENCE_PARTIES
from evals.marked_examples import load_examples
from ingest.parties.party_table import PartyTable

_EVERY = 120


class _Serial:
    """Replaces an executor, and maps in this process."""

    def map(self, function: Callable[..., object], *arguments: object) -> Iterator[object]:
        return map(function, *arguments)  # type: ignore[call-overload,no-any-return]  # as the `map` of an executor


@pytest.mark.heavy
def test_the_same_examples_give_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")
    from scripts.reading_networks import prepare
    from scripts.train_reading import train

    # Two epochs suffice, since a difference shows from the first step on.
    monkeypatch.setattr("scripts.reading_networks._EPOCHS", 2)
    monkeypatch.setattr("scripts.reading_classifiers._EPOCHS", 2)
    parties = PartyTable.load(CONFERENCE_PARTIES)
    prepared = prepare(load_examples()[::_EVERY], parties)
    one, other = (train(prepared, parties, "", _Serial(), lambda _: None)[0] for _ in range(2))  # type: ignore[arg-type]  # see _Serial
    assert one.notes == other.notes and one.arrays.keys() == other.arrays.keys()
    assert all(np.array_equal(one.arrays[name], other.arrays[name]) for name in one.arrays)
