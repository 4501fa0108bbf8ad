"""Records in the six languages, asked in each of them: every quotation is from the asked State's own intervention."""

import pytest

from tests.cases import Cases
from tests.conftest import PROJECT
from tests.fakes_corpora import workspace_over
from vectorstore.records import ScopeFilter

cases = Cases(__file__)

RECORDS = PROJECT / "tests" / "data" / "records"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    texts = {path.name: path.read_text(encoding="utf-8") for path in RECORDS.iterdir()}
    with workspace_over(tmp_path_factory.mktemp("languages"), texts, kind="record") as workspace:
        yield workspace


@cases("question", "state", "language", "words")
def test_a_question_in_each_language_quotes_the_asked_state_alone(question, state, language, words, desk):
    answer = desk.assistant.ask(question)
    assert answer.status == "answered"
    assert any(cited.language == language and words in cited.quote for cited in answer.citations)
    assert {cited.kind for cited in answer.citations} <= {"record", "reported"}
    for citation in answer.citations:
        statement = desk.corpus.show(citation.statement_id)
        assert statement.metadata.state == citation.state == state
        assert statement.span.holds(citation.start, citation.end)


@cases("question")
def test_what_only_another_speaker_or_the_chair_said_is_no_answer(question, desk):
    answer = desk.assistant.ask(question)
    assert answer.status == "abstained"
    assert answer.citations == ()


def test_no_sentence_or_passage_leaves_its_intervention(desk):
    catalogue = desk.store.catalogue
    seen = 0
    for record in desk.corpus.documents():
        for item in desk.corpus.interventions(record.document_id):
            sentences = catalogue.sentences(item.statement_id)
            passages = catalogue.passages_of([item.statement_id])
            assert all(item.span.start <= s.start < s.end <= item.span.end for s in (*sentences, *passages))
            assert (item.span.role == "party") == bool(passages)
            seen += len(sentences)
        assert catalogue.sentences(record.document_id) == ()
    assert seen > 60


def test_everybody_in_scope_is_a_known_party_or_counted_as_unknown(desk):
    found = desk.store.catalogue.summaries(ScopeFilter())
    assert {item.span.role for item in found} == {"party", "unknown"}
    assert all((item.metadata.state is None) == (item.span.role == "unknown") for item in found)
