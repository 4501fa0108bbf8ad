"""Times relative to the conversation: "the year before", "two years later", "and before that?".

They are counted from the year, or the years in a row, that the turn before asked about. The words that say so in each
language stand in `app/question/data/turns.yaml`.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Final

import yaml

from app.question.lexicon import Grammar, Lexicon
from app.records import Scope

# Longer questions give their own times.
_SHORT: Final = 10
_COUNTED: Final = "<number><fill>*<year><fill>*<{0}>|<{0}><fill>*<number><fill>*<year>|<number><such_{0}>"
_FORMS: Final = Grammar(
    {
        "before": "<year_before>",
        "after": "<year_after>",
        "earlier": _COUNTED.format("years_earlier"),
        "later": _COUNTED.format("years_later"),
        "before_that": "<before_that>",
        "after_that": "<after_that>",
    }
)


@cache
def _lexicon(language: str) -> Lexicon:
    text = (files("app.question") / "data" / "turns.yaml").read_text(encoding="utf-8")
    known: Mapping[str, Mapping[str, str]] = yaml.safe_load(text)
    return Lexicon(language, more=known.get(language, {}))


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
    items = _lexicon(said.language).items(question)
    for form, first, last in _FORMS.find(items):
        count = next((item.number("number") for item in items[first:last] if "number" in item.kinds), 1)
        if form == "before_that":
            return replace(said, interval=(None, str(years[0] - 1)), pick=None)
        if form == "after_that":
            return replace(said, interval=(str(years[-1] + 1), None), pick=None)
        earlier = form in ("before", "earlier")
        return replace(said, years=(str(years[0] - count if earlier else years[-1] + count),), pick=None)
    return said
