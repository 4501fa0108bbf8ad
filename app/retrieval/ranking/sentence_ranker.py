"""Ranking the sentences of a party's statements by how well they speak of a topic.

Passages are retrieved for each party separately, so that no State drops out because others speak of a topic more. A
cross-encoder scores their sentences, those in other languages glossed into English, and features of each sentence with
its neighbours are measured. For "extradition", "We extradite our nationals." ranks before "We thank the Secretariat."
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import chain, zip_longest
from typing import Final, NamedTuple

import numpy as np

from app.question.resolution import TopicWording
from app.retrieval.party_evidence import PartyEvidence, ScoredSentence, merge_evidence
from app.retrieval.ranking.key_sentences import key_sentences, lexical_vectors
from app.retrieval.relevance import CITED, REPRESENTATIVE, Relevance, RelevanceArtefact, lexical_relevance
from app.retrieval.relevance_features import FeatureExtractor, MeasuredSentence, Read
from app.retrieval.terms import content_terms
from app.retrieval.topic.topic import ModelLanguages, Topic, in_english
from prompts.wording import LANGUAGES
from vectorstore.arrays import rows_of_each
from vectorstore.embeddings import Embedder
from vectorstore.records import MentionKind, ScoredPassage, Sentence, SentenceId, StatementSummary
from vectorstore.rerank import Reranker, reader
from vectorstore.retriever import Retriever
from vectorstore.stems import words_of
from vectorstore.store import Store

# Smoothing of document frequencies, which a small corpus makes unreliable: passages added, and their share with a word.
_PRIOR_PASSAGES: Final = 200
_PRIOR_SHARE: Final = 0.01
# Without a topic: passages nearest to the centroid of a party's statements, and the sentences taken from these.
_CENTROID_PASSAGES: Final = 4
_REPRESENTATIVE_SENTENCES: Final = 16
# In a list, passages nearest to the topic that are retrieved, of the languages that the models know and of others each.
# A party is read if it owns one of the first `_NEAR_PASSAGES` of either, or while fewer than `_NEAR_PARTIES` are read:
# of a meeting of twenty all are.
_LIST_RETRIEVED: Final = 400
_NEAR_PASSAGES: Final = 150
_NEAR_PARTIES: Final = 25


class Depth(NamedTuple):
    """How much of a party's statements is read: the number of best passages, and of their sentences to score."""

    passages: int
    sentences: int


DEEP: Final = Depth(passages=12, sentences=28)
# Limits of a list: sentences and parties read in all, passages per party, and sentences per party.
_LIST_SENTENCES: Final = 200
_LIST_PARTIES: Final = 100
_LIST_PASSAGES: Final = 6
_PARTY_SENTENCES: Final = 12
# At most this many candidates for each sentence to read are encoded, to choose those nearest in meaning; others are
# left out by their words, since encoding a sentence takes as long as scoring it.
_CANDIDATES: Final = 3
# The sentences of each statement in order, by statement id.
Texts = Mapping[str, Sequence[Sentence]]
# Sentences of fewer words are scraps, such as "Thank you.".
_SCRAP_WORDS: Final = 4
# Maximum number of words shared with the topic that count when candidate sentences are shortlisted.
_MAX_SHARED_WORDS: Final = 2
# A topic word in at most this many passages is rare; in a list, the parties that use it are read first.
_RARE_PASSAGES: Final = 60


