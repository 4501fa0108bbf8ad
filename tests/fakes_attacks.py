"""Hostile and honest quotations of invented statements: their corpus, their drafts, and the outcome of checks."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from docx import Document as new_document
from docx.shared import Pt, RGBColor

from app.checking.comparing.exact_match import whole_words
from app.checking.comparing.normal_form import match_key
from app.checking.findings import CheckReport
from ingest.language.sentences import split_sentences
from ingest.parties.party_table import PartyTable
from tests.cases import read_yaml
from tests.conftest import PROJECT

# The rules were developed on the first set. The others were written apart, and measured once before they became known.
ATTACKS: Mapping[str, Mapping[str, Any]] = {
    name: read_yaml(PROJECT / "tests" / "data" / f"quotation_attacks{name}.yaml") for name in ("", "_second", "_third")
}


def attacked_parties(data: Mapping[str, Any], table: Path) -> PartyTable:
    """Writes the table of the parties of a set, and loads it."""
    rows = (f"{code},{own[0]},{'|'.join(own[1:])},state\n" for code, own in data["aliases"].items())
    table.write_text("code,name,aliases,kind\n" + "".join(rows), encoding="utf-8")
    return PartyTable.load(table)


def attacked_statements(data: Mapping[str, Any]) -> Iterator[tuple[str, list[str], dict[str, str]]]:
    """Yields the statements of a set as (id, sentences, metadata)."""
    for entry in data["statements"]:
        metadata = {name: entry[name] for name in ("date", "session", "agenda_item", "language")}
        sentences = [entry["text"][start:end] for start, end in split_sentences(entry["text"])]
        yield entry["id"], sentences, {"body": "UNTOC COP", "state": entry["code"], **metadata}


def outcome(report: CheckReport, quote: str) -> str:
    """Returns the outcome for a quotation: a verdict, `warned` if verified with a remark, `skipped` or `unseen`."""
    wanted = match_key(quote).strip(".")
    for finding in report.findings:
        if wanted in match_key(finding.quotation.text) or _shares(quote, finding.quotation.text):
            return "warned" if finding.verdict == "verified" and finding.remarks else finding.verdict
    return "skipped" if any(wanted in match_key(skipped.quote) for skipped in report.skipped) else "unseen"


def _shares(quote: str, found: str) -> bool:
    """Returns whether two texts are one quotation: most words are shared, page furniture or marks may differ."""
    expected, actual = set(whole_words(quote)), set(whole_words(found))
    return len(expected & actual) >= 0.75 * max(len(expected), len(actual))


def word_draft(case: Mapping[str, Any], path: Path) -> Path:
    """Writes the Word file of a case: runs that are hidden, struck through, coloured, or of some size in points."""
    document = new_document()
    for runs in case["paragraphs"]:
        paragraph = document.add_paragraph()
        for entry in runs:
            run = paragraph.add_run(entry["text"])
            run.font.hidden = entry.get("hidden")
            run.font.strike = entry.get("strike")
            if "color" in entry:
                run.font.color.rgb = RGBColor.from_string(entry["color"])
            if "size" in entry:
                run.font.size = Pt(entry["size"])
    document.save(str(path))
    return path
