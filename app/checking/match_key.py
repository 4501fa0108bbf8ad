"""The form in which a quotation and a stored text are compared, with the way back to the source's offsets.

It is `squash`, and beyond that blind to what people and programs change when they quote: single quotation marks for
double ones where quotations nest, a hyphen or two for a dash, and page furniture that a page break put into a sentence.
A dash between words counts, since it turns them: "no – more monitors" is not "no more monitors".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

import regex

from ingest.text.readable import ReadableText
from ingest.text.squash import squash, squash_map
from vectorstore.records import Edit, Statement

# Of equal length each, so that offsets stay.
_TYPOGRAPHY = str.maketrans({'"': "'", "–": "-"} | dict.fromkeys("「」『』《》〈〉", "'"))
_DROPPED = re.compile(r"(?<=[^\W\d_])-+(?=[^\W\d_])")
# What a dash between words is compared as, however it was written; a hyphen, or a short dash in its place, has no space
# around it but at the end of a line, and neither has the dash of "2016–2020".
DASH = "\ue000"
_FILLING = "\u200b"
_BROAD, _SHORT = "—―⸺⸻﹘", "‒–−﹣⁓〜〰"
_DASH = regex.compile(
    rf"""[-‐‑{_SHORT}]*[{_BROAD}][-‐‑{_BROAD}{_SHORT}]* | [-‐‑{_SHORT}]{{2,}}
    | (?!(?<=\d\s*).\s*\d)(?<!\n[^\S\n]*\n\s*)(?:(?<=\s)[-‐‑](?=\s) | (?<=^|\s)[{_SHORT}] | [{_SHORT}](?=\s|$))""",
    regex.X,
)
# The raised number of a note behind a word or figure, which no quotation needs; "m²" is a figure of its own.
_NOTE_MARK = regex.compile(r"(?<=[\p{L}\p{N}\p{P}])(?<!\b[kcm]?m)[\u00b9\u00b2\u00b3\u2070\u2074-\u2079]+")
_UNSPACED = re.compile("[\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff]")
_LINE_END_HYPHEN = re.compile(r"\w[-\u2010\u00ad]\s*\n\s*$")


def match_key(text: str) -> str:
    """Returns the form of a text in which it is compared."""
    return _DROPPED.sub("", squash(_prepared(text)).translate(_TYPOGRAPHY))


def _prepared(text: str) -> str:
    """Returns a text of the same length with one mark for each dash and none of notes; `squash` drops what fills it."""
    text = _NOTE_MARK.sub(lambda mark: _FILLING * len(mark.group()), text)
    return _DASH.sub(lambda dash: DASH.ljust(len(dash.group()), _FILLING), text)


@dataclass(frozen=True)
class KeyedText:
    """A stored text as it is compared (`text`); the map of offsets is made when it is first asked for.

    Attributes:
        edits: Its repairs; those of kind `furniture` are left out of what is compared.
        start: Where its own words begin in the source; an intervention has the text of its whole record.
        end: Where they end; None for the end of the source.
    """

    source: str
    edits: tuple[Edit, ...]
    start: int = 0
    end: int | None = None
    text: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Makes the compared text."""
        object.__setattr__(self, "text", match_key(self._kept.text))

    @classmethod
    def of(cls, statement: Statement) -> "KeyedText":
        """Returns a statement's text as it is compared."""
        return cls(statement.source_text, statement.edits, statement.span.start, statement.span.end)

    def spans(self, wanted: str, *, begin: int = 0) -> Iterator[tuple[int, int]]:
        """Yields where a key stands as whole words: offsets in `text`, in order, from `begin` on."""
        position = self.text.find(wanted, begin) if wanted else -1
        while position >= 0:
            end = position + len(wanted)
            if not any(map(self._inside_word, self.in_source(position, end))):
                yield position, end
            position = self.text.find(wanted, position + 1)

    def in_source(self, start: int, end: int) -> tuple[int, int]:
        """Turns a span of `text` into the source's offsets."""
        offsets, ends = self._offsets
        return offsets[start], ends[end - 1]

    def _inside_word(self, position: int) -> bool:
        """Returns whether an offset of the source lies between two characters of one word, as it reads."""
        if not 0 < position < len(self.source):
            return False
        before, after = self.source[position - 1], self.source[position]
        if after.isalnum() and _LINE_END_HYPHEN.search(self.source, max(0, position - 80), position):
            return True
        if not (before.isalnum() and after.isalnum()) or _UNSPACED.match(before) or _UNSPACED.match(after):
            return False
        return position not in self._glue

    @cached_property
    def _glue(self) -> frozenset[int]:
        """Where the source lacks a space that its repair puts in."""
        return frozenset(edit.start for edit in self.edits if edit.kind == "glue")

    @property
    def _kept(self) -> ReadableText:
        """The own words without page furniture, in place of which is a space."""
        end = len(self.source) if self.end is None else self.end
        left_out = (
            replace(edit, start=edit.start - self.start, end=edit.end - self.start, text=" ")
            for edit in self.edits
            if edit.kind == "furniture" and self.start <= edit.start and edit.end <= end
        )
        return ReadableText(self.source[self.start : end], tuple(left_out))

    @cached_property
    def _offsets(self) -> tuple[list[int], list[int]]:
        kept = self._kept
        squashed = squash_map(_prepared(kept.text))
        shown = squashed.text.translate(_TYPOGRAPHY)
        dropped = {i for match in _DROPPED.finditer(shown) for i in range(*match.span())}
        indices = [index for index in range(len(shown)) if index not in dropped]
        spans = [kept.to_source_span(squashed.offsets[i], squashed.ends[i]) for i in indices]
        return [self.start + start for start, _ in spans], [self.start + end for _, end in spans]