class SentenceRanker:
    """Finds the evidence for a topic in the statements of a party."""

    def __init__(
        self,
        store: Store,
        retriever: Retriever,
        embedder: Embedder,
        reranker: Reranker | None,
        model_languages: ModelLanguages,
        relevance: RelevanceArtefact | None = None,
    ) -> None:
        self.model_languages = model_languages
        self.relevance = relevance
        self._store = store
        self._retriever = retriever
        self._embedder = embedder
        self._read_pairs = reader(reranker, embedder)
        self._features = FeatureExtractor(store, embedder)

    def topic(self, words: str, language: str, wording: TopicWording | None = None) -> Topic:
        """Returns the searchable topic of some topic words and their wording in the question; it serves all parties."""
        return Topic.of(words, language, self._embedder.embed_query, self._rarity, self.model_languages, wording)

    def _rarity(self, term: str) -> float:
        """Returns the inverse document frequency of a stem over the passages of the corpus, always above 0."""
        passages = self._store.catalogue.count_passages() + _PRIOR_PASSAGES
        holding = self._store.catalogue.document_frequency(term) + _PRIOR_PASSAGES * _PRIOR_SHARE
        return math.log((passages + 1) / (holding + 1))

    def rank_by_topic(
        self, party: str, searched: Sequence[StatementSummary], topic: Topic, depth: Depth = DEEP
    ) -> PartyEvidence:
        """Ranks the sentences of these statements by how well they speak of a topic.

        Statements in languages that the models can read neither directly nor as an English gloss are left out, which
        sets `coverage_unknown`.
        """
        nothing = self._nothing_yet(party, searched, topic, self.finds_by_meaning)
        languages = (None, *self.model_languages.embedded, *LANGUAGES)
        readable = [s for s in searched if not set(languages_of(s)).isdisjoint(languages)]
        if not readable:
            return nothing
        passages: tuple[ScoredPassage, ...] = ()
        surest: dict[str, ScoredSentence] = {}
        # A sentence counts with its highest chance over the topic and its synonyms.
        for wording, read in self._read_wordings(readable, topic, depth):
            passages = passages or read.passages
            (judged,) = self._judge(wording, [read], one_of_many=False)
            for item in _scored(read, judged):
                other = surest.setdefault(item.sentence.sentence_id, item)
                if item.relevance.chance > other.relevance.chance:
                    surest[item.sentence.sentence_id] = item
        ranked = tuple(sorted(surest.values(), key=lambda item: -item.relevance.order))
        return replace(nothing, sentences=ranked, passages=passages)

    def rank_list(
        self, owned: Mapping[str, Sequence[StatementSummary]], topic: Topic, *, others_answer: bool = False
    ) -> tuple[tuple[PartyEvidence, ...], int]:
        """Ranks the sentences of many parties; returns the evidence of each in order, and how many were read closely.

        The whole scope is searched at once, and the sentences read of all parties together are bounded, so that the
        time does not grow with the number of parties. `others_answer`: parties outside this list are known to answer.
        """
        # Cached: the answer depends on the language alone.
        known = cache(self.finds_by_meaning)
        found = {party: self._nothing_yet(party, own, topic, known) for party, own in owned.items()}
        parties_read: set[str] = set()
        for wording in topic.wordings:
            recalibrated = self._recalibrated(found, others_answer)
            silent = {party: own for party, own in owned.items() if not recalibrated[party].answers}
            reads = self.read_list(silent, wording, len(topic.wordings))
            parties_read |= reads.keys()
            judged_of_each = self._judge(wording, list(reads.values()), one_of_many=True)
            for (party, read), judged in zip(reads.items(), judged_of_each, strict=True):
                part = replace(found[party], sentences=_scored(read, judged), passages=read.passages)
                found[party] = merge_evidence(found[party], part)
        return tuple(self._recalibrated(found, others_answer).values()), len(parties_read)

    def _recalibrated(self, found: Mapping[str, PartyEvidence], others_answer: bool) -> dict[str, PartyEvidence]:
        """Returns the evidence of a list with each chance recalibrated, given the chances of the other parties."""
        if self.relevance is None:
            return dict(found)
        alone = [[scored.relevance for scored in item.sentences] for item in found.values()]
        # A stand-in for parties outside the list that answer: it counts among the others; `zip` drops its result.
        among = self.relevance.among([*alone, *([[CITED]] if others_answer else [])])
        judged = (
            tuple(replace(scored, relevance=relevance) for scored, relevance in zip(item.sentences, own, strict=True))
            for item, own in zip(found.values(), among, strict=False)
        )
        return {party: replace(found[party], sentences=own) for party, own in zip(found, judged, strict=True)}

    def read_list(
        self, owned: Mapping[str, Sequence[StatementSummary]], topic: Topic, wordings: int
    ) -> dict[str, Read]:
        """Scores the sentences of many parties nearest to a topic; parties with a rare word of it come first.

        Parties are read that own one of the passages nearest to the topic, or that use a rare word of it; of few
        parties, all that own any passage found. The limits of a list are shared by this many `wordings` of the topic.
        """
        near = self._near(owned, topic)
        parties = list(near)[: _LIST_PARTIES // wordings]
        if not parties:
            return {}
        sentences = min(_PARTY_SENTENCES, _LIST_SENTENCES // (len(parties) * wordings))
        depth = Depth(passages=min(_LIST_PASSAGES, sentences), sentences=sentences)
        return self._read(owned, {party: near[party] for party in parties}, topic, depth)

    def _near(
        self, owned: Mapping[str, Sequence[StatementSummary]], topic: Topic
    ) -> dict[str, tuple[ScoredPassage, ...]]:
        """Returns the passages of each party to read: those with a rare word of the topic, then those nearest to it.

        The former go before even where that leaves no room for the latter: a rare name is to be found.
        """
        # A joint statement is of each of its holders.
        owners: dict[str, list[str]] = {}
        for party, own in owned.items():
            for summary in own:
                owners.setdefault(summary.statement_id, []).append(party)
        searched = [summary for own in owned.values() for summary in own]
        nearest = self._passages(searched, topic, _LIST_RETRIEVED)
        scored = {item.passage.passage_id: item for item in nearest}
        near: dict[str, dict[str, ScoredPassage]] = {}
        for item in self._with_rare_words(searched, topic):
            passage = item.passage
            for party in owners[passage.statement_id]:
                near.setdefault(party, {})[passage.passage_id] = scored.get(passage.passage_id, item)
        places = Counter[bool]()
        for item in nearest:
            known = self._is_known(item.passage.language)
            places[known] += 1
            for party in owners[item.passage.statement_id]:
                if party in near or places[known] <= _NEAR_PASSAGES or len(near) < _NEAR_PARTIES:
                    near.setdefault(party, {}).setdefault(item.passage.passage_id, item)
        return {party: tuple(passages.values()) for party, passages in near.items()}

    def _with_rare_words(self, searched: Sequence[StatementSummary], topic: Topic) -> Iterator[ScoredPassage]:
        """Yields the passages that hold a rare word of a topic, best first, the languages in turns."""
        ids = [summary.statement_id for summary in searched]
        asked = [(topic.english, "en", self._known)]
        asked += [(topic.synonyms_in(each), each, (each,)) for each in self._other_languages(searched)]
        rare = [
            self._retriever.retrieve_lexical(" ".join(words), ids, _NEAR_PASSAGES, languages=among)
            for text, language, among in asked
            if (words := [word for word in words_of(text) if self._is_rare(word, language)])
        ]
        yield from filter(None, chain.from_iterable(zip_longest(*rare)))

    def _is_rare(self, word: str, language: str) -> bool:
        frequencies = [self._store.catalogue.document_frequency(term) for term in content_terms(word, language)]
        return any(0 < frequency <= _RARE_PASSAGES for frequency in frequencies)

    def _other_languages(self, searched: Sequence[StatementSummary]) -> list[str]:
        """Returns the languages of these statements that the models do not know."""
        languages = {language for summary in searched for language in languages_of(summary)}
        return sorted(each for each in languages if each is not None and not self._is_known(each))

    def _nothing_yet(
        self, party: str, searched: Sequence[StatementSummary], topic: Topic, known: Callable[[str | None], bool]
    ) -> PartyEvidence:
        """Returns a record without evidence; `coverage_unknown` says whether silence would remain unproven."""
        languages = {language for s in searched for language in languages_of(s)}
        unsure = topic.translation_coverage < 1.0 or not all(map(known, languages))
        return PartyEvidence(party=party, searched=tuple(searched), coverage_unknown=unsure)

    def finds_by_meaning(self, language: str | None) -> bool:
        """Returns whether passages in a language are found by vectors, and not by shared words alone."""
        if language is None or language in self.model_languages.embedded:
            return True
        return language in LANGUAGES and self._store.compares_meaning

    def _is_known(self, language: str | None) -> bool:
        """Returns whether the models know a language; a text of unknown language (None) counts as English."""
        return language is None or language in self.model_languages.ranked

    @property
    def _known(self) -> tuple[str | None, ...]:
        """The languages of passages that the models know, with None for an unknown one."""
        return (*sorted(self.model_languages.ranked), None)

    def _english(self, text: str, sentence: Sentence) -> str:
        """Returns the text of a sentence or its window as the models read it, glossed into English if necessary."""
        language = sentence.language
        return text if language not in LANGUAGES or self._is_known(language) else in_english(text, language)

    def _passages(self, searched: Sequence[StatementSummary], topic: Topic, limit: int) -> tuple[ScoredPassage, ...]:
        """Returns the passages nearest to a topic, best first: in languages that the models know, then in others."""
        ids = [summary.statement_id for summary in searched]
        others = self._other_languages(searched)
        found: tuple[ScoredPassage, ...] = ()
        if any(self._is_known(language) for summary in searched for language in languages_of(summary)):
            found = self._retriever.retrieve(
                topic.asked,
                ids,
                limit,
                query_vector=topic.vector,
                languages=self._known if others else None,
                terms=topic.widened,
            )
        if others:
            asked = self._features.asked(topic)
            by_meaning = self._retriever.retrieve_second(asked, ids, limit, languages=others)
            by_words = [
                self._retriever.retrieve_lexical(topic.synonyms_in(each), ids, limit, languages=(each,))
                for each in others
            ]
            embedded = [each for each in others if each in self.model_languages.embedded]
            if embedded and topic.cross_lingual_vector is not None:
                by_meaning += self._retriever.retrieve(
                    topic.words, ids, limit, query_vector=topic.cross_lingual_vector, languages=embedded
                )
            found += tuple(item for items in zip_longest(by_meaning, *by_words) for item in items if item is not None)
        unique: dict[str, ScoredPassage] = {}
        for item in found:
            unique.setdefault(item.passage.passage_id, item)
        return tuple(unique.values())

    def _judge(self, topic: Topic, reads: Sequence[Read], *, one_of_many: bool) -> tuple[tuple[Relevance, ...], ...]:
        """Returns the relevance of the sentences read of each party; `one_of_many` is the calibration for lists."""
        if (by := self.relevance) is not None:
            measured = self._features.measure(topic, reads)
            return tuple(
                by.judge(own, read.states, one_of_many=one_of_many) for own, read in zip(measured, reads, strict=True)
            )
        by_words = partial(_by_words, topic)
        return tuple(
            tuple(map(by_words, r.sentences, map(" ".join, r.windows), r.english, r.english_windows)) for r in reads
        )

    def _read_wordings(
        self, searched: Sequence[StatementSummary], topic: Topic, depth: Depth
    ) -> Iterator[tuple[Topic, Read]]:
        """Yields what is read for each wording of a topic, with the highest logit over all wordings as `highest`."""
        reads = []
        for wording in topic.wordings:
            passages = self._passages(searched, wording, depth.passages)
            # The sentences of the best passages come first.
            of_all = depth._replace(passages=len(passages))
            reads.append(self._read({"": searched}, {"": passages}, wording, of_all)[""])
        highest = max(read.highest for read in reads)
        for wording, read in zip(topic.wordings, reads, strict=True):
            yield wording, replace(read, highest=highest)

    def _read(
        self,
        owned: Mapping[str, Sequence[StatementSummary]],
        near: Mapping[str, Sequence[ScoredPassage]],
        topic: Topic,
        depth: Depth,
    ) -> dict[str, Read]:
        """Scores the sentences of each party's best passages `near` to a topic, all in one cross-encoder call."""
        best = {party: passages[: depth.passages] for party, passages in near.items()}
        near_best = chain.from_iterable(best.values())
        texts = self._store.catalogue.sentences_of([item.passage.statement_id for item in near_best])
        found = {party: without_scraps(_sentences_of(texts, passages)) for party, passages in best.items()}
        kept = self._shortlists(topic, found, depth.sentences)
        english = {party: tuple(self._english(each.text, each) for each in own) for party, own in kept.items()}
        pairs = self._read_pairs(topic.asked, [*chain.from_iterable(english.values())])
        reads: dict[str, Read] = {}
        parts = (rows_of_each(each, kept.values()) for each in (pairs.logits, pairs.states))
        for party, alone, states in zip(kept, *parts, strict=True):
            # Each sentence with the one before and the one after it.
            around = [texts[each.statement_id][max(0, each.ordinal - 1) : each.ordinal + 2] for each in kept[party]]
            windows = tuple(tuple(each.text for each in window) for window in around)
            joined = map(" ".join, windows)
            reads[party] = Read(
                statement_ids=tuple(summary.statement_id for summary in owned[party]),
                passages=tuple(near[party]),
                sentences=tuple(kept[party]),
                windows=windows,
                english=english[party],
                english_windows=tuple(map(self._english, joined, kept[party])),
                alone=alone,
                highest=float(alone.max(initial=-math.inf)),
                states=states,
            )
        return reads

    def _shortlists(
        self, topic: Topic, found: Mapping[str, Sequence[Sentence]], limit: int
    ) -> dict[str, Sequence[Sentence]]:
        """Returns up to `limit` sentences per party that share most words with a topic or are nearest in meaning."""
        terms = content_terms(topic.asked, "en")

        def shared_words(sentence: Sentence) -> int:
            return min(_MAX_SHARED_WORDS, len(terms & content_terms(self._english(sentence.text, sentence), "en")))

        kept = dict(found)
        # A stable sort keeps sentences that share equally many words in the order of their passages.
        long = {
            party: sorted(sentences, key=lambda each: -shared_words(each))[: _CANDIDATES * limit]
            for party, sentences in found.items()
            if len(sentences) > limit
        }
        meant = self._features.meaning(topic, [(each.text,) for candidates in long.values() for each in candidates])
        for (party, candidates), near in zip(long.items(), rows_of_each(meant, long.values()), strict=True):
            by_meaning = np.argsort(np.argsort(-near, kind="stable"))
            order = np.argsort(np.minimum(np.arange(len(candidates)), by_meaning), kind="stable")
            chosen = {candidates[row].sentence_id for row in order[:limit]}
            kept[party] = [each for each in found[party] if each.sentence_id in chosen]
        return kept

    def measure(
        self, searched: Sequence[StatementSummary], topic: Topic, depth: Depth = DEEP
    ) -> tuple[MeasuredSentence, ...]:
        """Returns the sentences that are read for each wording of a topic, with their features."""
        return tuple(
            measured
            for wording, read in self._read_wordings(searched, topic, depth)
            for measured in self._measured(wording, [read])[0]
        )

    def measure_list(
        self, owned: Mapping[str, Sequence[StatementSummary]], topic: Topic
    ) -> dict[str, tuple[MeasuredSentence, ...]]:
        """Returns the measured sentences of each party that is read where a question asks all parties."""
        found: dict[str, tuple[MeasuredSentence, ...]] = {}
        for wording in topic.wordings:
            reads = self.read_list(owned, wording, len(topic.wordings))
            for party, measured in zip(reads, self._measured(wording, list(reads.values())), strict=True):
                found[party] = (*found.get(party, ()), *measured)
        return found

    def _measured(self, topic: Topic, reads: Sequence[Read]) -> list[tuple[MeasuredSentence, ...]]:
        return [
            tuple(map(MeasuredSentence, read.sentences, features, read.states))
            for read, features in zip(reads, self._features.measure(topic, reads), strict=True)
        ]

    def rank_by_mention(
        self,
        party: str,
        searched: Sequence[StatementSummary],
        kind: MentionKind,
        named: Sequence[tuple[str | None, Sequence[str]]],
        topic: Topic | None = None,
    ) -> PartyEvidence:
        """Returns the sentences that name treaties, articles or agenda items; they are evidence without any threshold.

        `named` are pairs of a treaty, None for agenda items and a convention left unnamed, and of articles or items,
        without which all count. The sentences come in the order of the pairs; with a topic, those of each pair that
        speak of it most come first.
        """
        ids = [summary.statement_id for summary in searched]
        ranked: dict[SentenceId, Sentence] = {}
        passages: tuple[ScoredPassage, ...] = ()
        for treaty, values in named:
            mentions = self._store.catalogue.mentions(ids, kind, treaty, values)
            wanted = dict.fromkeys(mention.sentence for mention in mentions)
            stored = self._store.catalogue.sentences_by_id(wanted)
            sentences = [stored[identifier] for identifier in wanted]
            if kind != "agenda_item":
                # Headings, which are in no paragraph, count only if nothing else names the article; that of an agenda
                # item is kept, since it tells what the item is.
                sentences = [each for each in sentences if each.paragraph is not None] or sentences
            if topic is not None and topic.english and len(sentences) > 1:
                scores = self._read_pairs(topic.asked, [self._english(each.text, each) for each in sentences]).logits
                sentences = [sentences[row] for row in np.argsort(-scores, kind="stable")]
            ranked |= {each.sentence_id: each for each in sentences}
            passages = passages or self._passages_around(sentences)
        evidence = tuple(ScoredSentence(sentence=sentence, relevance=CITED) for sentence in ranked.values())
        return PartyEvidence(party=party, searched=tuple(searched), sentences=evidence, passages=passages)

    def _passages_around(self, sentences: Sequence[Sentence]) -> tuple[ScoredPassage, ...]:
        """Returns the passages that contain sentences, in the order of the sentences."""
        passages = self._store.catalogue.passages_of(list(dict.fromkeys(s.statement_id for s in sentences)))
        found = {
            passage.passage_id: passage
            for sentence in sentences
            for passage in passages
            if passage.statement_id == sentence.statement_id
            and passage.first_sentence <= sentence.ordinal <= passage.last_sentence
        }
        return tuple(ScoredPassage(passage=p, score=1.0 / rank) for rank, p in enumerate(found.values(), start=1))

    def rank_by_centroid(self, party: str, searched: Sequence[StatementSummary]) -> PartyEvidence:
        """Returns the sentences nearest to the centroid of these statements, for a question that names no topic."""
        nothing = PartyEvidence(party=party, searched=tuple(searched))
        ids, vectors = self._store.catalogue.vectors_of([summary.statement_id for summary in searched])
        if not ids:
            return nothing
        order = np.argsort(-(vectors @ vectors.mean(axis=0)), kind="stable")[:_CENTROID_PASSAGES]
        passages = self._store.catalogue.passages([ids[row] for row in order])
        scored = [ScoredPassage(passage=passages[ids[row]], score=float(len(order) - n)) for n, row in enumerate(order)]
        texts = self._store.catalogue.sentences_of([item.passage.statement_id for item in scored])
        sentences = without_scraps(_sentences_of(texts, scored))
        if not sentences:
            return nothing
        near = self._embedder.embed_documents([sentence.text for sentence in sentences]) @ vectors.mean(axis=0)
        evidence = tuple(
            ScoredSentence(sentence=sentences[row], relevance=REPRESENTATIVE)
            for row in np.argsort(-near, kind="stable")[:_REPRESENTATIVE_SENTENCES]
        )
        return replace(nothing, sentences=evidence, passages=tuple(scored))

    def key_sentences(self, sentences: Sequence[Sentence], k: int) -> tuple[Sentence, ...]:
        """Returns the key sentences of a text, strongest first."""
        languages = Counter(sentence.language for sentence in sentences if sentence.language)
        language = languages.most_common(1)[0][0] if languages else "en"
        if language in self.model_languages.embedded:
            return key_sentences(sentences, self._embedder.embed_documents, k)
        return key_sentences(sentences, partial(lexical_vectors, language=language), k)


def _sentences_of(texts: Texts, found: Sequence[ScoredPassage]) -> list[Sentence]:
    """Returns the sentences of passages in their order, each once; headings only of a text without paragraphs."""
    passages = [scored.passage for scored in found]
    parts = (texts[each.statement_id][each.first_sentence : each.last_sentence + 1] for each in passages)
    sentences = {each.sentence_id: each for each in chain.from_iterable(parts)}
    # Headings, salutations and footnotes are outside the paragraphs: they name a topic without speaking of it.
    ids = {each.statement_id for each in passages}
    with_paragraphs = {key for key in ids if any(each.paragraph is not None for each in texts[key])}
    return [s for s in sentences.values() if s.paragraph is not None or s.statement_id not in with_paragraphs]


def without_scraps(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Returns the sentences without scraps and lines in capitals, such as headings, unless there is nothing else.

    A sentence with non-ASCII characters is never a scrap, since some scripts have no spaces by which to count words.
    """
    full = [
        each
        for each in sentences
        if (len(each.text.split()) >= _SCRAP_WORDS or not each.text.isascii()) and not each.text.isupper()
    ]
    return full or list(sentences)


def _scored(read: Read, judged: Sequence[Relevance]) -> tuple[ScoredSentence, ...]:
    """Returns the sentences read with their relevance, best first."""
    scored = (ScoredSentence(sentence=s, relevance=r) for s, r in zip(read.sentences, judged, strict=True))
    return tuple(sorted(scored, key=lambda item: -item.relevance.order))


def _by_words(topic: Topic, sentence: Sentence, window: str, english: str, english_window: str) -> Relevance:
    """Returns the relevance by shared words: the mean of the share in the sentence and that with its neighbours."""
    # The higher of two scores: of the English glosses, times the share of the topic that could be translated, and of
    # the original words where sentence and question are in one language.
    own, around = (topic.share_of(content_terms(text, "en")) for text in (english, english_window))
    share = (own + around) / 2 * topic.translation_coverage
    asked = content_terms(topic.words, topic.language)
    if sentence.language == topic.language and asked:
        shared = (len(asked & content_terms(text, topic.language)) for text in (sentence.text, window))
        share = max(share, sum(shared) / (2 * len(asked)))
    return lexical_relevance(share)


def languages_of(summary: StatementSummary) -> tuple[str | None, ...]:
    """Returns the languages of a statement's paragraphs; None among them where one is not known."""
    return summary.languages or (summary.metadata.language,)
