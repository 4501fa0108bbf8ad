"""Fitting across languages: the labelled topics, and samples that are made of them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.retrieval.relevance_features import AcrossFeatures
from app.retrieval.topic import Topic
from evals.calibrate_across import asked_of_statements, asked_of_xquad, fit_across, measure
from evals.case_sets import CONFERENCE
from evals.cases.documents import read_documents
from evals.errors import DatasetError


class _Extractor:
    """Says of each sentence how many letters of the topic it shares, in place of the encoder."""

    def measure(
        self, topic: Topic, language: str, sentences: Sequence[str], windows: Sequence[str], *, one_of_many: bool
    ) -> dict[int, AcrossFeatures]:

        def shared(text: str) -> float:
            return len(set(topic.words) & set(text)) / max(1, len(set(topic.words)))

        return {
            row: AcrossFeatures(
                similarity=shared(sentence), alone=0.0, lead=0.0, question_similarity=shared(sentence),
                question_window_similarity=shared(window), contrast=0.0, words=0.0, covered=1.0,
                one_of_many=float(one_of_many),
            )
            for row, (sentence, window) in enumerate(zip(sentences, windows, strict=True))
        }  # fmt: skip


def test_topics_of_the_conference_have_their_evidence_where_they_say() -> None:
    asked = list(asked_of_statements(read_documents([CONFERENCE])))
    assert len(asked) > 150 and 0.3 < np.mean([each.answered for each in asked]) < 0.6
    assert {each.language for each in asked} == {"fr", "es", "ar", "ru", "zh"}
    assert all(bool(each.shown) == each.answered for each in asked)
    assert all(each.topic.language != each.language for each in asked)


def test_a_changed_statement_is_refused() -> None:
    documents = read_documents([CONFERENCE])
    changed = {file: replace(each, text=f"x{each.text}") for file, each in documents.by_file.items()}
    with pytest.raises(DatasetError, match="not the file"):
        list(asked_of_statements(replace(documents, by_file=changed)))


def test_questions_of_xquad_are_asked_of_their_paragraph_and_of_another(test_data: Path) -> None:
    asked = list(asked_of_xquad(test_data / "multilingual"))
    assert {each.language for each in asked} == {"es", "ar", "ru"}
    assert sum(each.answered for each in asked) * 2 == len(asked)


def test_a_fit_is_measured_on_statements_topics_and_languages_that_it_has_not_seen() -> None:
    asked = list(asked_of_statements(read_documents([CONFERENCE])))
    samples = measure(asked, _Extractor())  # type: ignore[arg-type]
    artefact = fit_across(samples, {})
    assert set(artefact.figures) == {"statement", "topic", "language"}
    assert artefact.pairs == len(samples) and 0 < artefact.near <= artefact.threshold < 1
