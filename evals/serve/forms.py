"""Validation of the page's forms: what people fill in becomes a request for a run, or changes of a draft."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, get_args

from starlette.datastructures import FormData

from app.records import AbstentionReason, Missing, Status
from app.settings import Settings
from evals.case_sets import SAVED, SHIPPED
from evals.errors import EvalError
from evals.eval_environment import changed
from evals.golden.cases import Case, Evidence
from evals.golden.documents import Documents
from evals.paths import EvalPaths
from evals.review.decisions import CaseDraft, evidence_of, states_of
from evals.runs import new_name, run_path
from evals.serve.jobs import CHANGEABLE, RunRequest, not_changeable
from ingest.parties.party_table import PartyTable

STATUSES: Final[Mapping[str, str]] = {
    "answered": "There is an answer",
    "partial": "There is a part of the answer, and something is missing",
    "abstained": "There is no answer",
}
REASONS: Final[Mapping[str, str]] = {
    "no_statement": "No statement of that State at that time",
    "not_mentioned": "The State does not mention it",
    "article_not_cited": "The article is not cited",
    "no_position": "It is mentioned without a position",
    "group_only": "Only a group spoke of it",
    "out_of_scope": "It is outside the Convention",
    "ambiguous": "The question can be read in several ways",
    "index_incomplete": "Some statements could not be read",
}
MISSING: Final[Mapping[str, str]] = {
    "number": "A number",
    "name": "A name",
    "date": "A date",
    "reason": "A reason",
    "state": "A State",
    "article": "An article",
}
GROUPINGS: Final[Mapping[str, str]] = {
    "any": "Any one of the marked quotations is enough",
    "all": "Every marked quotation is needed",
    "mixed": "As it is now: some are needed, of others any one is enough",
}
_CASE_FILES: Final = (".yaml", ".yml", ".jsonl")
_MOST: Final = 100_000


def case_files(paths: EvalPaths) -> tuple[str, ...]:
    """Returns the files of cases that somebody put into the folder of evals, as paths below it."""
    own = {paths.drafts.resolve(), paths.reviews.resolve()}
    folders = (paths.path, paths.path / "cases")
    found = (path for folder in folders if folder.is_dir() for path in sorted(folder.iterdir()))
    return tuple(
        path.relative_to(paths.path).as_posix()
        for path in found
        if path.suffix in _CASE_FILES and path.is_file() and path.resolve() not in own
    )


def run_request(form: FormData, settings: Settings, paths: EvalPaths) -> RunRequest:
    """Reads what to run.

    Args:
        form: What was sent.
        settings: The settings to start from.
        paths: Where runs and files of cases are.

    Raises:
        EvalError: Something cannot be run so.
        SettingsError: A setting cannot be changed so.
    """
    given = _text(form, "dataset")
    dataset = _dataset(given, paths)
    corpus = tuple(str(_folder(line)) for line in _lines(form, "corpus"))
    changes = tuple(_lines(form, "changes"))
    _check_changes(settings, changes)
    reword = _number(form, "reword", "other wordings", 1000)
    if reword is not None and not corpus and given != "smoke":
        raise EvalError("other wordings need the folder of statements: give it")
    name = _text(form, "name") or new_name(dataset)
    run_path(paths.runs, name)
    return RunRequest(
        name=name,
        dataset=dataset,
        corpus=corpus,
        reword=reword,
        limit=_number(form, "limit", "questions", _MOST),
        repeats=_number(form, "repeats", "times", 100) or 1,
        changes=changes,
    )


def draft_changes(form: FormData, draft: CaseDraft, documents: Documents | None) -> dict[str, Any]:
    """Reads how a draft differs from what it was before.

    Args:
        form: What was sent.
        draft: The draft as it is.
        documents: The statements, for new evidence and for names of States; None where they cannot be read.

    Raises:
        EvalError: A value is none of those to choose from, or new evidence does not stand where it should.
    """
    case = draft.case
    parties = documents.parties if documents is not None else PartyTable.load()
    status = _choice(form, "status", get_args(Status)) or case.expect.status
    values: dict[str, tuple[Any, Any]] = {
        "question": (_text(form, "question"), case.question),
        "expect.status": (status, case.expect.status),
        "expect.states": (list(states_of(_text(form, "states"), parties)), list(case.expect.states)),
        "expect.reason": (_choice(form, "reason", get_args(AbstentionReason)), case.expect.reason),
        "expect.missing": (_choice(form, "missing", get_args(Missing)), case.expect.missing),
    }
    changes = {name: new for name, (new, old) in values.items() if new != old}
    return changes if status == "abstained" else changes | _evidence(form, draft, documents)


def evidence_to_mark(draft: CaseDraft) -> tuple[Evidence, ...]:
    """Returns all evidence of a draft: what it was saved with, and what was added."""
    return tuple({span.id: span for span in (*draft.saved.evidence, *draft.case.evidence)}.values())


def grouping_of(case: Case) -> str:
    """Returns how the evidence of a case counts, as a name of `GROUPINGS`."""
    if len(case.evidence_groups) <= 1:
        return "any"
    return "all" if all(len(group) == 1 for group in case.evidence_groups) else "mixed"


def typed_states(codes: Sequence[str], parties: PartyTable) -> str:
    """Returns States as a person would type them: by name, where that says which."""
    names = ((code, parties.display(code)) for code in codes)
    return "; ".join(name if parties.resolve(name).codes == (code,) else code for code, name in names)


def _evidence(form: FormData, draft: CaseDraft, documents: Documents | None) -> dict[str, Any]:
    case, spans = draft.case, {span.id: span for span in evidence_to_mark(draft)}
    marked = [str(name) for name in form.getlist("use") if name in spans]
    words = _text(form, "new_quote")
    if words:
        if documents is None:
            raise EvalError("evidence cannot be added while the statements cannot be read")
        added = evidence_of(words, _text(form, "new_file"), documents, spans)
        spans[added.id] = added
        marked.append(added.id)
    grouping = _choice(form, "grouping", tuple(GROUPINGS)) or "any"
    groups = _groups(grouping, marked, case)
    if groups == [list(group) for group in case.evidence_groups]:
        return {}
    return {
        "evidence": [spans[name].model_dump(mode="json", exclude_none=True) for name in marked],
        "evidence_groups": groups,
    }


def _groups(grouping: str, marked: Sequence[str], case: Case) -> list[list[str]]:
    if not marked:
        return []
    if grouping == "any":
        return [list(marked)]
    if grouping == "all":
        return [[name] for name in marked]
    kept = [[name for name in group if name in marked] for group in case.evidence_groups]
    new = [name for name in marked if not any(name in group for group in kept)]
    return [group for group in kept if group] + [[name] for name in new]


def _dataset(given: str, paths: EvalPaths) -> str:
    if given in (*SHIPPED, SAVED):
        return given
    if given not in case_files(paths):
        raise EvalError(f"no set of cases {given!r}: choose one of the list")
    return str((paths.path / given).resolve())


def _check_changes(settings: Settings, changes: Sequence[str]) -> None:
    refused = not_changeable(changes)
    if refused:
        raise EvalError(
            f"{refused[0]!r} cannot be changed here, where nothing that says what is sent or read, and where, can be:"
            f" change one of {', '.join(CHANGEABLE)}, or start the run on the command line with --set"
        )
    changed(settings, changes)


def _folder(line: str) -> Path:
    path = Path(line).expanduser()
    if not path.is_absolute():
        raise EvalError(f"{line!r}: give the whole path of the folder, from the root of the disk on")
    if not path.is_dir():
        raise EvalError(f"no folder at {line!r}: copy its path from the file manager")
    return path


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def _lines(form: FormData, name: str) -> list[str]:
    return [line.strip() for line in _text(form, name).splitlines() if line.strip()]


def _number(form: FormData, name: str, what: str, most: int) -> int | None:
    text = _text(form, name)
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and 1 <= len(text) <= 9 and 1 <= int(text) <= most):
        raise EvalError(f"{text!r} is no number of {what}: write one from 1 to {most}, or leave it empty")
    return int(text)


def _choice(form: FormData, name: str, known: Sequence[str]) -> str | None:
    text = _text(form, name)
    if text and text not in known:
        raise EvalError(f"{text!r} is none to choose from: {', '.join(known)}")
    return text or None
