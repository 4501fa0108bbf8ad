"""Rewording: a sentence in other words before its direction is read, where what it says of the topic is turned round.

"We support a moratorium on the death penalty" is against the death penalty as much as "we support the measure" is for
the measure; "we support it even if nobody pays" is for it, as "we support it" is. The patterns are in
`ingest/language/data/positions.*.yaml` as `cues`, the words put in their place as `measures`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import regex

from app.retrieval.positions.position_marks import BLANK, CLAUSE, OUTRIGHT, blank_out, cues_of, find_position_marks
from app.retrieval.terms import content_terms
from app.retrieval.topic.mask import WORD
from ingest.language.lexicons import Patterns, load_lexicon

_Kind = Literal["shortened", "reason", "ended", "rejected"]
_PATTERNS: Final = Patterns("position_context")
_SENTENCE_PART_END: Final = regex.compile(r"[;:.；：。؛—–]")
_NEXT_WORD: Final = regex.compile(r"\s+([\p{L}-]+)")


@dataclass(frozen=True, kw_only=True)
class Rewording:
    """A sentence in other words, of the `topic` or of a measure that ends what it was about."""

    text: str
    topic: str
    origin: Sequence[int]
    """The offset in the sentence of each character of `text`, and of its end."""
    kind: _Kind
    """`shortened` leaves out a concession or a reason; `reason` keeps only a reason, or what follows the rejection of a
    view; in `ended` the measure ends what the sentence was about, in `rejected` it stands for what is not wanted."""


def reword(text: str, topic: str, runs: Sequence[tuple[int, int]], language: str) -> Rewording | None:
    """Returns a sentence in other words, of which `runs` are the spans that name the topic; None if it stays as it is.

    What ends the topic ("the abolition of this", "to ban this", "free of this") becomes a measure, unless the topic is
    such a thing itself. Clauses that concede something are left out ("even if …", "whether or not …"), and one at the
    beginning that rejects what others think: "we do not share that view: …".
    """
    if not runs:
        return None
    cues = cues_of(language)
    measures = load_lexicon(f"positions.{language}")["measures"]
    blanked = blank_out(text, runs)
    disowned = cues["disowns"].match(blanked, 0, runs[0][0])
    aside = [*([disowned] if disowned else []), *cues["concedes"].finditer(blanked)]
    pieces = [(match.start(), match.end(), "") for match in aside]
    if pieces and BLANK in cues["concedes"].sub("", blanked):
        return _replaced(text, pieces, topic, "reason" if disowned else "shortened")
    if reason := cues["reasons"].search(blanked):
        leads = WORD.search(blanked, 0, reason.start()) is None
        if outside := _outside_reason(text, runs, reason, language, leads=leads):
            return _replaced(text, [(*outside, "")], topic, "reason")
        if beside := _reason_beside(text, runs, reason, language, leads=leads):
            return _replaced(text, [(*beside, "")], topic, "shortened")
    ends, terms = cues["ending"].search, content_terms(topic, language)
    if ends(topic) and not all(ends(text, *run) for run in runs):
        return None
    # A part of the topic may belong to something else: "the withdrawal of the occupying forces".
    parts = {end for start, end in runs if content_terms(text[start:end], language) < terms}
    found = sorted(
        (match.start(), match.end(), name)
        for name in measures.keys() - {"topic"}
        for match in cues[name].finditer(blanked)
        if not (match.end() in parts and content_terms(_next_word(text, match.end()), language))
        and not (name == "instead" and _is_named_beside(text, runs, range(*match.span()), language))
    )
    # Words that reject what ends the topic are marks already: "we call for the lifting of this".
    marks = find_position_marks(text, language) if found else ()
    told = [mark for mark in marks if (mark.kind, mark.strength) == ("opposes", OUTRIGHT)]
    found = [each for each in found if not any(mark.start <= each[0] < mark.end for mark in told)]
    pieces = [each for at, each in enumerate(found) if not at or each[0] >= found[at - 1][1]]
    if not pieces:
        return None
    kind: _Kind = "rejected" if all(name == "instead" for *_, name in pieces) else "ended"
    return _replaced(text, [(start, end, measures[name]) for start, end, name in pieces], measures["topic"], kind)


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


def _outside_reason(
    text: str, runs: Sequence[tuple[int, int]], reason: "regex.Match[str]", language: str, *, leads: bool
) -> tuple[int, int] | None:
    """Returns the span of the clause beside a reason that alone names the topic, and may lead the sentence; or None.

    "We favour guidelines, because a protocol is costly" says of the protocol only that it is costly. Where the clause
    has no object of its own ("we are against, because a protocol is costly"), it speaks of the topic as well.
    """
    if not leads:
        start, end, within, main = 0, reason.end(), range(reason.end(), len(text)), text[: reason.start()]
    elif comma := CLAUSE.search(text, runs[-1][1]):
        start, end, within, main = comma.start(), len(text), range(comma.start()), text[comma.start() :]
    else:
        return None
    if _is_named_beside(text, runs, within, language) or (not leads and _is_denied(main, language)):
        return None
    marks = (mark for mark in find_position_marks(main, language) if mark.strength == OUTRIGHT)
    own = (mark for mark in marks if mark.kind in ("supports", "opposes"))
    return (start, end) if any(content_terms(main[mark.end :], language) for mark in own) else None


def _is_denied(main: str, language: str) -> bool:
    """Returns whether the reason that follows may be what is denied: "aid is not refused because a bank objects"."""
    start = max((match.end() for match in CLAUSE.finditer(main)), default=0)
    return cues_of(language)["negation"].search(main, start) is not None


def _is_named_beside(text: str, runs: Sequence[tuple[int, int]], within: range, language: str) -> bool:
    """Returns whether a sentence names as much of its topic elsewhere as within some words of it."""
    terms = {run: content_terms(text[slice(*run)], language) for run in runs}
    inside = frozenset[str]().union(*(terms[run] for run in runs if run[0] in within))
    return any(inside <= terms[run] for run in runs if run[0] not in within)


def _reason_beside(
    text: str, runs: Sequence[tuple[int, int]], reason: "regex.Match[str]", language: str, *, leads: bool
) -> tuple[int, int] | None:
    """Returns the span of the reason of a position that its own clause takes on the topic; None without one.

    "We favour hearings by video, because nobody should have to travel" is for them. A reason is kept that holds a
    condition or nothing that may turn the position, or may be of what is denied ("we do not support it because …").
    """
    if leads:
        comma = CLAUSE.search(reason.string, reason.end())
        start, end = 0, comma.end() if comma else len(text)
        main = text[end:]
    else:
        ends = (pattern.search(text, reason.end()) for pattern in (_SENTENCE_PART_END, _PATTERNS.contrast))
        start, end = reason.start(), min((match.start() for match in ends if match), default=len(text))
        main = text[:start]
    if _PATTERNS.contrast.search(main) or not _is_named_beside(text, runs, range(start, end), language):
        return None
    within = [mark for mark in find_position_marks(text, language) if start <= mark.start < end]
    turns = cues_of(language)["negation"].search(text, start, end) or any(mark.strength == OUTRIGHT for mark in within)
    if not turns or any(mark.kind == "conditional" for mark in within):
        return None
    outright = (mark for mark in find_position_marks(main, language) if mark.strength == OUTRIGHT)
    own = {mark.rule for mark in outright if mark.kind in ("supports", "opposes", "proposes")}
    return (start, end) if own and "refuses" not in own else None


def _replaced(text: str, pieces: Sequence[tuple[int, int, str]], topic: str, kind: _Kind) -> Rewording:
    reworded, origin, last = "", list[int](), 0
    for start, end, words in pieces:
        reworded += text[last:start] + words
        origin += [*range(last, start), *[start] * len(words)]
        last = end
    return Rewording(text=reworded + text[last:], topic=topic, origin=(*origin, *range(last, len(text) + 1)), kind=kind)


def _next_word(text: str, at: int) -> str:
    """Returns the word that follows, if only white space stands before it."""
    match = _NEXT_WORD.match(text, at)
    return match[1] if match else ""
