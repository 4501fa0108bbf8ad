"""Reads Markdown as blocks: words without markup; block quotations, tables, headings, lists and footnotes by kind.

HTML quotations (`<q>`, `<blockquote>`) are read as quotations. Words that a page does not show (comments, `<del>`,
`~~…~~`, hidden elements) are left out of the text and kept as `Hidden`, so that the report names them.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import unescape
from itertools import chain, groupby, pairwise
from typing import Final

import regex
from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.checking.comparing.exact_match import whole_words
from app.checking.findings import remark
from app.checking.reading.blocks import BlockKind, CheckedBlock, Hidden, table_blocks
from ingest.language.attribution_verbs import introduces_speech

_NOTE: Final = regex.compile(
    r"^\[\^(?P<key>[\w-]+)\]:[ \t]*(?P<text>.*(?:\n(?:[ \t]{2,}\S.*|[ \t]*(?=\n[ \t]{2,}\S)))*)", regex.MULTILINE
)
# Known HTML elements only: the words of "<The review must …>" stay in the text.
_ELEMENT: Final = regex.compile(
    r"</?(?P<name>q|blockquote|p|div|span|br|b|i|em|strong|u|s|del|strike|ins|sub|sup|a|cite|mark|small|font|code|pre|ul|ol|li|table|tr|td|th|tbody|thead|h[1-6]|hr|img|center|section|article|html|body"
    r"|head|title|meta|style|script|template)\b[^<>]{0,400}>",
    regex.IGNORECASE,
)
# Elements at which a paragraph ends, with the token of Markdown that stands for them, if there is one.
_CUT_AT: Final = {
    **dict.fromkeys(("p", "div", "ul", "ol", "pre", "hr", "center", "section", "article", "html", "body", "title"), ""),
    **{f"h{level}": "heading" for level in range(1, 7)},
    **{"blockquote": "blockquote", "li": "list_item", "table": "table", "tr": "tr", "td": "td", "th": "th"},
}
_UNSHOWN: Final = regex.compile(
    r"<!--(?P<words>.*?)-->|<(?P<tag>del|s|strike|style|script|template|head)\b[^<>]{0,400}>(?P<words>.*?)</(?P=tag)\s*>"
    r"|<(?P<tag>\w+)\b[^<>]{0,200}?(?:\shidden\b|display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*[01](?:px|pt|em|%)?\s*[;\"'])[^<>]{0,200}>(?P<words>.*?)</(?P=tag)\s*>",
    regex.IGNORECASE | regex.DOTALL,
)
_LINES: Final = ("softbreak", "hardbreak")
_NUMBERED: Final = regex.compile(r"\[\d{1,3}\]\s")
# Emphasis that may stand for quotation marks, as in `said: *we support it*`, around at least `_FEWEST_WORDS` words.
_SET_OFF: Final = {"em_open": "em_close", "strong_open": "strong_close"}
_FEWEST_WORDS: Final = 5
_DASH: Final = regex.compile(r"\s*[—–―]")
_LABEL: Final = regex.compile(r"\s*[—–―]\s*\p{Lu}\S*(?:\s+\S+){0,9}(?<![.!?;:])\s*")
_CLOSES: Final = ("”", '"', "»", "」")
_QUOTED: Final = regex.compile(r"^\W*[“\"«„「『‘'‹]")


def markdown_blocks(text: str) -> list[CheckedBlock]:
    """Returns the blocks of a Markdown text in order, with the footnotes last."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    blocks = list(_blocks(parser.parse(_NOTE.sub("", text))))
    for match in _NOTE.finditer(text):
        tokens, key = parser.parse(match["text"].strip()), match["key"]
        words = " ".join(_read(token.children)[0] for token in tokens if token.children).strip()
        if words:
            where = remark("at_footnote", number=key)
            blocks.append(CheckedBlock(text=words, kind="note", where=where, note_key=key))
    return blocks


