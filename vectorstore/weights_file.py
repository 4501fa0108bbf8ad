"""Trained weights of small models as a file: named arrays, with notes such as the vocabulary beside them as JSON."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from vectorstore.arrays import Matrix


@dataclass(frozen=True, kw_only=True, eq=False)
class Weights:
    """Trained weights by name, with what was stored beside them as JSON."""

    arrays: Mapping[str, Matrix]
    notes: Mapping[str, str]


@cache
def load_weights(path: Path) -> Weights:
    """Loads the weights and notes of a `.safetensors` file that `scripts/train_reading.py` or a like script made."""
    stored = load_file(str(path))
    notes = json.loads(zlib.decompress(stored.pop("notes").tobytes()))
    arrays = {name: array.astype(np.float32) for name, array in stored.items()}
    # Some arrays are quantised to bytes; `steps.NAME` holds the step size of each row of NAME.
    for name in [name for name in arrays if name.startswith("steps.")]:
        arrays[name.removeprefix("steps.")] *= arrays.pop(name)
    return Weights(arrays=arrays, notes=notes)


def notes_array(notes: Mapping[str, str]) -> Matrix:
    """Returns the compressed notes as the array `notes` of a weights file, whose metadata have no stable order."""
    text = json.dumps(dict(notes), sort_keys=True, ensure_ascii=False)
    return np.frombuffer(zlib.compress(text.encode()), dtype=np.uint8)
