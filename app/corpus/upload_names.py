"""Names of uploaded files: made safe and free in a folder, which of them to ingest, and reports without the folder."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, count
from pathlib import Path

import regex

from ingest.loaders.registry import SUFFIXES as LOADED
from ingest.metadata.manifest import MANIFEST_NAME
from ingest.parties.party_names import PARTIES_NAME
from ingest.report import IngestReport

# A zero-width non-joiner (U+200C) is part of the spelling of Persian names.
_UNSAFE = regex.compile(r'(?!\u200c)[\p{C}<>:"|?*]')
_LONGEST_STEM = 180  # bytes; file systems allow 255 for a name
_LONGEST_SUFFIX = 10


def safe_name(name: str) -> str:
    """Turns a name that a browser sent into a plain file name, changed as little as that allows."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = _UNSAFE.sub("_", plain).strip(" .")
    suffix = Path(kept).suffix if len(Path(kept).suffix) <= _LONGEST_SUFFIX else ""
    stem = kept.removesuffix(suffix).encode()[:_LONGEST_STEM].decode(errors="ignore")
    return f"{stem}{suffix}" or "unnamed"


def file_name(title: str, suffix: str) -> str:
    """Returns a file name for a document's title; a slash, as in "Brief 12/10/2026", becomes a hyphen."""
    return safe_name(re.sub(r"\s*:\s+", " - ", re.sub(r"[/\\]", "-", title)) + suffix)


def free_path(folder: Path, name: str) -> Path:
    """Returns an unused path in a folder for a file name that a browser sent; a name that is taken gets a number."""
    plain = folder / safe_name(name)
    numbered = (plain.with_stem(f"{plain.stem} ({number})") for number in count(2))
    return next(path for path in chain((plain,), numbered) if not path.exists())


def without_folder(report: IngestReport, folder: Path) -> IngestReport:
    """Returns a report without the path of the upload's folder."""

    def short(words: str) -> str:
        return words.replace(f"{folder}/", "").replace(f"{folder}\\", "")

    files = (replace(file, file=short(file.file), reason=short(file.reason or "") or None) for file in report.files)
    # A note about the folder itself, such as "no supported file in '…'", says nothing to who uploaded the files.
    notes = (short(note) for note in report.notes if str(folder) not in short(note))
    return replace(report, files=tuple(files), notes=tuple(notes))


def to_ingest(collected: Sequence[Path], folder: Path) -> list[Path]:
    """Returns what to ingest: the folder, so that progress counts all files, and those that its ingest passes over."""
    names = {path.name.casefold() for path in collected}
    if MANIFEST_NAME in names:
        return [folder]
    unread = [path for path in collected if path.suffix.lower() not in LOADED or path.name.startswith("~$")]
    alone = [path for path in unread if path.name.casefold() != PARTIES_NAME]
    return alone if len(alone) == len(collected) else [folder, *alone]
