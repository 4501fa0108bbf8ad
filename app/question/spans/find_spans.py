"""All spans of a question, found by lookup in one pass: names, dates and numbers, with their offsets and values.

`role_tagger` decides whether a party that is named is asked about.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final, cast

from app.question.lexicon import Item, find_forms, lexicon_of
from app.question.spans.dates import find_date_spans
from app.question.spans.exclusion import extend_to_lists, mark_excluded
from app.question.spans.parties import find_party_spans
from app.question.spans.sessions import find_body_spans, find_session_spans
from app.question.spans.span import NARROWING, Span, apart, merge_equal, span_over, with_spans_as_items
from app.question.spans.treaties import find_treaty_spans
from app.records import Pick
from ingest.parties.party_table import PartyTable
from ingest.treaties.references import find_agenda_items

_QUOTES: Final = str.maketrans("’‘ʼ`´", "'''''")


def find_spans(text: str, language: str, parties: PartyTable, today: date | None = None) -> tuple[Span, ...]:
    """Finds what a question names, in order; spans do not overlap, and "last year" is counted from `today`."""
    plain = text.translate(_QUOTES)
    items = lexicon_of(language).items(plain)
    spans = merge_equal([span_over("agenda_item", each, codes=(each.item,)) for each in find_agenda_items(plain)])
    bodies = apart(find_body_spans(plain, items), spans)
    today = today or date.today()
    spans += find_session_spans(items, bodies, spans, today)
    spans += apart(bodies, spans)
    spans += apart(find_treaty_spans(plain, items), spans)
    spans += _find_picks(items, spans)
    spans += find_date_spans(plain, items, spans, today)
    named = apart(find_party_spans(plain, items, language, parties), [span for span in spans if span.kind != "pick"])
    # "The latest Arvandian statement" also names Arvandia.
    spans = [_without(span, named) if span.kind == "pick" else span for span in spans] + named
    marked = (mark_excluded(span, items, plain, language) if span.kind in NARROWING else span for span in spans)
    return extend_to_lists(sorted(marked, key=lambda span: span.start), items)


def _without(pick: Span, named: Sequence[Span]) -> Span:
    """Returns the words that say which statement is meant up to those that name its party."""
    return replace(
        pick, end=min((span.start for span in named if pick.start < span.start < pick.end), default=pick.end)
    )


def _find_picks(items: Sequence[Item], taken: Sequence[Span]) -> list[Span]:
    """Finds words that say which statement is meant, the latest or the earliest: "its latest statement".

    A body behind them is a span of its own.
    """
    bodies = [span for span in taken if span.kind == "body"]
    row = with_spans_as_items(items, [span for span in taken if span.kind != "body"], "taken")
    picks = []
    for name, part in find_forms("picks", with_spans_as_items(row, bodies, "body")):
        pick = part[0].values["pick_alone"] if name == "alone" else None if name == "open" else name
        end = next((item.start for item in part if "body" in item.kinds), part[-1].end)
        picks.append(replace(span_over("pick", part[0], pick=cast("Pick | None", pick)), end=end))
    return picks
