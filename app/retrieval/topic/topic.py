"""Topic of a question in the words of the search: query expansion (synonyms, narrower terms), and translation.

"blanchiment d'argent" is searched as "money-laundering" where the models know English alone, and its
`translation_coverage` says how much of it the glossary could put into English.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import chain
from typing import Final

from app.question.resolution import TopicWording
from app.retrieval.model_languages import ModelLanguages, in_english
from app.retrieval.terms import content_terms
from ingest.glossary import concept_relations
from ingest.glossary.glossary import NamedTerm, other_terms, terms_of_concept, terms_within, translate_topic
from prompts.wording import LANGUAGES
from vectorstore.arrays import Matrix

# Maximum number of synonyms of a topic that are searched for as well.
_MAX_SYNONYMS: Final = 1
# Stands between two topics of which either answers.
_OR: Final = re.compile(r",?\s+or\s+")


@dataclass(frozen=True, kw_only=True)
class Topic:
    """The topic of a question in the forms that retrieval uses."""

    words: str
    language: str
    """ISO 639-1 code of the question."""
    english: str
    """The words that the models are given."""
    translation_coverage: float
    """Share of the topic that `english` covers, 0 to 1; below 1, finding nothing does not prove silence."""
    unknown: bool = False
    """Whether models can say nothing of it: no word could be translated, and its language is unknown to them."""
    vector: Matrix | None
    """The vector of `english`."""
    weights: Mapping[str, float]
    """Weight of each content stem of `english`, higher for rare ones; they add up to 1."""
    alternatives: Mapping[str, tuple[frozenset[str], ...]]
    """For each stem, sets of stems that replace it where all of a set occur: "coercive measures" for "sanctions"."""
    glossary_terms: tuple[NamedTerm, ...] = ()
    """The glossary terms that `english` contains."""
    other_wordings: tuple["Topic", ...] = ()
    """The same topic in other English words, where the glossary knows some, and each of two that "or" joins."""
    question: str = ""
    """How the question words the topic, in its own language; the topic words where the wording is not known."""
    ranking_query: str = ""
    """The query of the cross-encoder, in English: the question's wording where it says more than the topic ("how many
    did hand over?"), since the model was trained on questions; else the topic."""
    cross_lingual_vector: Matrix | None = None
    """The vector that finds passages in other languages: of the question's own words where the embedding model knows
    their language, else `vector`."""

    @cached_property
    def lexical_expansions(self) -> tuple[str, ...]:
        """The synonyms of the topic's glossary terms, and the terms of narrower concepts, for lexical search."""
        narrower = chain.from_iterable(concept_relations.narrower(named.concept) for named in self.glossary_terms)
        terms = (*(named.terms for named in self.glossary_terms), *map(terms_of_concept, narrower))
        return tuple(dict.fromkeys(chain.from_iterable(terms)))

    @property
    def terms_in_all_languages(self) -> tuple[tuple[str, ...], ...]:
        """For each glossary term of the topic, the term, its synonyms and narrower terms, in all six languages."""
        return tuple(
            tuple(
                term
                for concept in (named.concept, *concept_relations.narrower(named.concept))
                for language in LANGUAGES
                for term in terms_of_concept(concept, language)
            )
            for named in self.glossary_terms
        )

    def in_words_asked(self, text: str) -> str:
        """Returns an English text in which the topic's concepts stand in the topic's own words.

        Asked about "cryptocurrencies", "Bitcoin was seized" is read as "cryptocurrencies was seized". A term that says
        less or more stays: "kidnapping" is not "kidnapping for ransom".
        """
        if not any(other <= content_terms(text, "en") for other in self._other_words):
            return text
        asked = {named.concept: self.english[named.start : named.end] for named in self.glossary_terms}
        for named in reversed(terms_within(text, "en")):
            words = asked.get(named.concept, "")
            own, other = (content_terms(each, "en") for each in (words, text[named.start : named.end]))
            if not own <= other and not other <= own:
                text = text[: named.start] + words + text[named.end :]
        return text

    @cached_property
    def _other_words(self) -> frozenset[frozenset[str]]:
        """The stems of each term for a concept of the topic in other words than the topic's."""
        return frozenset(chain.from_iterable(self.alternatives.values())) - {frozenset(self.weights)}

    def confuses(self, text: str) -> bool:
        """Returns whether an English text names a concept easily confused with the topic, and none of the topic's.

        "trafficking in organs" is confused with "trafficking in persons".
        """
        own, confused, names = self._confusable
        # Most topics have no concepts they are confused with, and most texts share no word with the names of these.
        if names.isdisjoint(content_terms(text, "en")):
            return False
        concepts = set(concept_relations.concepts_in(text, "en"))
        return not concepts.isdisjoint(confused) and concepts.isdisjoint(own)

    @cached_property
    def _confusable(self) -> tuple[set[str], set[str], set[str]]:
        """The topic's concepts with narrower ones, those easily confused with it, and the stems of their names."""
        named = {item.concept for item in self.glossary_terms}
        confused = set(chain.from_iterable(map(concept_relations.differs_from, named))) - named
        names = chain.from_iterable(map(terms_of_concept, confused))
        return (
            named.union(*map(concept_relations.narrower, named)),
            confused,
            set().union(*(content_terms(name, "en") for name in names)),
        )

    @property
    def wordings(self) -> tuple["Topic", ...]:
        """The wordings in which the topic is searched for: itself and the others."""
        return (self, *self.other_wordings)

    @classmethod
    def of(
        cls,
        words: str,
        language: str,
        embed: Callable[[str], Matrix],
        rarity: Callable[[str], float],
        model_languages: ModelLanguages,
        wording: TopicWording | None = None,
    ) -> "Topic":
        """Returns the topic of some words, translated by the glossary where the models do not know their language."""
        english, coverage = words, 1.0
        question = wording.text if wording is not None else words
        query = question if wording is not None and wording.adds else words
        if language not in model_languages.ranked:
            translated = translate_topic(words, language, to="en")
            # Words of which nothing can be translated, such as names, are looked for as they are written.
            english, coverage = translated.text or words, translated.coverage
            query = in_english(query, language) or english
        in_english_words = cls._of_english_words(english, embed, rarity)
        embeds_original = language in model_languages.embedded and english != words
        others = (*_parts_of_either(english), *other_terms(english)[:_MAX_SYNONYMS])
        return replace(
            in_english_words,
            words=words,
            language=language,
            translation_coverage=coverage,
            unknown=bool(words.strip()) and coverage == 0.0 and language not in model_languages.embedded,
            other_wordings=tuple(cls._of_english_words(term, embed, rarity) for term in others),
            question=question,
            ranking_query=query,
            cross_lingual_vector=embed(words) if embeds_original else in_english_words.vector,
        )

    @classmethod
    def _of_english_words(cls, words: str, embed: Callable[[str], Matrix], rarity: Callable[[str], float]) -> "Topic":
        glossary_terms = terms_within(words, "en")
        rarities = {stem: rarity(stem) for stem in sorted(content_terms(words, "en"))}
        whole = sum(rarities.values()) or 1.0
        return cls(
            words=words,
            language="en",
            english=words,
            translation_coverage=1.0,
            vector=embed(words) if words.strip() else None,
            weights={stem: value / whole for stem, value in rarities.items()},
            alternatives=_alternatives(words, glossary_terms),
            glossary_terms=glossary_terms,
            question=words,
            ranking_query=words,
        )

    def share_of(self, stems: frozenset[str]) -> float:
        """Returns the share of the topic's content words among these stems, themselves or by an alternative, 0 to 1.

        It is weighted by rarity.
        """
        return sum(
            weight
            for stem, weight in self.weights.items()
            if stem in stems or any(other <= stems for other in self.alternatives.get(stem, ()))
        )

    def synonyms_in(self, language: str) -> str:
        """Returns the topic in a language with all terms that the glossary has for it, for lexical search."""
        terms = translate_topic(self.words, self.language, to=language).terms if language in LANGUAGES else ()
        return " ".join((self.words, *terms) if language == self.language else terms)


@lru_cache(maxsize=256)
def topic_in(words: str, language: str, other: str | None) -> str:
    """Returns topic words in another language, as far as the glossary has it and knows them; else unchanged."""
    return words if other == language or other not in LANGUAGES else translate_topic(words, language, to=other).text


def _parts_of_either(words: str) -> list[str]:
    """Returns the parts of "compulsory insurance or financial security", of which either answers; else nothing.

    A single word before "or" may share the noun behind it: "chemical or biological weapons" has no parts.
    """
    *before, last = parts = _OR.split(words)
    stems = [content_terms(part, "en") for part in before]
    return parts if before and content_terms(last, "en") and all(len(own) > 1 for own in stems) else []


def _alternatives(words: str, glossary_terms: tuple[NamedTerm, ...]) -> dict[str, tuple[frozenset[str], ...]]:
    alternatives: dict[str, tuple[frozenset[str], ...]] = {}
    for term in glossary_terms:
        others = tuple(filter(None, (content_terms(other, "en") for other in term.terms)))
        for stem in content_terms(words[term.start : term.end], "en"):
            alternatives[stem] = (*alternatives.get(stem, ()), *others)
    return alternatives
