"""What a word processor's layout says without words: which paragraphs are items of a list, and cells of one row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import regex

from ingest.language.detection import language_of_sentence
from ingest.text.layout import ends_sentence, holds_sentence_end, is_list_item

# The mark of an item, whatever mark or number the word processor makes up for it.
ITEM_MARK = "• "
# Words of a remark at most, and of a text at least whose language is told from its letters.
_LONGEST_REMARK = 25
_FEWEST_WORDS = 4
_SPEAKER_WITHIN = 80
_NAMES_SPEAKER = regex.compile(
    r"[:：(（]|\b(?:representa\w+|représent\w+|delega\w+|délégu\w+|délégation\w*|представител\w+|делегаци\w+)\b"
    r"|ممثل|وفد|代表",
    regex.IGNORECASE,
)


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a file, and whether it is an item of a list whose mark is no part of its text."""

    text: str
    listed: bool = False


def written_out(paragraphs: Iterable[Paragraph]) -> str:
    """Writes out paragraphs that hold words, with blank lines between them; items with a mark.

    Items have one where the words before their list open it: they end in a colon, or the first item goes on from them
    in lower case. Without a mark nothing tells where the list ends.
    """
    texts: list[str] = []
    before, within, opened = "", False, False
    for paragraph in paragraphs:
        text = paragraph.text.strip("\n")
        if not text.strip():
            continue
        goes_on = not within and text.lstrip()[:1].islower() and bool(before) and not ends_sentence(before)
        opened = paragraph.listed and ((within and opened) or before.endswith((":", "：")) or goes_on)
        within = paragraph.listed
        texts.append(ITEM_MARK + text.lstrip() if opened and not is_list_item(text.lstrip()) else text)
        before = text.rstrip()
    return "\n\n".join(texts)


def row_of(cells: Sequence[Sequence[Paragraph]]) -> list[Paragraph]:
    """Returns the paragraphs of the cells of a row, or one with tabs between them where cells remark on a sentence.

    "A registry shall be kept." and, in the next cell, "Not supported." are one paragraph. Cells of several paragraphs
    stay apart, and so does a name beside what stands for it, such as a State's beside its words.
    """
    filled = [own for cell in cells if (own := [each for each in cell if each.text.strip()])]
    texts = [" ".join(cell[0].text.split()) for cell in filled if len(cell) == 1]
    ends = [at for at, text in enumerate(texts) if holds_sentence_end(text)]
    if len(texts) == len(filled) and ends and ends[0] < len(texts) - 1:
        sentence, *remarks = texts[ends[0] :]
        if all(_is_remark(each, sentence) for each in remarks):
            return [Paragraph("\t".join(texts))]
    return [paragraph for cell in cells for paragraph in cell]


def _is_remark(text: str, sentence: str) -> bool:
    """Returns whether a cell may speak of the sentence in a cell before it: neither another's words nor a translation.

    Whoever speaks is named before a colon or a bracket, or as one who represents a party.
    """
    if len(text.split()) > _LONGEST_REMARK or _NAMES_SPEAKER.search(text[:_SPEAKER_WITHIN]):
        return False
    told = min(len(text.split()), len(sentence.split())) >= _FEWEST_WORDS or not text.isascii()
    return not told or language_of_sentence(text, "en") == language_of_sentence(sentence, "en")
