"""Topics and statements in different languages are compared by their meaning, and an old store is made to do so."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.briefing.request import read_request
from app.retrieval.ranking.party_list import PartyList
from app.retrieval.relevance import RelevanceArtefact, RelevanceModel
from app.retrieval.relevance_features import FEATURE_VERSION
from app.wiring import Workspace
from tests.cases import Cases
from tests.fakes import fake_workspace, second_model
from tests.fakes_corpora import workspace_over
from vectorstore.arrays import Matrix
from vectorstore.private_files import CATALOGUE
from vectorstore.records import ScopeFilter
from vectorstore.store import SecondModel

pytestmark = pytest.mark.integration

cases = Cases(__file__)

SECOND = second_model()
# Weights set by hand: similarity of embeddings and shared words decide, so that no test depends on fitted weights.
_LIKENESS = RelevanceModel(
    features={"meaning_around": 20.0, "worded": 6.0, "least_meant": 6.0, "terms_missing": -1.0},
    intercept=-3.3,
    threshold=0.5,
    near=0.1,
)
BY_MEANING = RelevanceArtefact(
    feature_version=FEATURE_VERSION,
    asked=_LIKENESS,
    listed=_LIKENESS,
    models={},
    pairs=0,
    data_sha256="",
    figures={},
)
# All sentences answer, whatever is asked.
EVERYTHING = BY_MEANING.model_copy(
    update=dict.fromkeys(("asked", "listed"), _LIKENESS.model_copy(update={"features": {}, "intercept": 3.0}))
)
TEXTS = (
    {"g.txt": cases["SPANISH"], "z.txt": cases["RUSSIAN"]},
    "file,state,body,session,date,language\ng.txt,XGA,UNTOC COP,10,2020,es\nz.txt,XZR,UNTOC COP,10,2020,ru\n",
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with workspace_over(tmp_path_factory.mktemp("across"), *TEXTS, second=SECOND, relevance=BY_MEANING) as workspace:
        yield workspace


def _says(workspace: Workspace, question: str, topic: str) -> str:
    answer = workspace.assistant.ask(question, overrides={"topic": topic})
    return answer.citations[0].quote if answer.citations else ""


@cases("topic", "quoted")
def test_a_statement_answers_a_question_in_another_language_in_its_own_words(desk, topic, quoted):
    assert quoted in _says(desk, f"What did Galdoria say about {topic}?", topic)


def test_absence_is_told_where_the_meaning_can_be_compared(desk):
    answer = desk.assistant.ask("What did Zarechia say about nuclear submarines?")
    assert answer.abstention is not None and answer.abstention.reason == "not_mentioned"
    assert not any("found by their words" in note for note in answer.scope.notes)


def test_a_cell_claims_no_silence_on_what_is_translated_word_by_word(desk):
    parties = desk.corpus.parties()
    request = read_request(parties, states=["Zarechia"], topics=["data stored abroad", "money laundering"])
    unsure, silent = (cell.note for cell in desk.briefings.build(request).cells)
    assert "absence cannot be told" in unsure and "Nothing on this was found" in silent


def test_a_quotation_in_another_language_is_glossed_in_that_of_the_question(desk):
    answer = desk.assistant.ask("What did Galdoria say about sanctions?", overrides={"topic": "sanctions"})
    glosses = [note for note in answer.scope.notes if " means " in note]
    # No other term of the quotation is glossed.
    assert glosses == ["medidas coercitivas unilaterales means unilateral coercive measures"]


def test_sentences_that_name_an_article_are_ordered_by_their_gloss(tmp_path):
    said = "Monsieur le Président,\n\nL’article 16 est ancien. L’article 16 vise les armes à feu.\n"
    with workspace_over(tmp_path, {"f.txt": said}, "file,state,body,language\nf.txt,XGA,UNTOC COP,fr\n") as workspace:
        searched = workspace.store.catalogue.summaries(ScopeFilter())
        topic = workspace.ranker.topic("firearms", "en")
        found = workspace.ranker.rank_by_mentions("XGA", searched, "article", [("UNTOC", ("16",))], topic)
    assert "armes à feu" in found.sentences[0].sentence.text and len(found.sentences) == 2


@pytest.mark.parametrize(("topic", "found"), [("вышивка", False), ("Урожай", True), ("подводные лодки", False)])
def test_a_topic_that_cannot_be_translated_is_looked_for_as_it_is_written(tmp_path, topic, found):
    with workspace_over(tmp_path, *TEXTS, relevance=EVERYTHING) as workspace:
        searched = workspace.store.catalogue.summaries(ScopeFilter())
        asked = replace(workspace.ranker.topic(topic, "ru"), unknown=True)
        for evidence in (
            workspace.ranker.rank_by_topic("XZR", searched, asked),
            PartyList(workspace.ranker, asked).rank({"XZR": searched})[0][0],
        ):
            assert evidence.answers is found
        assert workspace.ranker.topic("квзрпт", "ru").unknown and not workspace.ranker.topic("санкции", "ru").unknown


def test_a_list_names_who_speaks_of_it_in_other_languages(desk):
    answer = desk.assistant.ask("Which States spoke about sanctions?", overrides={"topic": "sanctions"})
    assert [claim.state for claim in answer.claims] == ["XGA"]


def test_what_was_searched_of_a_party_in_a_list_is_all_that_it_said(desk):
    both = desk.store.catalogue.summaries(ScopeFilter())
    topic = desk.ranker.topic("unilateral coercive measures", "en")
    (found,), _ = PartyList(desk.ranker, topic).rank({"XGA": both})
    assert found.answers
    assert {summary.metadata.state for summary in found.statements} == {"XGA", "XZR"}


def test_an_old_store_says_what_is_missing_searches_as_before_and_is_completed_where_it_was_left(tmp_path):
    path = tmp_path / "store"
    with workspace_over(tmp_path, *TEXTS):
        pass
    with fake_workspace(path, second=SECOND, relevance=BY_MEANING) as workspace:
        missing = {check.name: check for check in workspace.corpus.doctor().checks}["second vectors"]
        assert not missing.ok and "untoc doctor --rebuild" in missing.detail
        question = "What did Galdoria say about wildfires?"
        assert workspace.assistant.ask(question).abstention is not None
        assert workspace.corpus.doctor(rebuild=True).ok
        assert "ardieron" in _says(workspace, question, "wildfires")
        made = _second_vectors(path)
        workspace.store.catalogue.vectors.add({}, "second_vectors")
    with closing(sqlite3.connect(path / CATALOGUE)) as connection:
        connection.execute("DELETE FROM second_vectors WHERE text_key = (SELECT min(text_key) FROM second_vectors)")
        connection.commit()
    embedded: list[str] = []
    resumed = SecondModel(
        embed=lambda texts: (embedded.extend(texts), SECOND.embed(texts))[1], languages=SECOND.languages
    )
    with fake_workspace(path, second=resumed, relevance=BY_MEANING) as workspace:
        workspace.corpus.doctor(rebuild=True)
    after = _second_vectors(path)
    assert len(embedded) == 1 and after.keys() == made.keys()
    # Vectors that are computed in another batch may differ in their last digits.
    assert all(np.allclose(after[key], made[key], atol=1e-5) for key in made)


def _second_vectors(path: Path) -> dict[str, Matrix]:
    with closing(sqlite3.connect(path / CATALOGUE)) as connection:
        found = connection.execute("SELECT text_key, vector FROM second_vectors")
        return {key: np.frombuffer(vector, dtype=np.float32) for key, vector in found}
