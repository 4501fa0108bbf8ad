"""Writing a briefing as a document in the format of its suffix, with its manifest beside it if wanted.

`iran.docx` comes with `iran.docx.manifest.json`: hashes of its sources and quotations, by which anybody can check it
without the product. Both files are put in place together.
"""

import hashlib
import json
from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Final

from app.briefing.cells import Briefing
from app.errors import ExportError
from app.export.briefing_docx import docx_bytes
from app.export.briefing_excel import excel_bytes
from app.export.briefing_lines import FORMS, DocumentForm, arrange
from app.export.briefing_markdown import markdown_bytes
from app.export.docx_styles import open_template
from app.export.one_page import fit_to_page
from app.export.pdf import pdf_bytes, require_program
from vectorstore.private_files import replacing
from vectorstore.records import text_sha256

SUFFIXES: Final = (".docx", ".xlsx", ".md", ".pdf")


def _document(briefing: Briefing, path: Path, template: Path | None, form: DocumentForm) -> bytes:
    suffix = path.suffix.lower()
    if suffix == ".md":
        return markdown_bytes(briefing, form=form)
    if suffix == ".xlsx":
        return excel_bytes(briefing)
    word_file = partial(docx_bytes, briefing, form=form, template=template)
    return word_file() if suffix == ".docx" else pdf_bytes(lambda pages: word_file(page_numbers=pages))


def as_written(briefing: Briefing, form: DocumentForm) -> Briefing:
    """Returns the briefing as `write_briefing` writes it: what a page of that form holds, numbered as it is there."""
    return arrange(fit_to_page(briefing, form), form)


def write_briefing(
    briefing: Briefing,
    *paths: Path,
    template: Path | None = None,
    form: DocumentForm = "full",
    with_manifest: bool = False,
) -> tuple[Path, ...]:
    """Writes a briefing as documents, each in the format of its suffix; returns the paths written.

    The manifests, if wanted, are written beside them. All are made first: if one fails (an ExportError), all files stay
    as they were before. A house template applies to .docx and .pdf.
    """
    for path in paths:
        check_output(path, form, template)
    arranged = as_written(briefing, form)
    contents: dict[Path, bytes] = {}
    for path in paths:
        contents[path] = _document(arranged, path, template, form)
        if with_manifest:
            beside = path.with_name(f"{path.name}.manifest.json")
            contents[beside] = manifest(arranged, contents[path], path.name, form)
    put_in_place(contents)
    return tuple(contents)


def put_in_place(contents: dict[Path, bytes]) -> None:
    """Writes files, all of them or, with an ExportError, none; an older one is replaced by a complete one."""
    try:
        with ExitStack() as stack:
            # The stack unwinds in reverse: the first document goes into place first, and if that fails, no file does.
            for path, content in reversed(contents.items()):
                stack.enter_context(replacing(path)).write_bytes(content)
    except OSError as exc:
        raise ExportError(
            f"{', '.join(repr(str(path)) for path in contents)} cannot be written ({exc.strerror}): "
            "close it where it is open, or choose another place"
        ) from exc


def manifest(briefing: Briefing, document: bytes, name: str, form: str) -> bytes:
    """Returns the manifest of a document as JSON in UTF-8; its numbers are those of the document's notes."""
    content: dict[str, Any] = {
        "document": {"file": name, "form": form, "sha256": hashlib.sha256(document).hexdigest()},
        "title": briefing.title,
        "language": briefing.language,
        "made": briefing.made,
        "corpus_date": briefing.corpus_date,
        "statements": [
            {"state": source.party} | {name: value for name, value in asdict(source).items() if name != "party"}
            for source in briefing.sources
        ],
        "citations": [
            {name: getattr(citation, name) for name in ("number", "statement_id", "state", "start", "end")}
            | {"quote_sha256": text_sha256(citation.quote), "source_quote_sha256": text_sha256(citation.source_quote)}
            for citation in briefing.citations
        ],
    }
    if briefing.writing is not None:
        content["model"] = briefing.writing.model
    return (json.dumps(content, ensure_ascii=True, indent=2) + "\n").encode("ascii")


def check_output(path: Path, form: DocumentForm = "full", template: Path | None = None) -> None:
    """Raises an ExportError, before any work is done, if no document of that name, form and template can be written."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ExportError(f"{str(path)!r}: no such kind of document; end its name in {', '.join(SUFFIXES)}")
    if form not in FORMS:
        raise ExportError(f"no form {form!r} of a document; choose {', '.join(FORMS)}")
    if suffix == ".xlsx" and form != "full":
        raise ExportError(f"{path.name!r}: a table has no form {form!r}; choose .docx, .md or .pdf for it")
    if path.is_dir():
        raise ExportError(f"{str(path)!r} is a folder: name a file in it")
    if not path.parent.is_dir():
        raise ExportError(f"there is no folder {str(path.parent)!r} to write {path.name!r} into: create it first")
    if template is not None and template.exists() and path.exists() and path.samefile(template):
        raise ExportError(f"{str(path)!r} is the template itself, which is never changed: choose another name")
    if template is not None and suffix in (".docx", ".pdf"):
        open_template(template)
    if suffix == ".pdf":
        require_program()
