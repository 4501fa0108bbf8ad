"""Findings in words: for a comment, a terminal and a Markdown report."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Final

from app.answering.compose.extractive import escape
from app.checking.findings import Change, CheckReport, Finding
from app.checking.quote_verifier import times_in_words
from app.records import Verdict

VERDICT_WORDS: Final[dict[Verdict, str]] = {
    "verified": "Verified",
    "altered": "Altered",
    "misattributed": "Misattributed",
    "not_found": "Not found",
}
MEANINGS: Final[dict[Verdict, str]] = {
    "verified": "These words stand in the corpus.",
    "altered": "The source has other words.",
    "misattributed": "These words stand in the corpus, but not where the document says.",
    "not_found": "These words stand nowhere in the corpus, nor does anything near them.",
}
# Words before a change that say where it is.
_CONTEXT: Final = 4
CodeNamer = Callable[[str], str]


def comment_text(finding: Finding) -> str:
    """Returns a finding as the text of a comment: verdict, warnings, place and diff, one a line."""
    word = VERDICT_WORDS[finding.verdict].upper()
    if finding.verdict == "verified" and finding.warnings:
        word += ", with a remark"
    return "\n".join((f"{word}. {MEANINGS[finding.verdict]}", *details(finding)))


def details(finding: Finding) -> list[str]:
    """Returns what there is to say of a finding beside its verdict, one line each."""
    lines = [words[:1].upper() + words[1:] + "." for words in map(str, finding.warnings)]
    if finding.place is not None:
        label = "Nearest words" if finding.verdict == "altered" else "Stands in"
        lines.append(f"{label}: {finding.place.reference}")
    others = [place.reference for place in finding.found_in if place != finding.place]
    if others:
        lines.append(f"Also in: {'; '.join(others[:3])}" + (f" and {len(others) - 3} more" if len(others) > 3 else ""))
    return lines + changes_in_words(finding.changes)


def changes_in_words(changes: Sequence[Change]) -> list[str]:
    """Returns a diff as sentences, one for each place: "After “we do” the source has “not”, which is left out."."""
    lines: list[str] = []
    start = "At the beginning the"
    for same, group in groupby(changes, key=lambda change: change.kind == "same"):
        run = {change.kind: change.text for change in group}
        if same:
            start = f"After “{' '.join(run['same'].split()[-_CONTEXT:])}” the"
            continue
        source, draft = run.get("left_out"), run.get("put_in")
        if source and draft:
            lines.append(f"{start} source has “{source}”, and the draft “{draft}”.")
        elif source:
            lines.append(f"{start} source has “{source}”, which the draft leaves out.")
        else:
            lines.append(f"{start} draft has “{draft}”, which the source does not.")
    return lines


def summary_line(report: CheckReport) -> str:
    """Returns the counts in one line."""
    if not report.findings:
        counted = "No quotations were found"
    else:
        number = len(report.findings)
        verdicts = ", ".join(f"{count} {VERDICT_WORDS[v].lower()}" for v, count in report.summary.items())
        counted = f"{number} quotation{'' if number == 1 else 's'}: {verdicts}"
        if report.doubtful:
            counted += f"; {report.doubtful} of the verified with a remark to read"
    left = len(report.skipped)
    return counted + (f"; {left} string{'' if left == 1 else 's'} not checked" if left else "") + "."


def named_in_words(finding: Finding, names: CodeNamer) -> str:
    """Returns whom and when a document names for a quotation, to show."""
    named = finding.attribution
    unknown = f"“{named.unknown}”, whom no lookup knows" if named.unknown else "nobody named"
    joined = " and " if named.together else " or "
    parts = [joined.join(map(names, named.parties)) or unknown]
    parts += times_in_words(named.when)
    return ", ".join(parts)


def markdown_report(report: CheckReport, file: str, names: CodeNamer) -> str:
    """Returns a report of a document's check as Markdown."""
    lines = [f"# Quotations in {escape(file)}", "", summary_line(report)]
    lines += [f"- {escape(note)}" for note in report.notes]
    for number, finding in enumerate(report.findings, 1):
        lines += ["", f"## {number}. {VERDICT_WORDS[finding.verdict]} ({escape(finding.where)})", ""]
        lines += [f"> {escape(' '.join(finding.quotation.text.split()))}", ""]
        lines.append(f"- In the document: {escape(named_in_words(finding, names))}")
        lines += [f"- {escape(detail)}" for detail in details(finding)]
        if finding.changes:
            marks = {"same": "{}", "left_out": "~~{}~~", "put_in": "**{}**"}
            shown = (marks[change.kind].format(escape(change.text)) for change in finding.changes)
            lines.append(f"- Struck out what the draft leaves out, bold what it puts in: {' '.join(shown)}")
    if report.skipped:
        lines += ["", "## Not checked", ""]
        lines += [
            f"- “{escape(' '.join(skipped.quote.split()))}” ({escape(skipped.where)}): {escape(skipped.reason)}"
            for skipped in report.skipped
        ]
    lines += ["", "## What this check does not see", "", *(f"- {escape(limit)}" for limit in report.limits)]
    return "\n".join(lines) + "\n"
