"""Quotation limits: how many quotations an answer shows, of each party, of groups, and beside the answer.

`UNTOC_ANSWER__MAX_CITATIONS` is the limit of an answer, 5 by default: where two parties answer, each gets two.
Briefings have their own limits, `UNTOC_BRIEFING__QUOTATIONS` and those at the head of `app/briefing/table_builder.py`.
"""

from typing import Final

from app.records import Style

# The most quotations or claims of an answer asked to be shorter, unless more parties answer: each gets one.
_MAX_SHORTER: Final = 2
# The most quotations of one group, beside those of the State that was asked about.
_MAX_OF_GROUP: Final = 2
# The most related passages, which are shown beside an answer or in place of one.
MAX_RELATED: Final = 3
# The most statements that a list of documents names.
MAX_LISTED: Final = 30


def limit_of_answer(max_citations: int, style: Style) -> int:
    """Returns the most quotations of an answer; parties that answer still get one each."""
    return min(max_citations, _MAX_SHORTER) if style == "shorter" else max_citations


def limit_of_party(limit: int, answering: int, *, one_each: bool) -> int:
    """Returns the most quotations of each of the parties `answering`: their share of the answer's limit, at least one.

    With `one_each`, for lists of who said something, it is one.
    """
    return 1 if one_each else max(1, limit // answering)


def limit_of_group(of_party: int) -> int:
    """Returns the most quotations of a group that spoke for a State asked about, which itself may have `of_party`."""
    return min(of_party, _MAX_OF_GROUP)
