"""Fuzzy match of a quotation that stands nowhere exactly: the most similar stored words, and a word diff to them.

Similarity only decides where to look and whether a quotation counts as altered words; it never verifies a quotation.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import regex
from rapidfuzz import fuzz
from rapidfuzz.distance import Indel, LCSseq, Levenshtein, Opcode

from app.checking.findings import Change, ChangeKind
from ingest.language.sentences import SENTENCE_ENDS

# Indel similarity of the words, 0 to 1, from which a quotation counts as somebody's words in altered form.
_LIKENESS_MIN: Final = 0.6
# A quotation with this many consecutive words of a source counts as altered too, whatever was added to them ...
_RUN_MIN: Final = 7
# ... if they are at least this share of its words; without that condition a treaty's long name would be enough.
_RUN_SHARE_MIN: Final = 0.45
# Characters and words around the aligned span of the source in which the exact edges of the match are looked for.
_MARGIN: Final = 60
_MARGIN_WORDS: Final = 10
# Longest quotation that is aligned by characters; a longer one is aligned by words, and not at all from so many on.
_CHARACTERS_ALIGNED_MAX: Final = 250
_UNALIGNED_WORDS_MIN: Final = 2000
# Runs of equal words, from either end of the diff, at which the most similar words may begin or end.
_EDGES: Final = 4
# Words more than a quotation's edge has, by which the source may deny what it says: "ne … pas".
_DENIAL_WORDS_MAX: Final = 3
_SIGNS: Final = ".,;:!،؛。，；：！"
_SENTENCE_END: Final = regex.compile(rf"[{SENTENCE_ENDS}]\W*$")
_TOKEN: Final = regex.compile(r"\p{Han}[^\w\s]*|\S+?(?=\p{Han})|\S+")
_HAN_SPACE: Final = regex.compile(r"(?<=\p{Han}[^\w\s]*) (?=\p{Han})")
_BARE: Final = regex.compile(r"^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$")


@dataclass(frozen=True, kw_only=True)
class ClosestWords:
    """The words of a text that are most similar to a quotation, and the diff from them to it."""

    words: str
    likeness: float
    """Indel similarity of the words, 0 to 1: the share of words in common, in order."""
    run: int
    """Length of the longest run of words in common."""
    quoted: int
    """Number of words of the quotation."""
    changes: tuple[Change, ...]

    @property
    def altered(self) -> bool:
        """Whether the quotation counts as an altered form of these words rather than as other words."""
        return self.likeness >= _LIKENESS_MIN or (self.run >= _RUN_MIN and self.run >= _RUN_SHARE_MIN * self.quoted)


def closest_words(quote: str, window: str) -> ClosestWords | None:
    """Finds the words of a text that are most similar to a quotation; None where they have no word in common."""
    quote, window = " ".join(quote.split()), " ".join(window.split())
    source, quoted = _located(quote, window), _TOKEN.findall(quote)
    plain_source, plain_quoted = [*map(_bare, source)], [*map(_bare, quoted)]
    blocks = [block for block in Indel.opcodes(plain_source, plain_quoted) if block.tag == "equal"]
    if not blocks:
        return None
    first, last = _best_ends(plain_source, plain_quoted, blocks)
    likeness = Indel.normalized_similarity(plain_source[first:last], plain_quoted)
    ends = [_SENTENCE_END.search(word) is not None for word in source]
    first, last = _with_replaced(plain_source, plain_quoted, first, last, ends)
    best = source[first:last]
    return ClosestWords(
        words=" ".join(best),
        likeness=likeness,
        run=max(block.src_end - block.src_start for block in blocks),
        quoted=len(quoted),
        changes=tuple(word_diff(best, quoted)),
    )


def alignment_cost(quote: str, window: str) -> int:
    """Returns the most work that `closest_words` takes, in units of `CheckLimits`; long quotations align by words."""
    if len(quote) <= _CHARACTERS_ALIGNED_MAX:
        return len(quote) * len(window) // 4
    return len(quote) * len(window) * 2


def _located(quote: str, window: str) -> list[str]:
    """Returns the words of a text that are most similar to a quotation, with a margin on either side."""
    # A short quotation is aligned by characters, a longer one by words: time grows with the square of the length.
    if len(quote) <= _CHARACTERS_ALIGNED_MAX:
        found = fuzz.partial_ratio_alignment(quote.casefold(), window.casefold())
        if found is None:
            return []
        begin, end = (found.dest_start, found.dest_end) if len(quote) <= len(window) else (0, len(window))
        # The span is widened to whole words.
        first, last = window.rfind(" ", 0, max(0, begin - _MARGIN)) + 1, window.find(" ", end + _MARGIN)
        return _TOKEN.findall(window[first : last if last >= 0 else len(window)])
    source, quoted = _TOKEN.findall(window), _TOKEN.findall(quote)
    if len(quoted) >= min(len(source), _UNALIGNED_WORDS_MIN):
        return source
    found = fuzz.partial_ratio_alignment([*map(_bare, quoted)], [*map(_bare, source)])
    return [] if found is None else source[max(0, found.dest_start - _MARGIN_WORDS) : found.dest_end + _MARGIN_WORDS]


def word_diff(source: Sequence[str], quoted: Sequence[str]) -> Iterator[Change]:
    """Yields the diff from the source's words to the quotation's, in order; a run of equal words is one change.

    The sign that ends either of them, and the case of the first letter, are no differences.
    """
    source, quoted = _without_last_sign(source, quoted), _without_last_sign(quoted, source)
    if source and quoted and source[0] != quoted[0] and _uncased(source[0]) == _uncased(quoted[0]):
        quoted = [source[0], *quoted[1:]]
    for same, group in groupby(Levenshtein.opcodes(source, quoted), key=lambda step: step.tag == "equal"):
        steps = list(group)
        old = joined(source[steps[0].src_start : steps[-1].src_end])
        new = joined(quoted[steps[0].dest_start : steps[-1].dest_end])
        texts: dict[ChangeKind, str] = {"same": old} if same else {"left_out": old, "put_in": new}
        yield from (Change(kind=kind, text=text) for kind, text in texts.items() if text)


def joined(words: Sequence[str]) -> str:
    """Returns words of a diff as text; Chinese characters have no space between them."""
    return _HAN_SPACE.sub("", " ".join(words))


def last_words(text: str, count: int) -> str:
    """Returns the last words of a text; Chinese characters count as words."""
    return joined(_TOKEN.findall(text)[-count:])


def _without_last_sign(words: Sequence[str], others: Sequence[str]) -> Sequence[str]:
    """Returns words without the sign at their end where the others have none there, or another one."""
    # In French a sign such as ";" may be a word of its own.
    if not words or not others or _sign(words[-1]) == _sign(others[-1]):
        return words
    return [*words[:-1], *filter(None, (words[-1].rstrip(_SIGNS),))]


def _sign(word: str) -> str:
    return word[len(word.rstrip(_SIGNS)) :]


def _uncased(word: str) -> str:
    return word[:1].casefold() + word[1:]


def _best_ends(source: Sequence[str], quoted: Sequence[str], equal: Sequence[Opcode]) -> tuple[int, int]:
    """Returns the span of the source's words, `[start, end)`, that is most similar to a quotation."""
    # A span may begin at any of the first runs of equal words or as many words before it as the quotation has there,
    # and may end likewise: so a chance match of a small word at an edge can be passed over.
    starts = {max(0, run.src_start - before) for run in equal[:_EDGES] for before in (0, run.dest_start)}
    ends = {min(len(source), run.src_end + more) for run in equal[-_EDGES:] for more in (0, len(quoted) - run.dest_end)}
    spans = [(start, end) for start in starts for end in ends if start < end]
    return max(spans, key=lambda span: (Indel.normalized_similarity(source[slice(*span)], quoted), span[0] - span[1]))


