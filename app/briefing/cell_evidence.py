"""Evidence of a cell: the sentences that are surely on its subject, in the order in which they were found.

For "sanctions", "We oppose the sanctions." stays and "The Council meets in May." goes. Where nothing is sure, what is
nearest to the subject is shown as that.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import chain, takewhile
from typing import Final, Literal

import regex

from app.answering.citation_spans import CONTEXT_SENTENCES
from app.briefing.cells import Subject
from app.retrieval.party_evidence import PartyEvidence, ScoredSentence
from app.retrieval.scoped_statements import recency
from app.retrieval.sentence_ranker import languages_of
from app.retrieval.terms import content_terms
from app.retrieval.topic import topic_in
from app.retrieval.topic_share import LOOSELY, share_of_topic
from ingest.glossary.glossary import is_term, terms_of, terms_within
from ingest.parties.party_table import PartyTable
from prompts.wording import LANGUAGES
from vectorstore.records import Metadata, Sentence

# Chance of being on the subject from which on a sentence stands under its heading. An answer quotes from a lower one
# on, since its question stands above it. Chosen on cells that were read against their statements: of the sentences
# between, half were on something else.
_SURE: Final = 0.7
# The same for what is quoted without some word of the subject, such as "funding" for "funding of the mechanism".
_SURE_BY_MEANING: Final = 0.95
# Share of the subject's words that names it in another language.
_NAMED_ABROAD: Final = 0.5
# Share of the subject's words that the nearest passage holds.
_NEAREST_SHARE: Final = 0.5
# Words that a later sentence shares with what is quoted, none of which a fifth of the sentences read hold.
_SHARED_WITH_QUOTED: Final = 2
_CAPITALISED: Final = regex.compile(r"\p{Lu}[\p{L}\p{M}]*")
_COMMON: Final = 0.2
_parties: Final = cache(PartyTable.load)


def on_subject(item: PartyEvidence, subject: Subject, sentences: Mapping[str, Sequence[Sentence]]) -> list[Sentence]:
    """Returns the evidence of a cell without what does not answer on the subject, or hardly names it.

    What only goes on beside an answer stands under its question there; in a table the heading would be wrong.

    Where some of it names the subject, what shares less than half as many of its words is left out, since a cell has
    room for few quotations. Sentences in other languages stay, and what names an article is on it anyway. Of statements
    made after all of these, what shares half of its words counts as well, or words with what is kept, so that no
    earlier position stands there as the latest one. `sentences` are all those of each statement.
    """
    shared = share_of_topic(subject.topic, subject.language)
    spoken, when = _spoken_and_when(item)

    def share(sentence: Sentence, text: str | None = None) -> float:
        return shared(sentence.text if text is None else text, spoken(sentence))

    def foreign(sentence: Sentence) -> bool:
        return spoken(sentence) != subject.language

    translated = is_term(subject.topic, subject.language)
    names_states = _names_states_of(subject)

    def is_sure(found: ScoredSentence) -> bool:
        sentence, chance = found.sentence, found.relevance.chance
        if found.relevance.source != "calibrated" or share(sentence) == 1:
            return True
        # Words of other languages are put into those of the subject less surely, and one by one if it is no term.
        around = share(sentence, _with_next(sentence, sentences))
        named = around >= (_NAMED_ABROAD if foreign(sentence) else LOOSELY) or _is_unknown(subject, spoken(sentence))
        named = named or (foreign(sentence) and share(sentence) > 0 and not translated)
        # A State that the subject names tells most of it, as in "the war in Syria".
        named = named or names_states(sentence.text, spoken(sentence))
        return chance >= (_SURE if named else _SURE_BY_MEANING)

    def is_told(found: ScoredSentence) -> bool:
        # What names all of it has not to answer otherwise.
        return (found.relevance.answers or found.relevance.nearest) and share(found.sentence) == 1

    likely = {found.sentence.sentence_id for found in item.best if is_sure(found)}
    likely |= {found.sentence.sentence_id for found in item.sentences if is_told(found)}
    quoted = [found.sentence for found in item.sentences if found.sentence.sentence_id in likely]
    latest = max(map(when, quoted), default=(date.max, 0))
    after = [found for found in item.sentences if found.relevance.answers and when(found.sentence) > latest]
    later = [found.sentence for found in after if found.relevance.chance >= _SURE]
    if later:
        goes_on = _goes_on(item, quoted, spoken, unknown=not translated)
        later = [each for each in later if share(each) > 1 / 2 or goes_on(each)]
    # "The second phase of the mechanism" is of the review, where that is the agenda item.
    under = (f.sentence for f in after if not foreign(f.sentence) and share(f.sentence) >= 1 / 2)
    later = later or [each for each in under if share(each, f"{each.text} {_item(each, item, sentences)}") == 1][:1]
    likely |= {each.sentence_id for each in later}
    kept = [found.sentence for found in item.sentences if found.sentence.sentence_id in likely]
    needed = max(map(share, kept), default=0.0) / 2
    return [sentence for sentence in kept if foreign(sentence) or sentence in later or share(sentence) >= needed]


def nearest(
    item: PartyEvidence, subject: Subject, sentences: Mapping[str, Sequence[Sentence]], *, answering: bool = False
) -> list[Sentence]:
    """Returns the sentence nearest to the subject of a cell without evidence; none where nothing comes near it.

    It has to share some of the subject's words, beside names of other things, or surely to answer; with `answering`, to
    be good enough for an answer to quote it. Of those that answer, the latest statement's comes first.
    """
    shared, names_states = share_of_topic(subject.topic, subject.language), _names_states_of(subject)
    spoken, when = _spoken_and_when(item)

    def is_named(found: ScoredSentence) -> bool:
        sentence, language = found.sentence, spoken(found.sentence)
        named = shared(_with_next(sentence, sentences), language) >= _NEAREST_SHARE
        return named or names_states(sentence.text, language) or _is_unknown(subject, language)

    def is_near(found: ScoredSentence) -> bool:
        near = found.relevance.chance >= _SURE or is_named(found)
        return near and (found.relevance.answers or (found.relevance.nearest and not answering))

    def order(found: ScoredSentence) -> tuple[bool, bool, float]:
        # How well words of other languages answer is less sure.
        by_words = spoken(found.sentence) == subject.language or is_named(found)
        return by_words, found.relevance.answers, found.relevance.chance

    best = max(filter(is_near, item.sentences), key=order, default=None)
    if best is None:
        return []
    goes_on = _goes_on(item, [best.sentence], spoken, unknown=not is_term(subject.topic, subject.language))

    def is_later(found: ScoredSentence) -> bool:
        sentence = found.sentence
        if when(sentence) <= when(best.sentence) or not found.relevance.answers:
            return False
        return is_named(found) or (found.relevance.chance >= _SURE and goes_on(sentence))

    later = filter(is_later, item.sentences)
    return [max(later, key=lambda found: (when(found.sentence), *order(found)), default=best).sentence]


def why_unproven(item: PartyEvidence, subject: Subject) -> Literal["language", "words"] | None:
    """Returns why finding nothing proves no silence; None where it does: the subject is a term, or a single word.

    "Debt relief" has its words in every language. "Training offered to officials" is put into other languages word by
    word, and may be said in quite other words in its own.
    """
    if item.coverage_unknown:
        return "language"
    if is_term(subject.topic, subject.language):
        return None
    languages = (language or subject.language for summary in item.searched for language in languages_of(summary))
    if any(language != subject.language for language in languages):
        return "language"
    return "words" if len(content_terms(subject.topic, subject.language)) > 1 else None


def _item(sentence: Sentence, item: PartyEvidence, sentences: Mapping[str, Sequence[Sentence]]) -> str:
    """Returns the line of a statement's heading that names its agenda item; empty where none does."""
    searched = {summary.statement_id: summary.metadata.agenda_item for summary in item.searched}
    number = searched.get(sentence.statement_id)
    heading = takewhile(lambda each: each.paragraph is None, sentences[sentence.statement_id])
    names = regex.compile(rf"(?<![\p{{N}}.]){regex.escape(number or '')}\s*[:：–—-]")
    return next((each.text for each in heading if number and names.search(each.text)), "")


