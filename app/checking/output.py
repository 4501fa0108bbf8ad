"""Writes the result of a check to a file; the checked document itself is never overwritten."""

import json
from pathlib import Path
from typing import Final

from app.checking.findings import CheckReport
from app.checking.report import markdown_report
from app.checking.word_comments import comment_word
from app.errors import ExportError
from vectorstore.private_files import replacing

OUTPUTS: Final = (".docx", ".md", ".json")


def check_output(file: Path, output: Path | None) -> str | None:
    """Returns the error message for an unusable output name, or None."""
    if output is None:
        return None
    suffix = output.suffix.lower()
    if suffix not in OUTPUTS:
        return f"the output {str(output)!r} must be one of {', '.join(OUTPUTS)}"
    if suffix == ".docx" and file.suffix.lower() != ".docx":
        return f"only a .docx file has a copy with comments; write the report on {file.name!r} to a .md or .json file"
    if output.resolve() == file.resolve() or (output.exists() and file.exists() and output.samefile(file)):
        return f"the output {str(output)!r} is the document itself, which is never changed; give another name"
    return None


def write_output(output: Path, file: Path, report: CheckReport) -> None:
    """Writes a report, or a copy of a Word file with comments; an older output is replaced only by a complete one."""
    suffix = output.suffix.lower()
    if suffix == ".docx":
        data = comment_word(file.read_bytes(), report)
    elif suffix == ".md":
        data = markdown_report(report, file.name).encode()
    else:
        data = (json.dumps(report.to_json(), ensure_ascii=False, indent=2) + "\n").encode()
    try:
        with replacing(output) as draft:
            draft.write_bytes(data)
    except OSError as exc:
        raise ExportError(
            f"{str(output)!r} cannot be written ({exc.strerror}): choose another folder or name with -o"
        ) from exc
