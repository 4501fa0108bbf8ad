"""Sets of cases by name or file, each with its corpus: `smoke` is about the fictional conference and the sample."""

import shlex
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final

from app.settings import Settings
from evals.cases.case import Case, load_cases
from evals.cases.case_table import SUFFIXES, read_case_table
from evals.cases.documents import Documents, located, read_documents, stored_documents
from evals.cases.lint import LintRemark, lint
from evals.errors import DatasetError
from evals.files import EVALS, EvalPaths, Tell, quiet, shipped_rows
from evals.review import saved_cases
from vectorstore.records import text_sha256

Stored = Callable[[], Documents]
CONFERENCE: Final = EVALS / "conference"
SAMPLE: Final = Path(str(files("ingest"))) / "sample"
_SETS: Final = {row["name"]: row for row in shipped_rows("datasets/sets.csv")}
SHIPPED: Final = {name: EVALS / row["file"] for name, row in _SETS.items() if row["file"]}
# Name of the set of cases that were saved in the chat; they are about the store in which they were saved.
SAVED: Final = "saved"
# The sets about the fictional conference that are fitted on.
_OF_CONFERENCE: Final = ("smoke", "asked_meeting", "typed")
# The sets that the page offers.
OFFERED: Final = tuple(name for name, row in _SETS.items() if row["page"])
# Names by which a run records folders of the program, so that its manifest is the same wherever that is installed.
FOLDERS: Final = {"untoc:conference": CONFERENCE, "untoc:sample": SAMPLE}


def corpus_of(name: str, corpus: Sequence[Path], paths: EvalPaths) -> tuple[Path, ...]:
    """Returns a set's folders of statements: those given, else those that ship with it; none stands for the store."""
    _file_of(name, paths)
    return tuple(corpus) or ((CONFERENCE, SAMPLE) if name in _SETS and _SETS[name]["conference"] else ())


def open_set(
    name: str, corpus: Sequence[Path], paths: EvalPaths, documents: Documents | None = None
) -> tuple[Case, ...]:
    """Opens a set of cases; with the documents of its corpus, evidence given as a quotation alone gets offsets."""
    path = _file_of(name, paths)
    if path.suffix not in SUFFIXES:
        cases = saved_cases(paths) if name == SAVED else load_cases(path)
        return located(cases, documents) if documents else cases
    folders = corpus_of(name, corpus, paths)
    if documents is None and not folders:
        raise DatasetError(f"the quotations of {path.name!r} are looked for in statements: give --corpus FOLDER")
    found = read_case_table(path, documents if documents is not None else read_documents(folders))
    if found.remarks:
        first, more = found.remarks[0], len(found.remarks) - 1
        message = f"{path.name}, {first.case}: {first.what}; {first.todo}"
        again = shlex.join(["lint", name, *(part for folder in corpus for part in ("--corpus", str(folder)))])
        raise DatasetError(message + (f"; and {more} more: `untoc-eval {again}` shows all" if more else ""))
    return found.cases


def fitted_cases() -> tuple[Case, ...]:
    """Returns the cases about the fictional conference that are fitted on; those tagged `fold: held` are withheld."""
    cases = (case for name in _OF_CONFERENCE for case in load_cases(SHIPPED[name]))
    return tuple(case for case in cases if case.tags.get("fold") != "held")


def remarks_of(
    name: str, corpus: Sequence[Path], settings: Settings, stored: Stored | None = None, tell: Tell = quiet
) -> tuple[LintRemark, ...]:
    """Returns lint's remarks on a set of cases, for a table by line and column; `stored` is called for the store."""
    paths = EvalPaths(settings.store)
    folders, path = corpus_of(name, corpus, paths), _file_of(name, paths)
    documents = read_documents(folders, tell, settings.load) if folders else None
    if path.suffix not in SUFFIXES:
        return lint(open_set(name, corpus, paths), documents, tell)
    if documents is None:
        documents = stored_documents(settings) if stored is None else stored()
    found = read_case_table(path, documents)
    # Rows without an error are linted too, so that all is reported at once; remarks on the set need all its rows.
    linted = map(found.placed, lint(found.cases, documents, tell))
    return (*found.remarks, *(remark for remark in linted if remark.case is not None or not found.remarks))


def _file_of(name: str, paths: EvalPaths) -> Path:
    path = paths.drafts if name == SAVED else SHIPPED.get(name, Path(name))
    if not path.is_file():
        what = "nothing was saved in the chat yet" if name == SAVED else f"no set of cases {name!r}"
        raise DatasetError(f"{what}: name {', '.join((*SHIPPED, SAVED))} or a file of cases")
    return path


def folder_name(folder: Path) -> str:
    """Returns the name by which a run records a folder: that of `FOLDERS`, else its absolute path."""
    return next((name for name, path in FOLDERS.items() if path == folder), str(folder.resolve()))


def cases_hash(cases: Sequence[Case]) -> str:
    """Returns a hexadecimal hash over cases as asked, which does not depend on their order."""
    return text_sha256("".join(sorted(case.model_dump_json(exclude_defaults=True) + "\n" for case in cases)))
