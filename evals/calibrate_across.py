"""Fitting of relevance across languages: what was asked of statements in other languages than English, and XQuAD.

The topics of `asked_across.jsonl` were written for statements in five languages, fictional and real, and each is
answered by a statement or not, mostly by little; questions come from sets of cases. Questions of XQuAD are asked of
their own paragraph in another language and of others.

Source: Artetxe, Ruder and Yogatama, On the Cross-lingual Transferability of Monolingual Representations (2020).
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np

from app.question.resolution import TopicWording
from app.retrieval.across_languages import AcrossExtractor
from app.retrieval.relevance import RelevanceArtefact, across_models
from app.retrieval.relevance_features import AcrossFeatures
from app.retrieval.topic import Topic
from evals.calibrate import Folds, Sample, fitted
from evals.case_sets import CONFERENCE
from evals.cases.case import Case
from evals.cases.documents import Document, Documents, read_documents, sha256_of
from evals.errors import DatasetError
from evals.files import FileRecord, read_records
from evals.metrics.eval_sample import FileSpan
from evals.relevance_pairs import PairSource, cases_of_meeting, make_pair, pairs_of_cases
from ingest.language.sentences import split_sentences
from prompts.wording import LANGUAGES
from vectorstore.sentence_encoder import sentence_encoder

# Paragraphs of XQuAD in each language, for each of which one question.
_PARAGRAPHS = 40


class _Span(FileRecord):
    start: int
    end: int
    sha256: str


class AskedTopic(FileRecord):
    """A line of `asked_across.jsonl`: a topic in one language, asked of a statement in another."""

    file: str
    statement_language: str
    language: str
    topic: str
    answered: bool
    near: bool = False
    """Not answered, though the statement treats something close."""
    evidence: tuple[_Span, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A topic, asked of sentences in another language; `shown` are those that answer, none where that is not known."""

    topic: Topic
    language: str
    sentences: Sequence[str]
    answered: bool
    party: str
    shown: frozenset[int] = frozenset()
    one_of_many: bool = False


def asked_of_statements(documents: Documents) -> Iterator[Asked]:
    """Yields the topics that were asked of statements which are held.

    Raises:
        DatasetError: A statement is not the one that was read for its topics.
    """
    path = Path(str(files("evals"))) / "datasets" / "asked_across.jsonl"
    for asked in read_records(path, AskedTopic, todo="correct it"):
        document = documents.by_file.get(asked.file)
        if document is None:
            continue
        if any(sha256_of(document.text[span.start : span.end]) != span.sha256 for span in asked.evidence):
            raise DatasetError(f"{asked.file!r} is not the file that `asked_across.jsonl` was written for")
        sentences, shown = _read([document], [(asked.file, span.start, span.end) for span in asked.evidence])
        yield Asked(
            topic=_topic(asked.topic, asked.language), language=asked.statement_language, sentences=sentences,
            answered=asked.answered, party=asked.file, shown=shown,
        )  # fmt: skip


def asked_in_cases(cases: Iterable[Case], documents: Documents) -> Iterator[Asked]:
    """Yields the questions of cases, asked of the statements of a party in a language that is not English."""
    for pair in (pair for pair in pairs_of_cases(cases, documents) if pair.spoken != "en"):
        spans = [(span.file, span.start, span.end) for span in pair.evidence]
        sentences, shown = _read([documents.by_file[file] for file in pair.files], spans)
        yield Asked(
            topic=_topic(pair.topic, pair.language, pair.wording), language=pair.spoken, sentences=sentences,
            answered=pair.answered, party=pair.files[0], one_of_many=pair.source == "list", shown=shown,
        )  # fmt: skip


def _read(documents: Iterable[Document], evidence: Sequence[FileSpan]) -> tuple[list[str], frozenset[int]]:
    """Returns the sentences of documents, paragraph by paragraph, and which of them some evidence overlaps."""
    sentences: list[str] = []
    shown: set[int] = set()
    for document in documents:
        at = 0
        for paragraph in document.text.split("\n\n"):
            for start, end in split_sentences(paragraph):
                if any(file == document.file and a < at + end and at + start < b for file, a, b in evidence):
                    shown.add(len(sentences))
                sentences.append(" ".join(paragraph[start:end].split()))
            at += len(paragraph) + 2
    return sentences, frozenset(shown)


def asked_of_xquad(folder: Path) -> Iterator[Asked]:
    """Yields questions of XQuAD, asked of their own paragraph in another language and of another paragraph."""
    read = {path.suffixes[0][1:]: _paragraphs(path) for path in sorted(folder.glob("xquad.*.json"))}
    english = read.pop("en")
    for language, paragraphs in read.items():
        for number in range(0, len(paragraphs), max(1, len(paragraphs) // _PARAGRAPHS)):
            other = (number + 7) % len(paragraphs)
            for place, answered in ((number, True), (other, False)):
                text = paragraphs[place][0]
                yield Asked(
                    topic=_topic(english[number][1][0], "en"),
                    language=language,
                    sentences=[text[start:end] for start, end in split_sentences(text)],
                    answered=answered,
                    party=text,
                )


def gather_across(folders: Sequence[Path], multilingual: Path) -> list[Sample]:
    """Measures what is asked of statements of the conference and of folders, and of XQuAD, whose files one holds."""
    documents = read_documents([CONFERENCE, *folders])
    asked = [
        *asked_of_statements(documents),
        *asked_in_cases(cases_of_meeting(), documents),
        *asked_of_xquad(multilingual),
    ]
    one = cache(lambda text: sentence_encoder().embed([text])[0])
    return measure(asked, AcrossExtractor(lambda texts: np.stack([one(text) for text in texts])))


def measure(asked: Iterable[Asked], extractor: AcrossExtractor) -> list[Sample]:
    """Measures the features of topics and sentences."""
    samples = []
    for each in asked:
        windows = [" ".join(each.sentences[max(0, row - 1) : row + 2]) for row in range(len(each.sentences))]
        found = extractor.measure(each.topic, each.language, each.sentences, windows, one_of_many=each.one_of_many)
        if found:
            source: PairSource = "list" if each.one_of_many else "question"
            pair = make_pair(each.topic.words, each.party, (each.language,), each.answered, source)
            table = np.array([features.values() for features in found.values()], dtype=np.float64)
            beside = np.array([bool(each.shown) and row not in each.shown for row in found], dtype=np.bool_)
            samples.append(Sample(pair=pair, features=table, beside=beside))
    return samples


def fit_across(samples: Sequence[Sample]) -> RelevanceArtefact:
    """Fits weights and threshold; both are measured on folds by statement, by topic and by language."""
    names = AcrossFeatures.names()
    folds: Folds = {
        "statement": lambda pair: pair.party_fold,
        "topic": lambda pair: pair.topic_fold,
        "language": lambda pair: LANGUAGES.index(pair.files[0]),
    }
    return fitted(samples, names, range(len(names)), folds, across_models())


def _topic(words: str, language: str, wording: TopicWording | None = None) -> Topic:
    nothing = np.zeros(1, dtype=np.float32)
    return Topic.of(words, language, lambda text: nothing, lambda stem: 1.0, wording=wording)


def _paragraphs(path: Path) -> list[tuple[str, list[str]]]:
    """Returns the paragraphs of a file of XQuAD, each with its questions."""
    articles = json.loads(path.read_text(encoding="utf-8"))["data"]
    return [
        (each["context"], [asked["question"] for asked in each["qas"]])
        for own in articles
        for each in own["paragraphs"]
    ]
