"""Scores of readings alone: whether speakers, times, venue, treaties, kind and topic of a question are read right.

Marked questions (`evals/marked_examples.py`) are read and compared, without a store. *All right* means that every part
of the scope and the status are exact, and the topic's token F1 is .8 at least.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any, Final, cast

from app.question.kind_traits import ASIDES
from app.question.overrides import override
from app.question.reading import read_question
from app.question.resolution import Resolution
from app.question.role_tagger.network import reading_weights
from app.question.role_tagger.words import tokenize_question
from app.question.spans.span import NAMED
from app.question.turns.state import ConversationState, EarlierTurn
from app.records import Scope
from evals.files import CONFERENCE_PARTIES
from evals.marked_examples import FOLDS, MarkedExample, folds_of, labels_of, load_examples, read_examples
from evals.report.tables import Table
from ingest.parties.party_table import PartyTable
from vectorstore.weights_file import Weights, load_weights

_PARTS: Final = ("speakers", "excluded", "interval", "venue", "treaties", "pick", "everyone", "status")
RATES: Final = (*_PARTS, "kind", "topic F1", "all right")
RIGHT_TOPIC: Final = 0.8
# Kinds of turns that interrupt a conversation: they keep their own kind, and the question before goes on after them.
_BETWEEN: Final = (*ASIDES, "format_request")


def _place(example: MarkedExample) -> str:
    return "follow-ups" if example.after else "first questions"


# The groupings by which rates are reported, after those of all examples.
_BY: Final[Sequence[Callable[[MarkedExample], str]]] = (
    lambda example: example.language,
    _place,
    lambda example: f"{_place(example)}, {example.language}",
    lambda example: example.kind,
    lambda example: example.register,
)
_TOKEN: Final = re.compile(r"[\u3400-\u9fff]|[^\W_]+")


@dataclass(frozen=True, kw_only=True)
class ReadingRates:
    """Shares of a group of questions that were read right, 0 to 1, by part; the topic's is the mean token F1."""

    name: str
    count: int
    rates: Mapping[str, float]


def score_reading(example: MarkedExample, parties: PartyTable, weights: Weights | None = None) -> dict[str, float]:
    """Reads an example after the turns before it, as the chat does, and returns a score of each part, 0 to 1.

    Keys are those of `RATES`, without parts that the example does not give. What a follow-up is expected to take over,
    to add to or to take away from is the actual reading of the turn before it.
    """
    state = None
    if example.after:
        *earlier, last = example.after
        state = ConversationState(read=read_question(last, parties, history=earlier, weights=weights))
    history = [] if state is None else [EarlierTurn(question=example.after[-1], state=state)]
    read = read_question(example.text, parties, history=history, weights=weights)
    expected = _from_scope(example.expect, parties) if example.expect else _from_marks(example, parties)
    topic, kind = " ".join(example.marked("topic")), example.kind
    if state is not None:
        before = state.read
        expected = expected if example.expect else _with_earlier(expected, example, before)
        kept = before.scope.topic if "topic" in example.keeps and (not topic or example.turn == "add") else ""
        topic = f"{kept} {topic}"
        kind = before.repeated_kind if "kind" in example.keeps and kind not in _BETWEEN else kind
    if state is not None and {read.kind, kind} <= ASIDES:
        # An aside such as thanks asks nothing: what it keeps is for the turn after it, and is not scored.
        expected, topic = {}, read.scope.topic
    for note in read.party_notes:
        if note.kind == "mended":
            topic = topic.replace(str(note.values["word"]), str(note.values["meant"]))
    found, f1 = _found(read), _f1(topic, read.scope.topic)
    parts = {name: found[name] == wanted for name, wanted in expected.items()}
    all_right = all(parts.values()) and f1 >= RIGHT_TOPIC
    # "Which States do not extradite?" is read as `which_states` with `denies`, and marked as `negated_which`.
    asked = "negated_which" if read.denies and read.kind not in ASIDES else read.kind
    return {**parts, "kind": asked == kind, "topic F1": f1, "all right": all_right}


def _found(read: Resolution) -> dict[str, object]:
    scope, asked_back = read.scope, read.unclear is not None or read.unnamed
    outside = not read.is_statement_question and read.kind != "greeting"
    return {
        "speakers": frozenset((*scope.named_parties, *scope.members_of)),
        "excluded": frozenset(scope.excluded), "interval": _months_of(scope), "pick": scope.pick,
        "venue": (frozenset(scope.bodies), frozenset(scope.sessions), frozenset(scope.agenda_items)),
        "treaties": frozenset((treaty.treaty, frozenset(treaty.articles)) for treaty in scope.treaties),
        "everyone": (scope.all_states, scope.negated),
        "status": "asked_back" if asked_back else "out_of_scope" if outside else "read",
    }  # fmt: skip


