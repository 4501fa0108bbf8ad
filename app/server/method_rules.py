"""Rules of methods that the chat, the API and the tools call: who may, how often, what is logged; checked at each call.

A method without a rule cannot be called, so that a new method is refused until somebody says who may use it.
"""

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from app.answering.assistant import Assistant, Progress
from app.briefing.cells import Review
from app.briefing.reviews import ReviewBook
from app.briefing.table_builder import TableBuilder
from app.checking.checker import Checker
from app.corpus.corpus import Corpus
from app.corpus.stored_documents import UndoStep
from app.desk.works import NO_ACCOUNT
from app.errors import ForbiddenError, NotFoundError, UnkeptError
from app.records import Answer
from app.server.accounts import Accounts, Action
from app.server.person import Person, current_person
from app.server.rate_limits import DisconnectedError, Limits
from app.server.user_roles import Permission
from ingest.errors import IngestStoppedError
from ingest.report import IngestReport

Target = TypeVar("Target")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """The permission that a method needs, and how its calls are limited and logged."""

    needs: Permission | None
    """Permission of the caller; None for methods that reveal nobody's data."""
    costly: bool = False
    """Whether a call counts against the rate of questions, and waits for a slot."""
    logged: Action | None = None
    """The action under which the audit log records a call; None for no entry."""


_READ: Final = Rule(needs="read")
_CHECK: Final = Rule(needs="read", costly=True)
_ASK: Final = Rule(needs="ask", costly=True)
_EDIT: Final = Rule(needs="edit", logged="edit")

RULES: Final[Mapping[type, Mapping[str, Rule]]] = {
    Corpus: {
        **dict.fromkeys(
            "added_parties documents holding summary families kinship interventions show context page_image reference"
            " undo_step given_up broken_off recheck recheck_answer".split(),
            _READ,
        ),
        **dict.fromkeys(("parties", "party_name"), Rule(needs=None)),
        "trace": Rule(needs="ask"),
        **dict.fromkeys("edit restore add_party remove_party".split(), _EDIT),
        "remove": Rule(needs="edit", logged="remove"),
        **dict.fromkeys(("ingest", "ingest_uploads"), Rule(needs="edit", costly=True, logged="ingest")),
        "draft_manifest": Rule(needs="edit", costly=True),
        "uploads": Rule(needs="edit"),
        **dict.fromkeys(("doctor", "do_job"), Rule(needs="operate")),
    },
    Assistant: {"ask": _ASK, "stream": _ASK, "suggest": Rule(needs="ask"), "chain": Rule(needs="operate")},
    TableBuilder: {"model": Rule(needs=None), "build": _ASK, "find": Rule(needs="ask")},
    ReviewBook: {"of": _READ, **dict.fromkeys(("keep", "forget"), Rule(needs="edit", logged="review"))},
    Checker: {"read": _READ, "around": _READ, "check": _CHECK},
}


@dataclass(kw_only=True)
class LogEntry:
    """An entry of the audit log while its action is done; its target may be changed to what came of it."""

    target: str


class Gatekeeper:
    """Applies rules to the current person: permission, rate limit, audit log."""

    def __init__(self, accounts: Accounts, limits: Limits, *, log_questions: bool = False) -> None:
        self.accounts = accounts
        self._limits = limits
        self._log_questions = log_questions

    def require(self, needs: Permission | None) -> Person | None:
        """Returns the current person, or None if no permission is needed; a ForbiddenError if it is missing."""
        if needs is None:
            return None
        person = current_person()
        if needs not in person.may:
            raise ForbiddenError(
                f"{person.name!r} may not do this: it needs the permission {needs!r}; ask an admin, or use another key"
            )
        return person

    @contextmanager
    def enter(self, rule: Rule, target: str = "") -> Iterator[LogEntry]:
        """Checks, counts and logs a call, which runs in this context; if it is costly, waits for a slot first."""
        with ExitStack() as stack:
            entry = LogEntry(target=target)
            if (person := self.require(rule.needs)) is not None:
                if rule.costly:
                    self._limits.count("questions", person.name)
                if rule.logged is not None:
                    entry = stack.enter_context(self.logging(rule.logged, target))
                if rule.costly:
                    stack.enter_context(self._limits.slot(person.name))
            yield entry

    @contextmanager
    def logging(self, action: Action, target: str) -> Iterator[LogEntry]:
        """Logs an action of the current person before it is done; if it is refused or fails, its entry tells so."""
        number, entry, done = self.accounts.log(action, target, current_person()), LogEntry(target=target), False
        try:
            yield entry
            done = True
        finally:
            if not done or entry.target != target:
                # What was done is not told as undone because the log cannot be written just now.
                with suppress(UnkeptError):
                    self.accounts.amend(number, action if done else f"{action} failed", entry.target)

    def slot(self) -> AbstractContextManager[None]:
        """Waits for a slot for work of the current person that no rule covers, and frees it at the end."""
        return self._limits.slot(current_person().name)

    def stop_if_over(self, person: Person) -> None:
        """Raises, at each step of a request, if the server shuts down (`Limits`) or the client has disconnected."""
        self._limits.stop_if_over()
        if person.disconnected.is_set():
            raise DisconnectedError("nobody waits for this any more: ask again, and wait")

    def log(self, action: Action, target: str) -> None:
        """Logs an action of the current person."""
        self.accounts.log(action, target, current_person())

    def asked(self, answer: Answer) -> None:
        """Records that the current person asked the question of an answer, and logs it if questions are logged."""
        self.accounts.asked(answer.trace_id, current_person().name)
        if self._log_questions:
            self.log("question", answer.question)


