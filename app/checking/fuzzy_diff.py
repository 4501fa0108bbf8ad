"""The stored words likest to a quotation that stands nowhere exactly: found by likeness, shown as a word diff.

Likeness only decides where to look and whether to speak of altered words; it never makes a quotation verified.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import regex
from rapidfuzz import fuzz
from rapidfuzz.distance import Indel, Levenshtein, Opcode

from app.checking.findings import Change, ChangeKind

# Share of words in common, in order, from which a quotation counts as somebody's words, altered.
LIKE: Final = 0.6
# A quotation that holds this many words of a source in a row is taken from it, whatever was added to them ...
_RUN: Final = 7
# ... where they are at least this share of its words, or a treaty's long name would do.
_RUN_SHARE: Final = 0.45
# Words that change nothing in what a diff may show beside the quotation's own.
_MARGIN: Final = 60
_MARGIN_WORDS: Final = 10
# Characters of a quotation that is located by characters; words of one that is located by words.
_SHORT: Final = 250
_MOST_WORDS: Final = 2000
# Words in common at either edge that may be where the likest words begin or end.
_EDGES: Final = 4
_TOKEN: Final = regex.compile(r"\p{Han}[^\w\s]*|\S+?(?=\p{Han})|\S+")
_BARE: Final = regex.compile(r"^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$")


@dataclass(frozen=True, kw_only=True)
class LikeWords:
    """The words of a text that are likest to a quotation, and the diff from them to it."""

    words: str
    likeness: float
    """Share of words in common, in order, 0 to 1."""
    run: int
    """Length of the longest run of words in common."""
    quoted: int
    """Number of words of the quotation."""
    changes: tuple[Change, ...]

    @property
    def altered(self) -> bool:
        """Whether the quotation is these words, altered, rather than other words."""
        return self.likeness >= LIKE or (self.run >= _RUN and self.run >= _RUN_SHARE * self.quoted)


def likest_words(quote: str, window: str) -> LikeWords | None:
    """Finds the words of a text that are likest to a quotation; None where they share nothing."""
    quote, window = " ".join(quote.split()), " ".join(window.split())
    source, quoted = _located(quote, window), _TOKEN.findall(quote)
    plain_source, plain_quoted = [*map(_bare, source)], [*map(_bare, quoted)]
    blocks = [block for block in Indel.opcodes(plain_source, plain_quoted) if block.tag == "equal"]
    if not blocks:
        return None
    first, last = _best_ends(plain_source, plain_quoted, blocks)
    taken = source[first:last]
    return LikeWords(
        words=" ".join(taken),
        likeness=Indel.normalized_similarity(plain_source[first:last], plain_quoted),
        run=max(block.src_end - block.src_start for block in blocks),
        quoted=len(quoted),
        changes=tuple(word_diff(taken, quoted)),
    )


def cost(quote: str, window: str) -> int:
    """Returns how much work `likest_words` is at most, as `work_limit` counts; for long texts pairs of words count."""
    if len(quote) <= _SHORT:
        return len(quote) * len(window) // 4
    return len(quote) * len(window) * 2


def _located(quote: str, window: str) -> list[str]:
    """Returns the words of a text around those that are likest to a quotation."""
    # By characters for a short quotation, by words for a longer one: time by characters grows with its length squared.
    if not quote or not window:
        return []
    if len(quote) <= _SHORT:
        found = fuzz.partial_ratio_alignment(quote.casefold(), window.casefold())
        if found is None or found.score == 0:
            return []
        begin, end = (found.dest_start, found.dest_end) if len(quote) <= len(window) else (0, len(window))
        # Whole words.
        first, last = window.rfind(" ", 0, max(0, begin - _MARGIN)) + 1, window.find(" ", end + _MARGIN)
        return _TOKEN.findall(window[first : last if last >= 0 else len(window)])
    source, quoted = _TOKEN.findall(window), _TOKEN.findall(quote)
    if len(quoted) >= min(len(source), _MOST_WORDS):
        return source
    found = fuzz.partial_ratio_alignment([*map(_bare, quoted)], [*map(_bare, source)])
    if found is None or found.score == 0:
        return []
    return source[max(0, found.dest_start - _MARGIN_WORDS) : found.dest_end + _MARGIN_WORDS]


def word_diff(source: Sequence[str], quoted: Sequence[str]) -> Iterator[Change]:
    """Yields the diff from the source's words to the quotation's, in order; equal runs are whole.

    A sign after the last word, before which the quotation ends, is no difference.
    """
    if source and quoted and source[-1].rstrip(".,;:!") == quoted[-1]:
        source = [*source[:-1], quoted[-1]]
    for same, group in groupby(Levenshtein.opcodes(source, quoted), key=lambda step: step.tag == "equal"):
        steps = list(group)
        theirs = " ".join(source[steps[0].src_start : steps[-1].src_end])
        own = " ".join(quoted[steps[0].dest_start : steps[-1].dest_end])
        texts: dict[ChangeKind, str] = {"same": theirs} if same else {"left_out": theirs, "put_in": own}
        yield from (Change(kind=kind, text=text) for kind, text in texts.items() if text)


def _best_ends(source: Sequence[str], quoted: Sequence[str], equal: Sequence[Opcode]) -> tuple[int, int]:
    """Returns where in the source the words begin and end that are likest to a quotation."""
    # What stands before the first and after the last word in common is taken as far as the quotation has words there; a
    # chance match of a small word at an edge is none.
    starts = {max(0, run.src_start - before) for run in equal[:_EDGES] for before in (0, run.dest_start)}
    ends = {min(len(source), run.src_end + more) for run in equal[-_EDGES:] for more in (0, len(quoted) - run.dest_end)}
    spans = [(start, end) for start in starts for end in ends if start < end]
    return max(spans, key=lambda span: (Indel.normalized_similarity(source[slice(*span)], quoted), span[0] - span[1]))


def _bare(token: str) -> str:
    return _BARE.sub("", token).casefold() or token
