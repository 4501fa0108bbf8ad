"""Evidence of a cell: the sentences that are surely on its subject, in the order in which they were found.

For "sanctions", "We oppose the sanctions." stays and "The Council meets in May." goes. Where no sentence is sure, the
one nearest to the subject is shown and marked as such.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import chain, takewhile
from typing import Final, Literal

import regex

from app.answering.quotation_context import CONTEXT_SENTENCES
from app.briefing.cells import Subject
from app.retrieval.chronology import recency
from app.retrieval.model_languages import languages_of
from app.retrieval.party_evidence import PartyEvidence, ScoredSentence
from app.retrieval.terms import content_terms
from app.retrieval.topic.share import LOOSE_SHARE, share_of_topic
from app.retrieval.topic.topic import topic_in
from ingest.glossary.glossary import is_term, terms_of, terms_within
from ingest.parties.party_table import PartyTable
from prompts.wording import known_language
from vectorstore.records import Metadata, Sentence

# Least relevance of a sentence that stands under the subject's heading. Answers quote from a lower threshold on, since
# the question stands above them. Chosen on cells that were checked against their statements (development): of the
# sentences between the two thresholds, half were on something else. The limits below it were set where such cells
# misled, likewise development; no comparison with other values is kept.
_SURE_MIN: Final = 0.7
# The same for a sentence that lacks a word of the subject, such as "funding" for "funding of the mechanism".
_SURE_BY_MEANING_MIN: Final = 0.95
# Least share of the subject's words with which a sentence in another language names it.
_FOREIGN_SHARE_MIN: Final = 0.5
# Least share of the subject's words that the nearest passage holds.
_NEAREST_SHARE_MIN: Final = 0.5
# Least number of words that a later sentence shares with a quoted one, save those in over `_COMMON_MIN` of sentences.
_SHARED_WORDS_MIN: Final = 2
_CAPITALISED: Final = regex.compile(r"\p{Lu}[\p{L}\p{M}]*")
_COMMON_MIN: Final = 0.2  # share of the sentences


def on_subject(
    item: PartyEvidence, subject: Subject, sentences: Mapping[str, Sequence[Sentence]], parties: PartyTable
) -> list[Sentence]:
    """Returns the evidence of a cell: the sentences that are surely on the subject and name enough of it.

    Sentences that an answer quotes as mere context are left out: under the heading of a column they would mislead.
    A sentence with less than half as many of the subject's words as the best one is left out, since a cell has room for
    few quotations; sentences in other languages and those that name the subject's article stay. From statements later
    than all of these, a sentence with over half of the subject's words, or with words of a kept sentence, is added, so
    that no earlier position stands as the latest one. `sentences` has all sentences of each statement; `parties` are
    those that the subject may name.
    """
    shared = share_of_topic(subject.topic, subject.language, parties)
    language_of, recency_of = _language_and_time(item)

    def share(sentence: Sentence, text: str | None = None) -> float:
        return shared(sentence.text if text is None else text, language_of(sentence))

    def foreign(sentence: Sentence) -> bool:
        return language_of(sentence) != subject.language

    translated = is_term(subject.topic, subject.language)
    names_states = _names_states_of(subject, parties)

    def is_sure(found: ScoredSentence) -> bool:
        sentence, chance = found.sentence, found.relevance.chance
        if found.relevance.source != "calibrated" or share(sentence) == 1:
            return True
        # Translated words are less certain, the more so if the subject is no term and is translated word by word.
        least = _FOREIGN_SHARE_MIN if foreign(sentence) else LOOSE_SHARE
        named = share(sentence, _with_next(sentence, sentences)) >= least or _is_unknown(subject, language_of(sentence))
        named = named or (foreign(sentence) and share(sentence) > 0 and not translated)
        # A State in the subject carries most of its meaning, as in "the war in Syria".
        named = named or names_states(sentence.text, language_of(sentence))
        return chance >= (_SURE_MIN if named else _SURE_BY_MEANING_MIN)

    def has_all_words(found: ScoredSentence) -> bool:
        # A sentence with all words of the subject need not reach the threshold of an answer.
        return (found.relevance.is_evidence or found.relevance.may_answer) and share(found.sentence) == 1

    likely = {found.sentence.sentence_id for found in item.best if is_sure(found)}
    likely |= {found.sentence.sentence_id for found in item.sentences if has_all_words(found)}
    quoted = [found.sentence for found in item.sentences if found.sentence.sentence_id in likely]
    latest = max(map(recency_of, quoted), default=(date.max, 0))
    after = [found for found in item.sentences if found.relevance.is_evidence and recency_of(found.sentence) > latest]
    later = [found.sentence for found in after if found.relevance.chance >= _SURE_MIN]
    if later:
        goes_on = _goes_on(item, quoted, language_of, unknown=not translated)
        later = [each for each in later if share(each) > 1 / 2 or goes_on(each)]
    # The agenda item may supply missing words: "the second phase of the mechanism" under an item on the review.
    under = (f.sentence for f in after if not foreign(f.sentence) and share(f.sentence) >= 1 / 2)
    later = later or [each for each in under if share(each, f"{each.text} {_item(each, item, sentences)}") == 1][:1]
    likely |= {each.sentence_id for each in later}
    kept = [found.sentence for found in item.sentences if found.sentence.sentence_id in likely]
    needed = max(map(share, kept), default=0.0) / 2
    return [sentence for sentence in kept if foreign(sentence) or sentence in later or share(sentence) >= needed]


def nearest(
    item: PartyEvidence,
    subject: Subject,
    sentences: Mapping[str, Sequence[Sentence]],
    parties: PartyTable,
    *,
    answering: bool = False,
) -> list[Sentence]:
    """Returns the sentence nearest to the subject of a cell without evidence; empty where nothing comes near it.

    It must share words with the subject, apart from names of other things, or be surely relevant; with `answering`, it
    must also reach the threshold of an answer. Among those that do, one of the latest statement is preferred.
    """
    shared, names_states = share_of_topic(subject.topic, subject.language, parties), _names_states_of(subject, parties)
    language_of, recency_of = _language_and_time(item)

    def is_named(found: ScoredSentence) -> bool:
        sentence, language = found.sentence, language_of(found.sentence)
        named = shared(_with_next(sentence, sentences), language) >= _NEAREST_SHARE_MIN
        return named or names_states(sentence.text, language) or _is_unknown(subject, language)

    def is_near(found: ScoredSentence) -> bool:
        near = found.relevance.chance >= _SURE_MIN or is_named(found)
        return near and (found.relevance.is_evidence or (found.relevance.may_answer and not answering))

    def order(found: ScoredSentence) -> tuple[bool, bool, float]:
        # The relevance of sentences in other languages is less certain.
        by_words = language_of(found.sentence) == subject.language or is_named(found)
        return by_words, found.relevance.is_evidence, found.relevance.chance

    best = max(filter(is_near, item.sentences), key=order, default=None)
    if best is None:
        return []
    goes_on = _goes_on(item, [best.sentence], language_of, unknown=not is_term(subject.topic, subject.language))

    def is_later(found: ScoredSentence) -> bool:
        sentence = found.sentence
        if recency_of(sentence) <= recency_of(best.sentence) or not found.relevance.is_evidence:
            return False
        return is_named(found) or (found.relevance.chance >= _SURE_MIN and goes_on(sentence))

    later = filter(is_later, item.sentences)
    return [max(later, key=lambda found: (recency_of(found.sentence), *order(found)), default=best).sentence]


def why_unproven(item: PartyEvidence, subject: Subject) -> Literal["language", "words"] | None:
    """Returns why finding nothing does not prove silence; None where it does: for a term or a single word.

    The glossary has "debt relief" in every language. "Training offered to officials" is translated word by word, and
    may be paraphrased even in its own language.
    """
    if item.silence_unproven:
        return "language"
    if is_term(subject.topic, subject.language):
        return None
    languages = (language or subject.language for summary in item.statements for language in languages_of(summary))
    if any(language != subject.language for language in languages):
        return "language"
    return "words" if len(content_terms(subject.topic, subject.language)) > 1 else None


def _item(sentence: Sentence, item: PartyEvidence, sentences: Mapping[str, Sequence[Sentence]]) -> str:
    """Returns the line of a statement's heading that names its agenda item; empty where none does."""
    number = next((s.metadata.agenda_item for s in item.statements if s.statement_id == sentence.statement_id), None)
    heading = takewhile(lambda each: each.paragraph is None, sentences[sentence.statement_id])
    names = regex.compile(rf"(?<![\p{{N}}.]){regex.escape(number or '')}\s*[:：–—-]")
    return next((each.text for each in heading if number and names.search(each.text)), "")


