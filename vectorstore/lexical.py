"""Lexical search: the text as FTS5 indexes it, and the query that topic words become."""

from itertools import pairwise

import regex

_CJK = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_TERM = regex.compile(rf"{_CJK.pattern}+|(?:(?!{_CJK.pattern})[\p{{L}}\p{{M}}\p{{N}}])+")


def lexical_text(text: str) -> str:
    """Returns the text for the index: Chinese characters stand apart, since FTS5 splits at white space."""
    return _CJK.sub(r" \g<0> ", text)


def phrase_expression(phrase: str) -> str:
    """Returns the FTS5 expression that finds a phrase, its words in order and in any inflection."""
    words = " ".join(_TERM.findall(lexical_text(phrase)))
    return f'"{words}"'


def lexical_expression(topic: str) -> str | None:
    """Returns the FTS5 expression that finds any of the topic's words, or None when it has none.

    A run of Chinese characters becomes overlapping pairs, each a phrase; words are quoted, so that nothing in
    a question acts as query syntax.
    """
    phrases: dict[str, None] = {}
    for term in _TERM.findall(topic):
        if not _CJK.match(term) or len(term) == 1:
            phrases[f'"{term}"'] = None
        else:
            for first, second in pairwise(term):
                phrases[f'"{first} {second}"'] = None
    return " OR ".join(phrases) or None
