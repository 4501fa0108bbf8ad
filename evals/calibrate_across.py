"""Fitting of relevance across languages: the concepts that statements name in their languages, and XQuAD.

Each statement of the fictional conference that is not English is asked about the concepts that it names, in another
language, and about others that have nothing to do with these; each of them once as the glossary translates it and once
as if it could not, so that meaning alone has to decide. Questions of XQuAD are asked of their own paragraph in another
language and of others.

Source: Artetxe, Ruder and Yogatama, On the Cross-lingual Transferability of Monolingual Representations (2020).
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from app.retrieval.across_languages import AcrossExtractor
from app.retrieval.relevance import RelevanceArtefact, across_models
from app.retrieval.relevance_features import FEATURE_VERSION, AcrossFeatures
from app.retrieval.topic import Topic
from evals.calibrate import Floats, Sample, best_threshold, cross_validated, figures_of, fit_weights, near
from evals.case_sets import CONFERENCE
from evals.cases.documents import Documents, read_documents
from evals.relevance_pairs import Pair, fold_of
from ingest.glossary.glossary import terms_within
from ingest.glossary.thesaurus import relation_rows, thesaurus
from ingest.language.sentences import split_sentences
from prompts.wording import LANGUAGES
from vectorstore.sentence_encoder import sentence_encoder

# Concepts asked about in vain, of each statement, and paragraphs of each language, for each of which one question.
_ASKED_IN_VAIN: Final = 60
_PARAGRAPHS: Final = 120


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A topic, asked of sentences in another language."""

    topic: Topic
    language: str
    sentences: Sequence[str]
    answered: bool
    name: str


def asked_of_conference(documents: Documents) -> Iterator[Asked]:
    """Yields the concepts that statements in other languages than English name, and others that they do not."""
    concepts = sorted({row.concept for row in relation_rows()})
    for file, document in sorted(documents.by_file.items()):
        language = document.language or "en"
        if language == "en" or language not in LANGUAGES:
            continue
        sentences = _sentences(document.text)
        named = {term.concept for term in terms_within(document.text, language)}
        related = named.union(
            *((*thesaurus().near(each), *thesaurus().broader(each), *thesaurus().narrower(each)) for each in named)
        )
        vain = sorted(set(concepts) - related, key=lambda each: _draw(file, each))[:_ASKED_IN_VAIN]
        for answered, group in ((True, sorted(named)), (False, vain)):
            for concept in group:
                for topic in (_topic(Topic, concept), _topic(_Untranslated, concept)):
                    yield Asked(topic=topic, language=language, sentences=sentences, answered=answered, name=concept)


def asked_of_xquad(folder: Path) -> Iterator[Asked]:
    """Yields questions of XQuAD, asked of their own paragraph in another language and of another paragraph."""
    read = {path.suffixes[0][1:]: _paragraphs(path) for path in sorted(folder.glob("xquad.*.json"))}
    english = read.pop("en")
    for language, paragraphs in read.items():
        for number in range(0, len(paragraphs), max(1, len(paragraphs) // _PARAGRAPHS)):
            question = english[number][1][0]
            other = (number + 7) % len(paragraphs)
            for place, answered in ((number, True), (other, False)):
                sentences = _sentences(paragraphs[place][0])
                topic = _topic(_Untranslated, question)
                yield Asked(topic=topic, language=language, sentences=sentences, answered=answered, name=question)


def gather_across(folder: Path) -> list[Sample]:
    """Measures what is asked of the conference and of XQuAD, whose files a folder holds."""
    asked = [*asked_of_conference(read_documents([CONFERENCE])), *asked_of_xquad(folder)]
    one = cache(lambda text: sentence_encoder().embed([text])[0])
    return measure(asked, AcrossExtractor(lambda texts: np.stack([one(text) for text in texts])))


def measure(asked: Iterable[Asked], extractor: AcrossExtractor) -> list[Sample]:
    """Measures the features of topics and sentences."""
    samples = []
    for each in asked:
        windows = [" ".join(each.sentences[max(0, row - 1) : row + 2]) for row in range(len(each.sentences))]
        found = extractor.measure(each.topic, each.language, each.sentences, windows)
        table = np.array([features.values() for features in found.values()], dtype=np.float64)
        party = hashlib.sha256(each.sentences[0].encode()).hexdigest()[:8]
        pair = Pair(
            topic=each.name,
            party=party,
            files=(each.language,),
            answered=each.answered,
            source="question",
            topic_fold=fold_of(each.name),
            party_fold=fold_of(party),
        )
        samples.append(Sample(pair=pair, features=table, beside=np.zeros(len(table), dtype=np.bool_)))
    return samples


def fit_across(samples: Sequence[Sample]) -> RelevanceArtefact:
    """Fits weights and threshold; both are measured on folds by topic."""
    rows = list(range(len(AcrossFeatures.names())))
    labels = np.array([sample.pair.answered for sample in samples])
    folds: Mapping[str, Callable[[Pair], int]] = {
        "topic": lambda pair: pair.topic_fold,
        "language": lambda pair: LANGUAGES.index(pair.files[0]),
    }
    chances: dict[str, Floats] = {name: cross_validated(samples, rows, fold) for name, fold in folds.items()}
    threshold = best_threshold(chances["topic"], labels)[0]
    figures = {name: figures_of(own, samples, threshold) for name, own in chances.items()}
    weights = fit_weights(samples, rows)
    digest = hashlib.sha256(repr([(s.pair.topic, s.pair.party, s.pair.answered) for s in samples]).encode())
    return RelevanceArtefact(
        feature_version=FEATURE_VERSION,
        weights=dict(zip(AcrossFeatures.names(), (round(float(w), 5) for w in weights.weights), strict=True)),
        intercept=round(weights.intercept, 5),
        threshold=round(threshold, 4),
        near=round(near(chances["topic"], labels, threshold), 4),
        quoted=round(threshold, 4),
        models=across_models(),
        pairs=len(samples),
        data_sha256=digest.hexdigest(),
        figures=figures,
    )


class _Untranslated(Topic):
    """A topic that the glossary does not know."""

    def words_in(self, language: str) -> tuple[tuple[str, float], ...]:
        """Returns nothing."""
        return ()


def _topic(kind: type[Topic], words: str) -> Topic:
    nothing = np.zeros(1, dtype=np.float32)
    topic = kind.of(words, "en", lambda text: nothing, lambda stem: 1.0)
    return topic if kind is Topic else replace(topic, translation_coverage=0.0)


def _sentences(text: str) -> list[str]:
    paragraphs = (" ".join(each.split()) for each in text.split("\n\n"))
    return [each[start:end] for each in paragraphs for start, end in split_sentences(each)]


def _paragraphs(path: Path) -> list[tuple[str, list[str]]]:
    """Returns the paragraphs of a file of XQuAD, each with its questions."""
    articles = json.loads(path.read_text(encoding="utf-8"))["data"]
    return [
        (each["context"], [asked["question"] for asked in each["qas"]])
        for own in articles
        for each in own["paragraphs"]
    ]


def _draw(*keys: str) -> str:
    return hashlib.sha256("\0".join(keys).encode()).hexdigest()