def _blocks(tokens: Sequence[Token]) -> Iterator[CheckedBlock]:
    depth = number = tables = level = items = 0
    open_tables: list[tuple[int, list[list[str]]]] = []
    before = ""
    for token in _with_html(tokens):
        if token.type in ("blockquote_open", "blockquote_close"):
            depth += token.nesting
        elif token.type in ("list_item_open", "list_item_close"):
            items += token.nesting
        elif token.type in ("heading_open", "heading_close"):
            level = int(token.tag[1:]) if token.nesting > 0 else 0
        elif token.type == "table_open":
            tables += 1
            open_tables.append((tables, []))
        elif token.type == "tr_open" and open_tables:
            open_tables[-1][1].append([])
        elif token.type in ("th_open", "td_open") and open_tables and open_tables[-1][1]:
            open_tables[-1][1][-1].append("")
        elif token.type == "table_close" and open_tables:
            # A table in a cell of another one ends first; what follows it belongs to that cell.
            closed, rows = open_tables.pop()
            yield from chain.from_iterable(table_blocks(rows, closed))
        elif token.type in ("inline", "code_block", "fence", "html_words"):
            for words, hidden in _parts(token, in_quote=depth > 0):
                rows = open_tables[-1][1] if open_tables else []
                if rows and rows[-1]:
                    rows[-1][-1] = f"{rows[-1][-1]} {words}".strip()
                elif words or hidden:
                    number += 1
                    where = remark("at_paragraph", number=str(number))
                    code = token.type in ("code_block", "fence") and introduces_speech(before)
                    kind: BlockKind = "heading" if level else "quote" if depth > 0 or code else "text"
                    yield CheckedBlock(text=words, kind=kind, level=level, where=where, item=items > 0, hidden=hidden)
                    before = words


def _parts(token: Token, *, in_quote: bool) -> Iterator[tuple[str, tuple[Hidden, ...]]]:
    """Yields the parts of a block, a line of attribution apart, as words and hidden words."""
    if token.type == "inline":
        children = token.children or []
        starts = [0, *(at + 1 for at, child in enumerate(children) if child.type in _LINES)]
        lines = ["".join(map(_words, children[start:end])) for start, end in pairwise((*starts, len(children)))]
        # A line of attribution is short, not a sentence, and the only line with a dash; several are a quoted list.
        label = in_quote and len(lines) > 1 and _LABEL.fullmatch(lines[-1]) and not any(map(_DASH.match, lines[:-1]))
        # Lines that begin with numbers, "[1]", are references, each of its own.
        numbered = _NUMBERED.match(lines[0]) is not None
        cuts = [
            start
            for start, line in zip(starts[1:], lines[1:], strict=True)
            if (numbered and _NUMBERED.match(line)) or (label and start == starts[-1])
        ]
        for start, end in pairwise((0, *cuts, len(children))):
            yield _read(children[start:end])
    else:
        yield token.content.strip(), token.meta.get("hidden", ())


