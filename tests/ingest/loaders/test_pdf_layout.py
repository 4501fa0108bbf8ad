"""The reading order of a page, from runs of glyphs placed by hand."""

from reportlab.pdfbase.pdfmetrics import stringWidth

from ingest.loaders.loaded import LoadLimits
from ingest.loaders.pdf_layout import GlyphRun, order
from ingest.loaders.registry import LOADERS
from tests.ingest.loaders.drawn import drawn


def run(text, left, right, middle):
    return GlyphRun(glyphs=(), text=text, left=left, right=right, bottom=middle - 5, top=middle + 5, size=10)


def test_columns_are_told_apart_beside_a_list_that_is_indented():
    left = [run(f"Left {n} of the speech that fills its column", 60, 300, 700 - 12 * n) for n in range(20)]
    # Few lines of the right column begin at its margin; most belong to a list of names that is indented.
    right = [run("Right 0 of the vote that was taken on it", 312, 552, 704)]
    right += [run(f"Right {n}, and more names of the States", 336, 552, 704 - 12 * n) for n in range(1, 20)]
    read = [row.text.split()[0] for row in order([piece for pair in zip(left, right, strict=True) for piece in pair])]
    assert read == ["Left"] * 20 + ["Right"] * 20


def test_a_masthead_over_the_second_column_does_not_cut_a_sentence():
    left = [run(f"line {n} of a sentence that goes on and on to", 54, 297, 600 - 12 * n) for n in range(20)]
    right = [run("46th", 530, 558, 730), run("PLENARY MEETING", 425, 558, 710)]
    right += [run(f"line {n} of its rest that fills the column.", 315, 558, 600 - 12 * (n - 20)) for n in range(20, 40)]
    rows = order([*left, *right])
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


def test_line_of_arabic_in_a_page_read_from_the_left_keeps_its_order():
    words = [run("The keepers count every lamp of the harbour", 60, 300, 700 - 12 * n) for n in range(6)]
    # The line is in two pieces; the raised mark of a note stands at its left end, where it ends.
    arabic = [run("من القانون.»", 200, 260, 604), run("4", 196, 200, 604), run("«وفقا للمادة", 269, 330, 604)]
    assert [row.text for row in order([*words, *arabic])][-1] == "«وفقا للمادة من القانون.»4"


def test_cells_of_a_row_keep_their_order_beside_a_cell_of_arabic():
    words = [run("The keepers count every lamp of the harbour", 60, 300, 700 - 12 * n) for n in range(6)]
    row = [run("Rimalia", 60, 100, 604), run("من القانون.", 200, 260, 604), run("وفقا للمادة", 269, 330, 604)]
    assert [row.text for row in order([*words, *row])][-1] == "Rimalia\tوفقا للمادة من القانون."


def test_footnotes_of_several_pages_that_differ_in_numbers_are_no_running_feet():
    def page(number):
        def draw(canvas):
            canvas.setFont("Times-Roman", 12)
            for row in range(20):
                canvas.drawString(
                    72, 700 - 20 * row, f"Line {row} of page {number}, which says what the keepers count."
                )
            canvas.setFont("Times-Roman", 8)
            canvas.drawString(72, 70, f"{3 * number} Belmora, Statement of {2010 + number}, paragraph {7 - number}.")
            canvas.drawString(72, 40, "Positions on lamps")
            canvas.drawString(500, 40, f"{number} / 3")

        return draw

    text = LOADERS[".pdf"].load(drawn(page(1), page(2), page(3)), "a.pdf", LoadLimits()).text
    for number, shown in enumerate(text.split("\f"), 1):
        assert f"keepers count.\n\n{3 * number} Belmora" in shown
        assert shown.rstrip().endswith(f"\n\n\nPositions on lamps\t{number} / 3")
