"""Commands as people and programs run them, in this process and in ones of their own."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from tests.conftest import PROJECT

QUESTION = "What did Iran say about article 4?"
SCRIPTED = (
    "import sys; sys.path.insert(0, '.')\n"
    "import app.wiring\nfrom tests.fakes import HashingEmbedder, OverlapReranker\n"
    "app.wiring.SentenceTransformerEmbedder = app.wiring.question_embedder = lambda config: HashingEmbedder()\n"
    "app.wiring.build_reranker = lambda config: OverlapReranker()\n"
    "from app.cli import main\nsys.exit(main(sys.argv[1:]))\n"
)


@dataclass(frozen=True)
class Ran:
    """The exit code and output of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.split("\n") if line]

    def done(self, *holds: str) -> "Ran":
        """Asserts that the command succeeded and printed these words; returns itself."""
        assert self.code == 0 and all(part in self.out for part in holds), self
        return self

    def refused(self, code: int, *holds: str) -> str:
        """Asserts this exit code and one clear line of error with these words, which is returned."""
        assert (self.code, self.out) == (code, "") and "Traceback" not in self.err, self
        assert self.err.startswith("untoc: ") and self.err.count("\n") == 1, self.err
        assert all(part in self.err for part in holds), self.err
        return self.err


Run = Callable[..., Ran]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str | Path) -> Ran:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        return Ran(code, *capsys.readouterr())

    return run


@pytest.fixture
def run(store: Path, scripted_models: None, call: Run) -> Run:
    """Runs a command on a filled store, or on the one given as `at`."""
    return lambda name, *rest, at=store: call(name, "--store", at, *rest)


def process(
    *arguments: str | bytes | Path, code: str = "", module: str = "app.cli", **options: Any
) -> subprocess.CompletedProcess[bytes]:
    """Runs a real process; with `code`, that code in place of the module."""
    start = ["-c", code] if code else ["-m", module]
    given = {"cwd": PROJECT, "timeout": 120, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    return subprocess.run([sys.executable, *start, *arguments], check=False, **given)
