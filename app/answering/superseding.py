"""Positions in an answer: the direction of each claim, and which citations a later one of the same party supersedes.

"Drelnia is not in favour of new protocols." [2] of 2020 is superseded by [1] of 2024, "Drelnia now supports …".
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Final

import regex

from app.answering.citation_spans import takes_back
from app.answering.list_context import split_bound
from app.records import Citation, Claim, Direction
from app.retrieval.direction import SURE, SentenceDirection, decisive_of, read_sentence
from app.retrieval.position_marks import OUTRIGHT, declines_position
from app.retrieval.scoped_statements import made_before
from app.retrieval.topic import topic_in
from app.retrieval.topic_share import share_of_topic
from ingest.language.lexicons import load_lexicon
from ingest.parties.party_table import PartyTable
from vectorstore.records import Metadata

_WORDS: Final = load_lexicon("spans")
_DISOWNS, _COUNTERFACTUAL, _VIEW, _NO_LONGER, _CLAUSES = (
    regex.compile(_WORDS[name], regex.VERBOSE)
    for name in ("disowns", "counterfactual", "of_view", "no_longer", "clause_ends")
)
# Chance of a direction from which on a later statement can supersede an earlier one.
_SURE: Final = 0.7
# Share of the topic's words that a quotation names to be for or against it: one on what conditions help may have says
# nothing of "the extradition of fugitives without a treaty".
_NAMED: Final = 0.5


@dataclass(frozen=True, kw_only=True)
class CitedDirection:
    """The direction of a citation; `sure` where words that name the topic take it plainly."""

    direction: Direction | None
    sure: bool


def directions_of(
    citations: Sequence[Citation],
    topic: str,
    language: str,
    words: Callable[[Citation], str] = attrgetter("quote"),
    parties: PartyTable | None = None,
) -> dict[int, CitedDirection]:
    """Returns the direction of each citation on a topic, which is in this language, by the number of the citation.

    Of a citation those `words` are read; what merely follows is of something else.
    """
    shared = share_of_topic(topic, language)

    def told(citation: Citation) -> CitedDirection:
        said, own = words(citation), topic_in(topic, language, citation.language)
        unnamed = bool(own) and shared(said, citation.language) < _NAMED
        theirs = citation.quoting or citation.kind == "treaty"
        if unnamed or theirs or declines_position(said, citation.language):
            return CitedDirection(direction=None, sure=False)
        # A topic that the glossary does not have in the language of the citation is named by none of its sentences.
        return _direction(_read(said, own, citation.language, parties), always_named=citation.language != language)

    return {citation.number: told(citation) for citation in citations}


def _direction(read: Sequence[SentenceDirection], *, always_named: bool) -> CitedDirection:
    """Returns the direction of a citation whose sentences were read; what only reports has none."""
    decisive = decisive_of(read)
    if decisive is None or decisive.reading == "reported":
        return CitedDirection(direction=None, sure=False)
    named = decisive.names_topic or always_named
    taken = decisive.reading not in ("mentions", "reported")
    # Plain words of both directions leave it open; what stands beside the topic does not.
    both = {"for", "against"} <= {own.reading for own in read if own.names_topic or _is_outright(own)}
    # Of twelve conditions that were told on sentences of speeches three were some: only a likely one is shown.
    unsure = decisive.reading == "conditional" and decisive.chances["conditional"] < SURE and not _is_outright(decisive)
    direction = "mentions" if unsure else decisive.reading
    return CitedDirection(direction=direction, sure=taken and named and not both and decisive.attitude >= _SURE)


def _read(words: str, topic: str, language: str | None, parties: PartyTable | None) -> list[SentenceDirection]:
    """Reads the sentences of a quotation whose direction is the speaker's, as it stands."""
    # What the next one takes back has none: "It must be kept. We share none of these reasons.", nor has what would have
    # been, beside which nothing but outright words are for the topic. An item of a list takes the direction of the
    # words that open it.
    read: list[SentenceDirection] = []
    would = False
    for sentence in split_bound(words):
        own = read_sentence(sentence.text, topic, language, parties)
        if takes_back(sentence.text):
            if _DISOWNS.search(sentence.text) and own.reading == "for" and not own.names_topic:
                own = replace(own, reading="mentions")
            if read and _is_taken_back(read[-1], own, sentence.text):
                read.pop()
            read.append(own)
        elif sentence.opening:
            read += _as_opened(own, read_sentence(sentence.opening, topic, language, parties))
        elif _would_have(sentence.text, language):
            would = True
        elif not (would and own.reading == "for") or _is_outright(own):
            read.append(own)
    return read


