"""Fitting of relevance across languages: the concepts that statements name in their languages, and XQuAD.

Each statement of the fictional conference that is not English is asked about the concepts that it names, in another
language, and about others that have nothing to do with these; each of them once as the glossary translates it and once
as if it could not, so that meaning alone has to decide. Questions of XQuAD are asked of their own paragraph in another
language and of others.

Source: Artetxe, Ruder and Yogatama, On the Cross-lingual Transferability of Monolingual Representations (2020).
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from app.retrieval.across_languages import AcrossExtractor
from app.retrieval.relevance import RelevanceArtefact, across_models
from app.retrieval.relevance_features import AcrossFeatures
from app.retrieval.topic import Topic
from evals.calibrate import Folds, Sample, fitted
from evals.case_sets import CONFERENCE
from evals.cases.documents import Documents, read_documents
from evals.cases.synth import draw
from evals.relevance_pairs import make_pair
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
        vain = sorted(set(concepts) - related, key=lambda each: draw(file, each))[:_ASKED_IN_VAIN]
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
        asked_of = make_pair(each.name, party, (each.language,), each.answered, "question")
        samples.append(Sample(pair=asked_of, features=table, beside=np.zeros(len(table), dtype=np.bool_)))
    return samples


def fit_across(samples: Sequence[Sample]) -> RelevanceArtefact:
    """Fits weights and threshold; both are measured on folds by topic and by language."""
    names = AcrossFeatures.names()
    folds: Folds = {
        "topic": lambda pair: pair.topic_fold,
        "language": lambda pair: LANGUAGES.index(pair.files[0]),
    }
    return fitted(samples, names, range(len(names)), folds, across_models())


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
