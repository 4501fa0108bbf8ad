"""Runs: one folder each, with what was asked, what came back, and how it was scored.

- `manifest.json`: what was run on what, with which settings.
- `cases.jsonl`: the cases as asked, evidence with offsets.
- `statements.json`: the file of each statement id.
- `answers.jsonl`: one record per case and repeat, appended as they come.
- `scores.jsonl`: one record per answer, written anew by every scoring.
- `run.trec`, `qrels.trec`: retrieval in the format of TREC tools.
"""

import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from evals.errors import RunError
from evals.golden.cases import Case
from evals.stages import Stage

MANIFEST: Final = "manifest.json"
CASES: Final = "cases.jsonl"
STATEMENTS: Final = "statements.json"
ANSWERS: Final = "answers.jsonl"
SCORES: Final = "scores.jsonl"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,120}")


class RunManifest(BaseModel):
    """What was run: equal manifests but for times mean equal configurations."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    dataset: str
    dataset_sha256: str
    corpus_sha256: str
    corpus: tuple[str, ...] = ()
    """Folders of statements; empty where the store itself is the corpus."""
    adapter: str = "inprocess"
    variant: str | None = None
    """A named change to the pipeline that no setting makes; None for the pipeline as it is."""
    settings: Mapping[str, Any] = {}
    """Effective settings by variable, secrets masked; without paths and the server's."""
    models: Mapping[str, str] = {}
    cases: int
    repeats: int = 1
    time_limit: float = 120.0
    seed: int = 0
    git: str | None = None
    """Commit, followed by `+changes` where the working copy differs from it."""
    packages: Mapping[str, str] = {}
    machine: str = ""
    started: datetime
    ended: datetime | None = None


class AskError(BaseModel):
    """Why a case got no answer."""

    kind: Literal["error", "timeout"]
    message: str


class AnswerRecord(BaseModel):
    """What one case got at one time; the answer is the JSON contract as given."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    case: str
    repeat: int = 0
    seconds: float = 0.0
    answer: dict[str, Any] | None = None
    error: AskError | None = None


class ScoreRecord(BaseModel):
    """How one answer was judged.

    Attributes:
        components: What each measure gave, see `evals.metrics.table`; measures that do not apply are absent.
        stage: The first broken stage; None where the outcome is right.
        slices: Values to group by: type, lang, state, session, wording, kind and the tags of the case.
        wrong: For confidence: whether an answer that was given is wrong; None where that cannot be judged.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    case: str
    repeat: int = 0
    cluster: str
    gates: bool
    status: str | None
    expected: str
    stage: Stage | None
    components: dict[str, tuple[float, ...]]
    slices: dict[str, tuple[str, ...]]
    single: bool = False
    confidence: float = 0.0
    wrong: bool | None = None
    states: tuple[str, ...] = ()
    """Codes that were cited, or read where nothing was."""
    expected_states: tuple[str, ...] = ()
    timings_ms: dict[str, float] = {}
    tokens: dict[str, int] = {}
    model: str | None = None


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run's folder."""

    path: Path
    manifest: RunManifest

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.path.name

    def cases(self) -> tuple[Case, ...]:
        """Returns the cases as asked."""
        return tuple(Case.model_validate(record) for record in read_lines(self.path / CASES))

    def statement_files(self) -> dict[str, str]:
        """Returns the file of each statement id; empty where nobody could tell."""
        path = self.path / STATEMENTS
        return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}

    def answers(self) -> tuple[AnswerRecord, ...]:
        """Returns the answers so far, the newest record of each case and repeat; a line cut short is left out."""
        found: dict[tuple[str, int], AnswerRecord] = {}
        for record in read_lines(self.path / ANSWERS, torn_end=True):
            answer = AnswerRecord.model_validate(record)
            found[answer.case, answer.repeat] = answer
        return tuple(found.values())

    def append(self, answer: AnswerRecord) -> None:
        """Adds an answer; one line, written at once."""
        mend_end(self.path / ANSWERS)
        with (self.path / ANSWERS).open("a", encoding="utf-8") as file:
            file.write(answer.model_dump_json() + "\n")

    def scores(self) -> tuple[ScoreRecord, ...]:
        """Returns the scores.

        Raises:
            RunError: The run was not scored yet.
        """
        path = self.path / SCORES
        if not path.is_file():
            raise RunError(f"the run {self.name!r} is not scored: `untoc-eval score {self.name}`")
        return tuple(ScoreRecord.model_validate(record) for record in read_lines(path))

    def write_scores(self, scores: Iterable[ScoreRecord]) -> None:
        """Puts scores in place of those before."""
        write_whole(self.path / SCORES, "".join(score.model_dump_json() + "\n" for score in scores))

    def ended(self, at: datetime) -> "Run":
        """Notes that all cases were asked."""
        manifest = self.manifest.model_copy(update={"ended": at})
        write_whole(self.path / MANIFEST, manifest.model_dump_json(indent=1) + "\n")
        return Run(path=self.path, manifest=manifest)

    @property
    def complete(self) -> bool:
        """Whether all cases were asked."""
        return self.manifest.ended is not None


