"""Capitals in a question: a place ("in Vienna", "the Vienna session") or their State ("what did Vienna say").

Likewise "Chile's neighbours" are not Chile. In any other text `ingest/parties/capitals.py` decides.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from app.question.lexicon import Item
from app.question.spans.span import POSSESSIVE, Span

_MEETINGS: Final = frozenset({"session", "meeting", "conference"})


def mark_places(spans: Iterable[Span], text: str, items: Sequence[Item]) -> Iterator[Span]:
    """Reads capitals as places ("in Vienna", "the Vienna session"), and "Chile's neighbours" as others than Chile.

    "In Beijing's view", "what do they think in Oslo" (in Russian) and "what did Beijing say" are about the State.
    """
    end = -1
    for span in sorted(spans, key=lambda each: each.start):
        before = [i for i in items if i.end <= span.start and ("place" in i.kinds or "fill" not in i.kinds)][-2:]
        after = [i for i in items if i.start >= span.end and not i.kinds & {"fill", "owner"}][:1]
        others = [item for item in (*before[-1:], *after) if "others" in item.kinds]
        listed = len(before) == 2 and before[0].end == end and "and" in before[1].kinds
        here = listed or any(item.kinds & {"place", *_MEETINGS} for item in before[-1:])
        here = here or any(item.kinds & _MEETINGS and item.start <= span.end + 1 for item in after)
        speaks = text.startswith(POSSESSIVE, span.end) or any("eyes" in item.kinds for item in (*before, *after))
        if others:
            start, stop = min(span.start, others[0].start), max(span.end, others[0].end)
            span = replace(span, start=start, end=stop, kind="others", codes=(), party_form=None)
        elif here and span.party_form in ("capital", "adjective") and not speaks:
            span, end = replace(span, kind="place", codes=()), span.end
        yield span
