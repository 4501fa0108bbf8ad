"""Fictional statements in every format: the share of their characters that loading recovers, in order."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

import pypdfium2
import pytest
from PIL import Image

from ingest.errors import EmptyFileError
from ingest.loaders.loaded import LoadLimits
from ingest.loaders.ocr import Recognizer
from ingest.loaders.page_images import quote_rectangles, word_rectangles
from ingest.loaders.registry import LOADERS, load
from ingest.loaders.scanned import mean_confidence
from ingest.text.canonical_form import squash
from ingest.text.layout import find_blocks
from ingest.text.page_furniture import notes_start
from ingest.text.readable import ReadableText
from ingest.text.repair import ELLIPSIS, repair
from ingest.text.splitter import make_sentences
from tests.conftest import PROJECT
from tests.fakes_files import (
    HEAD,
    NEEDS_TESSERACT,
    NOTES,
    docx_of,
    find_chromium,
    find_font,
    html_of,
    image_bytes,
    odt_of,
    one_page,
    paragraphs,
    pdf_of,
    printed_pdf,
    recovered,
    rtf_of,
    scan_of,
    scanned_pdf,
)
from tests.ingest.loaders.drawn import changed, put_together

pytestmark = pytest.mark.heavy

LIMITS = LoadLimits()
CONFERENCE = PROJECT / "evals" / "conference"
FILES = {
    "en": "XAA_10_2020",
    "fr": "XES_08_2016",
    "es": "XGA_09_2018",
    "ru": "XZR_08_2016",
    "zh": "XLH_10_2020",
    "ar": "XRM_10_2020",
}
WHOLE, SCANNED = 0.99, 0.97


def statement(language: str) -> str:
    """Returns a statement without its first line, which says in English that it is fictional."""
    text = (CONFERENCE / "txt" / f"{FILES[language]}.txt").read_text(encoding="utf-8")
    return "\n\n".join(paragraphs(text)[1:])


def long_statement() -> str:
    return "\n\n".join(statement(language) for language in ("en", "fr", "es"))


@pytest.mark.parametrize("across", [False, True], ids=["by column", "across"])
@pytest.mark.parametrize("columns", [1, 2, 3])
def test_pdf_gives_all_characters_in_reading_order(columns, across):
    text = long_statement()
    data = pdf_of(text, columns=columns, across=across, notes=True, hyphens=True, size=8 if columns == 3 else 11)
    extract = LOADERS[".pdf"].load(data, "a.pdf", LIMITS)
    assert recovered(text, extract.text) >= WHOLE
    # Besides the text there are only running heads, page numbers and notes, and nothing occurs twice.
    pages = len(extract.page_starts)
    besides = sum(len(squash(note)) for note in NOTES[:pages]) + pages * (len(squash(HEAD)) + len("Vienna1212"))
    assert len(squash(extract.text)) <= len(squash(text)) + besides


def test_pdf_keeps_footnotes_and_furniture_out_of_sentences():
    text = long_statement()
    extract = LOADERS[".pdf"].load(pdf_of(text, columns=2, notes=True), "a.pdf", LIMITS)
    blocks = [" ".join(block.split()) for block in extract.text.replace("\f", "\n").split("\n\n")]
    for number, start in enumerate(extract.page_starts, 1):
        assert extract.text[start:].startswith(f"{HEAD}\tVienna\n\n\n")
        note = next(block for block in blocks if block.startswith(f"{number} {NOTES[number - 1]}"))
        assert note == f"{number} {NOTES[number - 1]}"
        before = blocks[blocks.index(note) - 1]
        assert before[-1] in ".!?:;"


@pytest.mark.parametrize("languages", [["en"], ["en", "fr", "es"]], ids=["two pages", "more"])
def test_sentences_go_on_over_pages_with_furniture_left_out(languages):
    text = "\n\n".join(statement(language) for language in languages)
    extract = LOADERS[".pdf"].load(pdf_of(text, notes=len(languages) > 1), "a.pdf", LIMITS)
    assert len(extract.page_starts) == 2 or len(languages) > 1

    def sentences(source: str, pages: Sequence[int]) -> list[str]:
        blocks = find_blocks(source)
        readable = ReadableText(source, repair(source, blocks, language="en"))
        return [
            squash(sentence.text.replace(ELLIPSIS, "")) for sentence in make_sentences("s", readable, blocks, pages)
        ]

    spoken = sentences(text, ())
    read = sentences(extract.text, extract.page_starts)
    assert len(set(spoken) - set(read)) <= len(spoken) // 50
    assert not any(squash(HEAD) in sentence for sentence in read)


LONG = "Arvandia asks every State Party to answer requests for mutual legal assistance within sixty days of them."
LINES = "\n\n".join([*(f"Point {n} is agreed." for n in range(1, 7)), LONG] * 2)


@pytest.mark.parametrize(
    ("text", "columns", "missed"),
    [(statement("en"), 1, 2), (LINES, 1, 0), (LINES, 2, 0)],
    ids=["statement", "lines", "lines in columns"],
)
def test_pdf_gives_paragraphs_as_they_were_set(text, columns, missed):
    extract = LOADERS[".pdf"].load(pdf_of(text, columns=columns, furniture=False), "a.pdf", LIMITS)
    wanted, got = paragraphs(text), paragraphs(extract.text)
    assert sum(paragraph in got for paragraph in wanted) >= len(wanted) - missed
    assert missed or got == wanted


@pytest.mark.parametrize("language", FILES)
@pytest.mark.parametrize("suffix", [".docx", ".html", ".rtf", ".odt"])
def test_text_formats_give_all_characters_and_notes_after_them(suffix, language):
    text = statement(language)
    notes = () if suffix == ".html" else NOTES[:3]
    makers = {".docx": docx_of, ".rtf": rtf_of, ".odt": odt_of}
    data = html_of(text) if suffix == ".html" else makers[suffix](text, notes=notes)
    extract = LOADERS[suffix].load(data, f"a{suffix}", LIMITS)
    said, after = extract.text[: notes_start(extract.text)], extract.text[notes_start(extract.text) :]
    assert (said, after.strip()) == ("\n\n".join(paragraphs(text)), "\n\n".join(notes))


@pytest.mark.skipif(find_chromium() is None, reason="needs a Chromium to print with")
@pytest.mark.parametrize(("language", "columns"), [("ar", 1), ("ar", 2), ("zh", 2), ("ru", 1)])
def test_pdf_printed_by_a_browser_gives_all_characters(tmp_path, language, columns):
    if find_font(language) is None:
        pytest.skip("needs a font: apt-get install fonts-noto-core fonts-noto-cjk fonts-dejavu")
    text = statement(language)
    extract = LOADERS[".pdf"].load(printed_pdf(text, language, tmp_path, columns=columns), "a.pdf", LIMITS)
    assert recovered(text, extract.text) >= WHOLE
    assert len(squash(extract.text)) <= 1.01 * len(squash(text))


@NEEDS_TESSERACT
@pytest.mark.parametrize("language", FILES)
def test_scan_gives_nearly_all_characters_with_their_confidence(language):
    if find_font(language) is None:
        pytest.skip("needs a font: apt-get install fonts-noto-core fonts-noto-cjk")
    # The Arabic font has neither hyphens nor slashes, so paragraphs with a slash are left out.
    whole = "\n\n".join(p for p in paragraphs(statement(language)) if language != "ar" or "/" not in p)
    text = one_page(whole, 300 if language == "zh" else 700)
    recognizer = Recognizer(LIMITS)
    page = recognizer.read(lambda: scan_of(text, language, size=36 if language == "ar" else 31))
    if recognizer.problem is not None:
        pytest.skip(recognizer.problem)
    assert recovered(text, page.text) >= SCANNED
    assert len(squash(page.text)) <= 1.03 * len(squash(text))
    assert all(page.text[word.start : word.end].strip() for word in page.words)
    assert 0.8 < mean_confidence(page.words) <= 1


@NEEDS_TESSERACT
def test_mixed_pdf_is_read_page_by_page(tmp_path):
    text = one_page(statement("en"), 600)
    path = tmp_path / "mixed.pdf"
    first = pdf_of("The first page has a text layer.", furniture=False)
    path.write_bytes(put_together(first, scanned_pdf(scan_of(text))))
    loaded = load(path, LIMITS)
    assert loaded.notes == ("read by text recognition: page 2",)
    second = loaded.page_starts[1]
    assert loaded.text[:second].strip() == "The first page has a text layer."
    assert recovered(text, loaded.text[second:]) >= SCANNED
    assert {bisect_right(loaded.page_starts, word.start) for word in loaded.scanned} == {2}
    word = next(word for word in loaded.scanned if loaded.text[word.start : word.end] == "Arvandia")
    [rect] = word_rectangles(loaded.scanned, word.start, word.end)
    # The first line of `scan_of` begins 180 pixels from the corner of a page of 1654 by 2339.
    assert abs(rect.top - 180 / 2339) < 0.03 and 180 / 1654 < rect.left < rect.right < 0.6


@NEEDS_TESSERACT
@pytest.mark.parametrize("languages", ["", "eng"])
def test_scan_that_lies_on_its_side_is_read_and_its_words_stay_in_place(languages):
    text = one_page(statement("en"), 900)
    upright = scan_of(text)
    limits = LIMITS.model_copy(update={"ocr_languages": languages})
    page = Recognizer(limits).read(lambda: upright.rotate(90, expand=True))
    assert recovered(text, page.text) >= SCANNED
    # The page is turned counter-clockwise, so its head is at the left and its lines run upwards.
    first = page.words[0]
    assert first.left < 0.15 and first.bottom - first.top > first.right - first.left > 0


@NEEDS_TESSERACT
def test_picture_is_read_and_an_empty_one_is_skipped(tmp_path):
    text = one_page(statement("fr"), 400)
    (tmp_path / "a.jpg").write_bytes(image_bytes(scan_of(text, "fr"), "JPEG"))
    loaded = load(tmp_path / "a.jpg", LIMITS)
    assert loaded.page_starts == (0,)
    assert recovered(text, loaded.text) >= SCANNED
    (tmp_path / "b.png").write_bytes(image_bytes(Image.new("L", (800, 800), 255)))
    with pytest.raises(EmptyFileError, match="no text is found"):
        load(tmp_path / "b.png", LIMITS)


@pytest.mark.parametrize("columns", [1, 2])
def test_rectangles_lie_on_the_lines_of_the_quote(columns):
    text = long_statement()
    data = pdf_of(text, columns=columns, across=True, hyphens=True)
    extract = LOADERS[".pdf"].load(data, "a.pdf", LIMITS)
    quotes = [sentence for sentence in text.split(". ") if 60 < len(sentence) < 400][:25]
    placed = 0
    for quote in quotes:
        wanted = squash(quote)
        spans = pairwise((*extract.page_starts, len(extract.text)))
        pages = [number for number, span in enumerate(spans, 1) if wanted in squash(extract.text[slice(*span)])]
        for number in pages[:1]:
            rects = quote_rectangles(data, "a.pdf", number, [quote], LIMITS)
            found = words_in(data, number, rects)
            assert recovered(wanted, found) == 1 and len(found) <= 1.06 * len(wanted)
            placed += 1
    assert placed >= len(quotes) - 4


def test_short_quotation_is_marked_and_a_short_part_of_a_long_one_is_not():
    data = pdf_of("Madam President, Arvandia speaks of light.\n\nWe agree. Arvandia lights every lamp.")
    [rect] = quote_rectangles(data, "a.pdf", 1, ["We agree."], LIMITS)
    assert words_in(data, 1, [rect]) == "Weagree."
    assert len(quote_rectangles(data, "a.pdf", 1, ["We agree.", "Arvandia lights every lamp."], LIMITS)) == 1
    assert len(quote_rectangles(data, "a.pdf", 1, ["We agree.", "of"], LIMITS)) == 2
    assert quote_rectangles(data, "a.pdf", 1, [""], LIMITS) == ()


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_rectangles_turn_with_the_page(degrees):
    data = pdf_of(statement("en"), columns=2)
    quote = ["Remote access to data located in our territory"]
    [upright] = quote_rectangles(data, "a.pdf", 1, quote, LIMITS)
    turned_page = changed(data, lambda pdf: pdf.pages[0].rotate(degrees))
    [turned] = quote_rectangles(turned_page, "a.pdf", 1, quote, LIMITS)
    x, y = (upright.left + upright.right) / 2, (upright.top + upright.bottom) / 2
    for _ in range(degrees // 90):
        x, y = 1 - y, x
    assert turned.left < x < turned.right and turned.top < y < turned.bottom


def words_in(data: bytes, page: int, rects) -> str:
    """Returns the words that another reader finds inside the rectangles."""
    document = pypdfium2.PdfDocument(data)
    opened = document[page - 1]
    width, height = opened.get_size()
    reader = opened.get_textpage()
    boxes = [
        (r.left * width - 0.5, (1 - r.bottom) * height + 1.5, r.right * width + 0.5, (1 - r.top) * height - 1.5)
        for r in rects
    ]
    found = "\n".join(reader.get_text_bounded(*box) for box in boxes)
    document.close()
    return squash(found.replace("\ufffe", "-").replace("\x02", "-"))
