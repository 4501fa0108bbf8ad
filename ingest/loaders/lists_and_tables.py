"""Lists and table rows of word-processor files, whose structure is shown without words, written out as text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import regex

from ingest.language.detection import language_of_sentence
from ingest.text.layout import ends_sentence, holds_sentence_end, is_list_item
from ingest.text.tables import tables_of_figures

# Stands for the mark or number that the word processor generates for an item of a list.
ITEM_MARK = "• "
# Most words of a remark; fewest words of a text in ASCII whose language is detected.
_LONGEST_REMARK = 25
_FEWEST_WORDS = 4
_SPEAKER_WITHIN = 80  # characters
_NAMES_SPEAKER = regex.compile(
    r"[:：(（]|\b(?:representa\w+|représent\w+|delega\w+|délégu\w+|délégation\w*|представител\w+|делегаци\w+)\b"
    r"|ممثل|وفد|代表",
    regex.IGNORECASE,
)


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a file; `listed` if it is an item of a list, whose mark is not part of the text."""

    text: str
    listed: bool = False


def written_out(paragraphs: Iterable[Paragraph]) -> str:
    """Returns the text of paragraphs that hold words, with blank lines between them and marks before list items.

    Items get `ITEM_MARK` only if the words before the list introduce it: these end in a colon, or the first item
    continues them in lower case. Without a mark nothing would show where the list ends.
    """
    texts: list[str] = []
    before, in_list, opened = "", False, False
    for paragraph in paragraphs:
        text = paragraph.text.strip("\n")
        if not text.strip():
            continue
        goes_on = not in_list and text.lstrip()[:1].islower() and bool(before) and not ends_sentence(before)
        opened = paragraph.listed and ((in_list and opened) or before.endswith((":", "：")) or goes_on)
        in_list = paragraph.listed
        texts.append(ITEM_MARK + text.lstrip() if opened and not is_list_item(text.lstrip()) else text)
        before = text.rstrip()
    return "\n\n".join(texts)


def table_of(rows: Sequence[Sequence[Sequence[Paragraph]]]) -> list[Paragraph]:
    """Returns the paragraphs of a table's rows, which are given as cells; a row of figures is one, with tabs.

    So are the heads of its columns, and an empty cell between others stays as one. A row that holds a sentence is none
    of a table of figures.
    """
    texts = [_texts_of(cells) for cells in rows]
    of_figures = {at for table in tables_of_figures(texts) for at in table}
    return [
        paragraph
        for at, cells in enumerate(rows)
        for paragraph in ([Paragraph("\t".join(texts[at]))] if at in of_figures else _row_of(cells))
    ]


def _texts_of(cells: Sequence[Sequence[Paragraph]]) -> list[str]:
    """Returns the text of each cell of a row, up to its last word; nothing for one cell, or if one holds a sentence."""
    filled = [[text for part in cell if (text := " ".join(part.text.split()))] for cell in cells]
    if any(len(cell) > 1 or holds_sentence_end("".join(cell)) for cell in filled):
        return []
    while filled and not filled[-1]:
        filled.pop()
    return ["".join(cell) for cell in filled] if len(filled) > 1 else []


def _row_of(cells: Sequence[Sequence[Paragraph]]) -> list[Paragraph]:
    """Returns the paragraphs of a row's cells, or one paragraph with tabs if later cells remark on a sentence.

    "A registry shall be kept." and, in the next cell, "Not supported." are one paragraph. Cells of several paragraphs
    stay separate, and so does a name beside its text, such as a State beside its words.
    """
    filled = [filled_cell for cell in cells if (filled_cell := [part for part in cell if part.text.strip()])]
    texts = [" ".join(cell[0].text.split()) for cell in filled if len(cell) == 1]
    ends = [index for index, text in enumerate(texts) if holds_sentence_end(text)]
    if len(texts) == len(filled) and ends and ends[0] < len(texts) - 1:
        sentence, *remarks = texts[ends[0] :]
        if all(_is_remark(remark, sentence) for remark in remarks):
            return [Paragraph("\t".join(texts))]
    return [paragraph for cell in cells for paragraph in cell]


def _is_remark(text: str, sentence: str) -> bool:
    """Returns whether a cell may remark on the sentence of a cell before it, and is no speech and no translation.

    A speech is recognised by its beginning, which names a speaker: by a colon, a bracket or a word for a delegate.
    """
    if len(text.split()) > _LONGEST_REMARK or _NAMES_SPEAKER.search(text[:_SPEAKER_WITHIN]):
        return False
    detectable = min(len(text.split()), len(sentence.split())) >= _FEWEST_WORDS or not text.isascii()
    return not detectable or language_of_sentence(text, "en") == language_of_sentence(sentence, "en")
