"""PDF files, converted from Word files by LibreOffice: an external program that runs locally, without network."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Final

from pypdf import PdfReader
from pypdf.generic import Destination

from app.errors import ExportError

_PROGRAMS: Final = ("soffice", "libreoffice")
# Hundreds of notes take LibreOffice seconds, thousands take minutes.
_SECONDS: Final = 900


def pdf_bytes(word_file: Callable[[Mapping[str, int]], bytes]) -> bytes:
    """Returns a Word file as PDF, with the pages of its headings in the table of contents.

    `word_file` makes the Word file, given these pages by bookmark; it is called first without any, to find them.
    Raises an ExportError if LibreOffice is missing or fails.
    """
    program = require_program()
    with tempfile.TemporaryDirectory(prefix="untoc-pdf-") as folder:
        first = _convert(program, word_file({}), Path(folder))
        pages = {f"_Toc{place:06}": page for place, page in enumerate(_heading_pages(first), start=1)}
        return _convert(program, word_file(pages), Path(folder)) if pages else first


def _heading_pages(pdf: bytes) -> Iterator[int]:
    """Yields the pages of the headings in their order, counted from 1; LibreOffice makes an outline of them."""
    reader = PdfReader(BytesIO(pdf))

    def walk(entries: list[Destination | list[Destination]]) -> Iterator[int]:
        for entry in entries:
            if isinstance(entry, list):
                yield from walk(entry)  # type: ignore[arg-type] # a list in a list, as deep as headings go
            else:
                yield (reader.get_destination_page_number(entry) or 0) + 1

    yield from walk(reader.outline)  # type: ignore[arg-type] # as above


def require_program() -> str:
    """Returns the path of LibreOffice's program; where it is not installed, an ExportError."""
    program = next((found for name in _PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        raise ExportError(
            "a PDF needs LibreOffice, and neither 'soffice' nor 'libreoffice' is on the PATH: install it "
            "(such as the package libreoffice-writer), or choose a file name that ends in .docx"
        )
    return program


def _convert(program: str, word_file: bytes, folder: Path) -> bytes:
    source, result = folder / "document.docx", folder / "document.pdf"
    source.write_bytes(word_file)
    result.unlink(missing_ok=True)
    # A separate user profile: no running LibreOffice is disturbed, and no user's macros or settings are read.
    profile = (folder / "profile").as_uri()
    command = [
        program, f"-env:UserInstallation={profile}", "--headless", "--norestore", "--nologo",
        "--convert-to", "pdf:writer_pdf_Export", "--outdir", str(folder), str(source),
    ]  # fmt: skip
    try:
        code, stderr = _run(command, folder)
    except OSError as exc:
        raise _failure(program, str(exc.strerror)) from exc
    except subprocess.TimeoutExpired as exc:
        raise _failure(program, f"it took more than {_SECONDS // 60} minutes") from exc
    if code != 0 or not result.is_file():
        raise _failure(program, stderr[-1] if stderr else f"exit code {code}")
    return result.read_bytes()


def _run(command: Sequence[str], folder: Path) -> tuple[int, list[str]]:
    null = subprocess.DEVNULL
    with subprocess.Popen(
        command, cwd=folder, stdin=null, stdout=null, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        try:
            _, stderr = process.communicate(timeout=_SECONDS)
        except BaseException:
            # It starts other processes, which would outlive it, so the whole process group is killed.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
    return process.returncode, stderr.decode("utf-8", "replace").strip().splitlines()


def _failure(program: str, reason: str) -> ExportError:
    return ExportError(
        f"LibreOffice ({program!r}) did not make the PDF ({reason}): "
        "try again, or choose a file name that ends in .docx"
    )
