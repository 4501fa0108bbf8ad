"""Suggests the kind of position that the citations of a cell show, with the words that show it.

"We cannot accept this" shows `opposes`. `app.retrieval.positions.direction` decides whether words are for or against,
as for an answer; the marks of `app.retrieval.positions.position_marks` give the words that say so, and tell whether a
party proposes, calls on others or reports its practice. A person decides on the suggestion. docs/positions.md defines
the kinds.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final, cast

import regex

from app.briefing.cell_evidence import names_whole
from app.briefing.cells import EvidenceWords, Subject, Suggestion
from app.records import Citation, Direction
from app.retrieval.chronology import made_before
from app.retrieval.positions.change_of_view import without_taken_back
from app.retrieval.positions.direction import SentenceDirection, read_sentence, read_span
from app.retrieval.positions.position_marks import OUTRIGHT, PositionKind, declines_position, kind_of
from app.retrieval.positions.quoted_speaker import tells_of_others
from app.retrieval.topic.mask import mask_topic
from app.retrieval.topic.share import share_of_topic
from app.retrieval.topic.topic import topic_in
from ingest.language.anaphora import announces, refers_back
from ingest.language.claim_words import operators
from ingest.language.lexicons import Patterns
from ingest.language.topic_placeholder import TOPIC_PLACEHOLDER
from ingest.parties.party_table import PartyTable
from ingest.text.readable import ReadableText
from prompts.wording import LANGUAGES
from vectorstore.records import Statement

# The kinds of position in each direction, likeliest first: words for a topic may also propose it.
_KINDS_OF: Final[Mapping[Direction, tuple[PositionKind, ...]]] = {
    "for": ("supports", "proposes", "calls_on_others"),
    "against": ("opposes",),
    "conditional": ("conditional",),
    "mentions": ("no_position", "reports_practice"),
}

# Least chance of a direction that is shown, by the strength of its position marks: none, implied, leaning ("we are
# committed to"), outright ("rejects"). Chosen on labelled cells (development: all but the sealed ones), where a wrong
# direction is worse than none.
SHOWN_MIN: Final = 0.6
_SHOWN_MIN_OF: Final = (SHOWN_MIN, SHOWN_MIN, 0.4, 0.25)
# Least chance of a direction that is shown although no sentence names the subject; set on cells that were checked
# against their statements (development).
_UNNAMED_MIN: Final = 0.85
_PATTERNS: Final = Patterns("position_context")


def suggestion_of_cell(read: Sequence[tuple[Citation, Suggestion]]) -> Suggestion:
    """Returns the suggestion of a cell, from those of its citations, newest first, those of groups last.

    An earlier position counts only if the party's latest words on the subject take the same direction, even if not
    surely.
    """
    latest = [each for citation, each in read if not any(made_before(citation, other) for other, _ in read)]
    suggestions = [each for _, each in read]
    if not any(each.likely not in (None, "mentions") or each.declines for each in latest):
        suggestions = latest
    taking = [each for each in suggestions if each.likely not in (None, "mentions") or each.declines]
    if taking and taking[0].declines:
        return taking[0]
    shown = next((each for each in taking if each.direction != "mentions"), None)
    if shown is not None and taking[0].likely == shown.likely:
        return shown
    rest = latest if shown is None else taking[:1]
    return next((each for each in rest if each.kind != "no_position"), (*rest, Suggestion(kind="no_position"))[0])


def suggest(citation: Citation, statement: Statement, subject: Subject, parties: PartyTable) -> Suggestion:
    """Suggests the kind of position that one citation shows.

    Sentences on the subject decide, or all sentences if these only report others. A citation that does not name the
    subject, having been found by meaning, needs the chance `_UNNAMED_MIN`, and shows no position in another language.
    `parties` are those that the subject may name.
    """
    # A citation in another language than the six is read as English.
    spoken = citation.language or "en"
    language = spoken if spoken in LANGUAGES else "en"
    topic = topic_in(subject.topic, subject.language, citation.language)
    spans = read_span(citation.quote, topic, language, parties)
    edges = pairwise((*(start for start, _ in spans), len(citation.quote)))
    texts = {start: citation.quote[start:end].strip() for start, end in edges}
    readings = without_taken_back([read for _, read in spans], [*texts.values()])
    told = [tells_of_others(each, language, citation.holders, parties) for each in texts.values()]
    readings = [replace(read, reading="reported") if of else read for read, of in zip(readings, told, strict=True)]
    spans = tuple(zip(texts, readings, strict=True))
    shared = share_of_topic(subject.topic, subject.language, parties)
    article = regex.compile(rf"(?<![\p{{L}}\p{{N}}]){regex.escape(subject.article or '')}(?![\p{{L}}\p{{N}}])")

    def share(text: str) -> float:
        return shared(text, language) if subject.article is None else float(article.search(text) is not None)

    def names(text: str) -> bool:
        return share(text) >= 1 / 2

    speaking = _speaking(spans, texts, names)
    usable = _without_reported(speaking) or _without_reported(spans)
    named = bool(_without_reported(speaking)) or not subject.topic
    if not usable or citation.quoting or not (named or citation.language == subject.language):
        return Suggestion(kind="no_position")

    def is_shown(read: SentenceDirection) -> bool:
        return _is_shown(read, subject.harm)

    plain = [span for span in usable if is_shown(span[1])]
    most = max((share(texts[at]) for at, _ in plain), default=0.0)
    for before, (start, text) in pairwise(((0, ""), *texts.items())):
        # "We have no position on this" refers to what the sentence before it names.
        taken_up = f"{before[1]} {text}" if refers_back(text) or announces(before[1]) else text
        if declines_position(text, language) and share(taken_up) == 1 and most <= share(taken_up):
            words = (_words(start, start + len(text), "no_position", citation, statement),)
            return Suggestion(kind="no_position", direction="mentions", likely="mentions", words=words)
    # A sentence that goes on without naming the subject ("it should be short") decides only with marks of a direction.
    usable = [(at, read) for at, read in usable if names(texts[at]) or (is_shown(read) and _strength(read))] or usable
    start, decisive = max(usable, key=lambda span: (is_shown(span[1]), span[1].attitude))
    if is_shown(decisive):
        # A sentence that names the subject decides: "We welcome the review. We only ask that it be short." is for it.
        alike = [span for span in usable if is_shown(span[1]) and span[1].reading == decisive.reading]
        start, decisive = max(alike, key=lambda span: (names(texts[span[0]]), span[1].attitude))
    # Reported sentences were left out, so the reading is a direction.
    likely = cast(Direction, decisive.reading)
    text = texts[start]
    # A State's name alone does not name the topic: "Iraq" is not "the use of force against Iraq".
    surely = named and (not topic or subject.article is not None or any(read.names_topic for _, read in spans))
    codes = (
        {code for each in parties.find(words, language, relaxed=True) for code in each.codes} for words in (topic, text)
    )
    by_meaning = decisive.chances[likely] >= _UNNAMED_MIN and set.isdisjoint(*codes)
    certain = is_shown(decisive) and (surely or by_meaning)
    if subject.article is None:
        # Implied support must name the subject whole: "We wish to bear what a seat in the Council entails" does not.
        implied = likely == "for" and not _strength(decisive) and not names_whole(citation.quote, subject, language)
        certain = certain and not implied and not _is_beside(text, decisive, share)
    # Both directions occur: "We recognise their work. They should not, however, sit in working groups". Sentences
    # against a harm and sentences for action against it do not contradict each other.
    divided = not subject.harm and {"for", "against"} <= {read.reading for _, read in usable if is_shown(read)}
    # Nor is a sentence without marks against what the party surely does: "With extradition it is otherwise. We take the
    # Convention as the basis of extradition." On a harm, both are against it.
    practised = (
        likely == "against"
        and not (subject.harm or _strength(decisive))
        and any(names(texts[at]) and read.reading == "mentions" and _strength(read) for at, read in usable)
    )
    certain = certain and not (divided or practised or _is_qualified(text, topic, decisive, language, parties))
    direction: Direction = likely if certain else "mentions"
    kinds, shown = _KINDS_OF[direction], kind_of(decisive.marks)
    kind = shown if shown in kinds else kinds[0]
    marks = ((mark.start + start, mark.end + start) for mark in decisive.marks if mark.kind == kind)
    shows = [_words(first, last, kind, citation, statement) for first, last in marks]
    if not shows and kind != "no_position":
        shows = [_words(start, start + len(text), kind, citation, statement)]
    likely = "for" if subject.harm and likely == "against" else likely
    return Suggestion(kind=kind, direction=direction, likely=likely, sure=decisive.attitude, words=tuple(shows))


_Spans = Sequence[tuple[int, SentenceDirection]]


def _speaking(spans: _Spans, texts: Mapping[int, str], names: Callable[[str], bool]) -> _Spans:
    """Returns the sentences that name at least half of the subject's words, or go on from one that does.

    A sentence that only announces the subject ("let me turn to extradition") is left out; the next one counts, and so
    does the one after what others say of it ("Some propose visits. We cannot accept that.").
    """
    speaking, before, announced, reported = [], False, False, False
    for span in spans:
        text = texts[span[0]]
        named = names(text)
        before = named or announced or reported or (before and refers_back(text))
        announced, reported = named and announces(text), named and span[1].reading == "reported"
        if before and not announced:
            speaking.append(span)
    return speaking


def _is_qualified(text: str, topic: str, read: SentenceDirection, language: str, parties: PartyTable) -> bool:
    """Returns whether a sentence's direction is on a part of the topic or something else, or is bound to a condition.

    "We reject conditions on this" is not against it, "we shall not do this without an undertaking" is conditional, and
    "this shall not be refused" and "we were less successful with this" have no plain direction.
    """
    masked = mask_topic(text, topic, language, parties)
    if read.reading == "conditional":
        return all(mark.rule == "limit" for mark in read.marks if mark.kind == "conditional")
    found = {match.lastgroup for match in operators(language).finditer(masked)}
    bound = bool(found & {"not", "against"} and found & {"without", "unless", "until"})
    # A forbidden thing before the topic is not the topic: "secrecy shall not be invoked where this is asked for".
    # Nor is it an article itself: "under article 4 nobody may act in another State" relies on the article.
    forbidden = [masked.find(text[mark.start : mark.end]) for mark in read.marks if mark.rule == "forbids"]
    beside = any(not topic or 0 <= at < masked.find(TOPIC_PLACEHOLDER[language]) for at in forbidden)
    return bound or beside or {"not", "against"} <= found or _PATTERNS.part.search(masked) is not None


def _is_beside(text: str, read: SentenceDirection, share: Callable[[str], float]) -> bool:
    """Returns whether the marks of a direction stand on one side of a "but", and the subject is named on the other.

    "We make extradition conditional on a treaty, but take the Convention as one" sets no condition on the latter. "Not
    only this but also that" is no contrast.
    """
    if _PATTERNS.adding.search(text):
        return False
    edges = [0, *(match.start() for match in _PATTERNS.contrast.finditer(text)), len(text)]
    clauses = list(pairwise(edges))
    shares = [share(text[start:end]) for start, end in clauses]
    shows = [mark.start for mark in read.marks if mark.kind in _KINDS_OF[cast(Direction, read.reading)]]
    shown = [own for own, (start, end) in zip(shares, clauses, strict=True) if any(start <= at < end for at in shows)]
    return bool(shown) and max(shown) < max(shares)


def _without_reported(spans: _Spans) -> _Spans:
    return [(start, read) for start, read in spans if read.reading != "reported"]


def is_outright(text: str, subject: Subject, language: str | None, parties: PartyTable) -> bool:
    """Returns whether a sentence names a subject and takes a direction on it in outright words such as "rejects"."""
    read = read_sentence(text, topic_in(subject.topic, subject.language, language), language, parties)
    return read.names_topic and _is_shown(read) and _strength(read) == OUTRIGHT


def _is_shown(read: SentenceDirection, harm: bool = False) -> bool:
    """Returns whether a sentence takes a direction surely enough for the direction to be shown.

    On a harm, both directions are one position: "we support the fight against terrorism" is against terrorism.
    """
    if read.reading in ("mentions", "reported"):
        return False
    one = harm and read.reading != "conditional"
    chance = read.chances["for"] + read.chances["against"] if one else read.chances[read.reading]
    return chance >= _SHOWN_MIN_OF[_strength(read)]


def _strength(read: SentenceDirection) -> int:
    """Returns the strength of the marks that show a sentence's direction, 1 to 3; 0 without such marks."""
    shown = kind_of(read.marks) in _KINDS_OF[cast(Direction, read.reading)]
    return max((mark.strength for mark in read.marks), default=0) if shown else 0


def _words(start: int, end: int, kind: PositionKind, citation: Citation, statement: Statement) -> EvidenceWords:
    """Returns the words at `[start, end)` of a quotation with their offsets in the statement's source."""
    at, text = citation.start, citation.quote[start:end]
    edits = tuple(
        replace(edit, start=edit.start - at, end=edit.end - at)
        for edit in statement.edits
        if at <= edit.start < citation.end and at < edit.end <= citation.end
    )
    readable = ReadableText(source=citation.source_quote, edits=edits)
    first, last = readable.to_source_span(start, end)
    return EvidenceWords(citation=citation.number, start=at + first, end=at + last, text=text, kind=kind)
