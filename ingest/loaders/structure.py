"""What a word processor's layout says without words: which paragraphs are items of a list, and cells of one row."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.text.layout import ends_sentence, holds_sentence_end, is_list_item

# The mark of an item, whatever mark or number the word processor makes up for it.
ITEM_MARK = "• "


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a file, and whether it is an item of a list whose mark is no part of its text."""

    text: str
    listed: bool = False


def written_out(paragraphs: Iterable[Paragraph]) -> Iterator[str]:
    """Yields the texts of paragraphs that hold words, without line breaks around them; items with a mark.

    Items have one where the words before their list open it: they end in a colon, or the first item goes on from them
    in lower case. Without a mark nothing tells where the list ends.
    """
    before, within, opened = "", False, False
    for paragraph in paragraphs:
        text = paragraph.text.strip("\n")
        if not text.strip():
            continue
        goes_on = not within and text.lstrip()[:1].islower() and bool(before) and not ends_sentence(before)
        opened = paragraph.listed and ((within and opened) or before.endswith((":", "：")) or goes_on)
        within = paragraph.listed
        yield ITEM_MARK + text.lstrip() if opened and not is_list_item(text.lstrip()) else text
        before = text.rstrip()


def row_of(cells: Sequence[Sequence[Paragraph]]) -> list[Paragraph]:
    """Returns the paragraphs of the cells of a row, or one with tabs between them where a cell completes a sentence.

    "A registry shall be kept." and, in the next cell, "Not supported." are one paragraph. Cells of several paragraphs
    stay apart, and so does a name beside what stands for it, such as a State's beside its words.
    """
    filled = [own for cell in cells if (own := [each for each in cell if each.text.strip()])]
    single = len(filled) > 1 and all(len(cell) == 1 for cell in filled)
    if single and any(holds_sentence_end(cell[0].text.strip()) for cell in filled[:-1]):
        return [Paragraph("\t".join(" ".join(cell[0].text.split()) for cell in filled))]
    return [paragraph for cell in cells for paragraph in cell]