def _is_taken_back(before: SentenceDirection, own: SentenceDirection, text: str) -> bool:
    """Returns whether a sentence that takes back, read as `own`, speaks of the direction of the one before."""
    # One that the speaker takes outright ("we support") only a change of view takes back ("no longer"): what is
    # disowned beside it is an objection. What is reported is no direction, and a change of law takes back no support.
    if before.reading in ("reported", own.reading):
        return False
    if _DISOWNS.search(text):
        return not _is_outright(before) or _NO_LONGER.search(text) is not None
    return _VIEW.search(text) is not None or not (_is_outright(before) or before.reading == "for")


def _would_have(text: str, language: str | None) -> bool:
    """Returns whether a sentence says what would have been, and no other clause of it takes a position outright."""
    told = _COUNTERFACTUAL.search(text)
    if told is None:
        return False
    others = [clause for clause in _CLAUSES.split(text) if not _COUNTERFACTUAL.search(clause)]
    return not any(_is_outright(read_sentence(clause, "", language)) for clause in others)


def _is_outright(read: SentenceDirection) -> bool:
    return any(mark.strength == OUTRIGHT for mark in read.marks)


def _as_opened(item: SentenceDirection, opening: SentenceDirection) -> list[SentenceDirection]:
    """Returns how an item is read beside its opening: as that, or by words of its own ("we support"); else not at all.

    Where both take a direction, and not the same, there is none.
    """
    outright = _is_outright(item)
    taken = opening.reading not in ("mentions", "reported")
    if taken and (not outright or item.reading == opening.reading):
        return [replace(opening, names_topic=item.names_topic or opening.names_topic)]
    return [item] if outright and not taken and opening.reading != "reported" else []


def with_directions(claims: Sequence[Claim], directions: Mapping[int, CitedDirection]) -> tuple[Claim, ...]:
    """Returns claims with the direction of the first of their citations that has one."""

    def told(claim: Claim) -> Direction | None:
        cited = (directions[number].direction for number in claim.citations if number in directions)
        found = [direction for direction in cited if direction is not None]
        return next((direction for direction in found if direction != "mentions"), found[0] if found else None)

    return tuple(replace(claim, direction=told(claim)) for claim in claims)


def with_superseding(
    citations: Sequence[Citation], directions: Mapping[int, CitedDirection], asked: Collection[str] = ()
) -> tuple[Citation, ...]:
    """Returns citations with the number of the latest one by which each is superseded.

    That is a citation of the same party, as `of_same_party` tells it of those asked about, which was certainly made
    later and takes another direction.
    """
    taking = [citation for citation in citations if directions[citation.number].sure]

    def later(citation: Citation) -> int | None:
        if citation not in taking:
            return None
        over = [
            other
            for other in taking
            if of_same_party(citation, other, asked)
            and directions[other.number].direction != directions[citation.number].direction
            and earlier_than(citation, other)
        ]
        return next((each.number for each in over if not any(earlier_than(each, other) for other in over)), None)

    return tuple(replace(citation, superseded_by=later(citation)) for citation in citations)


def earlier_than_latest(citations: Sequence[Citation], asked: Collection[str] = ()) -> frozenset[int]:
    """Returns the numbers of citations beside which a later statement of the same party is cited."""
    return frozenset(
        citation.number
        for citation in citations
        if any(of_same_party(citation, other, asked) and earlier_than(citation, other) for other in citations)
    )


def of_same_party(earlier: Citation, later: Citation, asked: Collection[str]) -> bool:
    """Returns whether a later citation is of whoever an earlier one is cited for.

    Those are the holders of the earlier one that are asked about, else all: a State goes back on a joint statement for
    itself alone.
    """
    cited_for = set(earlier.holders).intersection(asked) or set(earlier.holders)
    return bool(cited_for) and cited_for <= set(later.holders)


def earlier_than(one: Citation, other: Citation) -> bool:
    """Returns whether a citation is of a statement that was certainly made before that of another."""
    first, second = (Metadata(body=each.body, session=each.session, date=each.date) for each in (one, other))
    return made_before(first, second)