def _from_marks(example: MarkedExample, parties: PartyTable) -> dict[str, object]:
    """Returns the parts that the marks of an example give: speakers, excluded parties and, if certain, the status."""
    words = tokenize_question(example.text, example.language, parties)
    roles: dict[str, set[str]] = defaultdict(set)
    ambiguous = False
    for word, label in zip(words, labels_of(words, example.marks), strict=True):
        if word.span is not None and word.span.kind in (*NAMED, "others"):
            unclear = len(word.span.codes) != 1
            ambiguous |= unclear and label == "who"
            roles[label].update(() if unclear else word.span.codes)
    # Look-ups do not find a mistyped name in the question, so the party nearest to the marked words is expected.
    for mark in example.marks:
        inside = [word for word in words if mark.start < word.end and word.start < mark.end]
        if mark.role == "who" and not any(word.span for word in inside):
            roles["who"].update(parties.nearest(example.text[mark.start : mark.end]))
    status = "out_of_scope" if example.kind == "out_of_scope" else "read"
    expected: dict[str, object] = {"speakers": frozenset(roles["who"]), "excluded": frozenset(roles["not"])}
    return expected if ambiguous or example.kind == "ambiguous" or example.after else {**expected, "status": status}


def _with_earlier(expected: dict[str, object], example: MarkedExample, read: Resolution) -> dict[str, object]:
    """Returns the parties expected of a follow-up: those marked in it, merged with those read of the turn before."""
    before = _found(read)
    marked, left_out, kept = (cast("frozenset[str]", each) for each in (*expected.values(), before["speakers"]))
    if example.turn == "add" and marked:
        marked |= kept
    elif example.turn == "remove":
        return {"speakers": kept - marked - left_out}
    elif example.turn == "correct" and marked:
        # "Iraq instead of Iran" leaves Oman, which was asked beside Iran.
        return {"speakers": marked | (kept - left_out if kept & left_out else frozenset())}
    elif "who" in example.keeps and not (marked or left_out):
        return {"speakers": kept, "excluded": before["excluded"]}
    return {"speakers": marked, "excluded": left_out}


def _from_scope(expect: Mapping[str, Any], parties: PartyTable) -> dict[str, object]:
    """Returns the parts of an example that gives its whole scope; fields that it leaves out are expected empty."""
    given = {name: value for name, value in expect.items() if name != "status"}
    read = override(Resolution(scope=Scope(), question=""), given, parties)
    scope = replace(read.scope, all_states=bool(expect.get("all_states")), negated=bool(expect.get("negated")))
    return _found(replace(read, scope=scope)) | {"status": expect.get("status", "read")}


def _months_of(scope: Scope) -> tuple[str | None, str | None]:
    """Returns the first and last month of a scope's time, such as `2019-01`; None for an open end."""
    if scope.interval is None and scope.months:
        return min(scope.months), max(scope.months)
    years = (min(scope.years), max(scope.years)) if scope.years else (None, None)
    ends = zip(scope.interval or years, ("01", "12"), strict=True)
    first, last = (end if end is None else end[:7] if len(end) > 4 else f"{end}-{month}" for end, month in ends)
    return first, last


def _f1(wanted: str, found: str) -> float:
    """Returns the token F1 of two topics, 1 if both are empty."""
    one, other = (Counter(token.lower() for token in _TOKEN.findall(text)) for text in (wanted, found))
    both = sum((one & other).values())
    total = one.total() + other.total()
    return 1.0 if total == 0 else 2 * both / total


def all_rates(path: Path | None, folds: Path | None) -> list[ReadingRates]:
    """Returns the rates of all examples, then by language, by first questions and follow-ups, by kind and by register.

    `path` is a file for `read_examples`; by default the product's own examples are read. `folds` is a folder with the
    weights trained without each fold, as `scripts/train_reading.py` writes them; by default the product's are used.
    """
    parties = PartyTable.load(CONFERENCE_PARTIES)
    examples = load_examples() if path is None else read_examples(path)
    of_folds = [load_weights(folds / f"fold{fold}.safetensors") for fold in range(FOLDS)] if folds else []
    used = [of_folds[fold] for fold in folds_of(examples)] if folds else [reading_weights()] * len(examples)
    scored = [score_reading(example, parties, each) for example, each in zip(examples, used, strict=True)]
    found = [_rates("all", scored)]
    for by in _BY:
        names = [by(example) for example in examples]
        for name in sorted({*names}):
            found.append(_rates(name, [values for each, values in zip(names, scored, strict=True) if each == name]))
    return found


def _rates(name: str, scored: Sequence[Mapping[str, float]]) -> ReadingRates:
    by_part = ((part, [values[part] for values in scored if part in values]) for part in RATES)
    return ReadingRates(name=name, count=len(scored), rates={part: fmean(found) for part, found in by_part if found})


def rates_table(rates: Sequence[ReadingRates]) -> Table:
    """Returns a table with a row for each group of questions, all of them first, and a column for each part."""
    names = [*rates[0].rates]
    cells = ((f"{group.rates[name]:.3f}" if name in group.rates else "" for name in names) for group in rates)
    rows = [(group.name, str(group.count), *values) for group, values in zip(rates, cells, strict=True)]
    return Table(title="What was read right", columns=("questions", "n", *names), rows=rows)
