"""Documents that mix languages, and languages that the models do not know or are said to know."""

import pytest

from app.retrieval.model_languages import ModelLanguages
from prompts.wording import load_wording
from tests.cases import Cases
from tests.fakes import fake_workspace
from tests.fakes_corpora import workspace_over, write_corpus
from vectorstore.records import ScopeFilter

cases = Cases(__file__)

pytestmark = pytest.mark.slow

ENGLISH = cases["ENGLISH"]
FRENCH = cases["FRENCH"]
RUSSIAN = cases["RUSSIAN"]


MIXED = (
    {"a.txt": f"{ENGLISH}\n\n{FRENCH}\n\n{ENGLISH}", "z.txt": RUSSIAN},
    "file,state,body,session,date\na.txt,XAA,UNTOC COP,10,2020\nz.txt,XZR,UNTOC COP,10,2020\n",
)


@pytest.fixture
def desk(tmp_path):
    with workspace_over(tmp_path, *MIXED) as workspace:
        yield workspace


def test_a_paragraph_is_found_by_its_words_or_through_the_glossary_and_cited_in_its_language(desk):
    answer = desk.assistant.ask("Qu’a dit l’Arvandie sur l’extradition des délinquants ?")
    assert answer.citations[0].language == "fr"
    assert answer.citations[0].quote in FRENCH
    answer = desk.assistant.ask("What did Arvandia say about extradition?")
    assert {citation.language for citation in answer.citations} == {"fr"}
    assert answer.citations[0].verdict == "verified"
    answer = desk.assistant.ask("What did Arvandia say about the protection of witnesses?")
    assert {citation.language for citation in answer.citations} == {"en"}


def test_the_report_says_which_languages_the_model_does_not_read(tmp_path):
    folder = write_corpus(tmp_path / "corpus", *MIXED)
    with fake_workspace(tmp_path / "store") as workspace:
        report = workspace.corpus.ingest([folder])
    reasons = {file.file: file.reason or "" for file in report.files}
    assert "in fr: found by its words and by scope only" in reasons["a.txt"]
    assert "in ru: found by its words and by scope only" in reasons["z.txt"]


def test_the_answer_says_whose_statements_are_found_by_words_only(desk):
    answer = desk.assistant.ask("Что сказала Заречия о торговле оружием?")
    assert answer.status == "answered"
    assert any("только по словам" in note for note in answer.scope.notes)
    answer = desk.assistant.ask("What did Zarechia say about balloons?")
    assert answer.abstention.reason == "index_incomplete"
    assert any("absence cannot be told: Zarechia" in note for note in answer.scope.notes)


def test_no_passage_mixes_languages(desk):
    (arvandia,) = desk.store.catalogue.summaries(ScopeFilter(parties=("XAA",)))
    assert arvandia.languages == ("en", "fr")
    languages = [passage.language for passage in desk.store.catalogue.passages_of([arvandia.statement_id])]
    assert languages == ["en", "fr", "en"]


def test_a_multilingual_embedding_model_searches_the_languages_that_it_is_set_to(tmp_path):
    every = ModelLanguages(embedded=frozenset({"en", "fr", "ru"}))
    with workspace_over(tmp_path, *MIXED, covered=every) as workspace:
        # No word of the question is in the statement: as the nearest, it is shown as related, not as an answer.
        answer = workspace.assistant.ask("What did Zarechia say about airships?")
        assert answer.status == "abstained"
        assert [citation.language for citation in answer.related][:1] == ["ru"]
        assert not any("found by their words" in note for note in answer.scope.notes)
        found = workspace.assistant.ask("Что сказала Заречия о торговле оружием?")
        assert found.status == "answered"


def test_models_that_both_know_a_language_rank_it_as_they_do_english(tmp_path):
    known = frozenset({"en", "fr", "ru"})
    with workspace_over(tmp_path, *MIXED, covered=ModelLanguages(embedded=known, ranked=known)) as workspace:
        answer = workspace.assistant.ask("Что сказала Заречия: центр работает круглосуточно?")
        assert [citation.state for citation in answer.citations] == ["XZR"]
        said = load_wording("ru").say("note_uncalibrated")
        # The only note is that these models have no calibration; no note is about their languages.
        assert all(note.casefold() == said.casefold() for note in answer.scope.notes)


def test_a_state_without_a_statement_has_no_note_on_languages(desk):
    answer = desk.assistant.ask("What did Switzerland say about extradition?")
    assert (answer.status, answer.scope.notes) == ("abstained", ())