def create_run(
    root: Path, manifest: RunManifest, cases: Sequence[Case], statement_files: Mapping[str, str] | None = None
) -> Run:
    """Makes the folder of a new run.

    Raises:
        RunError: There is one of that name, or the name is none for a folder.
    """
    path = run_path(root, manifest.name)
    try:
        path.mkdir(parents=True)
    except FileExistsError:
        raise RunError(f"there is a run {manifest.name!r}: give --resume to go on with it, or another --name") from None
    # A case may quote a text that is not for others; the owner alone reads the run.
    path.chmod(0o700)
    write_whole(path / CASES, "".join(case.model_dump_json(exclude_defaults=True) + "\n" for case in cases))
    if statement_files is not None:
        write_whole(path / STATEMENTS, json.dumps(statement_files))
    write_whole(path / MANIFEST, manifest.model_dump_json(indent=1) + "\n")
    return Run(path=path, manifest=manifest)


def open_run(root: Path, name: str) -> Run:
    """Opens a run by its name below the folder of runs, by `latest`, or by the path of its folder.

    Raises:
        RunError: There is none, or its manifest cannot be read.
    """
    given = Path(name)
    if name == "latest":
        runs = list_runs(root)
        if not runs:
            raise RunError(f"no runs in {str(root)!r}: `untoc-eval run smoke` makes one")
        return runs[0]
    path = given if given.parent != Path() and (given / MANIFEST).is_file() else run_path(root, name)
    try:
        manifest = RunManifest.model_validate_json((path / MANIFEST).read_text(encoding="utf-8"))
    except OSError:
        raise RunError(f"no run {name!r} in {str(root)!r}: `untoc-eval ls` lists them") from None
    except ValidationError as exc:
        raise RunError(f"the manifest of the run {name!r} cannot be read: {exc.errors()[0]['msg']}") from exc
    return Run(path=path, manifest=manifest)


def keep_baseline(run: Run, folder: Path) -> tuple[Path, ...]:
    """Writes what gates need of a run, its manifest and scores, without questions and answers.

    Raises:
        RunError: The run is not complete, or was broken on purpose.
    """
    if not run.complete or run.manifest.variant:
        why = "a variant that is broken on purpose" if run.manifest.variant else "not complete"
        raise RunError(f"the run {run.name!r} is {why}: it can be no baseline")
    folder.mkdir(parents=True, exist_ok=True)
    manifest = run.manifest.model_copy(update={"name": folder.name})
    write_whole(folder / MANIFEST, manifest.model_dump_json(indent=1) + "\n")
    kept = [score.model_copy(update={"timings_ms": {}}) for score in run.scores()]
    write_whole(folder / SCORES, "".join(score.model_dump_json(exclude_defaults=True) + "\n" for score in kept))
    return folder / MANIFEST, folder / SCORES


def list_runs(root: Path) -> list[Run]:
    """Returns the runs below a folder, the newest first; folders that are none are left out."""
    found = []
    for path in root.iterdir() if root.is_dir() else ():
        try:
            found.append(open_run(root, path.name))
        except RunError:
            continue
    return sorted(found, key=lambda run: run.manifest.started, reverse=True)


def run_path(root: Path, name: str) -> Path:
    """Returns the folder of a run.

    Raises:
        RunError: The name is none for a folder: it could lead elsewhere.
    """
    if not _NAME.fullmatch(name):
        raise RunError(f"{name!r} is no name for a run: use letters, digits, dots, hyphens and underscores")
    return root / name


def new_name(dataset: str, *, now: datetime | None = None) -> str:
    """Returns a name that sorts by time, such as `20261124T213000Z-smoke`."""
    slug = re.sub(r"[^A-Za-z0-9]+", "-", Path(dataset).stem).strip("-") or "run"
    return f"{(now or datetime.now(UTC)):%Y%m%dT%H%M%SZ}-{slug[:40]}"


def read_lines(path: Path, *, torn_end: bool = False) -> Iterator[dict[str, Any]]:
    """Yields the records of a file of JSON lines; none where it is missing.

    Args:
        path: The file.
        torn_end: Whether a last line that was cut short is left out; else it is an error.

    Raises:
        RunError: A line is no JSON.
    """
    if not path.is_file():
        return
    # Not `splitlines`: texts may hold other characters that it takes for the end of a line.
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield json.loads(line)
        except ValueError as exc:
            if torn_end and number == len(lines):
                return
            raise RunError(f"{path.name}, line {number}: not JSON ({exc})") from exc


def mend_end(path: Path) -> None:
    """Cuts off a last line that a killed run did not finish, so that the next one is not glued to it."""
    if not path.is_file():
        return
    with path.open("rb+") as file:
        size = file.seek(0, os.SEEK_END)
        if not size:
            return
        file.seek(-1, os.SEEK_END)
        if file.read(1) != b"\n":
            file.seek(0)
            file.truncate(file.read().rfind(b"\n") + 1)


def write_whole(path: Path, text: str) -> None:
    """Writes a file so that a reader sees the old or the new one, never a part."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
        file.write(text)
    Path(file.name).replace(path)
