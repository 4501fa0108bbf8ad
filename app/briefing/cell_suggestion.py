"""Suggests the kind of position that the citations of a cell show, with the words that show it.

"We cannot accept this" shows `opposes`. `app.retrieval.positions.direction` decides whether words are for or against,
as for an answer; the marks of `app.retrieval.positions.position_marks` give the words that say so, and tell whether a
party proposes, calls on others or reports its practice. A person decides on the suggestion. docs/positions.md defines
the kinds.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Final, cast

from app.briefing.cell_evidence import names_whole
from app.briefing.cells import EvidenceWords, Subject, Suggestion
from app.records import Citation, Direction
from app.retrieval.chronology import made_before
from app.retrieval.positions.direction import SentenceDirection, read_sentence
from app.retrieval.positions.position_marks import OUTRIGHT, PositionKind, declines_position, kind_of
from app.retrieval.positions.quotation_reading import read_quotations
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
from ingest.treaties.references import ArticleMention, find_articles
from ingest.treaties.treaties import article_title
from prompts.wording import known_language
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
# Least chance of a direction on an article that no mark shows. Of 402 labelled sentences on articles (development), 57
# are told rightly and 15 contrary, with marks alone 36 and 12, and 101 and 40 where neither marks nor breaches count.
_UNMARKED_MIN: Final = 0.9
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


@dataclass(frozen=True)
class _Sentence:
    """A sentence of a quotation, read on the subject of a cell."""

    start: int
    end: int
    text: str
    """With the words that open its list, where the direction is theirs."""
    read: SentenceDirection
    share: float
    """Share of the subject's words that it names, 0 to 1; of an article all or none."""
    is_shown: bool
    """Whether it takes a direction surely enough for the direction to be shown."""

    @property
    def names_subject(self) -> bool:
        """Whether it names at least half of the subject's words."""
        return self.share >= 1 / 2

    @property
    def may_decide(self) -> bool:
        """Whether it names the subject, or goes on with marks of a direction, unlike "it should be short"."""
        return self.names_subject or (self.is_shown and _strength(self.read) > 0)


@dataclass(frozen=True)
class _Quotation:
    """The words of a citation, sentence by sentence, read on the subject of a cell."""

    citation: Citation
    subject: Subject
    parties: PartyTable
    language: str
    """The one of the six languages in which it is read."""
    topic: str
    """The topic of the subject in the language of the citation; of an article the words that name it, or its title."""
    share: Callable[[str], float]
    """Gives the share of the subject's words that a text names."""
    sentences: Sequence[_Sentence]


def suggest(citation: Citation, statement: Statement, subject: Subject, parties: PartyTable) -> Suggestion:
    """Suggests the kind of position that one citation shows.

    Sentences on the subject decide, or all sentences if these only report others. A citation that does not name the
    subject, having been found by meaning, needs the chance `_UNNAMED_MIN`, and shows no position in another language.
    `parties` are those that the subject may name.
    """
    quotation = _read_quotation(citation, subject, parties)
    speaking = _without_reported(_speaking(quotation.sentences))
    usable = speaking or _without_reported(quotation.sentences)
    named = bool(speaking) or not subject.topic
    if not usable or citation.quoting or not (named or citation.language == subject.language):
        return Suggestion(kind="no_position")
    declining = _declining(quotation)
    if declining is not None:
        words = (_words(declining.start, declining.end, "no_position", citation, statement),)
        return Suggestion(kind="no_position", direction="mentions", likely="mentions", words=words)
    deciding = [sentence for sentence in usable if sentence.may_decide] or usable
    decisive = _decisive(deciding)
    certain = (
        decisive.is_shown
        and _is_on_subject(decisive, quotation, named=named)
        and not (_is_contradicted(decisive, deciding, subject) or _is_qualified(decisive, quotation))
    )
    return _suggestion(decisive, quotation, statement, certain=certain)


def _read_quotation(citation: Citation, subject: Subject, parties: PartyTable) -> _Quotation:
    """Reads the sentences of a citation; one that is taken back has no direction, one on others is `reported`."""
    # A citation in another language than the six is read as English.
    language = known_language(citation.language)
    topic, share = _topic_of(subject, citation), _share_of(subject, language, parties)
    sentences = list[_Sentence]()
    for each in read_quotations([citation.quote], topic, language, parties)[0]:
        text, read = each.sentence.together, each.read
        if tells_of_others(text, language, citation.holders, parties):
            read = replace(read, reading="reported")
        start, end = each.sentence.start, each.sentence.start + len(each.sentence.text)
        sentences.append(_Sentence(start, end, text, read, share(text), _is_shown(read, subject.harm)))
    return _Quotation(citation, subject, parties, language, topic, share, sentences)


