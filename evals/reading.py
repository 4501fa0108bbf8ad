"""Scores of readings alone: whether speakers, times, venue, treaties, kind and topic of a question are read right.

No store, no search and no answer: a file of marked questions (`evals/marked_examples.py`) is read and compared
in seconds. *All right* means that every part of the scope and the status are exact, and the topic's token F1 is .8 at
least.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any, Final, cast

from app.question.overrides import override
from app.question.reading import read_question, resolve
from app.question.resolution import Resolution
from app.question.roles import load_weights, words_of
from app.records import Scope
from evals.files import CONFERENCE_PARTIES
from evals.marked_examples import FOLDS, MarkedExample, fold_of, labels_of, load_examples, read_examples
from evals.report.tables import Table
from ingest.parties.party_table import PartyTable

_PARTS: Final = ("speakers", "excluded", "interval", "venue", "treaties", "pick", "everyone", "status")
RATES: Final = (*_PARTS, "kind", "topic F1", "all right")
RIGHT_TOPIC: Final = 0.8
_TOKEN: Final = re.compile(r"[\u3400-\u9fff]|[^\W_]+")


@dataclass(frozen=True, kw_only=True)
class ReadingRates:
    """Shares of what was read right, 0 to 1, by part; the topic's is its mean F1."""

    name: str
    count: int
    rates: Mapping[str, float]


def score_reading(
    example: MarkedExample, read: Resolution, parties: PartyTable, *, alone: bool = False
) -> dict[str, float | None]:
    """Returns what of a question's reading is right, 0 to 1, by `RATES`.

    Parts that its example does not tell are absent; a topic or kind that an earlier turn gave is None. A follow-up that
    was read `alone` takes nothing over from what was asked before.
    """
    expected = _told(example.expect, parties) if example.expect else _marked(example, parties)
    if example.after and not (example.expect or alone):
        expected = _with_earlier(expected, example, parties)
    found = _found(read)
    kept_topic = bool(example.after) and "topic" in example.keeps
    # What a follow-up takes over of the kind before it is not told by its own words.
    kind = None if "kind" in example.keeps else read.kind == example.kind
    topic = None if kept_topic else _f1(" ".join(example.marked("topic")), read.scope.topic)
    parts = {name: found[name] == wanted for name, wanted in expected.items()}
    all_right = all(parts.values()) and (topic is None or topic >= RIGHT_TOPIC)
    return {**parts, "kind": kind, "topic F1": topic, "all right": all_right}


def _found(read: Resolution) -> dict[str, object]:
    scope, asked_back = read.scope, read.unclear is not None or read.unnamed
    outside = not read.is_statement_question and read.kind != "greeting"
    return {
        "speakers": frozenset((*scope.states, *scope.groups, *scope.members_of)),
        "excluded": frozenset(scope.excluded), "interval": _months_of(scope), "pick": scope.pick,
        "venue": (frozenset(scope.bodies), frozenset(scope.sessions), frozenset(scope.agenda_items)),
        "treaties": frozenset((treaty.treaty, frozenset(treaty.articles)) for treaty in scope.treaties),
        "everyone": (scope.all_states, scope.negated),
        "status": "asked_back" if asked_back else "out_of_scope" if outside else "read",
    }  # fmt: skip


def _marked(example: MarkedExample, parties: PartyTable) -> dict[str, object]:
    """Returns what the marks of an example tell: who is asked about, and who is left out."""
    words = words_of(example.text, example.language, parties)
    roles: dict[str, set[str]] = defaultdict(set)
    similar = False
    for word, label in zip(words, labels_of(words, example.marks), strict=True):
        if word.span is not None and word.span.kind in ("party", "set"):
            unclear = len(word.span.codes) != 1
            similar |= unclear and label == "who"
            roles[label].update(() if unclear else word.span.codes)
    status = "out_of_scope" if example.kind == "out_of_scope" else "read"
    expected: dict[str, object] = {"speakers": frozenset(roles["who"]), "excluded": frozenset(roles["not"])}
    return expected if similar or example.kind == "ambiguous" or example.after else {**expected, "status": status}