def _with_html(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yields tokens with those of Markdown in place of HTML's block elements, such as a table's."""
    for is_html, run in groupby(tokens, key=lambda token: token.type == "html_block"):
        group = list(run)
        yield from _html_tokens("\n".join(token.content for token in group)) if is_html else group


def _html_tokens(html: str) -> Iterator[Token]:
    html, hidden = _shown(html)
    at, left_open = 0, Counter[str]()
    for element in _ELEMENT.finditer(html):
        name = element["name"].lower()
        if name in _CUT_AT:
            yield _words_token(html[at : element.start()])
            at, closes = element.end(), element.group().startswith("</")
            if kind := _CUT_AT[name]:
                left_open[kind] += -1 if closes else 1
                yield Token(f"{kind}_close", name, -1) if closes else Token(f"{kind}_open", name, 1)
    yield _words_token(html[at:], hidden)
    # A quotation may end in a later block of HTML; what else is left open ends here.
    for kind in ("list_item", "heading", "table"):
        yield from (Token(f"{kind}_close", "", -1) for _ in range(left_open[kind]))


def _words_token(html: str, hidden: tuple[Hidden, ...] = ()) -> Token:
    return Token("html_words", "", 0, content=unescape(_ELEMENT.sub(_element, html).strip()), meta={"hidden": hidden})


def _shown(html: str) -> tuple[str, tuple[Hidden, ...]]:
    hidden = tuple(
        Hidden(offset=None, text=" ".join(_ELEMENT.sub(" ", found["words"]).split()), how="unseen_not_shown")
        for found in _UNSHOWN.finditer(html)
        if whole_words(found["words"])
    )
    return _UNSHOWN.sub(" ", html), hidden


def _element(found: "regex.Match[str]") -> str:
    """Returns what stands for an element in the words of HTML: white space or nothing; `<q>` is a quotation mark."""
    name = found["name"].lower()
    if name == "q":
        return "”" if found.group().startswith("</") else "“"
    return " " if name in ("br", "p", "div", "li", "td", "th", "tr", "hr") else ""


def _read(tokens: Sequence[Token]) -> tuple[str, tuple[Hidden, ...]]:
    """Returns the visible words of inline tokens, and those that are struck through or not shown."""
    text = ""
    hidden: list[Hidden] = []
    skipping: str | None = None
    dropped = ""
    for at, token in enumerate(tokens):
        held = _words(token)
        # A line beside one in quotation marks may be the label of a quotation; elsewhere lines only wrap.
        if token.type == "softbreak" and (
            text[-1:] in _CLOSES or _QUOTED.match("".join(map(_words, tokens[at + 1 : at + 3])))
        ):
            held = "\n"
        if skipping is not None:
            dropped += held
            if token.type == skipping or (token.type == "html_inline" and token.content.lower().startswith(skipping)):
                hidden.append(Hidden(offset=len(text), text=" ".join(dropped.split()), how="unseen_struck"))
                skipping, dropped = None, ""
            continue
        if token.type == "s_open":
            skipping = "s_close"
        elif token.type == "html_inline" and (struck := regex.match(r"(?i)<(del|s|strike)\b", token.content)):
            skipping = f"</{struck[1].lower()}"
        elif token.type == "html_inline" and token.content.startswith("<!--"):
            hidden.append(Hidden(offset=len(text), text=token.content[4:-3].strip(), how="unseen_not_shown"))
        elif token.type in _SET_OFF:
            closes, nested = _SET_OFF[token.type], enumerate(tokens[at:], at)
            # What begins here may end beyond a line of attribution, where the block is cut.
            closing = next((end for end, other in nested if (other.type, other.level) == (closes, token.level)), None)
            if closing is not None and _speaks(text, "".join(map(_words, tokens[at + 1 : closing]))):
                text += "“"
                tokens[closing].meta["quotes"] = True
        elif token.meta.get("quotes"):
            text += "”"
        elif token.type == "code_inline" and _speaks(text, held):
            text += f"“{held}”"
        else:
            text += held
    # What is struck through and left open is struck to the end of its block.
    hidden.append(Hidden(offset=len(text), text=" ".join(dropped.split()), how="unseen_struck"))
    kept = [part for part in hidden if whole_words(part.text)]
    lead = len(text) - len(text.lstrip())
    return text.strip(), tuple(replace(part, offset=max(0, (part.offset or 0) - lead)) for part in kept)


def _words(token: Token) -> str:
    if token.type in _LINES:
        return "\n" if token.type == "hardbreak" else " "
    if token.type in ("text", "code_inline", "text_special"):
        return token.content
    if token.type == "image":
        return _read(token.children or ())[0]
    if token.type == "html_inline":
        found = _ELEMENT.fullmatch(token.content)
        return _element(found) if found is not None else "" if token.content.startswith("<!--") else token.content
    return ""


def _speaks(before: str, words: str) -> bool:
    """Returns whether emphasised words are a quotation: long enough, after words of speech, without quotation marks."""
    plain = len(whole_words(words)) >= _FEWEST_WORDS and _QUOTED.match(words) is None
    return plain and _QUOTED.match(before[-1:]) is None and introduces_speech(before)
