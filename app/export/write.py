"""Writing a briefing as a document of the kind that its suffix names, with its manifest beside it.

`iran.docx` comes with `iran.docx.manifest.json`; both are put in place together.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.briefing.cells import Briefing
from app.errors import ExportError
from app.export.arrange import FORMS, DocumentForm, arrange
from app.export.docx import docx_bytes
from app.export.excel import excel_bytes
from app.export.manifest import manifest, manifest_path
from app.export.markdown import markdown_bytes
from app.export.pdf import pdf_bytes


@dataclass(frozen=True, kw_only=True)
class DocumentJob:
    """What a document is made of: an arranged briefing, its form, its name, and a template if it has one."""

    briefing: Briefing
    form: DocumentForm
    file: str
    template: Path | None


def _docx(job: DocumentJob) -> bytes:
    return docx_bytes(job.briefing, form=job.form, file=job.file, template=job.template)


def _pdf(job: DocumentJob) -> bytes:
    return pdf_bytes(
        lambda pages: docx_bytes(job.briefing, form=job.form, file=job.file, template=job.template, page_numbers=pages)
    )


def _excel(job: DocumentJob) -> bytes:
    if job.form != "full":
        raise ExportError(f"{job.file!r}: a table has no form {job.form!r}; choose .docx, .md or .pdf for it")
    return excel_bytes(job.briefing, file=job.file)


def _markdown(job: DocumentJob) -> bytes:
    return markdown_bytes(job.briefing, form=job.form, file=job.file)


_WRITERS: Final[dict[str, Callable[[DocumentJob], bytes]]] = {
    ".docx": _docx,
    ".xlsx": _excel,
    ".md": _markdown,
    ".pdf": _pdf,
}
SUFFIXES: Final = tuple(_WRITERS)


def write_briefing(
    briefing: Briefing, path: Path, *, template: Path | None = None, form: DocumentForm = "full"
) -> tuple[Path, ...]:
    """Writes a briefing as the kind of document that its suffix names, and its manifest beside it; returns both paths.

    Both files are complete or, where something fails (an ExportError), as they were before. A house template serves
    .docx and .pdf.
    """
    check_output(path)
    write = _WRITERS[path.suffix.lower()]
    if form not in FORMS:
        raise ExportError(f"no form {form!r} of a document; choose {', '.join(FORMS)}")
    arranged = arrange(briefing, form)
    document = write(DocumentJob(briefing=arranged, form=form, file=path.name, template=template))
    beside = manifest_path(path)
    _replace({path: document, beside: manifest(arranged, document, path.name, form)})
    return path, beside


def check_output(path: Path) -> None:
    """Finds out before the work whether a document of that name can be written; else there is an ExportError."""
    if path.suffix.lower() not in _WRITERS:
        raise ExportError(f"{str(path)!r}: no such kind of document; end its name in {', '.join(SUFFIXES)}")
    if path.is_dir():
        raise ExportError(f"{str(path)!r} is a folder: name a file in it")
    if not path.parent.is_dir():
        raise ExportError(f"there is no folder {str(path.parent)!r} to write {path.name!r} into: create it first")


def _replace(contents: dict[Path, bytes]) -> None:
    """Writes files beside their places first, then puts all of them in place."""
    written: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            part = path.with_name(f".{path.stem[:40]}-{secrets.token_hex(4)}.part")
            with part.open("xb") as file:
                written[path] = part
                file.write(content)
        for path, part in written.items():
            part.replace(path)
    except OSError as exc:
        raise ExportError(
            f"{str(next(iter(contents)))!r} cannot be written ({exc.strerror}): "
            "close it where it is open, or choose another place"
        ) from exc
    finally:
        for part in written.values():
            part.unlink(missing_ok=True)
