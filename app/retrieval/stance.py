"""Stance detection by rules in six languages: whether a text takes a position.

"We support the proposal" does; "We note that others have spoken of the draft" does not. The rules prefer to find a
position: only words that note or report what others said, with no attitude beside them, have none.
"""

from functools import cache

import regex

from ingest.language.lexicons import compile_words, load_lexicon


def has_stance(text: str, language: str | None) -> bool:
    """Returns whether a text takes a position on what it speaks of; in a language without rules, it always does.

    "We have no position" counts as one: it answers a question that asks for it.
    """
    rules = _rules(language or "en")
    if rules is None:
        return True
    positions, mentions = rules
    rest = mentions.sub(" ", text)
    return rest == text or positions.search(rest) is not None


@cache
def _rules(language: str) -> tuple["regex.Pattern[str]", "regex.Pattern[str]"] | None:
    """Returns the patterns of positions and of mere mentions; None for a language without rules."""
    words = load_lexicon("stance")
    if language not in words["positions"]:
        return None
    return compile_words(words["positions"][language], language), compile_words(words["mentions"][language], language)
