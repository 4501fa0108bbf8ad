"""Trains the models that read questions: the tagger of roles, and the classifiers of kinds and turns.

They learn from the examples in `app/question/training` only, and the same examples give the same weights. `make train`
runs it; with a folder as argument the weights of each fold are written there as well, which `untoc-eval run reading
--folds` scores on the examples of that fold, which they have not seen.
"""

import os

# Set before numpy and torch are imported: on one thread sums are computed in one order, hence are reproducible.
os.environ["OMP_NUM_THREADS"] = "1"

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
import typer
from safetensors.numpy import save_file

from evals.files import CONFERENCE_PARTIES
from evals.marked_examples import FOLDS, examples_hash, folds_of, load_examples
from ingest.parties.party_table import PartyTable
from scripts.reading_classifiers import read_unseen, train_classifiers
from scripts.reading_networks import Prepared, prepare, quantized, train_network
from vectorstore.weights_file import Weights, notes_array

# Networks of the tagger's ensemble, whose scores are averaged; and of that of a fold, whose readings teach classifiers.
_NETWORKS: Final = 6
_NETWORKS_OF_FOLD: Final = 3
# Worker processes, whose results do not depend on their number, and examples that each prepares at a time.
_PROCESSES: Final = 2
_PART: Final = 400


def train(
    prepared: Sequence[Prepared], parties: PartyTable, digest: str, pool: Executor, say: Callable[[str], None]
) -> tuple[Weights, list[Weights]]:
    """Returns weights trained on all examples, to ship, and those of each fold, which have not seen its examples."""
    folds = folds_of([item.example for item in prepared])
    rows = range(len(prepared))
    seen = [[at for at in rows if folds[at] != fold] for fold in range(FOLDS)] + [list(rows)]
    held = [[at for at in rows if folds[at] == fold] for fold in range(FOLDS)]
    sizes = [*[_NETWORKS_OF_FOLD] * FOLDS, _NETWORKS]
    parts = [[prepared[at] for at in each] for each, size in zip(seen, sizes, strict=True) for _ in range(size)]
    seeds = [seed for size in sizes for seed in range(size)]
    trained = iter(pool.map(train_network, parts, seeds, [parties] * len(parts)))
    networks = [_side_by_side([*islice(trained, size)]) for size in sizes]
    say("networks trained")
    # The classifiers learn from roles as predicted by networks that have not seen the example (stacking).
    read = pool.map(read_unseen, [[prepared[at] for at in part] for part in held], networks[:-1], [parties] * FOLDS)
    readings = {at: one for part, found in zip(held, read, strict=True) for at, one in zip(part, found, strict=True)}
    unseen = [readings[at] for at in rows]
    say("examples read by networks that have not seen them")
    n = FOLDS + 1
    fitted = pool.map(train_classifiers, [prepared] * n, [unseen] * n, seen, [folds] * n)
    joined = [
        Weights(arrays={**each.arrays, **network.arrays}, notes={**each.notes, **network.notes, "examples": digest})
        for network, each in zip(networks, fitted, strict=True)
    ]
    say("classifiers trained")
    return joined[-1], joined[:-1]


def save_weights(weights: Weights, path: Path) -> None:
    """Writes weights as `quantized` packs them; the quantization steps of array `name` as `steps.name`."""
    arrays: dict[str, Any] = {"notes": notes_array(weights.notes)}
    for name, array in weights.arrays.items():
        arrays[name], steps = quantized(array)
        arrays |= {} if steps is None else {f"steps.{name}": steps}
    save_file(arrays, path)


def _side_by_side(networks: Sequence[Weights]) -> Weights:
    """Returns an ensemble of networks of the same features as one record: their arrays stacked, a network each row."""
    arrays = {name: np.stack([each.arrays[name] for each in networks]) for name in networks[0].arrays}
    return Weights(arrays=arrays, notes=networks[0].notes)


def main(folder: Annotated[Path | None, typer.Argument(help="takes the weights of each fold")] = None) -> None:
    """Writes the weights and, if a folder is given, those trained without each fold there."""
    parties = PartyTable.load(CONFERENCE_PARTIES)
    examples = load_examples()
    with ProcessPoolExecutor(_PROCESSES, mp_context=get_context("fork")) as pool:
        parts = [examples[at : at + _PART] for at in range(0, len(examples), _PART)]
        prepared = [item for part in pool.map(prepare, parts, [parties] * len(parts)) for item in part]
        print(f"{len(prepared)} examples prepared", flush=True)
        weights, folds = train(prepared, parties, examples_hash(), pool, lambda line: print(line, flush=True))
    save_weights(weights, Path("app/question/data/reading.safetensors"))
    for fold, each in enumerate(folds if folder else ()):
        save_weights(each, Path(folder or ".") / f"fold{fold}.safetensors")


if __name__ == "__main__":
    typer.run(main)