def _language_and_time(
    item: PartyEvidence,
) -> tuple[Callable[[Sentence], str], Callable[[Sentence], tuple[date, int]]]:
    """Returns functions from a party's sentence to its language, English if unknown, and to how recent it is."""
    metadata = {summary.statement_id: summary.metadata for summary in item.statements}

    def of(sentence: Sentence) -> Metadata:
        return metadata.get(sentence.statement_id, Metadata())

    return lambda own: own.language or of(own).language or "en", lambda own: recency(of(own))


def _goes_on(
    item: PartyEvidence, quoted: Sequence[Sentence], language_of: Callable[[Sentence], str], *, unknown: bool
) -> Callable[[Sentence], bool]:
    """Returns a test of whether a sentence shares words with a quoted one, apart from names and common words."""

    def words(sentence: Sentence) -> frozenset[str]:
        language = language_of(sentence)
        return content_terms(_CAPITALISED.sub(" ", sentence.text), known_language(language))

    read = Counter(chain.from_iterable(words(found.sentence) for found in item.sentences))
    common = {word for word, count in read.items() if count > max(2, _COMMON_MIN * len(item.sentences))}

    def goes_on(sentence: Sentence) -> bool:
        # If all quoted sentences are in other languages, words cannot be compared, and the result is `unknown`.
        same = [words(each) - common for each in quoted if language_of(each) == language_of(sentence)]
        return any(len(words(sentence) & own) >= _SHARED_WORDS_MIN for own in same) if same else unknown

    return goes_on


