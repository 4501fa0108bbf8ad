import re
import time
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from app.checking.checker import Checker
from app.checking.comparing.corpus_texts import CorpusTextsCache
from app.checking.findings_in_words import comment_text, markdown_report
from app.checking.reading.documents import read_pasted
from app.ui.check_tab import check_draft, check_html
from ingest.loaders.loaded import LoadLimits
from ingest.parties.party_table import PartyTable
from tests.app.ui.conftest import open_tab, serving
from tests.fakes import HashingEmbedder
from tests.fakes_store import annotated, keep
from tests.fakes_ui import fake_workspace
from tests.fakes_word import new_document, saved
from vectorstore.store import Store

LAMPS = "Ships shall carry 40 lamps and, as the Convention requires, one bell at the bow."
PORTS = "Our ports are open <b>at all hours</b> of the day & night, <script>document.title='owned'</script> as ever."
ARABIC = "ترى الحكومة أن التعاون بين السلطات المركزية يقوم على الثقة المتبادلة بين الدول."
DRAFT = f"""# <img src=x onerror="document.title='owned'">

In 2000 Austria said: “{LAMPS}” It is “golden”.

Austria said: “{LAMPS.replace("shall", "may")}”

Austria said: “Our ports are open &lt;b>at all hours&lt;/b> of the day & night”.

وقالت النمسا: «{ARABIC}»

Austria said: “Every orchard of the valley was painted yellow for the parade of sparrows.”
"""


@pytest.fixture(scope="module")
def checker(tmp_path_factory):
    embedder = HashingEmbedder()
    store = Store(tmp_path_factory.mktemp("check") / "store", embedder)
    keep(
        store,
        embedder,
        annotated("a", [LAMPS], state="AUT", date="2000", session="55", language="en"),
        annotated("b", [PORTS], state="DEU", date="1998", title="<i>Ports</i>", language="en"),
        annotated("c", [ARABIC], state="AUT", date="2001", language="ar"),
    )
    yield Checker(CorpusTextsCache(store.catalogue), PartyTable.load, LoadLimits())
    store.close()


def html_of(checker: Checker, text: str) -> str:
    document = read_pasted(text)
    return check_html(document, checker.check(document), checker.around)


def test_every_finding_is_marked_with_its_verdict_in_words(checker):
    html = html_of(checker, DRAFT)
    for number, (verdict, word) in enumerate(
        [("verified", "Verified"), ("altered", "Altered"), ("misattributed", "Misattributed"), ("verified", "Verified"),
         ("not_found", "Not found")], 1
    ):  # fmt: skip
        assert f'<a class="u-tag u-{verdict}" href="#finding-{number}">' in html and f"{word} {number}</a>" in html
        assert f'id="finding-{number}"' in html
    assert "Quotations found: 5" in html and "Verified: 2</span>" in html and "Not checked: 1" in html


def test_verified_words_with_a_remark_do_not_look_verified(checker):
    html = html_of(checker, f"Greenpeace said: “{LAMPS}” Austria said: “{LAMPS}”")
    assert '<a class="u-tag u-remarked" href="#finding-1">' in html and "Verified, with a remark 1</a>" in html
    assert '<a class="u-tag u-verified" href="#finding-2">' in html
    assert "Verified, with a remark: 1</span>" in html and "Verified: 1</span>" in html
    assert 'class="u-check-card u-remarked" id="finding-1"' in html


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("fr", ("ce sont les mots d’Autriche, non d’Allemagne", "session 55", "personne de nommé")),
        ("ar", ("هذه كلمات النمسا لا ألمانيا", "النمسا", "لا أحد مذكور")),
    ],
)
def test_a_check_is_told_in_the_language_of_its_reader(checker, monkeypatch, language, told):
    for module in ("words", "templates"):
        monkeypatch.setattr(f"app.ui.{module}.language", lambda: language)
    draft = f"“{LAMPS}” It is “golden”.\n\nGermany said: “{LAMPS}”\n\nAustria said at the 54th session: “{LAMPS}”"
    document = read_pasted(draft)
    report = checker.check(document, language=language)
    shown = check_html(document, report, checker.around), markdown_report(report, "draft.md")
    comments = [comment_text(finding, language) for finding in report.findings]
    for text in (re.sub(r"<[^>]+>", " ", shown[0]), shown[1], *comments):
        # The draft's own words and those of statements are English.
        remaining = re.sub(r"“.*?”|« .*? »|«.*?»", "", unescape(text)).replace("said", "")
        assert not re.search(r"\b(?:words|nobody|named|paragraph|verified|checked|found)\b", remaining, re.IGNORECASE)
    # Each value in a remark, such as a quotation in Latin letters, is isolated to run in its own direction.
    assert ("\u2068النمسا\u2069" in shown[0]) == (language == "ar")
    page = re.sub("[\u2068\u2069]", "", unescape(shown[0]))
    for words in told[:2]:
        assert words in page
    assert told[2] in page and told[0][1:] in comments[1]


