"""Rewording: a sentence in other words before its direction is read, where it names what ends or replaces the topic.

"We support a moratorium on the death penalty" is against the death penalty as much as "we support the measure" is for
the measure. The patterns are in `ingest/language/data/positions.*.yaml` as `cues`, the words put in their place as
`measures`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import regex

from app.retrieval.positions.position_marks import BLANK, OUTRIGHT, PositionMark, cues_of
from app.retrieval.terms import content_terms
from ingest.language.lexicons import load_lexicon
from ingest.language.matches import blanked

_NEXT_WORD: Final = regex.compile(r"\s+([\p{L}-]+)")


@dataclass(frozen=True, kw_only=True)
class Rewording:
    """A sentence in other words, of the measure that ends what it was about."""

    text: str
    topic: str
    origin: Sequence[int]
    """The offset in the sentence of each character of `text`, and of its end."""
    rejects: bool
    """Whether the measure is an alternative to the topic, rather than what ends it."""


def reword(
    text: str, topic: str, runs: Sequence[tuple[int, int]], marks: Sequence[PositionMark], language: str
) -> Rewording | None:
    """Returns a sentence in other words, of which `runs` are the spans that name the topic; None if it stays as it is.

    `marks` are its position marks.

    What ends the topic ("the abolition of this", "to ban this", "free of this") becomes a measure, unless the topic is
    such a thing itself; so does what it is to give way to ("instead of this").
    """
    if not runs:
        return None
    cues = cues_of(language)
    measures = load_lexicon(f"positions.{language}")["measures"]
    without_topic = blanked(text, runs, BLANK)
    ends, terms = cues["ending"].search, content_terms(topic, language)
    if ends(topic) and not all(ends(text, *run) for run in runs):
        return None
    # A part of the topic may belong to something else: "the withdrawal of the occupying forces".
    parts = {end for start, end in runs if content_terms(text[start:end], language) < terms}
    found = sorted(
        (match.start(), match.end(), name)
        for name in measures.keys() - {"topic"}
        for match in cues[name].finditer(without_topic)
        if not (match.end() in parts and content_terms(_next_word(text, match.end()), language))
        and not (name == "instead" and _is_named_beside(text, runs, range(*match.span()), language))
    )
    # Words that reject what ends the topic are marks already: "we call for the lifting of this".
    told = [mark for mark in marks if (mark.kind, mark.strength) == ("opposes", OUTRIGHT)]
    found = [each for each in found if not any(mark.start <= each[0] < mark.end for mark in told)]
    pieces = [each for at, each in enumerate(found) if not at or each[0] >= found[at - 1][1]]
    if not pieces:
        return None
    reworded, origin, last = "", list[int](), 0
    for start, end, name in pieces:
        reworded += text[last:start] + measures[name]
        origin += [*range(last, start), *[start] * len(measures[name])]
        last = end
    return Rewording(
        text=reworded + text[last:],
        topic=measures["topic"],
        origin=(*origin, *range(last, len(text) + 1)),
        rejects=all(name == "instead" for *_, name in pieces),
    )


def what_ends(topic: str, text: str, runs: Sequence[tuple[int, int]], language: str) -> str:
    """Returns what a topic ends, where a text names that without the topic's own word for it; empty otherwise.

    "The embargo must go" takes a position on the embargo, and so the opposite one on "the lifting of the embargo".
    """
    words = [*cues_of(language)["ending"].finditer(topic)]
    if len(words) != 1 or not runs or all(cues_of(language)["ending"].search(text, *run) for run in runs):
        return ""
    ended = topic[: words[0].start()] + topic[words[0].end() :]
    terms = content_terms(ended, language)
    return ended.strip() if terms and terms <= content_terms(text, language) else ""


def _is_named_beside(text: str, runs: Sequence[tuple[int, int]], within: range, language: str) -> bool:
    """Returns whether a sentence names as much of its topic elsewhere as within some words of it."""
    terms = {run: content_terms(text[slice(*run)], language) for run in runs}
    inside = frozenset[str]().union(*(terms[run] for run in runs if run[0] in within))
    return any(inside <= terms[run] for run in runs if run[0] not in within)


def _next_word(text: str, at: int) -> str:
    """Returns the word that follows, if only white space stands before it."""
    match = _NEXT_WORD.match(text, at)
    return match[1] if match else ""