def _names_states_of(subject: Subject, parties: PartyTable) -> Callable[[str, str | None], bool]:
    """Returns a test of whether a text, given with its language, names all States of a subject; False without any."""
    states = {match.codes for match in parties.find(subject.topic, subject.language)}
    return lambda text, language: bool(states) and states <= {match.codes for match in parties.find(text, language)}


def names_whole(text: str, subject: Subject, language: str) -> bool:
    """Returns whether a text has all words of a subject, or a glossary term for the whole of it."""
    topic = topic_in(subject.topic, subject.language, language)
    concepts = {named.concept for named in terms_within(topic, language)} if terms_of(topic, language) else set()
    written = not concepts.isdisjoint(named.concept for named in terms_within(text, language))
    return written or content_terms(topic, language) <= content_terms(text, language)


def _is_unknown(subject: Subject, language: str | None) -> bool:
    """Returns whether the glossary has no words for a subject in a language, so that no sentence in it can name it."""
    known = known_language(language)
    return not content_terms(topic_in(subject.topic, subject.language, known), known)


def _with_next(sentence: Sentence, sentences: Mapping[str, Sequence[Sentence]]) -> str:
    """Returns a sentence with the next ones of its paragraph, by which a quotation of it may be extended."""
    following = sentences[sentence.statement_id][sentence.ordinal : sentence.ordinal + 1 + CONTEXT_SENTENCES]
    return " ".join(each.text for each in following if each.paragraph == sentence.paragraph)
