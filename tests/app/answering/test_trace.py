"""The trace of an answer: what it was made of, readable, without keys, kept as long as the settings say."""

from dataclasses import replace
from pathlib import Path

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import SecretStr

from app.answering.assistant import Assistant
from app.chat_model import LlmConfig
from app.cli.printing import print_trace
from app.errors import NotFoundError
from app.telemetry import SpanExport
from app.wiring import Workspace
from tests.fakes import fake_workspace
from tests.fakes_chat import writer
from vectorstore.catalogue import Catalogue
from vectorstore.health import Check
from vectorstore.schema import TRACES

pytestmark = pytest.mark.integration

QUESTION = "What did Iran say about article 4?"
KEY = "sk-canary-1234567890"


@pytest.fixture
def own(tmp_path: Path) -> Workspace:
    with fake_workspace(tmp_path / "store") as workspace:
        workspace.corpus.ingest([], sample=True)
        yield workspace  # type: ignore[misc]


def _assistant(workspace: Workspace, **options: object) -> Assistant:
    config = LlmConfig(model="openai:test", api_key=SecretStr(KEY), timeout_seconds=5)
    made = writer(lambda system, user: [(f"Iran says {KEY}", ["S1"]), ("Iran cites article 40", ["S1"])], config=config)
    steps = replace(workspace.steps, writer=made)
    return Assistant(steps, workspace.store.catalogue, keep_traces=2, **options)  # type: ignore[arg-type]


def test_record_tells_what_an_answer_was_made_of_and_no_key(own, capsys):
    answer = _assistant(own).ask(QUESTION)
    trace = own.corpus.trace(answer.trace_id)
    record = trace["record"]
    assert isinstance(record, dict) and trace["prompt_version"] == answer.prompt_version
    found = {item["sentence_id"] for item in record["evidence"]}
    assert found and set(record["numbered"].values()) & found
    assert "article 40" in record["reply"] and KEY not in str(trace)
    print_trace(trace)
    shown = capsys.readouterr().out
    labels = {line.partition("\t")[0] for line in shown.splitlines()}
    assert {"question", "scope", "written by", "time", "evidence", "dropped", "problem"} <= labels
    assert QUESTION in shown and "it cites article 40 of UNTOC" in " ".join(shown.split())


def test_records_are_kept_by_number_and_by_age(own):
    assistant = _assistant(own, keep_days=1)
    first, second, third = (assistant.ask(QUESTION).trace_id for _ in range(3))
    with pytest.raises(NotFoundError):
        own.corpus.trace(first)
    with own.store.catalogue.database.transaction() as connection:
        connection.execute(TRACES.update().where(TRACES.c.trace_id == second).values(at="2020-01-01"))
    assistant.ask(QUESTION)
    with pytest.raises(NotFoundError):
        own.corpus.trace(second)
    assert own.corpus.trace(third)["question"] == QUESTION


def test_no_record_is_kept_where_that_is_switched_off(own, monkeypatch):
    monkeypatch.setattr(Catalogue, "add_trace", lambda *arguments, **options: pytest.fail("a record was stored"))
    Assistant(own.steps, own.store.catalogue, keep_traces=0).ask(QUESTION)


def test_spans_tell_the_steps_and_never_the_question(own):
    exporter = InMemorySpanExporter()
    export = SpanExport(exporter)
    answer = _assistant(own, export=export).ask(QUESTION)
    export._provider.force_flush()
    spans = {span.name: span for span in exporter.get_finished_spans()}
    assert set(spans) == {"ask", "resolve", "retrieve", "compose", "verify"}
    root = spans["ask"]
    assert all(span.parent.span_id == root.context.span_id for name, span in spans.items() if name != "ask")
    assert root.attributes["untoc.trace_id"] == answer.trace_id
    assert root.attributes["gen_ai.request.model"] == "openai:test"
    assert QUESTION not in str([span.to_json() for span in spans.values()])
    took = (root.end_time - root.start_time) / 1e6
    assert abs(took - answer.timings_ms.total) < 1


@pytest.mark.parametrize("ok", [True, False])
def test_doctor_tries_the_model_only_where_one_is_set(own, ok, monkeypatch):
    monkeypatch.setattr("app.wiring.try_model", lambda config: Check(name="chat model", ok=ok, detail="tried"))
    assert "chat model" not in {check.name for check in own.doctor().checks}
    settings = own.settings.model_copy(update={"llm": LlmConfig(model="openai:test")})
    report = replace(own, settings=settings).doctor()
    assert report.ok is ok and report.checks[-1].detail == "tried"
