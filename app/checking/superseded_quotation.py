"""Finds quotations that their party has superseded: by a later statement in another direction, or a corrected version.

For "Drelnia is not in favour of new protocols", said in 2020, the report adds that Drelnia supported one in 2024.
"""

from typing import Final, Literal

from rapidfuzz.fuzz import partial_ratio
from rapidfuzz.process import extractOne

from app.answering.citations import cite
from app.answering.cited_direction import directions_of
from app.answering.superseding import with_superseding
from app.checking.comparing.corpus_texts import CorpusTexts, StoredText
from app.checking.findings import Place
from app.records import Citation
from app.retrieval.chronology import made_before
from app.retrieval.positions.change_of_view import gives_up
from app.retrieval.positions.position_marks import find_position_marks
from app.retrieval.terms import content_terms
from ingest.parties.party_table import PartyTable
from ingest.text.canonical_form import squash
from vectorstore.stems import words_of

# Passages of later statements whose sentences are compared.
_PASSAGES: Final = 4
# Sentences on the same matter share this many content terms, and this share of the shorter one's. Chosen on the
# fictional conference.
_SHARED_TERMS_MIN: Final = 2
_SHARE_MIN: Final = 0.33
# Least strength of a position mark with which a sentence counts as taking a position; "thank" does not reach it.
_STRENGTH_MIN: Final = 2
# Least likeness (0 to 100) of a sentence that a corrected version has in place of quoted words. Set by hand.
_LIKENESS_MIN: Final = 70


def superseded_by(
    place: Place, stored: StoredText, texts: CorpusTexts, parties: PartyTable, *, as_of_today: bool
) -> tuple[Literal["superseded", "said_later"], Citation] | None:
    """Returns the later citation of the same party that supersedes the sentence at a place, or None.

    Both must clearly take a direction, in the same language, on the terms that they share, unless the later one says
    that a view is given up. For words that a draft gives `as_of_today`, any later sentence on a term of theirs is
    `said_later`.
    """
    statement, language = stored.statement, stored.statement.language_at(place.start)
    own = texts.sentences(statement.statement_id)
    at = next((s.ordinal for s in own if s.start <= place.start < s.end), None)
    later = [
        identifier
        for identifier, other in texts.by_id.items()
        if other.statement.kind == statement.kind != "treaty"
        and other.metadata.state == stored.metadata.state is not None
        and made_before(stored.metadata, other.metadata)
    ]
    if at is None or language is None or not later:
        return None
    takes_position = _takes_position(own[at].text, language)
    if not takes_position and not as_of_today:
        return None
    quoted = cite(statement, own, range(at, at + 1), 1)
    alike = (
        sentence
        for passage in texts.passages(own[at].text, later, _PASSAGES)
        for sentence in texts.sentences(passage.statement_id)[passage.first_sentence : passage.last_sentence + 1]
    )
    said_later: list[tuple[int, Citation]] = []
    for sentence in alike:
        other, span = texts.by_id[sentence.statement_id].statement, range(sentence.ordinal, sentence.ordinal + 1)
        cited = cite(other, texts.sentences(sentence.statement_id), span, 2)
        if cited.language != language:
            continue
        own_terms, terms = _terms((quoted.quote, cited.quote), language)
        said_later += [(len(own_terms & terms), cited)] if own_terms & terms else []
        topic = _common(quoted.quote, cited.quote, language) if takes_position else ""
        if topic and gives_up(cited.quote):
            return "superseded", cited
        if not topic or not _takes_position(cited.quote, language):
            continue
        directions = directions_of((quoted, cited), topic, language, parties)
        first, _ = with_superseding((quoted, cited), directions, stored.metadata.holders[:1])
        if first.superseded_by is not None:
            return "superseded", cited
    if as_of_today and said_later:
        return "said_later", max(said_later, key=lambda each: each[0])[1]
    return None


def corrected_in(place: Place, stored: StoredText, texts: CorpusTexts) -> Citation | None:
    """Returns the sentence that the newest version of a statement has in place of the words at a place.

    None if it has the words themselves, or no sentence like them.
    """
    newer = texts.by_id.get(texts.revised.get(place.statement_id, ""))
    words = squash(stored.keyed.source[place.start : place.end])
    if newer is None or words in squash(newer.statement.source_text):
        return None
    own = texts.sentences(newer.statement.statement_id)
    like = extractOne(words, [squash(s.text) for s in own], scorer=partial_ratio, score_cutoff=_LIKENESS_MIN)
    return None if like is None else cite(newer.statement, own, range(like[2], like[2] + 1), 1)


def _takes_position(text: str, language: str) -> bool:
    return any(mark.strength >= _STRENGTH_MIN for mark in find_position_marks(text, language))


def _common(one: str, other: str, language: str) -> str:
    """Returns the content words that two sentences share, without position marks; empty where they are too few."""
    first, second = _terms((one, other), language)
    shared = first & second
    if len(shared) < max(_SHARED_TERMS_MIN, _SHARE_MIN * min(len(first), len(second))):
        return ""
    words = [word for word in words_of(one) if content_terms(word, language) & shared]
    # Terms of Chinese are pairs of characters, which match none of its words: these are one character each.
    return " ".join(words or sorted(shared))


def _terms(texts: tuple[str, str], language: str) -> tuple[frozenset[str], frozenset[str]]:
    marks = " ".join(text[mark.start : mark.end] for text in texts for mark in find_position_marks(text, language))
    first, second = (content_terms(text, language) - content_terms(marks, language) for text in texts)
    return first, second
