"""Which statement is meant, the latest or the earliest: "its latest statement", "for the first time"."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from app.question.lexicon import Item, find_forms
from app.question.spans.span import Span, span_over, with_spans_as_items
from app.records import Pick


def find_picks(items: list[Item], taken: Sequence[Span]) -> list[Span]:
    """Finds words that say which statement is meant; a body behind them is a span of its own."""
    bodies = [span for span in taken if span.kind == "body"]
    row = with_spans_as_items(items, [span for span in taken if span.kind != "body"], "taken")
    picks = []
    for name, part in find_forms("picks", with_spans_as_items(row, bodies, "body")):
        pick = part[0].values["pick_alone"] if name == "alone" else None if name == "open" else name
        end = next((item.start for item in part if "body" in item.kinds), part[-1].end)
        picks.append(replace(span_over("pick", part[0], pick=cast("Pick | None", pick)), end=end))
    return picks
