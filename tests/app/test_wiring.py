"""The composition root: nothing heavy at import, no tracing, files let go."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import Settings
from app.wiring import open_workspace
from tests.conftest import PROJECT

HEAVY = (
    "gradio", "torch", "chromadb", "sentence_transformers", "langchain_core", "onnxruntime", "pandas", "rich",
)  # fmt: skip
SWITCHES = ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2", "LANGCHAIN_TRACING")
TRACING = dict.fromkeys(SWITCHES, "true") | {
    "LANGSMITH_API_KEY": "key", "LANGSMITH_ENDPOINT": "http://198.51.100.7",
}  # fmt: skip


def _python(code: str, **environment: str) -> str:
    command, told = [sys.executable, "-c", code], {**os.environ, **environment}
    done = subprocess.run(command, cwd=PROJECT, env=told, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.slow
def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys, app.cli\nassert app.cli.main(['--help']) == app.cli.main(['brief', '--help']) == 0\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    assert _python(code).splitlines()[-1] == "[]"


@pytest.mark.slow
def test_opening_a_store_loads_no_model_and_no_interface(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom app.settings import Settings\n"
        "from app.wiring import open_workspace\n"
        f"with open_workspace(Settings(store=Path({str(tmp_path / 'store')!r}))) as w:\n    w.corpus.documents()\n"
        "heavy = ('gradio', 'torch', 'sentence_transformers', 'langsmith', 'docx', 'wordninja')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    assert _python(code) == "[]"


@pytest.mark.slow
def test_metadata_are_corrected_and_taken_back_without_torch(tmp_path: Path, conference: Path) -> None:
    code = (
        "import sys\nfrom dataclasses import replace\nfrom pathlib import Path\nfrom app.settings import Settings\n"
        "from app.wiring import open_workspace\nfrom ingest.indexer import Indexer, IngestOptions\n"
        "from vectorstore.embeddings import PackagedEmbedder\n"
        f"settings = Settings(store=Path({str(tmp_path / 'store')!r}))\n"
        "with open_workspace(settings) as w:\n"
        "    indexer = Indexer(w.store, PackagedEmbedder(), settings.split, settings.load)\n"
        f"    indexer.ingest([Path({str(conference / 'txt' / 'XAA_10_2020.txt')!r})], IngestOptions())\n"
        "    title = lambda: w.corpus.documents()[0].metadata.title\n"
        "    before, step = title(), w.corpus.undo_step(w.corpus.documents()[0].document_id)\n"
        "    step = replace(step, now=w.corpus.edit(step.now, {'title': 'A speech'}))\n"
        "    print(title())\n"
        "    w.corpus.restore(step)\n"
        "    print(title() == before)\n"
        "print([name for name in ('torch', 'sentence_transformers') if name in sys.modules])"
    )
    assert _python(code).split("\n") == ["A speech", "True", "[]"]


@pytest.mark.slow
def test_no_question_is_traced_whatever_the_environment_says(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path\nfrom app.settings import Settings\nfrom app.wiring import open_workspace\n"
        f"with open_workspace(Settings(store=Path({str(tmp_path / 'store')!r}))) as w:\n"
        "    w.assistant.ask('What did Iran say about article 4?')\n"
        "from langsmith.utils import tracing_is_enabled\nprint(bool(tracing_is_enabled()))"
    )
    assert _python(code, **TRACING) == "False"


@pytest.mark.usefixtures("scripted_models")
def test_workspace_lets_go_of_its_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in TRACING:
        monkeypatch.setenv(name, "true")
    settings = Settings(store=tmp_path / "store")
    with open_workspace(settings) as first:
        first.corpus.ingest([], sample=True)
        assert os.environ["LANGSMITH_TRACING"] == os.environ["LANGCHAIN_TRACING_V2"] == "false"
    with open_workspace(settings, read_only=True) as second:
        [statement] = second.corpus.documents()
        assert statement.metadata.state == "IRN"
        assert second.assistant.ask("What did Iran say about article 4?").status == "answered"
    (tmp_path / "store").rename(tmp_path / "moved")
