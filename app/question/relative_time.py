"""Times relative to the conversation: "the year before", "two years later", "and before that?".

They are counted from the year, or the years in a row, that the turn before asked about. The words that say so in each
language stand in `app/question/data/turns.yaml`, how they are put together in `grammar.yaml`.
"""

from dataclasses import replace
from typing import Final

from app.question.lexicon import grammar, lexicon_of
from app.records import Scope

# Longer questions give their own times.
_SHORT: Final = 10


def counted_from(question: str, said: Scope, before: Scope) -> Scope:
    """Returns the scope of a turn with the time that it counts from the turn before; as it is where it does not.

    Args:
        question: The turn.
        said: Its scope by itself.
        before: The scope of the turn before.
    """
    years = sorted(int(end[:4]) for end in (*before.years, *(before.interval or ())) if end)
    if not years or len(question.split()) > _SHORT or said.years or said.months or said.interval:
        return said
    items = lexicon_of(said.language, "turns").items(question)
    for form, first, last in grammar("relative_times").find(items):
        count = next((item.number("number") for item in items[first:last] if "number" in item.kinds), 1)
        if form == "before_that":
            return replace(said, interval=(None, str(years[0] - 1)), pick=None)
        if form == "after_that":
            return replace(said, interval=(str(years[-1] + 1), None), pick=None)
        earlier = form in ("before", "earlier")
        return replace(said, years=(str(years[0] - count if earlier else years[-1] + count),), pick=None)
    return said
