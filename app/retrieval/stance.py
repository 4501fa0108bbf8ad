"""Whether words take a position, told by transparent rules in six languages.

The rules err on the side of a position: only words that note or report what others said, and hold no attitude beside
that, count as none.
"""

from functools import cache

import regex

from ingest.language.lexicons import compile_words, load_lexicon


def has_stance(text: str, language: str | None) -> bool:
    """Returns whether a text takes a position on what it speaks of; in a language without rules, it always does.

    To say that one has no position is one: it answers who asks for it.
    """
    rules = _rules(language or "en")
    if rules is None:
        return True
    positions, mentions = rules
    rest = mentions.sub(" ", text)
    return rest == text or positions.search(rest) is not None


@cache
def _rules(language: str) -> tuple["regex.Pattern[str]", "regex.Pattern[str]"] | None:
    """Returns the patterns of positions and of mere mentions, or None where there are none for a language."""
    words = load_lexicon("stance")
    if language not in words["positions"]:
        return None
    return compile_words(words["positions"][language], language), compile_words(words["mentions"][language], language)
