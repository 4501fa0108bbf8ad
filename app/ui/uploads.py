"""Uploaded files under their own names, made safe, in a folder of their own."""

import shutil
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import gradio as gr
from gradio.data_classes import FileData, ListFiles

from ingest.loaders.registry import SUFFIXES as LOADED

MANIFEST, PARTIES = "statements.csv", "parties.csv"
SUFFIXES = (*LOADED, ".csv")
_FORBIDDEN = frozenset('<>:"|?*')
_LONGEST_STEM = 180  # bytes; file systems allow 255 for a name
_LONGEST_SUFFIX = 10
_JOINER = "\u200c"  # Persian names are spelled with it


def upload_box() -> gr.File:
    """Builds a drop area whose value is each file's path and own name, which a manifest beside it uses."""
    box = gr.File(label="Statements", file_count="multiple", file_types=list(SUFFIXES), height=180, elem_id="upload")
    check = box.preprocess  # refuses paths outside the upload folder and other file types

    def named(payload: ListFiles | FileData | None) -> list[tuple[str, str]]:
        paths = check(payload)
        if payload is None or paths is None:
            return []
        files = list(payload.root) if isinstance(payload, ListFiles) else [payload]
        stored = paths if isinstance(paths, list) else [paths]
        return [(str(path), file.orig_name or Path(file.path).name) for path, file in zip(stored, files, strict=True)]

    # A subclass would be the plain way, but Gradio writes a .pyi file beside every module that defines one.
    box.preprocess = named  # type: ignore[method-assign, assignment]
    return box


def safe_name(name: str) -> str:
    """Turns a name that a browser sent into a plain file name, changed as little as that allows."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join("_" if _unsafe(character) else character for character in plain).strip(" .")
    suffix = Path(kept).suffix if len(Path(kept).suffix) <= _LONGEST_SUFFIX else ""
    stem = kept.removesuffix(suffix).encode()[:_LONGEST_STEM].decode(errors="ignore")
    return f"{stem}{suffix}" or "unnamed"


def _unsafe(character: str) -> bool:
    control = unicodedata.category(character).startswith("C") and character != _JOINER
    return control or character in _FORBIDDEN


def collect(files: Sequence[tuple[str, str]], folder: Path) -> list[Path]:
    """Copies uploaded files into a folder under their own names; equal names get a number."""
    collected = []
    for path, name in files:
        target = folder / safe_name(name)
        count = 1
        while target.exists():
            count += 1
            target = folder / f"{Path(safe_name(name)).stem} ({count}){Path(safe_name(name)).suffix}"
        shutil.copyfile(path, target)
        collected.append(target)
    return collected


def to_ingest(collected: Sequence[Path], folder: Path) -> list[Path]:
    """Names what to ingest: the folder where a table describes it, else each file; either way each is reported."""
    names = {path.name.casefold() for path in collected}
    if MANIFEST in names:
        return [folder]
    if PARTIES in names:
        unread = [path for path in collected if path.suffix.lower() not in LOADED and path.name.casefold() != PARTIES]
        return [folder, *unread]
    return list(collected)
