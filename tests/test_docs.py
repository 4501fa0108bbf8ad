"""The pages for contributors agree with the code: paths exist, and the steps that they list are those that run."""

import gc
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import FrameType

import pytest
from sqlalchemy import text

from app.cli.printing import print_answer
from app.wiring import Workspace
from tests.conftest import PROJECT
from tests.fakes import fake_workspace
from vectorstore.database import Database

PAGES = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/architecture.md")
ROOMS = (
    "cli", "ui", "wiring", "export", "briefing", "checking", "corpus", "desk", "answering", "retrieval", "question",
)  # fmt: skip
_PATH = re.compile(
    r"`((?:app|ingest|vectorstore|prompts|evals|scripts|tests|docs)/[^`\s]*|[\w-]+\.toml)`|\]\(([^)#:]+)\)"
)
_STEP = re.compile(r"^\d+\. `([^`]+)` `([^`]+)`", re.MULTILINE)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with fake_workspace(tmp_path_factory.mktemp("walked") / "store") as opened:
        yield opened


@pytest.mark.parametrize("page", PAGES)
def test_paths_of_the_page_exist(page: str) -> None:
    text = (PROJECT / page).read_text(encoding="utf-8")
    paths = {inside or (PROJECT / page).parent.joinpath(link).as_posix() for inside, link in _PATH.findall(text)}
    assert paths
    # "prompts/answer.XX.md" stands for a file of each language.
    assert {path for path in paths if not list(PROJECT.glob(_relative(path).replace("XX", "*")))} == set()


def test_readme_shows_the_answer_that_is_given(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    workspace.corpus.ingest([], sample=True)
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    command, shown = re.findall(r"```text\n\$ (untoc ask \"[^\n]*\")\n(.*?)```", readme, flags=re.DOTALL)[0]
    print_answer(workspace.assistant.ask(shlex.split(command)[2]), workspace.parties())
    assert shown.replace("▌", "").split() == capsys.readouterr().out.split()
    assert len(readme.split()) < 900


def _relative(path: str) -> str:
    return Path(path).relative_to(PROJECT).as_posix() if Path(path).is_absolute() else path.rstrip("/")


def test_every_room_has_its_line_in_the_tree() -> None:
    tree = _section("The rooms")
    packages = [package.parent for name in ("app", "ingest") for package in (PROJECT / name).glob("*/__init__.py")]
    assert {package.name for package in packages if f"      {package.name}/ " not in tree} == set()


def test_the_page_of_the_store_lists_the_tables_of_a_new_one(tmp_path: Path) -> None:
    page = (PROJECT / "docs" / "store.md").read_text(encoding="utf-8").split("## Tables\n")[1].split("\n## ")[0]
    listed = {name for row in re.findall(r"^\| (`.*?) \|", page, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}
    with closing(Database(tmp_path / "catalogue.sqlite3")) as fresh:
        rows = fresh.rows(text("SELECT name FROM sqlite_schema WHERE type = 'table'"))
    tables = {name for (name,) in rows if not name.startswith("passages_fts_")}
    assert listed == tables


def test_a_file_goes_the_way_that_the_page_shows(tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "iran.txt").write_bytes(next((PROJECT / "ingest" / "sample").glob("0*.txt")).read_bytes())
    with fake_workspace(tmp_path / "store") as fresh:
        _assert_steps_run("The way of a file", lambda: fresh.corpus.ingest([tmp_path / "texts"]))


def test_a_question_goes_the_way_that_the_page_shows(workspace: Workspace) -> None:
    workspace.corpus.ingest([], sample=True)
    _assert_steps_run("The way of a question", lambda: workspace.assistant.ask("What did Iran say about article 4?"))


def _assert_steps_run(title: str, run: Callable[[], object]) -> None:
    """Asserts that the section's steps are the functions that run, in the order in which they are first called."""
    steps = _STEP.findall(_section(title))
    calls = [(module, function.split(".<locals>")[0]) for _, module, function in _calls_of(run)]
    for step in steps:
        assert any(_names(step, call) for call in calls), step
    firsts = [next(place for place, call in enumerate(calls) if _names(step, call)) for step in steps]
    assert firsts == sorted(firsts) and len(steps) <= 12


def _names(step: tuple[str, str], call: tuple[str, str]) -> bool:
    """Returns whether a step names the called function, or the class of the called method."""
    return step[0] == call[0] and f"{call[1]}.".startswith(f"{step[1]}.")


def test_a_question_never_goes_back_up(workspace: Workspace) -> None:
    workspace.corpus.ingest([], sample=True)
    calls = _calls_of(lambda: workspace.assistant.ask("What did Iran say about article 4?"))
    upwards = {(caller, module) for caller, module, _ in calls if caller and _floor(module) < _floor(caller)}
    assert not upwards


def _floor(module: str) -> int:
    """Returns how far down a module is: 0 is the command line, the highest are `vectorstore` and `prompts`."""
    parts = module.removesuffix(".py").split("/")
    if parts[0] == "app":
        return ROOMS.index(parts[1]) if parts[1] in ROOMS else len(ROOMS)
    return len(ROOMS) + {"ingest": 1, "vectorstore": 2, "prompts": 2}[parts[0]]


def _section(title: str) -> str:
    text = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8")
    return text.split(f"## {title}\n")[1].split("\n## ")[0]


def _calls_of(run: Callable[[], object]) -> list[tuple[str | None, str, str]]:
    """Returns calls of the product's functions in order: the calling module, the called module, the function."""
    calls: list[tuple[str | None, str, str]] = []
    callers: list[str | None] = [None]

    def watch(frame: FrameType, event: str, _argument: object) -> None:
        path = frame.f_code.co_filename
        module = path.removeprefix(f"{PROJECT}/") if path.startswith(f"{PROJECT}/") else ""
        if module.split("/")[0] not in ("app", "ingest", "vectorstore", "prompts"):
            return
        if event == "call":
            calls.append((callers[-1], module, frame.f_code.co_qualname))
            callers.append(module)
        elif event == "return":
            callers.pop()

    before = sys.getprofile()
    # A collection of garbage would end generators of other tests, whose frames would count as called from here.
    gc.collect()
    gc.disable()
    sys.setprofile(watch)
    try:
        run()
    finally:
        sys.setprofile(before)
        gc.enable()
    return calls
