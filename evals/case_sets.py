"""Sets of cases by name or file, each with its corpus: `smoke` is asked over the fictional conference and the sample.

A run names the folders that ship with the program as `untoc:conference`, so that it is the same run on any machine.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from evals.errors import DatasetError
from evals.golden.cases import Case, load_cases
from evals.golden.documents import Documents, located
from evals.paths import EvalPaths
from evals.review.decisions import saved_cases

_EVALS: Final = Path(str(files("evals")))
CONFERENCE: Final = _EVALS / "conference"
SAMPLE: Final = Path(str(files("ingest"))) / "sample"
SHIPPED: Final = {"smoke": CONFERENCE / "questions.yaml", "dev": _EVALS / "datasets" / "dev.yaml"}
_FOLDERS: Final = {"untoc:conference": CONFERENCE, "untoc:sample": SAMPLE}
# Cases that somebody saved in the chat; they are about the store that they were saved in.
SAVED: Final = "saved"


@dataclass(frozen=True, kw_only=True)
class CaseSet:
    """A set of cases with its corpus.

    Attributes:
        folders: The folders of statements; empty where the store itself is the corpus.
    """

    name: str
    cases: tuple[Case, ...]
    folders: tuple[Path, ...]


def open_set(name: str, corpus: Sequence[Path], paths: EvalPaths, documents: Documents | None = None) -> CaseSet:
    """Opens a set of cases: `smoke` and `dev` come with the program, `saved` is what the chat saved, else a file.

    Args:
        name: Name or path.
        corpus: Folders of statements; `smoke` brings its own.
        paths: Where saved cases are.
        documents: The documents of `corpus`, to locate evidence that is given by its words alone.

    Raises:
        DatasetError: There is no such set, or it is not what it should be.
    """
    folders = tuple(corpus) or ((CONFERENCE, SAMPLE) if name == "smoke" else ())
    path = paths.drafts if name == SAVED else SHIPPED.get(name, Path(name))
    if not path.is_file():
        what = "nothing was saved in the chat yet" if name == SAVED else f"no set of cases {name!r}"
        raise DatasetError(f"{what}: name {', '.join((*SHIPPED, SAVED))} or a file of cases")
    cases = saved_cases(paths) if name == SAVED else load_cases(path, corpus=folders[0] if folders else None)
    return CaseSet(name=name, cases=located(cases, documents) if documents else cases, folders=folders)


def folder_name(folder: Path) -> str:
    """Returns how a run names a folder: those of the program by name, since it may be installed elsewhere."""
    return next((name for name, path in _FOLDERS.items() if path == folder), str(folder.resolve()))


def shipped_folder(name: str) -> Path:
    """Returns the folder of a name that `folder_name` gave."""
    return _FOLDERS.get(name, Path(name))


def cases_hash(cases: Sequence[Case]) -> str:
    """Returns a hash over cases as asked, hexadecimal; their order does not count."""
    digest = hashlib.sha256()
    for line in sorted(case.model_dump_json(exclude_defaults=True) for case in cases):
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()
