"""Rewording: a sentence in other words before its direction is read, where what it says of the topic is turned round.

"We support a moratorium on the death penalty" is against the death penalty as much as "we support the measure" is for
the measure; "we support it even if nobody pays" is for it, as "we support it" is. The patterns are in
`ingest/language/data/positions.*.yaml` as `cues`, the words put in their place as `measures`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import regex

from app.retrieval.positions.position_marks import BLANK, OUTRIGHT, cues_of, find_position_marks
from app.retrieval.terms import content_terms
from ingest.language.lexicons import load_lexicon

_NEXT_WORD: Final = regex.compile(r"\s+([\p{L}-]+)")


@dataclass(frozen=True, kw_only=True)
class Rewording:
    """A sentence in other words: of the `topic`, or with `reverses`, of the measure that ends what it was about."""

    text: str
    topic: str
    origin: Sequence[int]
    """The offset in the sentence of each character of `text`, and of its end."""
    reverses: bool = False


def reword(text: str, topic: str, runs: Sequence[tuple[int, int]], language: str) -> Rewording | None:
    """Returns a sentence in other words, of which `runs` are the spans that name the topic; None if it stays as it is.

    What ends the topic ("the abolition of this", "to ban this", "free of this") becomes a measure, unless the topic is
    such a thing itself. Clauses that concede something are left out: "even if …", "whether or not …".
    """
    cues = cues_of(language)
    if cues is None or not runs:
        return None
    measures = load_lexicon(f"positions.{language}")["measures"]
    blanked = text
    for start, end in runs:
        blanked = blanked[:start] + BLANK * (end - start) + blanked[end:]
    pieces = [(match.start(), match.end(), "") for match in cues["concedes"].finditer(blanked)]
    if pieces and BLANK in cues["concedes"].sub("", blanked):
        return _replaced(text, pieces, topic)
    ends, terms = cues["ending"].search, content_terms(topic, language)
    if ends(topic) and not all(ends(text, *run) for run in runs):
        return None
    # A part of the topic may belong to something else: "the withdrawal of the occupying forces".
    parts = {end for start, end in runs if content_terms(text[start:end], language) < terms}
    found = sorted(
        (match.start(), match.end(), measures[name])
        for name in measures.keys() - {"topic"}
        for match in cues[name].finditer(blanked)
        if not (match.end() in parts and content_terms(_next_word(text, match.end()), language))
    )
    # Words that reject what ends the topic are marks already: "we call for the lifting of this".
    marks = find_position_marks(text, language) if found else ()
    told = [mark for mark in marks if (mark.kind, mark.strength) == ("opposes", OUTRIGHT)]
    found = [each for each in found if not any(mark.start <= each[0] < mark.end for mark in told)]
    pieces = [each for at, each in enumerate(found) if not at or each[0] >= found[at - 1][1]]
    return _replaced(text, pieces, measures["topic"], reverses=True) if pieces else None


def _replaced(text: str, pieces: Sequence[tuple[int, int, str]], topic: str, *, reverses: bool = False) -> Rewording:
    reworded, origin, last = "", list[int](), 0
    for start, end, words in pieces:
        reworded += text[last:start] + words
        origin += [*range(last, start), *[start] * len(words)]
        last = end
    return Rewording(
        text=reworded + text[last:], topic=topic, origin=(*origin, *range(last, len(text) + 1)), reverses=reverses
    )


def _next_word(text: str, at: int) -> str:
    """Returns the word that follows, if only white space stands before it."""
    match = _NEXT_WORD.match(text, at)
    return match[1] if match else ""
