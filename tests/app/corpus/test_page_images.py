"""From a file to a citation that opens the right page, with its words marked and low OCR confidence stated."""

import io
import shutil
from contextlib import contextmanager
from dataclasses import replace

import pytest
from fastapi import HTTPException
from PIL import Image

from app.answering.citations import cite
from app.answering.compose.composition import Composition
from app.answering.localization import localize
from app.answering.provenance import reference
from app.answering.render import render
from app.errors import NotFoundError
from app.records import Claim
from app.ui.evidence_panel import evidence_section, fetched, page_image, provenance
from ingest.errors import LoadError
from ingest.parties.party_table import PartyTable
from prompts.wording import LANGUAGES
from tests.cases import Cases
from tests.conftest import PROJECT
from tests.fakes_corpora import workspace_over
from tests.fakes_files import mail_of, paragraphs, pdf_of, zip_of
from tests.fakes_ui import cite as fake_cite
from tests.fakes_ui import sample_statement
from vectorstore.records import ScannedWord
from vectorstore.shared_files import SharedFiles

cases = Cases(__file__)

pytestmark = pytest.mark.integration

PARTIES = "code,name,aliases,kind\nXAA,Arvandia,Arvandian,state\n"
QUESTION = "What did Arvandia say about remote access to data?"
WORDS = "Remote access to data located in our territory"


def arvandia() -> str:
    path = PROJECT / "evals" / "conference" / "txt" / "XAA_10_2020.txt"
    return "\n\n".join(paragraphs(path.read_text(encoding="utf-8"))[1:])


@contextmanager
def filled(path):
    # A larger type makes the text twice as long, so that the quotation stands on the second page.
    with workspace_over(path, {"a.pdf": pdf_of(arvandia(), size=16)}, parties=PARTIES) as workspace:
        yield workspace, path / "corpus"