def _spoken_and_when(item: PartyEvidence) -> tuple[Callable[[Sentence], str], Callable[[Sentence], tuple[date, int]]]:
    """Returns what tells the language of a party's sentence, English where none is known, and how recent it is."""
    metadata = {summary.statement_id: summary.metadata for summary in item.searched}

    def of(sentence: Sentence) -> Metadata:
        return metadata.get(sentence.statement_id, Metadata())

    return lambda own: own.language or of(own).language or "en", lambda own: recency(of(own))


def _goes_on(
    item: PartyEvidence, quoted: Sequence[Sentence], spoken: Callable[[Sentence], str], *, unknown: bool
) -> Callable[[Sentence], bool]:
    """Returns whether a sentence shares words with one of those quoted, but for names and what many sentences hold."""

    def words(sentence: Sentence) -> frozenset[str]:
        language = spoken(sentence)
        return content_terms(_CAPITALISED.sub(" ", sentence.text), language if language in LANGUAGES else "en")

    read = Counter(chain.from_iterable(words(found.sentence) for found in item.sentences))
    common = {word for word, count in read.items() if count > max(2, _COMMON * len(item.sentences))}

    def goes_on(sentence: Sentence) -> bool:
        # Where these are all in other languages, `unknown` tells, since words cannot be compared.
        same = [words(each) - common for each in quoted if spoken(each) == spoken(sentence)]
        return any(len(words(sentence) & own) >= _SHARED_WITH_QUOTED for own in same) if same else unknown

    return goes_on


def _names_states_of(subject: Subject) -> Callable[[str, str | None], bool]:
    """Returns whether a text, in a language that is given with it, names all States that a subject names, if any."""
    states = {match.codes for match in _parties().find(subject.topic, subject.language)}
    return lambda text, language: bool(states) and states <= {match.codes for match in _parties().find(text, language)}


def names_whole(text: str, subject: Subject, language: str) -> bool:
    """Returns whether a text holds all words of a subject, or a term for the whole of it as it is written."""
    topic = topic_in(subject.topic, subject.language, language)
    concepts = {named.concept for named in terms_within(topic, language)} if terms_of(topic, language) else set()
    written = not concepts.isdisjoint(named.concept for named in terms_within(text, language))
    return written or content_terms(topic, language) <= content_terms(text, language)


def _is_unknown(subject: Subject, language: str | None) -> bool:
    """Returns whether no words for a subject are known in a language, by which a sentence in it could be told."""
    spoken = language if language in LANGUAGES else "en"
    return not content_terms(topic_in(subject.topic, subject.language, spoken), spoken)


def _with_next(sentence: Sentence, sentences: Mapping[str, Sequence[Sentence]]) -> str:
    """Returns a sentence with those of its paragraph with which a quotation goes on."""
    following = sentences[sentence.statement_id][sentence.ordinal : sentence.ordinal + 1 + CONTEXT_SENTENCES]
    return " ".join(each.text for each in following if each.paragraph == sentence.paragraph)
