"""A span: a name, date or number that a lookup found in a question, with its offsets and values."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from app.question.lexicon import Item
from app.question.spans.intervals import Days
from app.records import Pick
from ingest.parties.name_matcher import NameForm
from ingest.treaties.references import ArticleMention

SpanKind = Literal[
    "party", "set", "place", "others", "treaty", "article", "session", "body", "agenda_item", "date", "pick"
]
"""`set`: States by region or group ("African States"). `place`: a capital that is no party ("in Vienna"). `others`: in
no table, named after a party ("Chile's neighbours"). `pick`: "its latest statement". The weights know these names."""
PartyForm = NameForm | Literal["adjective", "typed"]
"""How a party is named: by which of its names, by an adjective made of one, or by one with a typing error."""
DateForm = Literal["month", "year", "closed", "since", "after", "before", "until", "around", "recently", "yearless"]
"""How a time is written: as a month or less, a year, an interval closed or open at an end, vaguely, or without year."""
TreatyForm = Literal["short", "one", "named", "bare"]
"""How a treaty is named: `short` is "the Convention", `one` "the Protocol", which may be any of three; an article is
`named` with its treaty, or `bare`."""
# Kinds of spans that name parties.
NAMED: Final = ("party", "set")
# Spans that select statements independently of the speaker.
NARROWING: Final = ("session", "body", "agenda_item", "date", "article")
POSSESSIVE: Final = ("'s ", "’s ")


@dataclass(frozen=True, kw_only=True)
class Span:
    """A name, date or number that a lookup found at `[start, end)` of a question."""

    start: int
    end: int
    kind: SpanKind
    codes: tuple[str, ...] = ()
    """Parties (several where the name is ambiguous), regions or groups of a set, bodies, sessions, agenda items, or
    treaties."""
    articles: tuple[tuple[str, str, str], ...] = ()
    """(treaty, article, paragraph) of the articles named here; the paragraph is empty for a whole article."""
    interval: Days = (None, None)
    """First and last day, as `date.toordinal` counts; None at an open end, or where there is no time."""
    party_form: PartyForm | None = None
    date_form: DateForm | None = None
    treaty_form: TreatyForm | None = None
    bodies: tuple[str, ...] = ()
    """The bodies whose sessions are named: "COP 10"."""
    similar: tuple[str, ...] = ()
    """Codes that a mistyped name may mean."""
    pick: Pick | None = None
    """Which statement is meant: the latest or the earliest."""
    excluded: bool = False
    """Whether words such as "other than" before or after it exclude it."""

    def overlaps(self, others: "Iterable[Span | ArticleMention]") -> bool:
        """Returns whether the span overlaps with one of others."""
        return any(other.start < self.end and self.start < other.end for other in others)

    def shares(self, other: "Span") -> bool:
        """Returns whether two spans of a kind mean the same code or article, or times that overlap."""
        known, same = ({*each.codes, *(named[:2] for named in each.articles)} for each in (self, other))
        (first, last), (begin, end) = self.interval, other.interval
        overlap = (first or 0) <= (end or math.inf) and (begin or 0) <= (last or math.inf)
        return self.kind == other.kind and (overlap if self.kind == "date" else bool(known & same))


def span_over(kind: SpanKind, *parts: Any, **fields: Any) -> Span:  # noqa: ANN401 - what has a place; fields of a span
    """Returns a span from the first to the last of some parts of a question."""
    return Span(start=parts[0].start, end=parts[-1].end, kind=kind, **fields)


def apart(found: Iterable[Span], taken: Sequence[Span]) -> list[Span]:
    """Returns the spans found that overlap none of those taken."""
    return [span for span in found if not span.overlaps(taken)]


def merge_equal(spans: Sequence[Span]) -> list[Span]:
    """Merges spans with the same offsets, such as those of a list of articles."""
    merged: dict[tuple[int, int], Span] = {}
    for span in spans:
        known = merged.get((span.start, span.end), replace(span, codes=(), articles=()))
        codes, articles = (*known.codes, *span.codes), (*known.articles, *span.articles)
        merged[(span.start, span.end)] = replace(known, codes=codes, articles=articles)
    return list(merged.values())


def with_spans_as_items(items: Sequence[Item], spans: Sequence[Span], kind: str) -> list[Item]:
    """Returns the items with those of each span replaced by one item of a kind."""
    row: list[Item] = []
    for item in items:
        span = next((s for s in spans if s.start < item.end and item.start < s.end), None)
        if span is None:
            row.append(item)
        elif not row or row[-1].start != span.start:
            value = span.codes[0] if span.codes else ""
            row.append(Item(start=span.start, end=span.end, kinds=frozenset({kind}), values={kind: value}))
    return [replace(item, kinds=frozenset({"other"})) if not item.kinds else item for item in row]