@pytest.fixture
def desk(tmp_path):
    with filled(tmp_path) as desk:
        yield desk


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A workspace over the PDF, which tests only read."""
    with filled(tmp_path_factory.mktemp("kept")) as (workspace, _):
        yield workspace


def citation_of(workspace):
    return next(c for c in workspace.assistant.ask(QUESTION).citations if WORDS in c.quote)


def yellow(png: bytes) -> list[tuple[int, int]]:
    image = Image.open(io.BytesIO(png)).convert("RGB")
    return [
        (x, y)
        for x in range(0, image.width, 3)
        for y in range(0, image.height, 3)
        if (pixel := image.getpixel((x, y)))[0] - pixel[2] > 60
    ]


def test_page_of_a_citation_is_shown_with_the_quotation_marked(kept):
    citation = citation_of(kept)
    found = kept.corpus.page_image(citation.statement_id, citation.start, citation.end)
    assert found.page == citation.page == 2 and found.marked
    marked = yellow(found.png)
    lines = {y // 25 for _, y in marked}
    assert marked and len(lines) < 20


def test_page_is_not_shown_when_the_file_is_gone_or_has_changed(desk):
    workspace, folder = desk
    citation = citation_of(workspace)
    asked = {"statement": citation.statement_id, "start": str(citation.start), "end": str(citation.end)}
    assert fetched(workspace.corpus, page_image)(asked)["image"].startswith("data:image/png;base64,")
    (folder / "a.pdf").write_bytes(pdf_of("Other words."))
    assert "has changed since it was ingested" in fetched(workspace.corpus, page_image)(asked)["note"]
    (folder / "a.pdf").unlink()
    with pytest.raises(NotFoundError, match="the page cannot be shown"):
        workspace.corpus.page_image(citation.statement_id, citation.start, citation.end)
    told = fetched(workspace.corpus, page_image)(asked)["note"]
    assert "'a.pdf' is not there any more" in told and str(folder) not in told


@cases("asked")
def test_request_that_makes_no_sense_is_not_found(kept, asked):
    with pytest.raises(HTTPException):
        fetched(kept.corpus, page_image)(asked)


def test_page_of_a_whole_record_is_shown(tmp_path):
    record = "Mr. A (Arvandia): We support extradition.\n\nMr. B (Arvandia): We support it as well.\n"
    files, table = {"r.pdf": pdf_of(record, furniture=False)}, "file,kind\nr.pdf,record\n"
    with workspace_over(tmp_path, files, table, parties=PARTIES) as workspace:
        (summary,) = workspace.corpus.documents()
        assert summary.kind == "record" and summary.interventions == 2
        assert workspace.corpus.page_image(summary.document_id, 0, 0).page == 1


def test_text_without_pages_offers_no_page(desk, tmp_path):
    workspace, folder = desk
    (folder / "b.txt").write_text(arvandia().replace("Remote", "Distant"), encoding="utf-8")
    workspace.corpus.ingest([folder])
    answer = workspace.assistant.ask("What did Arvandia say about distant access to data?")
    shown = {citation.file: citation for citation in answer.citations}
    section = evidence_section(1, replace(answer, citations=(shown["b.txt"],), related=()), workspace.corpus)
    assert "u-page" not in section
    section = evidence_section(1, replace(answer, citations=(citation_of(workspace),)), workspace.corpus)
    assert "Page 2 as in the file" in section and f'data-start="{citation_of(workspace).start}"' in section
    summary = next(s for s in workspace.corpus.documents() if s.file == "b.txt")
    with pytest.raises(LoadError, match="no pages that can be shown"):
        workspace.corpus.page_image(summary.document_id, 0, 9)


def test_files_in_an_archive_are_statements_of_their_own_and_open_their_page(desk):
    workspace, folder = desk
    inner = mail_of("Please find it attached.", {"note.pdf": pdf_of(arvandia().replace("Remote", "Covert"))})
    (folder / "bundle.zip").write_bytes(zip_of({"sent/mail.eml": inner, "read.me": b"x"}))
    report = workspace.corpus.ingest([folder], sync=True)
    results = {file.file: file.result for file in report.files}
    assert results["bundle.zip/sent/mail.eml"] == results["bundle.zip/sent/mail.eml/note.pdf"] == "added"
    assert results["bundle.zip/read.me"] == "skipped" and results["a.pdf"] == "unchanged"
    again = workspace.corpus.ingest([folder], sync=True)
    assert {file.result for file in again.files} == {"unchanged", "skipped"}
    summary = next(s for s in workspace.corpus.documents() if s.file.endswith("note.pdf"))
    text = workspace.corpus.show(summary.document_id).source_text
    start = text.index("Covert access")
    assert workspace.corpus.page_image(summary.document_id, start, start + 40).marked
    (folder / "bundle.zip").unlink()
    gone = workspace.corpus.ingest([folder], sync=True)
    assert sum(file.result == "removed" for file in gone.files) == 2


def test_page_of_files_that_machines_share_is_fetched_and_nothing_made_elsewhere(desk, tmp_path):
    workspace, folder = desk
    citation, store = citation_of(workspace), workspace.store
    (folder / "bundle.zip").write_bytes(zip_of({"note.pdf": pdf_of(arvandia().replace("Remote", "Covert"))}))
    workspace.corpus.ingest([folder])
    inside = next(s for s in workspace.corpus.documents() if s.file == "bundle.zip/note.pdf")
    store.files = SharedFiles(f"file://{tmp_path / 'shared'}", store.path)
    assert workspace.corpus.page_image(inside.document_id, 0, 9).png
    shutil.rmtree(folder)
    for statement_id in (citation.statement_id, inside.document_id):
        with pytest.raises(NotFoundError, match="the page cannot be shown"):
            workspace.corpus.page_image(statement_id, 0, 9)
    assert not folder.exists()


def test_manifest_names_files_in_an_archive_and_gives_the_others_its_own_row(desk):
    workspace, folder = desk
    (folder / "a.pdf").unlink()
    (folder / "b.zip").write_bytes(zip_of({"one.txt": b"We support it.", "two.txt": b"We oppose it."}))
    rows = "file,state,body,session,date,agenda_item,language\nb.zip,XAA,,9,,,en\nb.zip/two.txt,XAA,,10,,,en\n"
    (folder / "statements.csv").write_text(rows + "b.zip/three.txt,XAA,,10,,,en\n", encoding="utf-8")
    report = workspace.corpus.ingest([folder])
    results = {file.file: file.result for file in report.files}
    assert results == {"b.zip/one.txt": "added", "b.zip/two.txt": "added", "b.zip/three.txt": "missing"}
    sessions = {s.file: s.metadata.session for s in workspace.corpus.documents() if s.file.startswith("b.zip")}
    assert sessions == {"b.zip/one.txt": "9", "b.zip/two.txt": "10"}
    (folder / "statements.csv").unlink()
    drafted = workspace.corpus.draft_manifest(folder).read_text(encoding="utf-8-sig")
    assert [line.split(",")[0] for line in drafted.splitlines()[1:]] == ["b.zip/one.txt", "b.zip/two.txt"]


def test_words_read_from_a_scan_carry_their_confidence_to_the_reader(kept):
    citation = citation_of(kept)
    statement = kept.corpus.show(citation.statement_id)
    sentences = kept.corpus._store.catalogue.sentences(citation.statement_id)
    ordinal = next(s.ordinal for s in sentences if WORDS in s.text)
    place = {"left": 0.1, "top": 0.1, "right": 0.2, "bottom": 0.12}
    start = sentences[ordinal].start
    outside = ScannedWord(start=0, end=8, confidence=0.1, **place)
    for second, sure in ((0.9, True), (0.4, False)):
        words = (
            outside,
            ScannedWord(start=start, end=start + 6, confidence=0.9, **place),
            ScannedWord(start=start + 7, end=start + 13, confidence=second, **place),
        )
        scan = replace(statement.document, scanned=words).as_statement()
        made = cite(scan, sentences, range(ordinal, ordinal + 1), 1)
        assert made.ocr_confidence == pytest.approx((0.9 * 6 + second * 6) / 12)
        for language in LANGUAGES:
            said = reference(made, localize(PartyTable.load(), language))
            assert f"{made.ocr_confidence:.0%}" in said
        assert (("Scanned, read at 90%", False) in provenance(made)) is sure
        assert any("low confidence, 65%" in words for words, _ in provenance(made)) is not sure
    assert cite(statement, sentences, range(ordinal, ordinal + 1), 1).ocr_confidence is None


def test_unsure_scan_is_flagged_beside_the_quotation():
    citation = replace(fake_cite(sample_statement(), 1, "Cognizant", "importance"), ocr_confidence=0.5)
    claim = Claim(text="", state="IRN", citations=(1,))
    local = localize(PartyTable.load(), "en")
    text = render(Composition(), [claim], [citation], local)
    assert "[1] *(read from a scan with low confidence, 50%: compare it with the page)*" in text
    sure = render(Composition(), [claim], [replace(citation, ocr_confidence=0.95)], local)
    assert sure.rstrip().endswith("[1]")
