"""Finds the quotations of a document: in quotation marks of every kind, over several paragraphs, or set off.

Quoted strings that are nobody's words, such as titles and single words, are skipped and reported with the reason. The
rule: a string that is called a title, and may be one, is skipped; one with fewer than five words, or one that is
written like a title, is a quotation only where the words before it say that somebody speaks.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from typing import Final

import regex

from app.checking.attribution.masked_text import COLONS
from app.checking.attribution.spoken_times import is_label
from app.checking.comparing.exact_match import whole_words
from app.checking.findings import Quotation, Remark, Skipped, remark
from app.checking.reading.blocks import CheckedBlock, CheckedDocument
from ingest.language.attribution_verbs import introduces_predicate, introduces_speech, introduces_title, thing_named
from ingest.language.sentences import SENTENCE_ENDS, last_sentence
from ingest.parties.party_table import PartyTable

# Opening marks with the marks that may close them.
_PAIRS: Final = {
    "“": "”“", "„": "“”„", "‟": "”", "«": "»", "»": "«", "「": "」", "『": "』", "‹": "›", '"': '"', "‘": "’", "'": "'",
    "‚": "‘’", "〝": "〞〟", "＂": "＂", "”": "”",
}  # fmt: skip
_SINGLE: Final = frozenset("‘'‚‹")
_MARK: Final = regex.compile("[" + regex.escape("".join(_PAIRS) + "”»」』›’〞〟") + "]")
_OPENS_AFTER: Final = regex.compile(r"(?:^|[\s\u2060(\[{—–\-/:،,;。，：“„«‘'\"*_|]|\p{Han})$")
_TITLE_WORD: Final = regex.compile(r"\p{Lu}|\p{N}")
_SMALL: Final = frozenset(
    "a an and as at by for from in of on or the to with against into thereto de des du la le les el los las del y et à"
    " en d l sur contre pour".split()
)
_SINGLE_CLOSER: Final = regex.compile("[’'‘]")
# Longest quotation in single marks, in characters: most single marks are apostrophes and close nothing.
_LONGEST_SINGLE: Final = 6000
_LONGEST_LISTED: Final = 1000  # characters
_LONGEST_LABEL: Final = 120  # characters
_FEWEST_WORDS: Final = 5  # of a quotation that is checked
# As many Chinese characters, which `whole_words` counts as words, as make `_FEWEST_WORDS` words of other languages.
_FEWEST_CHARACTERS: Final = 8
_LONGEST_TITLE: Final = 14  # words
_BLOCKS_JOINED: Final = 30  # paragraphs of one quotation
# A paragraph with this many unclosed opening marks is not prose, and its rest is not searched for quotations.
_UNCLOSED_MAX: Final = 20
# Characters before a quotation that are read for a verb or a word such as "entitled".
_LOOK_BACK: Final = 400
# A year behind an apostrophe, which opens no quotation: "the '80s", "in '99 and".
_YEARS: Final = regex.compile(r"\d0s\b|\d\d(?=\W*$|[,.;)]|\s(?:and|or|to)\b)")
# An omission, or a letter or word put in; not "[sic]" or a number of a note.
_EDITED: Final = regex.compile(r"…|\.\.\.|\[(?!sic)\p{L}")
_CLAUSE_END: Final = regex.compile(r"\W?\s*(?:\W*$|[.;!?؟。](?:\s|$))")
# Share of a block quotation from which the words in quotation marks are the quotation, rather than the whole block.
_QUOTED_SHARE_MIN: Final = 0.5
_ATTRIBUTION_LINE: Final = regex.compile(r"^\s*[—–―-]{1,2}\s*\S")
# Read from the end: read forwards, the nested quantifiers take cubic time in a long row of note numbers.
_NOTE_MARKS: Final = regex.compile(r"(?:\s*(?:\[\^?\w{1,12}\]|[⁰¹²³⁴⁵⁶⁷⁸⁹]+))+\s*$", regex.REVERSE)
_SPEECH_COLON: Final = regex.compile(r"(?:[:：](?=\s|\p{Han})|\s(?:--|—|–)(?=\s))\s*")
_SENTENCE_END: Final = regex.compile(rf"(?<=[{SENTENCE_ENDS}])(?=\s|$)")
# Marks as typesetters, web pages and programs write them: ``…'', <<…>>, \"…\", ''…'', &quot;…&quot;, <q>…</q>.
_SAME: Final = str.maketrans("❝❞❛❜❮❯⟪⟫｢｣″‶＇🙶🙷ˮ", '“”‘’«»«»「」""\'“”"')
_WRITTEN: Final = regex.compile(
    r"(?P<open>``|(?<!\p{L}),,(?=\p{L})|<<(?=\s?[\p{L}\p{N}\[…])|<q(?:\s[^<>]{0,80})?>)|(?P<close></q>|(?<=[\p{L}\p{N}.!?…,;\])%]\s?)>>)|(?P<escaped>\\+[\"'“”])"
    r"|(?P<entity>&(?:quot|ldquo|rdquo|bdquo|laquo|raquo|lsquo|rsquo|sbquo|lsaquo|rsaquo|apos|#0?34|#39|#171|#187|#8216|#8217|#8218|#822[0-2]|#8249|#8250|#x0?22|#x27|#x201[89cCdDeE]|#x[aAbB][bB]);)"
    r"|(?P<double>''|´´|’’|‘‘)",
    regex.IGNORECASE,
)
_PLAIN: Final = {"``": "“", ",,": "„", "<<": "«", ">>": "»", "</q>": "”"}
# Pads a plain mark to the length of what it replaces, so that offsets stay: U+2060, invisible and of no width.
_FILL: Final = "\u2060"


@dataclass(frozen=True, kw_only=True)
class Quotations:
    """The quotations of a document in reading order, and the strings that were skipped."""

    found: tuple[Quotation, ...]
    skipped: tuple[Skipped, ...]


def find_quotations(document: CheckedDocument, parties: PartyTable | None = None) -> Quotations:
    """Returns the quotations of a document, also short ones behind the mere name of one of the `parties`."""
    found: list[Quotation] = []
    # Plain marks take the same room, so spans found in this copy are also spans of the document.
    plain = replace(
        document,
        blocks=tuple(
            replace(block, text=_WRITTEN.sub(_plain, block.text.translate(_SAME))) for block in document.blocks
        ),
    )
    for quotation in sorted(_all(plain, parties), key=lambda quotation: quotation.spans[0]):
        # A block quotation may contain the end of a quotation that began before it; only the earlier one counts.
        if not found or quotation.spans[0][0] >= found[-1].spans[-1][1]:
            text = "\n\n".join(document.text[start:end] for start, end in quotation.spans)
            found.append(replace(quotation, text=text))
    kept: list[Quotation] = []
    skipped: list[Skipped] = []
    for quotation in found:
        block = document.blocks[document.index_at(quotation.spans[0][0])]
        if (reason := _no_quotation(quotation, block, parties)) is None:
            kept.append(quotation)
        else:
            skipped.append(Skipped(quote=quotation.text, reason=reason, where=block.where))
    skipped += _unmarked(document, found)
    return Quotations(found=tuple(kept), skipped=tuple(skipped))


def _plain(found: "regex.Match[str]") -> str:
    """Returns the plain mark for one of another kind, padded to its length."""
    written = found.group()
    opens = found["open"] is not None or (found["close"] is None and _opens(*found.span(), found.string))
    if found["entity"]:
        mark = unescape(written)
        # An entity may stand behind a tag: "<td>&ldquo;We".
        opens = opens if mark in "\"'" else mark in "“„«‘‚‹"
    elif found["escaped"]:
        mark = written[-1]
    else:
        mark = ("“" if opens else "”") if found["double"] else _PLAIN.get(written, "“")
    fill = _FILL * (len(written) - len(mark))
    return fill + mark if opens else mark + fill


def _opens(start: int, end: int, text: str) -> bool:
    """Returns whether a mark that may open or close stands at the beginning of a word, and so opens."""
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    return (not before or before.isspace() or before in "([{—–:：«“„") and not after.isspace()


def _unmarked(document: CheckedDocument, found: list[Quotation]) -> Iterator[Skipped]:
    """Yields the sentences behind a verb of speech and a colon that have no quotation marks but may be quotations."""
    starts = [quotation.spans[0][0] for quotation in found]
    for block in document.blocks:
        if block.kind == "heading":
            continue
        for speech in _SPEECH_COLON.finditer(block.text):
            begin = block.start + speech.end()
            at = bisect_left(starts, block.start + speech.start())
            within = at and found[at - 1].spans[-1][1] > begin
            rest = _SENTENCE_END.split(block.text[speech.end() : speech.end() + _LONGEST_LISTED], maxsplit=1)[0]
            marked = at < len(starts) and starts[at] < begin + len(rest)
            before = block.text[max(0, speech.start() - _LOOK_BACK) : speech.end()]
            if within or marked or len(whole_words(rest)) < _FEWEST_WORDS or not introduces_speech(before):
                continue
            yield Skipped(quote=rest.strip(), reason=remark("unmarked"), where=block.where)


def _all(document: CheckedDocument, parties: PartyTable | None) -> Iterator[Quotation]:
    texts = document.blocks
    index = 0
    while index < len(texts):
        block = texts[index]
        marked, consumed = _in_marks(document, index)
        # Words in quotation marks that fill most of a block quotation are the quotation.
        quoted = sum(end - start for quotation in marked for start, end in quotation.spans)
        opens = bool(marked) and not whole_words(block.text[: marked[0].spans[0][0] - block.start])
        fills = opens and quoted >= _QUOTED_SHARE_MIN * len(block.text)
        if block.kind == "quote" and consumed == 1 and not fills:
            yield from _set_off(block, parties)
        else:
            yield from marked
        index += consumed


def _set_off(block: CheckedBlock, parties: PartyTable | None) -> Iterator[Quotation]:
    """Yields the quotation that a block quotation is, without its speaker's name ("Arvandia: …") and note marks.

    A line of attribution yields nothing.
    """
    if _ATTRIBUTION_LINE.match(block.text) and len(whole_words(block.text)) < 30:
        return
    begin = _after_label(block.text, parties) if parties else 0
    text = _NOTE_MARKS.sub("", block.text[begin:]).strip().strip('“”„«»"')
    if text:
        start = block.start + block.text.index(text, begin)
        yield Quotation(text=text, spans=((start, start + len(text)),), marked=False)


def _after_label(text: str, parties: PartyTable) -> int:
    """Returns where the words of a speaker begin behind a label such as "Arvandia:", 0 without one."""
    colon = _SPEECH_COLON.search(text, 0, _LONGEST_LABEL)
    label = text[: colon.start()] if colon else ""
    named = parties.find(label) if label else []
    return colon.end() if colon and named and is_label(label, named) else 0


def _in_marks(document: CheckedDocument, index: int) -> tuple[list[Quotation], int]:
    """Returns the outermost quotations that begin in a block, and how many blocks they take up."""
    blocks = document.blocks
    found: list[Quotation] = []
    position, at, unclosed = 0, index, 0
    while True:
        text, begin = blocks[at].text, blocks[at].start
        opening = _next_opening(text, position)
        if opening is None or unclosed == _UNCLOSED_MAX:
            return found, at - index + 1
        mark, close = text[opening], _closing(text, opening + 1, text[opening])
        if close is not None:
            found.append(_quotation(document, [(begin + opening + 1, begin + close)]))
            position = close + 1
            continue
        pieces, last = _over_blocks(document, at, opening) if mark not in _SINGLE else ([], at)
        if pieces:
            found.append(_quotation(document, pieces))
            at, position = last, pieces[-1][1] + 1 - blocks[last].start
        elif mark in _SINGLE or len(whole_words(text[opening : opening + _LOOK_BACK])) < _FEWEST_WORDS:
            position, unclosed = opening + 1, unclosed + 1
        else:
            found.append(_quotation(document, [(begin + opening + 1, blocks[at].end)], note="not_closed"))
            return found, at - index + 1


def _over_blocks(document: CheckedDocument, at: int, opening: int) -> tuple[list[tuple[int, int]], int]:
    """Returns the pieces of a quotation over paragraphs, which may repeat the opening mark, and the last block."""
    blocks = document.blocks
    mark = blocks[at].text[opening]
    pieces = [(blocks[at].start + opening + 1, blocks[at].end)]
    for index in range(at + 1, min(len(blocks), at + _BLOCKS_JOINED)):
        text, kind = blocks[index].text, blocks[index].kind
        if kind != blocks[at].kind and {kind, blocks[at].kind} != {"text", "quote"}:
            break
        begin = len(text) - len(text.lstrip())
        again = text[begin : begin + 1] in (mark, "»" if mark == "«" else mark)
        start = begin + 1 if again else begin
        close = _closing(text, start, mark)
        another = _next_opening(text, start)
        if close is not None and (again or another is None or close < another or mark == '"'):
            return [*pieces, (blocks[index].start + start, blocks[index].start + close)], index
        if not again and (another is not None or mark == '"'):
            break
        pieces.append((blocks[index].start + start, blocks[index].end))
    return [], at


def _next_opening(text: str, position: int) -> int | None:
    for match in _MARK.finditer(text, position):
        mark, at = match.group(), match.start()
        if mark not in _PAIRS or at + 1 >= len(text) or (text[at + 1].isspace() and mark not in "«„“"):
            continue
        if mark == "'" and _YEARS.match(text, at + 1):
            continue
        # Some languages quote `”…”` and `»…«`: there ” and » open, if a mark that closes them follows.
        if mark in ("”", "»") and not any(text.find(c, at + 1, at + _LONGEST_SINGLE) > 0 for c in _PAIRS[mark]):
            continue
        before = text[max(0, at - 1) : at]
        # Arabic conjunctions are written onto the mark: و"نؤيد"; after a digit it may stand for inches.
        onto_word = mark == '"' and text[at + 1].isalnum() and not before.isdigit()
        if mark not in "\"'‘”»" or onto_word or _OPENS_AFTER.search(before):
            return at
    return None


def _closing(text: str, begin: int, mark: str) -> int | None:
    """Returns where a quotation opened by `mark` before `begin` closes, past nested quotations; None if it does not."""
    if mark in "‘'‚":
        return _closing_single(text, begin, _PAIRS[mark])
    closers, depth = _PAIRS[mark], 0
    for match in _MARK.finditer(text, begin):
        at, found = match.start(), match.group()
        if found == mark and found not in closers:
            depth += 1
        elif found in closers:
            if found == mark and _opens(at, at + 1, text) and text[at + 1 : at + 2].isalnum():
                depth += 1
            elif depth:
                depth -= 1
            else:
                return at
    return None


def _closing_single(text: str, begin: int, closers: str) -> int | None:
    """Returns where a quotation in single marks closes; a mark after "s" may be a possessive, so it is taken last."""
    first: int | None = None
    for match in _SINGLE_CLOSER.finditer(text, begin, begin + _LONGEST_SINGLE):
        at = match.start()
        if match.group() not in closers or text[at + 1 : at + 2].isalnum() or not text[at - 1 : at].strip():
            continue
        if text[at - 1] != "s":
            return at
        first = at if first is None else first
    return first


def _quotation(document: CheckedDocument, pieces: list[tuple[int, int]], note: str | None = None) -> Quotation:
    """Returns a quotation of the words in spans of a document; `find_quotations` sets its text."""
    texts = ((start, end, document.text[start:end]) for start, end in pieces)
    spans = [(end - len(text.lstrip()), start + len(text.rstrip())) for start, end, text in texts if text.strip()]
    # A quotation without words stands where it opens.
    return Quotation(text="", spans=tuple(spans or [(pieces[0][0], pieces[0][0])]), marked=True, reading_remark=note)


def _no_quotation(quotation: Quotation, block: CheckedBlock, parties: PartyTable | None) -> Remark | None:
    words = whole_words(quotation.text)
    if not words:
        return remark("no_words")
    if not quotation.marked:
        return None
    start = max(0, quotation.spans[0][0] - block.start)
    before = block.text[max(0, start - _LOOK_BACK) : start].rstrip()[:-1]
    han = sum(1 for word in words if regex.match(r"\p{Han}", word))
    length = len(words) - han + han * _FEWEST_WORDS / _FEWEST_CHARACTERS
    like_title = length <= _LONGEST_TITLE and quotation.text.rstrip()[-1:] not in SENTENCE_ENDS
    if introduces_title(before, written_like_one=like_title and not words[0][0].islower()):
        return remark("called_title")
    label = last_sentence(before, whole=True) if parties and before.rstrip().endswith(COLONS) else ""
    named = parties.find(label) if parties and label else []
    if introduces_speech(before) or thing_named(before) or (named and is_label(label, named)):
        return None
    # An ellipsis or a bracket claims to shorten somebody's words; an Arabic word often holds an article or a pronoun.
    fewest = _FEWEST_WORDS - (regex.search(r"\p{Arabic}", quotation.text) is not None)
    edited = len(words) > 1 and _EDITED.search(quotation.text)
    after = block.text[quotation.spans[-1][1] - block.start :]
    if length < fewest and not edited and not introduces_predicate(before, ends=_CLAUSE_END.match(after) is not None):
        return remark("too_short", count=str(_FEWEST_WORDS))
    long_words = [word for word in words if word.casefold() not in _SMALL]
    if not han and like_title and all(map(_TITLE_WORD.match, long_words)):
        return remark("like_title")
    return None
