"""The chain and the retriever as LangChain objects, and the code of `docs/python.md`."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda

from app.answering.chain import UntocChain
from app.answering.steps import Question
from app.errors import QuestionError, ScopeError
from app.records import Answer
from app.wiring import Workspace
from tests.conftest import PROJECT
from tests.fakes import fake_workspace
from tests.fakes_chat import writer

QUESTION = "What did Iran say about article 4?"
_CODE = re.compile(r"```python\n(.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with fake_workspace(tmp_path_factory.mktemp("python") / "store") as opened:
        opened.corpus.ingest([], sample=True)
        yield opened


def test_chain_takes_a_question_and_gives_the_answer_of_the_assistant(workspace):
    chain = workspace.chain
    assert isinstance(chain, Runnable)
    answer, same = chain.invoke(QUESTION), workspace.assistant.ask(QUESTION)
    assert answer.status == "answered" and answer.citations == same.citations
    assert json.loads(json.dumps(answer.to_json())) == answer.to_json()


def test_chain_composes_and_batches_as_other_runnables(workspace):
    count = workspace.chain | RunnableLambda(lambda answer: len(answer.citations))
    assert count.batch([QUESTION, "What did Austria say about article 4?"]) == [1, 0]


def test_chain_reads_history_and_overrides_and_refuses_what_is_none_and_what_is_no_question(workspace):
    followed = workspace.chain.invoke(Question(text="and on article 5?", history=[QUESTION]))
    assert followed.scope.states == ("IRN",) and followed.scope.treaties[0].articles == ("5",)
    changed = workspace.chain.invoke(Question(text=QUESTION, overrides={"states": ["AUT"]}))
    assert changed.abstention is not None and changed.abstention.reason == "no_statement"
    with pytest.raises(ScopeError):
        workspace.chain.invoke(Question(text=QUESTION, overrides={"colour": ["red"]}))
    with pytest.raises(QuestionError):
        workspace.chain.invoke("x" * 100_000)


def test_stream_without_a_model_yields_the_answer_alone(workspace):
    (answer,) = workspace.chain.stream(QUESTION)
    assert isinstance(answer, Answer) and answer.status == "answered"


def test_stream_with_a_model_grows_and_ends_with_what_invoke_gives(workspace):
    said = (
        "Iran says that the imposition of unilateral coercive measures as a serious challenge on international"
        " cooperation has an undeniable and negative impact"
    )

    def script(system: str, user: str) -> list[tuple[str, list[str]]]:
        line = next(line for line in user.splitlines() if "coercive measures" in line)
        return [(said, [line[1 : line.index("]")]])]

    steps = replace(workspace.steps, writer=writer(script))
    *growing, last = UntocChain(steps).stream(QUESTION)
    assert growing and {answer.status for answer in growing} == {"partial"}
    assert all(answer.question == QUESTION for answer in growing)
    assert (last.model, last.status) == ("scripted:test", "answered")
    again = UntocChain(steps).invoke(QUESTION)
    assert (again.answer, again.citations, again.dropped_claims) == (last.answer, last.citations, last.dropped_claims)


def test_states_add_one_record_after_another(workspace):
    states = list(workspace.steps.states(QUESTION))
    reached = [
        [name for name in ("resolution", "retrieved", "composed", "answer") if getattr(state, name) is not None]
        for state in states
    ]
    assert reached[0] == ["resolution"] and reached[-1] == ["resolution", "retrieved", "composed", "answer"]
    assert [len(names) for names in reached] == sorted(len(names) for names in reached)
    timings = states[-1].answer.timings_ms  # type: ignore[union-attr]
    assert timings.total >= timings.resolve + timings.retrieve > 0


def test_retriever_gives_documents_of_the_scope_with_their_provenance(workspace):
    retriever = workspace.retriever(k=2)
    assert isinstance(retriever, BaseRetriever)
    documents = retriever.invoke(QUESTION)
    assert documents and len(documents) <= 2 and all(isinstance(document, Document) for document in documents)
    (statement,) = workspace.corpus.documents()
    for rank, document in enumerate(documents, start=1):
        known = document.metadata
        assert (known["statement_id"], known["state"], known["rank"]) == (statement.document_id, "IRN", rank)
        text = workspace.corpus.show(known["statement_id"]).source_text[known["start"] : known["end"]]
        assert "".join(text.split()) == "".join(document.page_content.split())


@pytest.mark.parametrize("question", ["What did Austria say about article 4?", "What did Congo say about extradition?"])
def test_retriever_gives_nothing_where_the_scope_holds_nothing(workspace, question):
    assert workspace.retriever().invoke(question) == []


@pytest.mark.model
def test_the_code_of_the_page_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (code,) = _CODE.findall((PROJECT / "docs" / "python.md").read_text(encoding="utf-8"))
    exec(compile(code, "docs/python.md", "exec"), {})
    shown = capsys.readouterr().out
    assert "answered ('IRN',)" in shown and "unilateral coercive measures" in shown
