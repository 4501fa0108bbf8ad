"""The evaluation environment of a run: a store of its corpus, its settings, and what the manifest records of both."""

import hashlib
import os
import platform
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import reduce
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationError

from app.errors import SettingsError
from app.settings import PREFIX, Settings, settings_json, variables
from app.wiring import Workspace, open_workspace
from evals.case_sets import SAMPLE
from evals.cases.documents import Documents
from evals.errors import RunError, first_fault
from evals.files import EVALS, EvalPaths, Tell, quiet
from ingest.metadata.manifest import MANIFEST_NAME
from ingest.parties.party_names import PARTIES_NAME
from ingest.report import IngestProgress

_PACKAGES: Final = (
    "untoc", "langchain-core", "chromadb", "sentence-transformers", "onnx", "onnxruntime", "tokenizers", "numpy",
    "ir-measures",
)  # fmt: skip
# Marker file of a store into which the whole corpus was ingested.
_WHOLE: Final = "whole"
_CODE: Final = (".py", ".csv", ".txt", ".json", ".sql", ".md")
# Prefixes of settings, such as paths and addresses, that do not change answers and stay out of the manifest.
_PLACES: Final = ("UNTOC_STORE", "UNTOC_LOG_LEVEL", "UNTOC_SERVER__")


def statement_files(workspace: Workspace) -> dict[str, str]:
    """Returns the file of each statement of a store, by its id."""
    corpus = workspace.corpus
    files = {document.document_id: document.file for document in corpus.documents()}
    return files | {part.statement_id: file for name, file in files.items() for part in corpus.interventions(name)}


@contextmanager
def open_environment(
    settings: Settings, folders: Sequence[Path], documents: Documents, tell: Tell = quiet
) -> Iterator[Workspace]:
    """Opens a store of the folders alone, see `store_path`, and fills it if need be; without any, the user's store."""
    if not folders:
        with open_workspace(settings, read_only=True) as workspace:
            yield workspace
        return
    path = store_path(settings, folders, documents)
    with open_workspace(settings.in_folder(path)) as workspace:
        # The store's name is a hash of all that determines its contents, so a whole one needs no second ingest.
        if not (path / _WHOLE).is_file():
            take_in(workspace, folders, tell)
            # With a file read only in part, such as a scan that took too long, the store is ingested again next time.
            if not workspace.store.catalogue.unreadable():
                (path / _WHOLE).touch()
        yield workspace


def take_in(workspace: Workspace, folders: Sequence[Path], tell: Tell = quiet) -> None:
    """Ingests folders of statements into a store and tells the progress; a file that fails is an error."""

    def report_progress(progress: IngestProgress) -> None:
        if progress.done % 10 == 0:
            pace = f", {progress.pace}" if progress.pace else ""
            tell(f"indexing {progress.done} of {progress.total} files{pace}", 0, None)

    for folder in folders:
        # The sample has an ingest of its own, since its folder contains more than statements.
        paths = [] if folder == SAMPLE else [folder]
        report = workspace.corpus.ingest(paths, sample=folder == SAMPLE, progress=report_progress)
        for file in report.failed:
            raise RunError(f"not all of {str(folder)!r} was taken in: {file.file}: {file.reason}")


def store_path(settings: Settings, folders: Sequence[Path], documents: Documents) -> Path:
    """Returns the path of the folders' store, named by a hash of what its contents depend on: texts, code, settings."""
    digest = hashlib.sha256(documents.sha256.encode() + code_hash("ingest", "vectorstore").encode())
    for path in (folder / name for folder in folders for name in (MANIFEST_NAME, PARTIES_NAME)):
        digest.update(path.read_bytes() if path.is_file() else b"")
    embedding, split = settings.embedding.model_dump_json(), settings.split.model_dump_json()
    digest.update(f"{embedding}{split}{settings.load.model_dump_json()}".encode())
    return EvalPaths(settings.store).stores / digest.hexdigest()[:16]


def code_hash(*packages: str) -> str:
    """Returns a hash over the code and data of packages, hexadecimal: the same program, the same hash."""
    digest = hashlib.sha256()
    for package in packages:
        root = Path(str(files(package)))
        for path in sorted(p for p in root.rglob("*") if p.is_file() and p.suffix in _CODE):
            digest.update(f"{package}/{path.relative_to(root)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def changed(settings: Settings, changes: Sequence[str]) -> Settings:
    """Returns settings with `group.name=value` changes."""
    values = settings.model_dump()
    known = {variable.removeprefix(PREFIX).lower().replace("__", ".") for variable, _ in variables(settings)}
    for change in changes:
        name, equals, text = change.partition("=")
        *groups, last = path = name.strip().lower().split(".")
        if path[0] in ("store", "log_level", "server"):
            raise SettingsError(f"{name!r} says where things are, not what is done: it cannot be changed for a run")
        if not equals or ".".join(path) not in known:
            advice = "write such as retrieval.lexical_weight=0; `untoc config` lists all"
            raise SettingsError(f"no setting {name!r}: {advice}")
        # Values are parsed as YAML, so that numbers and lists get their types; everything else is text.
        reduce(dict.__getitem__, groups, values)[last] = yaml.safe_load(text)
    try:
        return Settings(**values)
    except ValidationError as exc:
        raise SettingsError(f"{first_fault(exc)}; `untoc config` lists all settings") from exc


def described(settings: Settings) -> dict[str, Any]:
    """Returns the effective settings by variable, secrets masked, without those with a prefix of `_PLACES`."""
    values = settings_json(settings)["settings"]
    return {name: value for name, value in values.items() if not name.startswith(_PLACES)}


def asked_with(settings: Settings) -> dict[str, Any]:
    """Returns the fields of a run's manifest that describe what answers depend on beside cases and statements."""
    return {
        "code": code_hash("app", "ingest", "vectorstore", "prompts"),
        "settings": described(settings),
        "models": {"embedding": settings.embedding.model, "reranker": settings.rerank.model},
        "git": _git_commit(),
        "packages": {"python": platform.python_version(), **{name: version(name) for name in _PACKAGES}},
        "machine": f"{platform.machine()}, {os.cpu_count()} CPUs",
    }


def _git_commit() -> str | None:
    """Returns the commit that the program runs from, with `+changes` where files differ; None outside a repository."""
    root = EVALS.parent
    command = ["git", "describe", "--always", "--exclude=*", "--abbrev=12", "--dirty=+changes"]
    with suppress(OSError, subprocess.SubprocessError):
        if (root / ".git").exists():
            return subprocess.check_output(command, cwd=root, stderr=subprocess.DEVNULL, text=True, timeout=20).strip()
    return None