def _topic_of(subject: Subject, citation: Citation) -> str:
    """Returns the topic on which a citation is read, in its language.

    Of an article it is the words that name it: "these raids breach article 4" is against the raids, not the article.
    """
    if subject.article is None:
        return topic_in(subject.topic, subject.language, citation.language)
    named = [citation.quote[each.start : each.end] for each in _mentions_of(subject, citation.quote)]
    title = article_title(subject.treaty or "", subject.article) or ""
    return named[0] if named else topic_in(title, "en", citation.language)


def _mentions_of(subject: Subject, text: str) -> list[ArticleMention]:
    mentions = find_articles(text, subject.treaty)
    return [each for each in mentions if (each.treaty, each.article) == (subject.treaty, subject.article)]


def _share_of(subject: Subject, language: str, parties: PartyTable) -> Callable[[str], float]:
    """Returns a function from a text to the share of the subject's words that it names; of an article all or none."""
    if subject.article is None:
        shared = share_of_topic(subject.topic, subject.language, parties)
        return lambda text: shared(text, language)
    return lambda text: float(bool(_mentions_of(subject, text)))


def _speaking(sentences: Sequence[_Sentence]) -> Sequence[_Sentence]:
    """Returns the sentences that name at least half of the subject's words, or go on from one that does.

    A sentence that only announces the subject ("let me turn to extradition") is left out; the next one counts, and so
    does the one after what others say of it ("Some propose visits. We cannot accept that.").
    """
    speaking, before, announced, reported = list[_Sentence](), False, False, False
    for sentence in sentences:
        named = sentence.names_subject
        before = named or announced or reported or (before and refers_back(sentence.text))
        announced, reported = named and announces(sentence.text), named and sentence.read.reading == "reported"
        if before and not announced:
            speaking.append(sentence)
    return speaking


def _without_reported(sentences: Sequence[_Sentence]) -> Sequence[_Sentence]:
    return [sentence for sentence in sentences if sentence.read.reading != "reported"]


def _declining(quotation: _Quotation) -> _Sentence | None:
    """Returns the sentence that says that no position is taken on the whole subject, if there is one."""
    before = ""
    for sentence in quotation.sentences:
        text = sentence.text
        # "We have no position on this" refers to what the sentence before it names.
        taken_up = f"{before} {text}" if refers_back(text) or announces(before) else text
        if declines_position(text, quotation.language) and quotation.share(taken_up) == 1:
            return sentence
        before = text
    return None


def _decisive(deciding: Sequence[_Sentence]) -> _Sentence:
    """Returns the sentence that most surely takes a direction, or one in the same direction that names the subject."""
    surest = max(deciding, key=lambda sentence: (sentence.is_shown, sentence.read.attitude))
    if not surest.is_shown:
        return surest
    # A sentence that names the subject decides: "We welcome the review. We only ask that it be short." is for it.
    alike = [sentence for sentence in deciding if sentence.is_shown and sentence.read.reading == surest.read.reading]
    return max(alike, key=lambda sentence: (sentence.names_subject, sentence.read.attitude))


def _is_on_subject(decisive: _Sentence, quotation: _Quotation, *, named: bool) -> bool:
    """Returns whether the direction of a sentence is on the subject, which the quotation names or surely means."""
    subject, topic, read = quotation.subject, quotation.topic, decisive.read
    # A State's name alone does not name the topic: "Iraq" is not "the use of force against Iraq".
    names_topic = not topic or any(sentence.read.names_topic for sentence in quotation.sentences)
    surely = named and (names_topic or subject.article is not None)
    if not (surely or (read.chances[read.reading] >= _UNNAMED_MIN and not _shares_party(decisive, quotation))):
        return False
    if subject.article is not None:
        return _is_on_article(decisive)
    # Implied support must name the subject whole: "We wish to bear what a seat in the Council entails" does not.
    implied = read.reading == "for" and not _strength(read)
    whole = not implied or names_whole(quotation.citation.quote, subject, quotation.language)
    return whole and not _is_beside(decisive.text, read, quotation.share)