class _Guarded:
    """A proxy of an object that gives access only to its attributes with a rule."""

    def __init__(self, target: object, gate: Gatekeeper) -> None:
        kind = next(kind for kind in RULES if isinstance(target, kind))
        self._target, self._gate, self._rules = target, gate, RULES[kind]

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - an attribute of the object
        if (rule := self._rules.get(name)) is None:
            raise AttributeError(f"{type(self._target).__name__}.{name} has no rule in app/server/method_rules.py")
        attribute = getattr(self._target, name)
        if not callable(attribute):
            self._gate.require(rule.needs)
            return attribute

        def call(*values: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever the method takes
            bound = signature(attribute).bind(*values, **named)
            if "progress" in bound.signature.parameters:
                bound.arguments["progress"] = self._stoppable(bound.arguments.get("progress"))
            with self._gate.enter(rule, _target_of(values)) as entry:
                try:
                    outcome = attribute(*bound.args, **bound.kwargs)
                except IngestStoppedError as stopped:
                    entry.target = _broken_off(entry.target, stopped.report)
                    raise
                entry.target = _outcome_of(entry.target, outcome)
                return outcome

        return call

    def _stoppable(self, progress: Callable[..., None] | None) -> Callable[..., None]:
        """Returns a callback that calls `progress`, but ends it (`stop_if_over`) once nobody will get its answer."""
        person = current_person()

        def checked(*step: object) -> None:
            self._gate.stop_if_over(person)
            if progress is not None:
                progress(*step)

        return checked


class _GuardedCorpus(_Guarded):
    def trace(self, trace_id: str) -> dict[str, object]:
        """Returns the trace of an answer, only to the person who asked the question or one who may `operate`."""
        person = cast(Person, self._gate.require("ask"))
        if "operate" not in person.may and self._gate.accounts.asked_by(trace_id) != person.name:
            raise NotFoundError(f"no trace of an answer {trace_id!r} of yours in the store; only the newest are kept")
        return cast(Corpus, self._target).trace(trace_id)


class _GuardedAssistant(_Guarded):
    def ask(self, question: str, **how: Any) -> Answer:  # noqa: ANN401 - as `Assistant.ask` takes it
        """Answers a question; see `Assistant.ask`."""
        *_, answer = self.stream(question, **how)
        return cast(Answer, answer)

    def stream(self, question: str, **how: Any) -> Iterator[Progress | Answer]:  # noqa: ANN401 - as above
        """Yields each step, and the answer last; see `Assistant.stream`."""
        stream = cast(Generator[Progress | Answer], cast(Assistant, self._target).stream(question, **how))
        # Closing the stream ends its requests to a chat model.
        person = current_person()
        with self._gate.enter(_ASK), closing(stream):
            for item in stream:
                if isinstance(item, Answer):
                    self._gate.asked(item)
                else:
                    self._gate.stop_if_over(person)
                yield item


class _GuardedReviews(_Guarded):
    def keep(self, key: str, state: str, *, kind: str | None = None, note: str = "", reviewer: str = "") -> Review:
        """Keeps a decision under the name of the signed-in person; see `ReviewBook.keep`."""
        with self._gate.enter(self._rules["keep"], key):
            # Without accounts, people enter their names themselves.
            name = reviewer if current_person().name == NO_ACCOUNT else current_person().name
            return cast(ReviewBook, self._target).keep(key, state, kind=kind, note=note, reviewer=name)


_KINDS: Final[Mapping[type, type[_Guarded]]] = {
    Corpus: _GuardedCorpus, Assistant: _GuardedAssistant, ReviewBook: _GuardedReviews,
}  # fmt: skip


def guarded(target: Target, gate: Gatekeeper) -> Target:
    """Returns a proxy of an object that checks the rules of its methods for the current person."""
    kind = next((guard for kind, guard in _KINDS.items() if isinstance(target, kind)), _Guarded)
    return cast(Target, kind(target, gate))


def _target_of(values: Sequence[object]) -> str:
    """Returns the target of a call for the audit log: an id with the fields to set, or the names of files."""
    first = values[0] if values else ""
    if isinstance(first, Sequence) and not isinstance(first, str):
        # The folder of an upload has a random name, so its files are named.
        files = (sorted(item.iterdir()) if isinstance(item, Path) and item.is_dir() else [item] for item in first)
        return ", ".join(getattr(file, "name", str(file)) for item in files for file in item)
    target = first.summary.document_id if isinstance(first, UndoStep) else str(first or "")
    fields = ", ".join(str(field) for value in values[1:] if isinstance(value, Mapping) for field in value)
    return f"{target}: {fields}" if fields else target


def _outcome_of(target: str, outcome: object) -> str:
    """Returns the target of a call that is done: of files, what became of each, and of a correction the new id."""
    if isinstance(outcome, IngestReport):
        # First what failed, since a long target is cut.
        failed = set(map(id, outcome.failed))
        files = sorted(outcome.files, key=lambda file: id(file) not in failed)
        counts = ", ".join(f"{number} {result}" for result, number in Counter(file.result for file in files).items())
        named = ", ".join(f"{Path(file.file).name}: {file.result}" for file in files)
        return f"{counts}; {named}" if len(files) > 1 else named
    identifier, colon, fields = target.partition(":")
    moved = isinstance(outcome, str) and outcome != identifier
    return f"{identifier} → {outcome}{colon}{fields}" if moved else target


def _broken_off(target: str, report: IngestReport) -> str:
    """Returns the target of an ingest that broke off: what became of the files that it reports, and the others."""
    done = {Path(file.file).name for file in report.files}
    left = ", ".join(name for name in target.split(", ") if name not in done)
    return "; ".join(filter(None, (_outcome_of("", report), left and f"broken off: {left}")))