def test_a_draft_is_shown_with_its_diff_and_direction_and_never_as_markup(checker):
    html = html_of(checker, DRAFT)
    assert "</span>shall<" in html.split("<del>")[1] and "</span>may<" in html.split("<ins>")[1]
    assert "<script" not in html and "<img" not in html and "<i>" not in html and "<b>at" not in html
    assert "&lt;script&gt;" in html and "&lt;i&gt;Ports&lt;/i&gt;" in html
    assert '<p class="u-block-text" dir="auto">وقالت' in html


def test_of_a_file_and_a_text_neither_is_passed_over(checker, tmp_path):
    request: Any = None
    (html, *_), *more = check_draft(checker, "Arvandia said “x”.", str(tmp_path / "draft.docx"), request)
    assert not more and "not both" in html


@pytest.fixture(scope="module")
def served(checker, tmp_path_factory):
    with serving(*fake_workspace(), tmp_path_factory.mktemp("uploads"), checker=checker) as running:
        yield running


def check(page, file: Path | None = None) -> None:
    """Checks what was typed, or a file."""
    if file is not None:
        page.locator("#check-file input[type=file]").set_input_files(str(file))
        page.get_by_text(file.stem).first.wait_for()
    page.get_by_role("button", name="Check quotations").click()


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_pasted_draft_is_checked_in_the_browser(open_page, served, width):
    page = open_page(width, served=served)
    open_tab(page, "Check")
    page.get_by_label("Text", exact=True).fill(DRAFT)
    check(page)
    page.get_by_text("Quotations found: 5").wait_for()
    page.get_by_role("link", name="Altered 2").click()
    assert "may" in page.locator("#finding-2 ins").inner_text()
    page.locator("#finding-3 summary").click()
    assert page.locator("#finding-3 blockquote mark").is_visible()
    assert page.locator("[dir=auto]", has_text="وقالت").first.evaluate("e => getComputedStyle(e).direction") == "rtl"
    assert page.title() == "Check · untoc"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    with page.expect_download() as download:
        page.get_by_role("button", name="Download report").click()
    assert "## 2. Altered" in Path(download.value.path()).read_text(encoding="utf-8")
    with page.expect_download() as download:
        page.get_by_role("button", name="Report for Word").click()
    paragraphs = Document(str(download.value.path())).paragraphs
    assert any(paragraph.text.startswith("2. Altered") for paragraph in paragraphs)


@pytest.mark.browser
def test_form_that_is_emptied_stays_so_while_a_draft_was_being_checked(open_page, served, checker, monkeypatch):
    def slowly(document: Any, tell: Any, **options: Any) -> Any:
        for done in range(20):
            tell(done, 20)
            time.sleep(0.2)
        return real(document, tell, **options)

    real = checker.check
    monkeypatch.setattr(checker, "check", slowly)
    page = open_page(served=served)
    open_tab(page, "Check")
    page.get_by_label("Text", exact=True).fill(DRAFT)
    check(page)
    page.wait_for_selector("#check-result progress")
    page.click("#check-clear")
    page.wait_for_timeout(6000)
    assert page.inner_text("#check-result").strip() == "" and page.input_value("#check-text textarea") == ""


@pytest.mark.browser
def test_word_file_comes_back_with_comments_and_what_cannot_be_read_says_so(open_page, served, tmp_path):
    broken, draft, document = tmp_path / "broken.docx", tmp_path / "my draft.docx", new_document()
    document.add_paragraph(f"Germany said: “{LAMPS}”")
    draft.write_bytes(saved(document))
    broken.write_bytes(b"PK\x03\x04 broken")
    page = open_page(served=served)
    open_tab(page, "Check")
    check(page)
    page.get_by_text("Paste a text or choose a file first").wait_for()
    check(page, broken)
    page.get_by_text("not a readable Word file").wait_for()
    page.get_by_role("button", name="Empty").click()
    page.get_by_text("not a readable Word file").wait_for(state="detached")
    check(page, draft)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download with comments").click()
    assert download.value.suggested_filename.startswith("my draft")
    (comment,) = Document(str(download.value.path())).comments
    assert comment.text.startswith("MISATTRIBUTED")
