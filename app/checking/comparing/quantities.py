"""Finds the numbers that count something in what an ellipsis leaves out, and in the words around a quotation.

A figure changed inside the quotation marks makes altered words, found by `closest_words.py` for `quote_verifier.py`.
"""

from typing import Final

import regex

from ingest.language.dates import YEAR, find_dates
from ingest.language.lexicons import RegexPatterns
from ingest.language.matches import blanked
from ingest.language.numerals import find_numbers
from ingest.metadata.sessions import find_session_mentions
from ingest.treaties.references import find_articles

_PATTERNS: Final = RegexPatterns("drafts")
_ANSWERS: Final = RegexPatterns("answer_types")


def quantities(text: str, language: str, before: str) -> set[str]:
    """Returns the numbers of a text other than those of dates, years, sessions and references.

    A reference may begin in the words `before` it: "agenda item […]".
    """
    named = (*find_dates(text), *find_articles(text), *find_session_mentions(text))
    spans = [(found.start, found.end) for found in named]
    spans += [found.span() for found in _PATTERNS.no_quantity.finditer(text)]
    return {
        number.value
        for number in find_numbers(blanked(text, spans), language)
        if regex.fullmatch(YEAR, text[number.start : number.end]) is None
        and not _ANSWERS.reference_before.search(_PATTERNS.numbers_joined.sub("", before + text[: number.start]))
    }
