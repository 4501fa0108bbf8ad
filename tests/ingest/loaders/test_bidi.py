from ingest.loaders.bidi import has_right_to_left, in_logical_order
from ingest.loaders.pdfium import Glyph
from tests.cases import Cases

cases = Cases(__file__)


def line(visual: str) -> list[Glyph]:
    """Returns the glyphs of a line in visual order, from left to right; a blank is a gap without a glyph."""
    return [Glyph(c, 10.0 * n, 0.0, 10.0 * n + 10, 12.0, 12.0) for n, c in enumerate(visual) if c != " "]


def read(visual: str) -> str:
    # Glyphs are passed in reverse, since their order in the file must not matter.
    return "".join(glyph.char for glyph in in_logical_order(line(visual)[::-1]))


@cases("visual", "logical", at_once=True)
def test_line_is_brought_into_the_order_of_reading(visual, logical):
    assert read(visual) == logical


def test_parts_of_a_ligature_and_marks_keep_to_their_letter():
    lam_alef = [Glyph(c, 0.0, 0.0, 10.0, 12.0, 12.0) for c in "ال"]
    letters = [Glyph("ب", 10.0, 0.0, 20.0, 12.0, 12.0), Glyph("\u064f", 13.0, 8.0, 15.0, 12.0, 12.0)]
    assert "".join(glyph.char for glyph in in_logical_order([*lam_alef, *letters])) == "ب\u064fلا"


def test_lines_without_right_to_left_letters_are_told_apart():
    assert has_right_to_left(line("COP ةلود")) and not has_right_to_left(line("COP 10, (4)"))
