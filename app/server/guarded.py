"""The service layer: what the chat, the API and the tools reach, each method with a rule that is checked when called.

A method without a rule is not there: what a later version adds is refused until somebody says who may use it.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
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
from app.desk.works import THE_DESK
from app.errors import ForbiddenError, NotFoundError
from app.records import Answer
from app.server.accounts import Accounts, Action
from app.server.limits import LeftError, Limits
from app.server.person import Permission, Person, current_person

Target = TypeVar("Target")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What a method needs."""

    needs: Permission | None
    """Of whoever calls it; None for what says nothing of anybody's."""
    costly: bool = False
    """Whether it counts as a question, and waits for room."""
    logged: Action | None = None
    """What the audit log calls it."""


_READ: Final = Rule(needs="read")
_CHECK: Final = Rule(needs="read", costly=True)
_ASK: Final = Rule(needs="ask", costly=True)
_EDIT: Final = Rule(needs="edit", logged="edit")

RULES: Final[Mapping[type, Mapping[str, Rule]]] = {
    Corpus: {
        **dict.fromkeys(
            "added_parties documents holding summary families kinship interventions show context page_image reference"
            " undo_step given_up as_of_today answer_as_of_today".split(),
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
    Checker: {"read": _READ, "around": _READ, "party_name": _READ, "check": _CHECK},
}


class Gatekeeper:
    """Holds a person to a rule: permission, rate, log."""

    def __init__(self, accounts: Accounts, limits: Limits, *, log_questions: bool = False) -> None:
        self.accounts = accounts
        self._limits = limits
        self._log_questions = log_questions

    def require(self, needs: Permission | None) -> Person | None:
        """Returns who asks; a ForbiddenError where it is not theirs to ask, or nobody does."""
        if needs is None:
            return None
        person = current_person()
        if needs not in person.may:
            raise ForbiddenError(
                f"{person.name!r} may not do this: it needs the permission {needs!r}; ask an admin, or use another key"
            )
        return person

    def enter(self, rule: Rule, target: str = "") -> AbstractContextManager[None]:
        """Checks and counts a call, logs it, and returns what it waits in for room."""
        if (person := self.require(rule.needs)) is None:
            return nullcontext()
        if rule.costly:
            self._limits.count("questions", person.name)
        if rule.logged is not None:
            self.accounts.log(rule.logged, target, person)
        return self._limits.slot(person.name) if rule.costly else nullcontext()

    def go_on(self, person: Person) -> None:
        """Is called at each step of what a person asked, and raises where it is for nothing; see `Limits.go_on`."""
        self._limits.go_on()
        if person.left.is_set():
            raise LeftError

    def log(self, action: Action, target: str) -> None:
        """Logs what the person who asks did."""
        self.accounts.log(action, target, current_person())

    def asked(self, answer: Answer) -> None:
        """Remembers whose question an answer is of, and logs it where questions are logged."""
        self.accounts.asked(answer.trace_id, current_person().name)
        if self._log_questions:
            self.log("question", answer.question)


class _Guarded:
    """Stands before an object, and lets through what has a rule."""

    def __init__(self, target: object, gate: Gatekeeper) -> None:
        kind = next(kind for kind in RULES if isinstance(target, kind))
        self._target, self._gate, self._rules = target, gate, RULES[kind]

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the object has under it
        if (rule := self._rules.get(name)) is None:
            raise AttributeError(f"{type(self._target).__name__}.{name} has no rule in app/server/guarded.py")
        found = getattr(self._target, name)
        if not callable(found):
            self._gate.require(rule.needs)
            return found

        def call(*values: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever the method takes
            given = signature(found).bind(*values, **named)
            if "progress" in given.signature.parameters:
                given.arguments["progress"] = self._stoppable(given.arguments.get("progress"))
            with self._gate.enter(rule, _told(values)):
                return found(*given.args, **given.kwargs)

        return call

    def _stoppable(self, progress: Callable[..., None] | None) -> Callable[..., None]:
        """Returns what hears of each step in place of `progress`, and ends what nobody will get the answer of."""
        person = current_person()

        def hear(*step: object) -> None:
            self._gate.go_on(person)
            if progress is not None:
                progress(*step)

        return hear


class _GuardedCorpus(_Guarded):
    def trace(self, trace_id: str) -> dict[str, object]:
        """Returns the trace of an answer to whoever asked the question, or who looks after the server."""
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
        # Closed, a chat model is asked no further.
        person = current_person()
        with self._gate.enter(_ASK), closing(stream):
            for item in stream:
                if isinstance(item, Answer):
                    self._gate.asked(item)
                else:
                    self._gate.go_on(person)
                yield item


class _GuardedReviews(_Guarded):
    def keep(self, key: str, state: str, *, kind: str | None = None, note: str = "", reviewer: str = "") -> Review:
        """Keeps a decision under the name of whoever is signed in; see `ReviewBook.keep`."""
        with self._gate.enter(self._rules["keep"], key):
            # Where there are no accounts, people write their names themselves.
            name = reviewer if current_person().name == THE_DESK else current_person().name
            return cast(ReviewBook, self._target).keep(key, state, kind=kind, note=note, reviewer=name)


_KINDS: Final[Mapping[type, type[_Guarded]]] = {
    Corpus: _GuardedCorpus, Assistant: _GuardedAssistant, ReviewBook: _GuardedReviews,
}  # fmt: skip


def guarded(target: Target, gate: Gatekeeper) -> Target:
    """Returns an object whose methods are held to their rules for whoever asks."""
    kind = next((guard for kind, guard in _KINDS.items() if isinstance(target, kind)), _Guarded)
    return cast(Target, kind(target, gate))


def _told(values: Sequence[object]) -> str:
    """Returns what a call is about, for the log: an id, or the names of files."""
    first = values[0] if values else ""
    if isinstance(first, Sequence) and not isinstance(first, str):
        # What was sent lies in a folder whose name says nothing.
        files = (sorted(item.iterdir()) if isinstance(item, Path) and item.is_dir() else [item] for item in first)
        return ", ".join(getattr(file, "name", str(file)) for item in files for file in item)
    return str(getattr(first, "now", first) or "")
