"""Chunking: a repaired text cut into sentences, and these packed into passages sized in tokens, with exact offsets."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cache

import regex
import tiktoken
from pydantic import BaseModel, ConfigDict, Field
from tiktoken.load import load_tiktoken_bpe

from ingest.language.matches import runs_of
from ingest.language.sentences import split_sentences
from ingest.text.readable import ReadableText
from ingest.text.repair import ELLIPSIS
from vectorstore.packaged_files import TOKENS, carried
from vectorstore.records import Block, Edit, Passage, Sentence, text_key

# Pattern by which cl100k_base splits a text before byte pairs are merged, as tiktoken publishes it.
_WORDS = (
    r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]"""
    r"""|\s+(?!\S)|\s"""
)
_CLAUSE_END = regex.compile(r"[;:,،؛]\s+|[；，、：]\s*|\s+[–—]\s+")
_WORD_END = regex.compile(r"\s+")
# A grapheme: what a reader sees as one character, with its accents.
_CHARACTER = regex.compile(r"\X")
# Characters on either side of the middle that are searched for a cut between graphemes.
_NEAR = 64


class SplitConfig(BaseModel):
    """How text is cut into passages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    passage_tokens: int = Field(default=120, ge=16, le=1000)
    """Upper size of a passage in cl100k tokens; a longer sentence is cut at clauses."""


@cache
def _encoding() -> tiktoken.Encoding:
    # From the packaged vocabulary, as tiktoken would download it; special tokens are left out, since text holds none.
    ranks = load_tiktoken_bpe(str(carried(TOKENS) / "cl100k_base.tiktoken"))
    return tiktoken.Encoding("cl100k_base", pat_str=_WORDS, mergeable_ranks=ranks, special_tokens={})


def count_tokens(text: str) -> int:
    """Returns the length of a text in cl100k tokens."""
    return len(_encoding().encode_ordinary(text))


def make_sentences(
    statement_id: str,
    text: ReadableText,
    blocks: Sequence[Block],
    page_starts: Sequence[int],
    *,
    language: str | None = None,
) -> tuple[Sentence, ...]:
    """Splits a statement into sentences; a sentence ends with its block unless the next block continues it.

    Of a record, `blocks` are those of one intervention; `language` is the default for blocks without a language.
    """
    sentences: list[Sentence] = []
    for flow in runs_of(blocks, lambda _, block: block.continues):
        begin, end = text.to_readable(flow[0].start), text.to_readable(flow[-1].end)
        for start, stop in split_sentences(text.text[begin:end]):
            source_start, source_end = text.to_source_span(begin + start, begin + stop)
            words = text.text[begin + start : begin + stop]
            if words == ELLIPSIS:
                continue
            begun = (block for block in flow if block.start <= source_start)
            block = max(begun, key=lambda block: block.start, default=flow[0])
            # Lines at a column's foot without a sentence end have no number; their paragraph, overleaf, has it.
            numbers = (part.paragraph for part in flow if part.end > source_start and part.start < source_end)
            sentence = Sentence(
                statement_id=statement_id, ordinal=len(sentences), start=source_start, end=source_end, text=words,
                paragraph=next((number for number in numbers if number is not None), None),
                page=bisect_right(page_starts, source_start) if page_starts else None,
                language=block.language or language,
            )  # fmt: skip
            sentences.append(sentence)
    return tuple(sentences)


def make_passages(
    statement_id: str,
    text: ReadableText,
    sentences: Sequence[Sentence],
    config: SplitConfig,
    *,
    fits_model: Callable[[Sequence[str]], Sequence[bool]],
) -> tuple[Passage, ...]:
    """Packs whole sentences of one language into passages of at most `passage_tokens`.

    A passage that does not fit the embedding model's own window, as `fits_model` says per text, is halved: at a
    sentence end where it holds several, else at a clause.
    """
    spans = [(first, last, sentences[first].start, sentences[last].end) for first, last in _packed(sentences, config)]
    accepted: list[tuple[int, int, int, int]] = []
    while spans:
        texts = [text.between(start, end) for _, _, start, end in spans]
        small = [count_tokens(piece) <= config.passage_tokens for piece in texts]
        halved: list[tuple[int, int, int, int]] = []
        for span, is_small, does_fit in zip(spans, small, fits_model(texts), strict=True):
            halves = [] if is_small and does_fit else _halves(span, text, sentences)
            halved += halves
            accepted += [] if halves else [span]
        spans = halved
    accepted.sort(key=lambda span: span[2])
    return tuple(
        # The text is part of the id: a statement that is cut anew gives new ids, so that no index
        # keeps the vector of an older passage under the id of a newer one.
        Passage(
            passage_id=f"{statement_id}/{ordinal}-{text_key(piece)[:8]}", statement_id=statement_id, ordinal=ordinal,
            start=start, end=end, first_sentence=first, last_sentence=last, text=piece,
            language=sentences[first].language,
        )
        for ordinal, (first, last, start, end) in enumerate(accepted)
        for piece in (text.between(start, end),)
    )  # fmt: skip


def _packed(sentences: Sequence[Sentence], config: SplitConfig) -> Iterator[tuple[int, int]]:
    first, size = 0, 0
    for ordinal, sentence in enumerate(sentences):
        tokens = count_tokens(sentence.text)
        changes = ordinal > first and sentence.language != sentences[first].language
        if ordinal > first and (changes or size + tokens > config.passage_tokens):
            yield first, ordinal - 1
            first, size = ordinal, 0
        size += tokens
    if sentences:
        yield first, len(sentences) - 1


def _halves(
    span: tuple[int, int, int, int], text: ReadableText, sentences: Sequence[Sentence]
) -> list[tuple[int, int, int, int]]:
    """Cuts a span in two near its middle, or returns nothing where it cannot be cut."""
    first, last, start, end = span
    if last > first:
        middle = (first + last + 1) // 2
        return [(first, middle - 1, start, sentences[middle - 1].end), (middle, last, sentences[middle].start, end)]
    cut = _cut(text, start, end)
    if cut is None:
        return []
    left_end = start + len(text.source[start:cut].rstrip())
    return [(first, last, start, left_end), (first, last, cut, end)] if left_end > start else []


def _cut(text: ReadableText, start: int, end: int) -> int | None:
    """Returns where a long sentence is best cut: at a clause near its middle, else at a word, else anywhere."""
    quarter, centre = (end - start) // 4, (start + end) // 2
    for pattern, low, high in (
        (_CLAUSE_END, start + quarter, end - quarter),
        (_WORD_END, start + 1, end - 1),
        # A run without any break, as in a URL or in Chinese without punctuation.
        (_CHARACTER, max(start + 1, centre - _NEAR), min(end - 1, centre + _NEAR)),
    ):
        ends = (match.end() for match in pattern.finditer(text.source, low - 1, high))
        cuts = [position for position in ends if start < position < end and not _in_word(text.edits, position)]
        if cuts:
            return min(cuts, key=lambda position: abs(position - centre))
    return None


def _in_word(edits: Sequence[Edit], position: int) -> bool:
    """Returns whether a position lies inside text that an edit replaces, or at a gap in a word that an edit closes."""
    index = bisect_right(edits, position, key=lambda edit: edit.start) - 1
    if index < 0:
        return False
    edit = edits[index]
    if edit.text[:1].isspace() or edit.text[-1:].isspace():
        return edit.start < position < edit.end
    return edit.start <= position <= edit.end
