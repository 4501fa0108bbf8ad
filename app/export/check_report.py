"""The result of a check as a file: a copy of a Word file with comments, or a report; the draft is never overwritten."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from app.checking.findings import CheckReport
from app.checking.findings_in_words import markdown_report
from app.checking.word_comments import comment_word
from app.export.conversation import ExportedTurn, write_answer
from app.export.docx_pages import Pages
from app.export.pdf import pdf_bytes, require_program
from app.export.write import put_in_place
from prompts.wording import load_remark_words

OUTPUTS: Final = (".docx", ".pdf", ".md", ".json")


def check_output(file: Path, output: Path) -> str | None:
    """Returns the error message for an unusable output name, or None; a PDF without LibreOffice is an ExportError."""
    if output.suffix.lower() not in OUTPUTS:
        return f"the output {str(output)!r} must be one of {', '.join(OUTPUTS)}"
    if output.resolve() == file.resolve() or (output.exists() and file.exists() and output.samefile(file)):
        return f"the output {str(output)!r} is the document itself, which is never changed; give another name"
    if output.suffix.lower() == ".pdf":
        require_program()
    return None


def write_output(output: Path, file: Path, report: CheckReport) -> None:
    """Writes a report, or as .docx of a Word file its copy with comments; an older output goes once this is whole."""
    suffix = output.suffix.lower()
    if suffix == ".docx" and file.suffix.lower() == ".docx":
        data = comment_word(file.read_bytes(), report)
    elif suffix == ".docx":
        data = _word_report(report, file.name)
    elif suffix == ".pdf":
        data = pdf_bytes(lambda _: _word_report(report, file.name))
    elif suffix == ".md":
        data = markdown_report(report, file.name).encode()
    else:
        data = (json.dumps(report.to_json(), ensure_ascii=False, indent=2) + "\n").encode()
    put_in_place({output: data})


def _word_report(report: CheckReport, file: str) -> bytes:
    title = load_remark_words(report.language).say("report_title", file=file)
    pages = Pages(None, report.language)
    pages.text(title, "Title")
    _, _, text = markdown_report(report, file).partition("\n")
    write_answer(pages, ExportedTurn(question=title, answer=text, language=report.language, references={}), {})
    return pages.save(title, datetime.now(UTC).isoformat())
