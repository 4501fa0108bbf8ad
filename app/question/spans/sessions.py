"""Bodies and their sessions in a question: "COP 8 to 10", "since the fifth session of the Assembly"."""

from collections.abc import Collection, Sequence
from datetime import date
from itertools import chain
from typing import Final

from app.question.lexicon import Item, find_forms
from app.question.spans.intervals import relate
from app.question.spans.span import Span, apart, span_over, with_spans_as_items
from ingest.metadata.sessions import UNTOC_COP, find_bodies, load_sessions

# Sessions listed after the one named where the number of the last session is not known.
_SESSIONS_ON: Final = 30
# Sessions listed after the last one known; a higher number is of another Conference of the Parties: "COP26".
_TO_COME: Final = 2


def find_body_spans(text: str, items: Sequence[Item]) -> list[Span]:
    """Finds bodies by the names in their table and by the words of questions for them."""
    named = [span_over("body", each, codes=(each.body,)) for each in find_bodies(text)]
    listed = [span_over("body", item, codes=(item.values["bodies"],)) for item in items if "bodies" in item.kinds]
    return named + apart(listed, named)


def find_session_spans(items: Sequence[Item], bodies: Sequence[Span], taken: Sequence[Span], today: date) -> list[Span]:
    """Reads sessions: single, listed, a range, a range open at one end, or the last few.

    The last few sessions of a body whose sessions no table lists have no number, and are no filter.
    """
    row = with_spans_as_items(with_spans_as_items(items, taken, "taken"), bodies, "body")
    atoms: list[Span] = []
    for name, part in find_forms("sessions", row):
        if name == "counted" or (name == "session" and _counts_sessions(part)):
            continue
        numbers = _listed(part)
        part = part[1:] if ("between" in part[0].kinds and len(numbers) == 1) or "statement" in part[0].kinds else part
        body = tuple(dict.fromkeys(item.values["body"] for item in part if "body" in item.kinds))
        if name == "parties":
            body = (UNTOC_COP,)
        elif name == "last":
            body = next((span.codes[:1] for span in bodies), (UNTOC_COP,))
            known = (int(each.session) for each in load_sessions() if (each.body,) == body and each.first <= today)
            numbers = sorted(known)[-numbers[0] :]
        codes = tuple(map(str, numbers))
        atoms.append(span_over("session", *part, codes=codes, bodies=body))
    row = with_spans_as_items(row, atoms, "sessions")
    spans: list[Span] = []
    for name, part in find_forms("open_sessions", row):
        inner = [atom for atom in atoms if part[0].start <= atom.start and atom.end <= part[-1].end]
        numbers = [int(code) for atom in inner for code in atom.codes]
        named = tuple(chain.from_iterable(dict.fromkeys(atom.bodies for atom in inner)))
        if name != "sessions" and (len(numbers) == 1 or (numbers and name == "closed")):
            # There is no session before the first: "0" matches none, whereas an empty list would match all.
            numbers = [*_opened(name, numbers, named or [body.codes[0] for body in bodies])] or [0]
        codes = tuple(map(str, dict.fromkeys(numbers)))
        spans.append(span_over("session", *part, codes=codes, bodies=named))
    return spans


def _counts_sessions(part: Sequence[Item]) -> bool:
    """Returns whether a form counts sessions and names none: "two sessions ago", unlike "session two", "2 сессия"."""
    numbers = [item for item in part if item.kinds & {"number", "ordinal", "roman"}]
    (number, *others) = numbers
    in_digits = number.end - number.start == len(number.values.get("number", ""))
    before = number.start < next(item.start for item in part if "session" in item.kinds)
    return not others and before and "number" in number.kinds and "ordinal" not in number.kinds and not in_digits


def _listed(part: Sequence[Item]) -> list[int]:
    """Returns the numbers of a list, with those between the ends of a range."""
    numbers: list[int] = []
    ranged = False
    both = bool(part) and "between" in part[0].kinds
    for item in part:
        if item.kinds & {"number", "ordinal", "roman"}:
            value = item.number("ordinal", "number", "roman")
            open_range = bool(numbers) and (ranged or both) and value > numbers[-1]
            numbers += range(numbers[-1] + 1, value + 1) if open_range else [value]
            ranged = False
        elif "to" in item.kinds or ("dash" in item.kinds and numbers):
            ranged = True
    return numbers


def _opened(name: str, numbers: Sequence[int], bodies: Sequence[str]) -> Sequence[int]:
    """Lists the sessions of a relation such as "since the fifth".

    Open ends are filled: from 1, and up to `_TO_COME` beyond the last session known, or `_SESSIONS_ON` beyond the one
    named.
    """
    first, last = relate(name, (min(numbers), min(numbers)), (max(numbers), max(numbers)))
    return range(1 if first is None else first, (_latest(bodies, numbers[0]) if last is None else last) + 1)


def other_sessions(sessions: Collection[str], bodies: Sequence[str]) -> tuple[str, ...]:
    """Returns all sessions of some bodies, of any that a table lists without one, but for these."""
    of_bodies = bodies or {each.body for each in load_sessions()}
    numbers = [int(number) for number in sessions if number.isdecimal()]
    latest = max((_latest((body,), number) for body in of_bodies for number in numbers), default=0)
    return tuple(number for number in map(str, range(1, latest + 1)) if number not in sessions)


def _latest(bodies: Sequence[str], number: int) -> int:
    """Returns the last session to list where `number` is named: a few are to come after the last one that is known."""
    known = max((int(each.session) for each in load_sessions() if (each.body,) == tuple(bodies[:2])), default=0)
    return known + _TO_COME if number <= known else number + _SESSIONS_ON