def _is_on_article(decisive: _Sentence) -> bool:
    """Returns whether a sentence takes its direction on an article, and not on what is said under it.

    "That is a question of sovereignty in the sense of article 4" has no mark of a direction. Who opposes a breach of an
    article is for the article.
    """
    read, breached = decisive.read, _PATTERNS.breach.search(decisive.text) is not None
    if read.reading == "against" and breached:
        return False
    shown = {mark.kind for mark in read.marks}
    is_marked = not shown.isdisjoint(_KINDS_OF[cast(Direction, read.reading)]) or (breached and "opposes" in shown)
    return is_marked or read.reading == "conditional" or read.chances[read.reading] >= _UNMARKED_MIN


def _shares_party(sentence: _Sentence, quotation: _Quotation) -> bool:
    """Returns whether a sentence names a party that the topic names."""
    find = partial(quotation.parties.find, language=quotation.language, relaxed=True)
    of_topic = {code for match in find(quotation.topic) for code in match.codes}
    return any(not of_topic.isdisjoint(match.codes) for match in find(sentence.text))


def _is_contradicted(decisive: _Sentence, deciding: Sequence[_Sentence], subject: Subject) -> bool:
    """Returns whether other sentences take the opposite direction, or tell what the party surely does."""
    # Sentences against a harm and sentences for action against it do not contradict each other.
    if subject.harm:
        return False
    # Both directions occur: "We recognise their work. They should not, however, sit in working groups".
    if {"for", "against"} <= {sentence.read.reading for sentence in deciding if sentence.is_shown}:
        return True
    # A sentence without marks is not against what the party surely does: "With extradition it is otherwise. We take the
    # Convention as the basis of extradition."
    practised = (sentence for sentence in deciding if sentence.names_subject and sentence.read.reading == "mentions")
    without_marks = decisive.read.reading == "against" and not _strength(decisive.read)
    return without_marks and any(_strength(sentence.read) for sentence in practised)


def _suggestion(decisive: _Sentence, quotation: _Quotation, statement: Statement, *, certain: bool) -> Suggestion:
    """Returns the kind of position in the direction of a sentence, with the words that show it."""
    citation, read = quotation.citation, decisive.read
    # Reported sentences were left out, so the reading is a direction.
    likely = cast(Direction, read.reading)
    direction: Direction = likely if certain else "mentions"
    kinds, shown = _KINDS_OF[direction], kind_of(read.marks)
    kind = shown if shown in kinds else kinds[0]
    at = decisive.start
    opened = len(decisive.text) > decisive.end - at
    spans = [(at + mark.start, at + mark.end) for mark in read.marks if mark.kind == kind and not opened]
    if not spans and kind != "no_position":
        spans = [(decisive.start, decisive.end)]
    words = [_words(start, end, kind, citation, statement) for start, end in spans]
    likely = "for" if quotation.subject.harm and likely == "against" else likely
    return Suggestion(kind=kind, direction=direction, likely=likely, attitude=read.attitude, words=tuple(words))


def _is_qualified(sentence: _Sentence, quotation: _Quotation) -> bool:
    """Returns whether a sentence's direction is on a part of the topic or something else, or is bound to a condition.

    "We reject conditions on this" is not against it, "we shall not do this without an undertaking" is conditional, and
    "this shall not be refused" and "we were less successful with this" have no plain direction.
    """
    text, read, topic, language = sentence.text, sentence.read, quotation.topic, quotation.language
    masked = mask_topic(text, topic, language, quotation.parties)
    if read.reading == "conditional":
        return all(mark.rule == "limit" for mark in read.marks if mark.kind == "conditional")
    found = {match.lastgroup for match in operators(language).finditer(masked)}
    bound = bool(found & {"not", "against"} and found & {"without", "unless", "until"})
    # A forbidden thing before the topic is not the topic: "secrecy shall not be invoked where this is asked for".
    # Nor is it an article itself: "under article 4 nobody may act in another State" relies on the article.
    forbidden = [masked.find(text[mark.start : mark.end]) for mark in read.marks if mark.rule == "forbids"]
    named_at = masked.find(TOPIC_PLACEHOLDER[language])
    beside = any(quotation.subject.article is not None or 0 <= at < named_at for at in forbidden)
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