def _with_earlier(expected: dict[str, object], example: MarkedExample, parties: PartyTable) -> dict[str, object]:
    """Returns what an example tells of its parties with those that its turn takes over, adds to or takes away from."""
    *earlier, last = example.after
    before = _found(resolve(last, parties, history=earlier))
    own, left_out, kept = (cast("frozenset[str]", each) for each in (*expected.values(), before["speakers"]))
    if example.turn == "add" and own:
        own |= kept
    elif example.turn == "remove":
        return {"speakers": kept - own - left_out}
    elif example.turn == "correct" and own:
        return {"speakers": own}
    elif "who" in example.keeps and not (own or left_out):
        return {"speakers": kept, "excluded": before["excluded"]}
    return {"speakers": own, "excluded": left_out}


def _told(expect: Mapping[str, Any], parties: PartyTable) -> dict[str, object]:
    """Returns the parts of a scope that an example tells in full; what it leaves out is empty."""
    given = {name: value for name, value in expect.items() if name != "status"}
    told = override(Resolution(scope=Scope(), question=""), given, parties)
    scope = replace(told.scope, all_states=bool(expect.get("all_states")), negated=bool(expect.get("negated")))
    return _found(replace(told, scope=scope)) | {"status": expect.get("status", "read")}


def _months_of(scope: Scope) -> tuple[str | None, str | None]:
    """Returns the first and last month of what was read of time."""
    if scope.interval is None and scope.months:
        return min(scope.months), max(scope.months)
    years = (min(scope.years), max(scope.years)) if scope.years else (None, None)
    first, last = scope.interval or years
    return tuple(  # type: ignore[return-value]  # of both ends
        end if end is None or len(end) > 4 else f"{end}-{month}" for end, month in ((first, "01"), (last, "12"))
    )


def _f1(wanted: str, found: str) -> float:
    """Returns the token F1 of two topics; 1 where there is none and none was found."""
    one, other = (Counter(token.lower() for token in _TOKEN.findall(text)) for text in (wanted, found))
    both = sum((one & other).values())
    total = one.total() + other.total()
    return 1.0 if total == 0 else 2 * both / total


def all_rates(path: Path | None, folds: Path | None) -> list[ReadingRates]:
    """Returns what was read right of all questions, and by language, kind and register.

    A file tells the language of each; by default they are the product's own examples. `folds` is a folder of weights
    that have not seen their fold, as `scripts/train_reading.py` writes them; by default the product reads each question
    after those before it.
    """
    parties = PartyTable.load(CONFERENCE_PARTIES)
    weights = [load_weights(folds / f"fold{fold}.safetensors") for fold in range(FOLDS)] if folds else []
    scored = []
    for example in load_examples() if path is None else read_examples(path):
        if weights:
            own, follows = weights[fold_of(example)], bool(example.after)
            read, _ = read_question(example.text, parties, follows=follows, weights=own)
        else:
            read = resolve(example.text, parties, history=example.after)
        scored.append((example, score_reading(example, read, parties, alone=bool(weights))))
    found = [_rates("all", [values for _, values in scored])]
    for by in ("language", "kind", "register"):
        for name in sorted({getattr(example, by) for example, _ in scored}):
            found.append(_rates(name, [values for example, values in scored if getattr(example, by) == name]))
    return found


def _rates(name: str, scored: Sequence[Mapping[str, float | None]]) -> ReadingRates:
    told = ((part, [own for values in scored if (own := values.get(part)) is not None]) for part in RATES)
    return ReadingRates(name=name, count=len(scored), rates={part: fmean(own) for part, own in told if own})


def rates_table(rates: Sequence[ReadingRates]) -> Table:
    """Returns rates, those of all first."""
    names = [*rates[0].rates]
    cells = ((f"{own.rates[name]:.3f}" if name in own.rates else "" for name in names) for own in rates)
    rows = [(own.name, str(own.count), *values) for own, values in zip(rates, cells, strict=True)]
    return Table(title="What was read right", columns=("questions", "n", *names), rows=rows)
