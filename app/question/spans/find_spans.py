"""All spans of a question, found by lookup in one pass: names, dates and numbers, with their offsets and values.

`role_tagger` decides whether a party that is named is asked about.
"""

from datetime import date
from typing import Final

from app.question.lexicon import lexicon_of
from app.question.spans.dates import find_date_spans
from app.question.spans.exclusion import EXTENDED_KINDS, extend_to_lists, mark_left_out
from app.question.spans.parties import find_party_spans
from app.question.spans.picks import find_picks
from app.question.spans.sessions import find_body_spans, find_session_spans
from app.question.spans.span import Span, merge_equal, span_over
from app.question.spans.treaties import find_treaty_spans
from ingest.parties.party_table import PartyTable
from ingest.treaties.references import find_agenda_items

_QUOTES: Final = str.maketrans("’‘ʼ`´", "'''''")


def find_spans(text: str, language: str, parties: PartyTable, today: date | None = None) -> tuple[Span, ...]:
    """Finds what a question names, in order; spans do not overlap, and "last year" is counted from `today`."""
    plain = text.translate(_QUOTES)
    items = lexicon_of(language).items(plain)
    spans = merge_equal([span_over("agenda_item", each, codes=(each.item,)) for each in find_agenda_items(plain)])
    bodies = [each for each in find_body_spans(plain, items) if not each.overlaps(spans)]
    today = today or date.today()
    spans += find_session_spans(items, bodies, spans, today)
    spans += [each for each in bodies if not each.overlaps(spans)]
    spans += [each for each in find_treaty_spans(plain, items) if not each.overlaps(spans)]
    spans += find_picks(items, spans)
    spans += find_date_spans(plain, items, spans, today)
    spans += [each for each in find_party_spans(plain, items, language, parties) if not each.overlaps(spans)]
    marked = (mark_left_out(span, items, plain, language) if span.kind in EXTENDED_KINDS else span for span in spans)
    return extend_to_lists(sorted(marked, key=lambda span: span.start), items)
