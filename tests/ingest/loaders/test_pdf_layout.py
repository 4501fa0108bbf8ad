"""The reading order of a page, from runs of glyphs placed by hand."""

from reportlab.pdfbase.pdfmetrics import stringWidth

from ingest.loaders.loaded import LoadLimits
from ingest.loaders.pdf_layout import GlyphRun, reading_order
from ingest.loaders.registry import LOADERS
from tests.ingest.loaders.drawn import drawn


def run(text, left, right, middle):
    return GlyphRun(glyphs=(), text=text, left=left, right=right, bottom=middle - 5, top=middle + 5, size=10)


def test_columns_are_told_apart_beside_a_list_that_is_indented():
    left = [run(f"Left {n} of the speech that fills its column", 60, 300, 700 - 12 * n) for n in range(20)]
    # Few lines of the right column begin at its margin; most belong to a list of names that is indented.
    right = [run("Right 0 of the vote that was taken on it", 312, 552, 704)]
    right += [run(f"Right {n}, and more names of the States", 336, 552, 704 - 12 * n) for n in range(1, 20)]
    pieces = [piece for pair in zip(left, right, strict=True) for piece in pair]
    read = [row.text.split()[0] for row in reading_order(pieces)]
    assert read == ["Left"] * 20 + ["Right"] * 20


def test_a_masthead_over_the_second_column_does_not_cut_a_sentence():
    left = [run(f"line {n} of a sentence that goes on and on to", 54, 297, 600 - 12 * n) for n in range(20)]
    right = [run("46th", 530, 558, 730), run("PLENARY MEETING", 425, 558, 710)]
    right += [run(f"line {n} of its rest that fills the column.", 315, 558, 600 - 12 * (n - 20)) for n in range(20, 40)]
    rows = reading_order([*left, *right])
    assert [row.text for row in rows[:2]] == ["46th", "PLENARY MEETING"]
    assert rows[22].text.startswith("line 20") and not rows[22].opens


def test_mark_of_a_footnote_sticks_to_the_word_that_it_is_set_beside():
    words, size = "The keepers counted every lamp.", 12
    # Word processors leave about a point before a raised mark, which PDFium reads as a space.
    end = 72 + stringWidth(words, "Times-Roman", size) + 1

    def draw(canvas):
        placed = ((words, 72, 700, size), ("1", end, 704, 7), ("We thank them.", end + 7, 700, size))
        for text, left, height, points in placed:
            canvas.setFont("Times-Roman", points)
            canvas.drawString(left, height, text)

    extract = LOADERS[".pdf"].load(drawn(draw), "a.pdf", LoadLimits())
    assert extract.text == "The keepers counted every lamp.1 We thank them."
