"""Ranking the sentences of statements: scraps and headings are no evidence."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from app.briefing.request import read_request
from app.retrieval.model_languages import ModelLanguages
from app.retrieval.ranking.sentence_scorer import SentenceScorer, without_scraps
from app.retrieval.topic.topic import Topic
from tests.fakes import fake_workspace
from tests.fakes_store import annotated, keep

LONG = "We met many friends in this hall, and we thank the host for its generous welcome."


def test_scraps_and_lines_in_capitals_are_left_out_where_there_is_more():
    texts = (
        "Thank you.",
        "STATEMENT BY THE DELEGATION OF ARVANDIA",
        "We extradite under treaties alone.",
        "我们支持这一提案。",
    )
    sentences = annotated("s", texts).sentences
    assert [each.ordinal for each in without_scraps(sentences)] == [2, 3]
    assert without_scraps(sentences[:2]) == list(sentences[:2])


@pytest.mark.parametrize(
    ("language", "scraps", "kept"),
    [
        ("en", ["I thank you very much, Mr. President."], ["We thank the host of this meeting."]),
        (
            "fr",
            ["Je vous remercie de votre attention.", "Elle ne s'en tient pas là pour autant."],
            ["Six ont été tués là."],
        ),
        ("es", ["Muchas gracias, señora Presidenta."], ["Agradecemos a la Secretaría su labor."]),
        ("ru", ["Спасибо.", "Благодарю вас за внимание."], ["Мы благодарим Секретариат."]),
        ("ar", ["وشكرا.", "شكرا لكم على حسن الاستماع."], ["نشكر الأمانة على إعداد الاجتماع."]),
        ("zh", ["谢谢主席先生。"], ["主席应由选举产生。"]),
    ],
)
def test_courtesies_and_sentences_of_which_a_word_remains_are_scraps_in_every_language(language, scraps, kept):
    sentences = [replace(each, language=language) for each in annotated("s", [*scraps, *kept]).sentences]
    assert [each.text for each in without_scraps(sentences)] == kept


def test_a_short_sentence_on_the_topic_is_no_scrap(tmp_path):
    texts = ("Thank you.", "Extradition.", "Arvandia supports extradition.", "Arvandia supports peace.", LONG)
    with fake_workspace(tmp_path / "store") as workspace:
        keep(workspace.store, workspace.corpus._embedder, annotated("s", texts, state="XAA", language="en"))
        request = read_request(workspace.corpus.parties(), topics=["extradition"])
        briefing = workspace.briefings.build(replace(request, parties=("XAA",)))
    assert [citation.quote for citation in briefing.citations] == ["Arvandia supports extradition."]


def test_of_a_list_sentences_far_from_the_topic_in_words_and_meaning_are_not_read():
    texts = ("The death penalty is cruel.", "We hang nobody.", "We hail the chair.")
    near = SimpleNamespace(meaning=lambda topic, texts: np.array([0.0, 0.3, 0.0]))
    topic = Topic.of("capital punishment", "en", lambda _: np.zeros(1), lambda _: 1.0, ModelLanguages())
    scorer = SentenceScorer(None, None, near, ModelLanguages(), None)
    read = scorer._near(topic, {"XAA": annotated("s", texts).sentences, "XAB": ()})
    assert {party: [each.text for each in own] for party, own in read.items()} == {"XAA": [*texts[:2]], "XAB": []}
