"""Hostile and honest quotations of invented statements: their corpus, their drafts, and the outcome of checks."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docx import Document as new_document
from docx.shared import Pt, RGBColor

from app.checking.checker import Checker
from app.checking.corpus_texts import CorpusTextsCache
from app.checking.findings import CheckReport
from app.checking.match_key import match_key
from app.checking.matching import whole_words
from ingest.language.sentences import split_sentences
from ingest.loaders.loaded import LoadLimits
from ingest.parties.party_table import PartyTable
from tests.cases import read_yaml
from tests.conftest import PROJECT
from tests.fakes import HashingEmbedder
from tests.fakes_store import annotated, keep
from vectorstore.store import Store

# The rules were developed on the first set. The others were written apart, and measured once before they became known.
ATTACKS: Mapping[str, Mapping[str, Any]] = {
    name: read_yaml(PROJECT / "tests" / "data" / f"quotation_attacks{name}.yaml") for name in ("", "_second", "_third")
}


def attacked_corpus(folder: Path, data: Mapping[str, Any]) -> tuple[Store, Checker]:
    """Stores the statements of a set; returns the store, to be closed, and a checker over it."""
    names = folder / "parties.csv"
    with names.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(("code", "name", "aliases", "kind", "members"))
        writer.writerows((code, own[0], "|".join(own[1:]), "state", "") for code, own in data["aliases"].items())
    parties = PartyTable.load(names)
    embedder = HashingEmbedder()
    store = Store(folder / "store", embedder)
    keep(
        store,
        embedder,
        *(
            annotated(
                entry["id"],
                [entry["text"][start:end] for start, end in split_sentences(entry["text"])],
                body="UNTOC COP",
                state=entry["code"],
                date=entry["date"],
                session=entry["session"],
                agenda_item=entry["agenda_item"],
                language=entry["language"],
            )
            for entry in data["statements"]
        ),
    )
    return store, Checker(CorpusTextsCache(store.catalogue), lambda: parties, LoadLimits())


def outcome(report: CheckReport, quote: str) -> str:
    """Returns the outcome for a quotation: a verdict, `warned` if verified with a remark, `skipped` or `unseen`."""
    wanted = match_key(quote).strip(".")
    for finding in report.findings:
        if wanted in match_key(finding.quotation.text) or _shares(quote, finding.quotation.text):
            return "warned" if finding.verdict == "verified" and finding.warnings else finding.verdict
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