def _with_replaced(
    source: Sequence[str], quoted: Sequence[str], first: int, last: int, ends: Sequence[bool]
) -> tuple[int, int]:
    """Returns the span `[first, last)` with the words around it, in its sentence, that a quotation replaces.

    They make the span less similar, and yet the difference is about them: "[-burden-] {+benefit+}" at the end.
    """
    same = [block for block in Indel.opcodes(source[first:last], quoted) if block.tag == "equal"]
    begin, end = first + same[0].src_start, first + same[-1].src_end
    opens = next((at + 1 for at in reversed(range(begin)) if ends[at]), 0)
    closes = next((at + 1 for at in range(end - 1, len(source)) if ends[at]), len(source))
    back = _replaced(source[opens:begin][::-1], quoted[: same[0].dest_start][::-1])
    return min(first, begin - back), max(last, end + _replaced(source[end:closes], quoted[same[-1].dest_end :]))


def _replaced(outside: Sequence[str], edge: Sequence[str]) -> int:
    """Returns how many of the words `outside` the equal ones, nearest first, those at a quotation's edge replace."""
    most = len(edge) + _DENIAL_WORDS_MAX
    # A short rest of a sentence is replaced as a whole: "ولا تسلم" by "وتسلم".
    if not edge or len(outside) <= most:
        return len(outside) if edge else 0

    def fit(length: int) -> tuple[int, int]:
        return -LCSseq.similarity(outside[:length], edge), Levenshtein.distance(outside[:length], edge)

    return min(range(most, -1, -1), key=fit)


def _bare(token: str) -> str:
    return _BARE.sub("", token).casefold() or token
