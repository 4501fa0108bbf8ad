"""The composition root: no heavy imports, no tracing, and files closed at the end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import Settings
from app.wiring import open_workspace
from ingest.errors import IngestError
from tests.cases import Cases
from tests.conftest import PROJECT

cases = Cases(__file__)

HEAVY = (
    "gradio", "torch", "chromadb", "sentence_transformers", "langchain_core", "onnx", "onnxruntime", "pandas", "rich",
)  # fmt: skip
SWITCHES = ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2", "LANGCHAIN_TRACING")
TRACING = dict.fromkeys(SWITCHES, "true") | {
    "LANGSMITH_API_KEY": "key", "LANGSMITH_ENDPOINT": "http://198.51.100.7",
}  # fmt: skip


def _python(program: str, *arguments: object, **environment: str) -> str:
    """Runs a program of the YAML file, and returns what it prints."""
    command = [sys.executable, "-c", cases[program], *map(str, arguments)]
    variables = {**os.environ, **environment}
    done = subprocess.run(command, cwd=PROJECT, env=variables, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.slow
def test_help_loads_nothing_heavy() -> None:
    assert _python("HELP", *HEAVY).splitlines()[-1] == "[]"


@pytest.mark.slow
def test_opening_a_store_loads_no_model_and_no_interface(tmp_path: Path) -> None:
    assert _python("OPEN", tmp_path / "store") == "[]"


@pytest.mark.slow
def test_metadata_are_corrected_and_taken_back_without_torch(tmp_path: Path, conference: Path) -> None:
    printed = _python("CORRECT", tmp_path / "store", conference / "txt" / "XAA_10_2020.txt")
    assert printed.split("\n") == ["A speech", "True", "[]"]


@pytest.mark.slow
def test_no_question_is_traced_whatever_the_environment_says(tmp_path: Path) -> None:
    assert _python("ASK", tmp_path / "store", **TRACING) == "False"


@pytest.mark.usefixtures("scripted_models")
def test_workspace_lets_go_of_its_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in TRACING:
        monkeypatch.setenv(name, "true")
    settings = Settings(store=tmp_path / "store")
    with open_workspace(settings) as first:
        with pytest.raises(IngestError, match="sample is ingested by itself"):
            first.corpus.ingest([tmp_path], sample=True)
        first.corpus.ingest([], sample=True)
        assert os.environ["LANGSMITH_TRACING"] == os.environ["LANGCHAIN_TRACING_V2"] == "false"
    with open_workspace(settings, read_only=True) as second:
        [statement] = second.corpus.documents()
        assert statement.metadata.state == "IRN"
        assert second.assistant.ask("What did Iran say about article 4?").status == "answered"
    (tmp_path / "store").rename(tmp_path / "moved")
