"""Sets of cases by name or file, each with its corpus: `smoke` is asked over the fictional conference and the sample.

A run names the folders that ship with the program as `untoc:conference`, so that it is the same run on any machine.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from app.settings import Settings
from evals.cases.case import Case, load_cases
from evals.cases.case_table import CaseTable, is_table, read_case_table
from evals.cases.documents import Documents, located, read_documents, stored_documents
from evals.cases.lint import Problem, lint
from evals.errors import DatasetError
from evals.paths import EvalPaths, eval_paths
from evals.review import saved_cases

_EVALS: Final = Path(str(files("evals")))
CONFERENCE: Final = _EVALS / "conference"
SAMPLE: Final = Path(str(files("ingest"))) / "sample"
SHIPPED: Final = {
    "smoke": CONFERENCE / "questions.yaml",
    "dev": _EVALS / "datasets" / "dev.yaml",
    "asked": _EVALS / "datasets" / "asked.jsonl",
    "asked_meeting": _EVALS / "datasets" / "asked_meeting.jsonl",
    "typed": _EVALS / "datasets" / "typed.jsonl",
    # Measured, and not read while building; it joins `typed` once it has been read.
    "held": _EVALS / "datasets" / "held.jsonl",
}
_FOLDERS: Final = {"untoc:conference": CONFERENCE, "untoc:sample": SAMPLE}
_ABOUT_CONFERENCE: Final = frozenset({"smoke", "asked_meeting", "typed", "held"})
# Cases that somebody saved in the chat; they are about the store that they were saved in.
SAVED: Final = "saved"


@dataclass(frozen=True, kw_only=True)
class CaseSet:
    """A set of cases with the folders of its corpus; none where the store itself is the corpus."""

    cases: tuple[Case, ...]
    folders: tuple[Path, ...]


def corpus_of(name: str, corpus: Sequence[Path], paths: EvalPaths) -> tuple[Path, ...]:
    """Returns the folders of statements of a set: those given, or those that it brings."""
    _file_of(name, paths)
    return tuple(corpus) or ((CONFERENCE, SAMPLE) if name in _ABOUT_CONFERENCE else ())


def open_set(name: str, corpus: Sequence[Path], paths: EvalPaths, documents: Documents | None = None) -> CaseSet:
    """Opens a set of cases: `smoke` and `dev` come with the program, `saved` is what the chat saved, else a file.

    With the documents of the corpus, evidence that is given by its words alone gets offsets.
    """
    folders, path = corpus_of(name, corpus, paths), _file_of(name, paths)
    if is_table(path):
        found = _table(path, folders, documents)
        if found.problems:
            first, more = found.problems[0], len(found.problems) - 1
            told = f"{path.name}, {first.case}: {first.what}; {first.todo}"
            raise DatasetError(told + (f"; and {more} more: `untoc-eval lint {name}` shows all" if more else ""))
        return CaseSet(cases=found.cases, folders=folders)
    cases = saved_cases(paths) if name == SAVED else load_cases(path)
    return CaseSet(cases=located(cases, documents) if documents else cases, folders=folders)


def faults_of(
    name: str, corpus: Sequence[Path], settings: Settings, stored: Callable[[], Documents] | None = None
) -> tuple[Problem, ...]:
    """Returns everything that a person should look at in a set of cases, of a table by line and column.

    `stored` reads the statements of the store, by default anew.
    """
    paths = eval_paths(settings.store)
    folders, path = corpus_of(name, corpus, paths), _file_of(name, paths)
    documents = read_documents(folders) if folders else None
    if not is_table(path):
        return lint(open_set(name, corpus, paths).cases, documents)
    if documents is None:
        documents = stored_documents(settings) if stored is None else stored()
    found = _table(path, folders, documents)
    return found.problems or lint(found.cases, documents)


def _file_of(name: str, paths: EvalPaths) -> Path:
    path = paths.drafts if name == SAVED else SHIPPED.get(name, Path(name))
    if not path.is_file():
        what = "nothing was saved in the chat yet" if name == SAVED else f"no set of cases {name!r}"
        raise DatasetError(f"{what}: name {', '.join((*SHIPPED, SAVED))} or a file of cases")
    return path


def _table(path: Path, folders: Sequence[Path], documents: Documents | None) -> CaseTable:
    if documents is None and not folders:
        raise DatasetError(f"the quotations of {path.name!r} are looked for in statements: give --corpus FOLDER")
    return read_case_table(path, documents if documents is not None else read_documents(folders))


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
