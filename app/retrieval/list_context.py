"""List context: the sentences that an item of a list or a cell of a table must be quoted with.

"(b) creating a registry;" depends on its opening, "We cannot accept the following proposals:". In a table row, "A
registry shall be kept." depends on the cell beside it, "Not supported."; "2019" and "61" on the heads of their columns.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import regex

from ingest.language.lexicons import RegexPatterns
from ingest.language.sentences import NOTE_MARK, split_sentences
from ingest.metadata.heading import is_salutation
from ingest.text.layout import cells_of, ends_sentence
from ingest.text.tables import column_heads
from vectorstore.records import Sentence

# Patterns of sentence ends are matched backwards from the end; a search from the beginning would try each character.
_LAYOUT, _FROM_END = RegexPatterns("layout"), regex.IGNORECASE | regex.REVERSE
_OPENS: Final = regex.compile(rf"""[:：]\s?[-–—]?(?:[\p{{Pf}}\p{{Pe}}"'”’»*]|{NOTE_MARK})*$""", _FROM_END)
_SIBLING_FOLLOWS: Final = regex.compile(rf"(?:[,،，]$|{_LAYOUT.source('listing_end')})", _FROM_END)
_ANNOUNCED: Final = regex.compile(_LAYOUT.source("announced_end"), _FROM_END)
_ORDINALS: Final = frozenset(("first",))
_MARK: Final = regex.compile(
    r"""\A["“«]?(?:(?P<bullet>[-–—•·*▪●○◦➢►✓\uf0a7\uf0b7])\s*(?=[\p{L}\p{N}"“«(])
    | (?P<open>[(（\[]?)(?P<name>\p{N}{1,3}|[ivx]{1,5}|[IVX]{1,5}|[一二三四五六七八九十]{1,3}|\p{L})\s?
      (?P<close>[.)）\]°º、．]|(?<=\p{N}\s?)[-–](?=\s)))""",
    regex.VERBOSE,
)
_ROMAN: Final = "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv".split()
# The most lists within lists.
_MAX_NESTING: Final = 5
_FIRST: Final = frozenset("1 a A i I 一 а А أ ا ١".split())
# The most characters of a table row; a longer line with tabs is a page that was set as one line.
_MAX_ROW_CHARS: Final = 1_200


class ListContext(NamedTuple):
    """What a sentence is quoted with; a tuple for speed, since an answer that lists States makes 10,000."""

    first: int
    """Ordinal of the first sentence of its row of a table; of itself outside tables. `last` likewise."""
    last: int
    openings: tuple[int, ...] = ()
    """Ordinals of the sentences that open its list, and of those that open the lists around that, nearest first; of a
    row of figures, that of the heads of its columns."""
    is_item: bool = False
    """Whether it is itself an item, to which its openings apply at any distance. To a sentence that merely follows an
    item in its paragraph they apply only where they stand nearby."""


@dataclass(frozen=True, kw_only=True)
class _List:
    """A list whose items depend on `openings`; `kinds` are those of its items' marks, none where these have no marks.

    `name` is that of its last item so far, such as "2" or "b", and `within` that of the item that opens it, where both
    have marks of one kind. `joined` is set once an item ends in a semicolon or comma, and `has_ended` when one then
    ends in a full stop.
    """

    openings: tuple[int, ...]
    kinds: frozenset[str]
    name: str = ""
    within: str = ""
    joined: bool = False
    has_ended: bool = False

    @property
    def is_enumerated(self) -> bool:
        return any(kind[:1] != "-" for kind in self.kinds)

    def with_item(self, mark: "_Mark | None", text: str) -> "_List":
        """Returns the list with one more item."""
        joined = self.joined or _SIBLING_FOLLOWS.match(text) is not None
        return replace(
            self, name="" if mark is None else mark.name, joined=joined, has_ended=joined and ends_sentence(text)
        )

    def is_taken_up_by(self, mark: "_Mark", *, after_prose: bool) -> bool:
        """Returns whether an item continues the list; after prose it must have the next mark of one not yet ended."""
        if self.within and _follows(self.within, mark.name) and (after_prose or not self.joined or self.has_ended):
            return False
        if not after_prose and not (self.has_ended and self.is_enumerated):
            return True
        ended = after_prose and (self.has_ended or mark.is_final or not self.is_enumerated)
        return not ended and not mark.is_first and _follows(self.name, mark.name)


@dataclass(frozen=True, kw_only=True)
class _Mark:
    """The mark of an item, as "(a)": the kinds of list that it fits, and whether a list may begin or end with it."""

    kinds: frozenset[str]
    is_first: bool
    is_final: bool = False
    name: str = ""


def list_contexts(sentences: Sequence[Sentence], source: str = "") -> tuple[ListContext, ...]:
    """Returns the list context of each sentence of a statement; `source` is the text of its document."""
    rows = _rows(sentences, source)
    heads = column_heads([cells_of(sentence.text) for sentence in sentences])
    contexts: list[ListContext] = []
    lists: list[_List] = []
    governed = False
    for at, sentence in enumerate(sentences):
        before = sentences[at - 1] if at else None
        mark = _mark_of(sentence.text)
        following = sentences[at + 1] if at + 1 < len(sentences) else None
        if before is not None and (opens(before.text) or _completes(before.text, sentence.text, mark, following)):
            opener = _mark_of(before.text)
            kinds = frozenset() if mark is None else _kinds_of_first(mark)
            # After "5. …:", "6." is the next numbered paragraph and marks no list, but "1." begins a list within 5.
            alike = opener is not None and bool(kinds & opener.kinds)
            within = opener.name if opener is not None and alike else ""
            if mark is not None and alike and not (within and mark.is_first and not _follows(within, mark.name)):
                kinds = frozenset()
            outer = lists if governed else []
            around = outer[-1].openings if outer else ()
            own_list = _List(openings=(at - 1, *around)[:_MAX_NESTING], kinds=kinds, within=within).with_item(
                mark, sentence.text
            )
            lists = [*outer[1 - _MAX_NESTING :], own_list]
            governed = True
        elif mark is not None:
            while lists and not lists[-1].kinds & mark.kinds:
                lists.pop()
            if lists and not lists[-1].is_taken_up_by(mark, after_prose=not governed):
                lists = []
            governed = bool(lists)
            if governed:
                lists[-1] = lists[-1].with_item(mark, sentence.text)
        elif governed and before is not None:
            governed = _on_one_line(before, sentence, source) or _SIBLING_FOLLOWS.match(before.text) is not None
        # A heading ends the lists before it.
        if mark is None and not governed and lists and not ends_sentence(sentence.text) and not opens(sentence.text):
            lists = []
        openings = (heads[at],) if at in heads else lists[-1].openings if governed else ()
        is_item = governed and mark is not None and mark.kinds != _ORDINALS
        contexts.append(ListContext(first=rows[at][0], last=rows[at][1], openings=openings, is_item=is_item))
    return tuple(contexts)


@dataclass(frozen=True, kw_only=True)
class SentenceWithOpening:
    """A sentence of a quotation, with the words that open the list of which it is an item, empty outside lists.

    Marks of items such as "(a)" are left out of both; a sentence without an opening keeps them.
    """

    text: str
    start: int = 0
    """Offset of `text` in the quotation."""
    opening: str = ""

    @property
    def together(self) -> str:
        """Opening and sentence joined, such as "We reject the following: a registry;"."""
        return f"{self.opening} {self.text}".strip()


def split_with_openings(text: str) -> tuple[SentenceWithOpening, ...]:
    """Returns the sentences of a quotation, in order, each with the words that open its list."""
    sentences = [
        Sentence(statement_id="", ordinal=at, start=start, end=end, text=text[start:end], paragraph=None, page=None)
        for at, (start, end) in enumerate(split_sentences(text))
    ]
    unmarked = [_MARK.sub("", sentence.text, count=1).lstrip() for sentence in sentences]
    return tuple(
        SentenceWithOpening(
            text=own,
            start=sentences[at].end - len(own),
            opening=" ".join(unmarked[opening] for opening in reversed(context.openings)),
        )
        for at, context in enumerate(list_contexts(sentences, text))
        for own in [unmarked[at] if context.openings else sentences[at].text]
    )


def opening_of(sentence: Sentence, sentences: Sequence[Sentence]) -> str:
    """Returns the words that open the list of which a sentence of a statement is an item; empty if it is none."""
    if _mark_of(sentence.text) is None:
        return ""
    context = list_contexts(sentences)[sentence.ordinal]
    return " ".join(sentences[at].text for at in reversed(context.openings)) if context.is_item else ""


def with_column_heads(sentences: Sequence[Sentence]) -> Sequence[Sentence]:
    """Returns the sentences of a statement, each row of figures behind the heads of its columns in its text."""
    heads = column_heads([cells_of(sentence.text) for sentence in sentences])
    return [
        replace(sentence, text=f"{sentences[heads[at]].text}: {sentence.text}") if at in heads else sentence
        for at, sentence in enumerate(sentences)
    ]


def opens(text: str) -> bool:
    """Returns whether a sentence opens what follows, by a final colon or "as follows."; salutations do not."""
    return (_OPENS.match(text) or _ANNOUNCED.match(text)) is not None and not is_salutation(text)


def _completes(text: str, item: str, mark: _Mark | None, following: Sentence | None) -> bool:
    """Returns whether an item completes a text that ends without a colon: "We do not support" and "• a fund"."""
    if mark is None or mark.kinds == _ORDINALS or _MARK.match(text) or ends_sentence(text) or text[-1] in ",;،؛，；":
        return False
    # A dash may also stand within a sentence, so a second item has to follow.
    other = None if following is None else _mark_of(following.text)
    return other is not None and bool(other.kinds & mark.kinds) and _MARK.sub("", item, count=1).lstrip()[:1].islower()


def _follows(before: str, name: str) -> bool:
    """Returns whether an item's name may be the one after another: "3" after "2", "c" after "b", "iii" after "ii"."""
    if before.isdecimal() and name.isdecimal():
        return int(name) == int(before) + 1
    one, other = before.lower(), name.lower()
    if not (one.isascii() and other.isascii() and one.isalpha() and other.isalpha()):
        return True
    if one in _ROMAN and other in _ROMAN and _ROMAN.index(other) == _ROMAN.index(one) + 1:
        return True
    return len(one) == len(other) == 1 and ord(other) == ord(one) + 1


def _mark_of(text: str) -> _Mark | None:
    mark = _MARK.match(text)
    if mark is None:
        ordinal = _LAYOUT.ordinal_item.match(text)
        if ordinal is None:
            return None
        return _Mark(kinds=_ORDINALS, is_first=ordinal["first"] is not None, is_final=ordinal["final"] is not None)
    if mark["bullet"]:
        return _Mark(kinds=frozenset(("-" + ("-" if mark["bullet"] in "-–—" else "•"),)), is_first=False)
    name = mark["name"]
    shapes = set()
    if regex.fullmatch("[ivx]+|[IVX]+", name):
        shapes.add("i" if name.islower() else "I")
    if len(name) == 1 and name.isalpha():
        shapes.add("A" if name.isupper() else "一" if name in "一二三四五六七八九十" else "a")
    if not shapes:
        shapes.add("1" if name.isnumeric() and not regex.match(r"\p{Han}", name) else "一")
    around = mark["open"], mark["close"]
    return _Mark(
        kinds=frozenset(f"{around[0]}{shape}{around[1]}" for shape in shapes), is_first=name in _FIRST, name=name
    )


def _kinds_of_first(mark: _Mark) -> frozenset[str]:
    """Returns the kinds of a list by the mark of its first item: one that begins with "(i)" has Roman numbers."""
    roman = frozenset(kind for kind in mark.kinds if kind.strip("([（)）].°º、．") in ("i", "I"))
    return roman or mark.kinds


def _on_one_line(before: Sentence, sentence: Sentence, source: str) -> bool:
    """Returns whether no line ends between two sentences; without the source, whether they are of one paragraph."""
    if source:
        return "\n" not in source[before.end : sentence.start]
    return before.paragraph is not None and before.paragraph == sentence.paragraph


def _rows(sentences: Sequence[Sentence], source: str) -> list[tuple[int, int]]:
    """Returns, for each sentence, the first and last of its table row, which is a line with tabs between its cells."""
    rows = [(at, at) for at in range(len(sentences))]
    first, has_cells = 0, False
    for at in range(1, len(sentences) + 1):
        gap = source[sentences[at - 1].end : sentences[at].start] if at < len(sentences) else "\n"
        if "\n" not in gap and source:
            has_cells |= "\t" in gap
            continue
        if has_cells and sentences[at - 1].end - sentences[first].start <= _MAX_ROW_CHARS:
            rows[first:at] = [(first, at - 1)] * (at - first)
        first, has_cells = at, False
    return rows
