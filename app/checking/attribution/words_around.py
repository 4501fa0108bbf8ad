"""Finds the words around a quotation that may name its speaker and its time; `attributions` reads them.

Of “…” in "Austria spoke.⏎It said in 2000: “…” (A/1).[1]" these are "It said in 2000:" and "(A/1)" in its sentence, the
note 1 and the sentence before, and apart from these the line that leads in to its block, a line below it, and headings.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from itertools import count, pairwise, takewhile
from typing import Final

import regex

from app.checking.attribution.masked_text import BRACKETED, COLONS, MASK
from app.checking.attribution.named_speakers import DASHED, OPENING, NamedSpeakers
from app.checking.attribution.spoken_times import is_label
from app.checking.findings import Quotation
from app.checking.reading.blocks import CheckedBlock, CheckedDocument
from ingest.language.attribution_verbs import introduces_speech
from ingest.language.lexicons import RegexPatterns
from ingest.language.sentences import SENTENCE_ENDS, is_finished, last_sentence, split_sentences
from ingest.text.canonical_form import without_invisible

LEAD_WORDS: Final = 40  # most words of a line that leads in to a quotation
_PARENTHESIS: Final = regex.compile(r"^\W{0,6}?[\[(（]([^()\[\]（）]{2,160})[\])）]")
_PATTERNS: Final = RegexPatterns("drafts")
_TO_SEMICOLON: Final = regex.compile(r"\W*[^;；؛]*")
_LIST_ITEM: Final = regex.compile(r"\s*(?:[-*•–·▪]|\(?\w{1,3}[.)])\s+")
_OVER: Final = regex.compile(rf"[\s{OPENING}]*+{MASK}")
_AFTER_REACH: Final = 160  # characters behind a quotation that are read
_LOOK_BACK: Final = 3000  # characters of a quotation's paragraph, before it, in which its speaker is looked for
_SENTENCES_BACK: Final = 40
_LONGEST_SENTENCE: Final = 1500  # characters
_CLOSED: Final = regex.compile(r"\s*[”“\"»«’'‘›」』》〞〟＂]")
# Not that of "said Ms. Renn (Belmora)".
_SENTENCE_END: Final = regex.compile(
    rf"[{SENTENCE_ENDS}](?<!(?<!\p{{L}})(?:{RegexPatterns('speakers').source('title')}))(?=\s|$|\[|[⁰¹²³⁴-⁹]|\p{{Han}})"
)
_FINISHED: Final = regex.compile(rf"[{SENTENCE_ENDS}]\s")
_BLOCKS_BACK: Final = 12  # blocks before a block that are searched for a line that leads in to it or stands over it
_LABEL_WORDS: Final = 8  # most words of a line that is read as a heading of the blocks after it
_HEADINGS_BACK: Final = 200  # headings


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """The words around one quotation."""

    index: int
    """Number of its block in the document."""
    notes: list[str]
    """Its footnotes and endnotes."""
    before: str
    """The text before it in its sentence, with other quotations masked; `after`, the text behind it."""
    after: str
    lead: str
    """The line that leads in to its block."""
    earlier: str
    """The text before it in its block, from which "the latter" is resolved."""
    said_earlier: Callable[[], str]
    """Returns the last earlier sentence of its paragraph that names a party, which takes long to find, or nothing."""
    finished_before: bool
    """Whether the quotation before it ends with a sentence."""

    reference: str
    """The words in brackets directly behind it, "Austria, 2000"; for "ibid.", with those it stands for; else empty."""

    @property
    def clause_after(self) -> str:
        """The text behind it up to a semicolon outside brackets: not that of "(see A/1; A/2)"."""
        plain = BRACKETED.sub(lambda bracket: " " * len(bracket[0]), self.after)
        return self.after[: _TO_SEMICOLON.match(plain).end()]  # type: ignore[union-attr]  # the pattern matches anything


class WordsAround:
    """Finds the words around the quotations of one document."""

    def __init__(self, document: CheckedDocument, quotations: tuple[Quotation, ...], speakers: NamedSpeakers) -> None:
        """Masks the quotations of a document."""
        self._document, self._speakers, self.blocks = document, speakers, document.blocks
        self._spans = sorted(span for quotation in quotations for span in quotation.spans)
        self._text, masked = document.text, list(document.text)
        for start, end in self._spans:
            masked[start:end] = MASK * (end - start)
        self._masked = "".join(masked)
        self._below = self._lines_below()
        notes = [block for block in self.blocks if block.kind == "note"]
        sources = _resolved(block.text for block in notes)
        self._note_source = {block.start: source for block, source in zip(notes, sources, strict=True)}
        ends = ((end, self.blocks[document.index_at(max(0, end - 1))].end) for _, end in self._spans)
        behind = (_PARENTHESIS.match(self._masked[end : min(last, end + _AFTER_REACH)]) for end, last in ends)
        brackets = _resolved(found[1] if found else "" for found in behind)
        self._bracket = dict(zip(self._spans, brackets, strict=True))
        self._heading_indices = [at for at, block in enumerate(self.blocks) if block.kind == "heading"]
        # The document's own title: its first headings, or lines that stand as such.
        self.title = next((at for at, block in enumerate(self.blocks) if not self._stands_over(block)), 0)

    def surroundings(self, quotation: Quotation) -> Surroundings:
        """Returns the words around a quotation."""
        start = quotation.spans[0][0]
        index = self._document.index_at(start)
        begin, label = self._label_within(self.blocks[index], start)
        if not quotation.marked:
            # A block quotation may begin with its speaker: "> Arvandia: We favour a fund."
            label = self._masked[self.blocks[index].start : start].strip() or label
        before, after = self._sentence(quotation, begin)
        previous = bisect_left(self._spans, (start,)) - 1
        end = self._spans[previous][1] if previous >= 0 else 0
        earlier = without_invisible(self._masked[max(begin, start - _LOOK_BACK) : start])
        return Surroundings(
            index=index,
            notes=[self._note_source[note.start] for note in self._notes(quotation)],
            reference=self._bracket[quotation.spans[-1]],
            before=before,
            after=after,
            lead=label or self._lead_in(index),
            earlier=earlier,
            said_earlier=cache(partial(self._last_naming, earlier, back=_SENTENCES_BACK)),
            finished_before=self._text[max(0, end - 1) : end].endswith(tuple(SENTENCE_ENDS)),
        )

    def list_lead(self, index: int) -> str:
        """Returns the line that leads in to a block's list; empty where the block is not a list item."""
        over = (self._masked_of(block) for block in self._above(index) if not self._is_item(block))
        text = without_invisible(next(over, "")).rstrip() if self._is_item(self.blocks[index]) else ""
        return last_sentence(text, whole=True) if text.endswith(COLONS) else ""

    def line_below(self, index: int) -> str:
        """Returns the line of attribution under a quotation: "— Austria, 2000"; empty where there is none."""
        dashed = DASHED.match(self.blocks[index + 1].text) if index + 1 in self._below else None
        return dashed[1] if dashed else ""

    def _lines_below(self) -> frozenset[int]:
        """Returns the blocks that are lines of attribution under a quotation, not over the next quotation."""
        below: set[int] = set()
        for at, (above, block) in enumerate(pairwise(self.blocks), 1):
            line, over = self._masked_of(block), self._masked_of(above)
            if not DASHED.match(line) or MASK in line:
                continue
            quoted = above.kind == "quote" or (MASK in over and not regex.search(r"\p{L}", over.replace(MASK, "")))
            if quoted and (at < 2 or at - 2 in below or not DASHED.match(self.blocks[at - 2].text)):
                below.add(at)
        return frozenset(below)

    def headings(self, index: int) -> Iterator[tuple[int, str]]:
        """Yields the lines over a block that read as headings, then its headings, each with its block's index."""
        # The nearest come first; each heading is of a higher level than the one yielded before it.
        for at, block in zip(count(index - 1, -1), self._above(index), strict=False):
            if block.kind in ("heading", "cell"):
                break
            if self._stands_over(block) and at not in self._below:
                yield at, without_invisible(self._masked_of(block)).strip()
        level = 10
        # An outline has at most a few headings over a block; the nearest of each level are taken.
        for at in self._heading_indices[: bisect_right(self._heading_indices, index - 1)][::-1][:_HEADINGS_BACK]:
            if self.blocks[at].level < level:
                level = self.blocks[at].level
                yield at, self.blocks[at].text

    def carried_over(self, index: int) -> str:
        """Returns the last sentence above that names a party if a block begins, or goes on, with a pronoun for it."""
        if not _PATTERNS.pronoun.match(self._masked_of(self.blocks[index])):
            return ""
        above = takewhile(lambda block: block.kind not in ("heading", "cell"), self._above(index, 2))
        return next(filter(None, (self._last_naming(self._masked_of(block)) for block in above)), "")

    def _label_within(self, block: CheckedBlock, start: int) -> tuple[int, str]:
        """Returns the last line of a block before an offset that is a mere label of a party, and where it ends.

        It stands over a quotation and after a sentence; other such lines are broken within one: "thanked⏎Austria⏎and".
        """
        begin, label, above = block.start, "", ""
        at = max(block.start, start - _LOOK_BACK)
        for line in self._masked[at:start].split("\n")[:-1]:
            at += len(line) + 1
            over = _OVER.match(self._masked, at) is not None
            apart = not above or above.endswith((MASK, *SENTENCE_ENDS)) or _CLOSED.match(above[-1])
            named = self._speakers.find(line) if over and apart and len(line.split()) <= _LABEL_WORDS else []
            if named and is_label(line, named):
                begin, label = at, without_invisible(line)
            above = line.strip() or above
        return begin, label

    def _sentence(self, quotation: Quotation, begins: int) -> tuple[str, str]:
        """Returns the text before and after a quotation in its sentence, with other quotations masked."""
        start, end = quotation.spans[0][0], quotation.spans[-1][1]
        last = self.blocks[self._document.index_at(max(start, end - 1))]
        if not quotation.marked:
            return "", without_invisible(self._masked[end : last.end])
        text = self._masked[max(begins, start - _LONGEST_SENTENCE) : start]
        before = text.rstrip(" \u00a0")[:-1] if text else ""
        opening = last_sentence(before)
        begin = closing.end() if (closing := _CLOSED.match(self._masked, end, last.end)) else end
        following = self._masked[begin : min(last.end, begin + _AFTER_REACH)]
        after = _first_sentence(following, ended=self._text[end - 1] in SENTENCE_ENDS)
        # After a lead-in of its own, a later clause leads in to the next one: "It said: “…”, but Belmora said: “".
        opening = without_invisible(opening)
        if introduces_speech(opening) and (later := _PATTERNS.later_clause.search(after)) and MASK in following:
            after = after[: later.start()] if self._speakers.find(later.group()) else after
        return opening, without_invisible(after)

    def _lead_in(self, index: int) -> str:
        """Returns the line that leads in to a block: the last sentence before it, past other block quotations."""
        own = self.blocks[index]
        if not self._masked_of(own).lstrip(OPENING).startswith(MASK) and own.kind != "quote":
            return ""
        for at, block in zip(count(index - 1, -1), self._above(index), strict=False):
            if block.kind in ("note", "header") or at in self._below:
                continue
            if block.kind == "heading" or (block.kind == "cell" and block.where != own.where):
                return ""
            masked = without_invisible(self._masked_of(block))
            bare = masked.replace(MASK, "")
            if block.kind == "quote" or (MASK in masked and len(bare.split()) <= 4 and own.kind != "cell"):
                continue
            if MASK in masked and not masked.rstrip().endswith(COLONS):
                return ""
            sentence = last_sentence(masked, whole=True)
            # A neighbouring cell without a colon is a label; a line of the same cell has the same labels.
            apart = own.kind == "cell" and block.labels != own.labels
            leads = masked.rstrip().endswith(COLONS) or own.kind == "quote" or not (apart or is_finished(masked))
            return sentence if leads and len(sentence.split()) <= LEAD_WORDS else ""
        return ""

    def _notes(self, quotation: Quotation) -> list[CheckedBlock]:
        end = quotation.spans[-1][1]
        block = self.blocks[self._document.index_at(max(0, end - 1))]
        begin, notes = quotation.spans[0][0], self._document.note_blocks
        after = bisect_right(self._spans, end, key=lambda span: span[0])
        stop = self._spans[after][0] if after < len(self._spans) else len(self._text)
        marks = ((block.start + mark.offset, mark.key) for mark in sorted(block.marks, key=lambda mark: mark.offset))
        keys = [key for at, key in marks if begin <= at < stop and not _FINISHED.search(self._text[end + 2 : at])]
        return [notes[key] for key in dict.fromkeys(keys) if key in notes]

    def _last_naming(self, text: str, back: int = 0) -> str:
        """Returns the last sentence, of all or of the last `back`, that names a party; empty without one."""
        text = text.replace("\n", " ")
        sentences = [text[start:end] for start, end in split_sentences(text)][-back:]
        return next((each for each in reversed(sentences) if self._speakers.joint(each).parties), "")

    def _above(self, index: int, most: int = _BLOCKS_BACK) -> Iterator[CheckedBlock]:
        return reversed(self.blocks[max(0, index - most) : index])

    def _is_item(self, block: CheckedBlock) -> bool:
        return block.item or (block.kind == "text" and _LIST_ITEM.match(block.text) is not None)

    def _stands_over(self, block: CheckedBlock) -> bool:
        text = self._masked_of(block).strip()
        short = bool(text) and len(text.split()) <= _LABEL_WORDS and MASK not in text and not is_finished(text)
        return block.kind == "heading" or (block.kind == "text" and short and not self._is_item(block))

    def _masked_of(self, block: CheckedBlock) -> str:
        return self._masked[block.start : block.end]


def _resolved(references: Iterable[str]) -> Iterator[str]:
    """Yields notes or brackets in their order, each "ibid." with the last one before it that names its source."""
    source = ""
    for reference in references:
        if _PATTERNS.same_source.match(reference):
            yield f"{source} {reference}".lstrip()
        else:
            source = reference or source
            yield reference


def _first_sentence(text: str, *, ended: bool) -> str:
    """Returns the rest of a quotation's sentence; if the quotation ends a sentence (`ended`), only text about it."""
    flat = text.replace("\n", " ")
    own, *later = _SENTENCE_END.split(flat, maxsplit=1)
    if own.strip(' ”“"»«’'):
        rest = "" if ended and regex.match(r"\s+\p{Lu}", own) and not _PATTERNS.points_back.match(own) else own
    else:
        # The sentence ends with the quotation; the next one counts only if it points back to the quotation.
        rest = _SENTENCE_END.split(later[0], maxsplit=1)[0] if later and _PATTERNS.points_back.match(later[0]) else ""
    return rest.partition(MASK)[0]
