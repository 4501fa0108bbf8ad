"""Draft eval cases: saved answers, one JSON line each, for a person to review.

"Right" and "Wrong" in the chat write the question, the scope, what was quoted, and what would have been right.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

from filelock import FileLock, Timeout

from app.desk.works import Works
from app.errors import DraftError
from app.question.turns.state import EarlierTurn
from app.records import Answer
from ingest.text.canonical_form import without_surrogates
from vectorstore.private_files import make_private_folder, private_opener, replacing
from vectorstore.records import JSONValue, text_sha256

_FOLDER: Final = "evals"
_FILE: Final = "drafts.jsonl"
# Writing one line takes milliseconds; whoever holds the lock for longer is stuck.
_WAIT_SECONDS: Final = 5.0
# JSON allows these in a string unescaped, but readers that split lines by Unicode's rules break there.
_LINE_ENDS: Final = {ord(char): f"\\u{ord(char):04x}" for char in "\x85\u2028\u2029"}


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """A reader's verdict on an answer; `should_be` says why it is wrong, or what would have been right."""

    verdict: Literal["right", "wrong"]
    should_be: str = ""


@dataclass(frozen=True, kw_only=True)
class SavedDraft:
    """The id of a draft case, and whether it is new: the same question in the same scope is saved once."""

    identifier: str
    new: bool


def drafts_path(store: Path) -> Path:
    """Returns the file of draft cases of a store folder; absent until one is saved."""
    return store / _FOLDER / _FILE


def save_draft(
    store: Path,
    answer: Answer,
    judged: Judgement,
    *,
    history: Sequence[EarlierTurn] = (),
    overrides: Mapping[str, JSONValue] | None = None,
) -> SavedDraft:
    """Saves a judged answer as a draft case, unless the same judgement after the same turns in the same scope exists.

    `overrides` are the parts of the scope that were set by hand, in place of what the question says.
    """
    path = drafts_path(store)
    identity = [answer.question, [turn.question for turn in history], asdict(answer.scope), asdict(judged)]
    digest = hashlib.sha256(json.dumps(identity, sort_keys=True).encode("ascii")).hexdigest()[:12]
    try:
        make_private_folder(path.parent)
        with FileLock(path.with_suffix(".lock"), timeout=_WAIT_SECONDS, mode=0o600):
            stored = path.read_bytes() if path.exists() else b""
            # Quotation marks inside JSON strings are escaped, so that the pattern matches a real id alone.
            if existing := re.search(rf'"id":\s*"(chat-[\d-]+-{digest})"'.encode(), stored):
                return SavedDraft(identifier=existing[1].decode("ascii"), new=False)
            identifier = f"chat-{datetime.now(UTC):%Y-%m-%d}-{digest}"
            if stored and not stored.endswith(b"\n"):
                stored += b"\n"
            case = json.dumps(_case(identifier, answer, judged, history, overrides or {}), ensure_ascii=False)
            with replacing(path) as draft, open(draft, "wb", opener=private_opener) as file:
                file.write(stored + f"{without_surrogates(case).translate(_LINE_ENDS)}\n".encode())
    except Timeout as exc:
        raise DraftError(f"not saved: another process holds {exc.lock_file!r}; wait until it is done") from exc
    except OSError as exc:
        raise DraftError(
            f"not saved: {str(path)!r} cannot be written ({exc.strerror}); check its permissions and the free space,"
            " or choose another store with --store"
        ) from exc
    return SavedDraft(identifier=identifier, new=True)


class DraftCases:
    """The draft cases of one person: each judged answer is a draft for the evals and a work of that person."""

    def __init__(self, works: Works, store: Path) -> None:
        self.works = works
        self._store = store

    def keep(
        self,
        answer: Answer,
        judged: Judgement,
        *,
        history: Sequence[EarlierTurn] = (),
        overrides: Mapping[str, JSONValue] | None = None,
    ) -> SavedDraft:
        """Saves a judged answer as `save_draft` does, and as a work of this person unless they have the same one."""
        saved = save_draft(self._store, answer, judged, history=history, overrides=overrides)
        content = {"draft": saved.identifier, "question": answer.question, **asdict(judged)}
        if not any(self.works.parts(work.identifier).get(1) == content for work in self.works.list("case")):
            identifier = self.works.add("case", answer.question)
            self.works.put(identifier, 1, content, (answer.question, judged.should_be))
        return saved


def _case(
    identifier: str,
    answer: Answer,
    judged: Judgement,
    history: Sequence[EarlierTurn],
    overrides: Mapping[str, JSONValue],
) -> dict[str, Any]:
    evidence = [
        {
            "id": f"e{number}",
            "file": citation.file,
            "state": citation.state,
            "start": citation.start,
            "end": citation.end,
            "sha256": text_sha256(citation.source_quote),
            "quote": citation.source_quote,
            "lang": citation.language,
        }
        for number, citation in enumerate(answer.citations, start=1)
    ]
    return {
        "id": identifier,
        "question": answer.question,
        "history": [turn.question for turn in history],
        "type": _type(answer),
        "lang": answer.scope.language,
        "unanswerable_kind": None,
        "tags": _tags(answer, judged, history, overrides),
        "expect": {
            "status": answer.status,
            "states": _states(answer),
            "years": list(answer.scope.years),
            "reason": answer.abstention.reason if answer.abstention is not None else None,
            "missing": answer.missing,
        },
        "evidence": evidence,
        "evidence_groups": [[span["id"] for span in evidence]] if evidence else [],
        "review": {"status": "draft", "source": "chat"},
    }


def _type(answer: Answer) -> str:
    parties = len(answer.scope.states) + len(answer.scope.groups)
    if answer.scope.kept:
        return "follow_up"
    if answer.abstention is not None:
        return "ambiguous" if answer.abstention.reason == "ambiguous" else "unanswerable"
    if answer.status == "partial":
        return "partial"
    return "compare" if parties > 1 else "single_state" if parties else "list_states"


def _states(answer: Answer) -> list[str]:
    """Returns the parties asked about; for a question on all States, the parties of the answer's claims."""
    named = [*answer.scope.named_parties]
    return named or list(dict.fromkeys(claim.state for claim in answer.claims if claim.state))


def _tags(
    answer: Answer, judged: Judgement, history: Sequence[EarlierTurn], overrides: Mapping[str, JSONValue]
) -> dict[str, Any]:
    scope = answer.scope
    articles = [f"{item.treaty} {number}".strip() for item in scope.treaties for number in item.articles or ("",)]
    tags: dict[str, Any] = {
        "session": _one_or_all(scope.sessions),
        "topic": scope.topic,
        "article": _one_or_all(articles),
        "answer_was": judged.verdict,
        "should_be": judged.should_be,
        "answer_trace": answer.trace_id,
        "overrides": dict(overrides),
        # In the order of `history`; overrides of an earlier question apply to the questions after it.
        "history_overrides": [dict(turn.overrides) for turn in history] if any(t.overrides for t in history) else [],
    }
    return {name: value for name, value in tags.items() if value}


def _one_or_all(values: Sequence[str]) -> str | list[str]:
    """Returns a single value without a list, since the evals group cases by scalar tags alone."""
    return values[0] if len(values) == 1 else list(values)
