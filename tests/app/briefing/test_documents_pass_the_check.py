"""Whatever the product writes passes its own check: every quotation of twenty documents, in several forms."""

import html
import re
import shutil
from itertools import cycle

import pytest

from app.briefing.request import read_request
from app.briefing.table_builder import TableBuilder
from app.export.write import write_briefing
from ingest.text.canonical_form import squash
from tests.cases import Cases
from tests.fakes_chat import writer

cases = Cases(__file__)

pytestmark = pytest.mark.heavy

REQUESTS = cases["REQUESTS"]
LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh")
FORMS = ("full", "one_pager", "talking_points")


def plans():
    suffixes, languages, forms = cycle((".docx", ".md")), cycle(LANGUAGES), cycle(FORMS)
    for number, asked in zip(range(20), cycle(REQUESTS), strict=False):
        yield number, asked, next(suffixes), next(languages), next(forms)


def written(workspace, builder, path, asked, language, form):
    """Returns a briefing and the findings on its document, asserting that every quotation is verified."""
    request = read_request(workspace.corpus.parties(), language=language, **asked)
    briefing = builder.build(request, max_points=12)
    write_briefing(briefing, path, form=form)
    findings = check(workspace, path).findings
    assert not [(f.verdict, f.attribution, f.quotation.text[:80]) for f in findings if f.verdict != "verified"]
    return briefing, findings


def check(workspace, path):
    checker = workspace.checker()
    return checker.check(checker.read(path))


@pytest.mark.parametrize(("number", "asked", "suffix", "language", "form"), [*plans()])
def test_every_quotation_of_a_document_is_verified(workspace, tmp_path, number, asked, suffix, language, form):
    path = tmp_path / f"document{number}{suffix}"
    briefing, findings = written(workspace, workspace.briefings, path, asked, language, form)
    assert briefing.citations
    if form == "full":
        # The check finds every quotation: one that it overlooked would go unchecked.
        cited = {squash(briefing.citation(number).quote) for cell in briefing.cells for number in cell.citations}
        assert {quote for quote in cited if len(quote) > 40} <= {squash(found.quotation.text) for found in findings}


def wordy(system, user):
    """Returns a claim for every sentence of the prompt, in its party's name, keeping the States and years in it."""
    return [
        (f"{html.unescape(party)} says that {html.unescape(text)[:1].lower()}{html.unescape(text)[1:]}", [f"S{number}"])
        for party, block in re.findall(r'<statement party="([^"]*)"[^>]*>(.*?)</statement>', user, re.DOTALL)
        for number, text in re.findall(r"^\[S(\d+)\] (.*)$", block, re.MULTILINE)
    ]


@pytest.mark.parametrize(("number", "asked", "suffix", "language", "form"), [*plans()][:14])
def test_so_is_every_quotation_under_the_claims_of_a_model(workspace, tmp_path, number, asked, suffix, language, form):
    catalogue, parties = workspace.store.catalogue, workspace.corpus.parties
    builder = TableBuilder(workspace.steps.retriever, catalogue, parties, workspace.reviews.of, writer(wordy))
    path = tmp_path / f"document{number}{suffix}"
    briefing, findings = written(workspace, builder, path, asked, language, form)
    assert findings and (language != "en" or briefing.composer == "model")


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice: apt-get install libreoffice-writer")
def test_quotations_of_a_pdf_are_verified_but_where_cells_of_a_table_run_together(workspace, tmp_path):
    request = read_request(workspace.corpus.parties(), topics=["extradition"], states=["Arvandia, Belmora, Galdoria"])
    briefing = workspace.briefings.build(request)
    write_briefing(briefing, tmp_path / "document.pdf")
    report = check(workspace, tmp_path / "document.pdf")
    verdicts = [finding.verdict for finding in report.findings]
    # A PDF has no cells: a word of the cell beside may stand between two lines of a quotation (docs/verify.md).
    assert set(verdicts) <= {"verified", "altered"}
    assert verdicts.count("verified") >= max(3, 2 * verdicts.count("altered"))
