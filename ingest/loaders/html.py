"""Web pages: the main text, without navigation, scripts and hidden elements; nothing in them is run or fetched."""

import codecs
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ingest.errors import LoadError
from ingest.language.dates import find_dates
from ingest.language.lexicons import Patterns
from ingest.loaders.lists_and_tables import Paragraph, written_out
from ingest.loaders.loaded import Extract, LoadLimits, checked
from ingest.loaders.text import decode
from ingest.text.layout import ends_sentence, holds_sentence_end
from ingest.text.page_furniture import with_notes

_LEFT_OUT = frozenset(
    """script style noscript template nav aside footer button select textarea input label iframe object embed
    svg math canvas audio video head title dialog menu del s strike rp rt rtc""".split()
)
_ROLES = frozenset("navigation banner contentinfo complementary search menu menubar dialog alert".split())
_BLOCKS = frozenset(
    """address article blockquote body caption center dd details div dl dt fieldset figcaption figure h1 h2 h3 h4 h5
    h6 header hgroup hr html li main ol p pre section summary table tbody tfoot thead tr ul""".split()
)
# Footnotes and endnotes, as Word and LibreOffice save them and as the roles of publications name them.
_NOTE_ID = re.compile(r"(?:ftn|edn|sdfootnote|sdendnote)\d+")
_NOTE_ROLES = ("doc-footnote", "doc-endnotes")
# Text written before and after inline elements: a tab after a cell of a row, quotation marks around a quotation.
_AROUND = {"td": ("", "\t"), "th": ("", "\t"), "q": ("“", "”")}
_RAISED = str.maketrans("0123456789-−+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁺")
_RAISED_NUMBER = re.compile(r" ?[-−+]?[0-9]+(?:, ?[0-9]+)* ?")
# The titles of statements, within so many characters of a text and on a page; and the longest date beside one.
_WORDS, _HEADING_WITHIN, _LONGEST_DATE = Patterns("heading"), 600, 80
_LONGEST_HEADING = 120  # characters
# Styles of hidden and of struck-out words.
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|text-decoration(?:-line)?\s*:[^;]*line-through", re.IGNORECASE
)
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_DECLARED_WITHIN = 4096  # bytes
_SPACE = re.compile(r"[ \t\n\r\f]+")
# Marks in the text for the edges of list items and block quotations; parsers leave no other NUL in a text.
_LISTED, _UNLISTED, _QUOTED, _UNQUOTED = "\0l", "\0m", "\0q", "\0u"
_MARKS = re.compile(r"\0[lmqu]")
_OPENING = {"li": _LISTED, "blockquote": _QUOTED}
_CLOSING = {"li": _UNLISTED, "blockquote": _UNQUOTED}
_BLANK_LINES = re.compile(r"[ \t]*\n[ \t]*\n[ \t\n]*")
# Deeper nesting is not written by people, and takes parsers quadratic time.
_DEEPEST = 2_000
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:_-]*)")
# Elements that add no depth: empty ones, and those that the next of their kind closes: they nest in others only.
_NOT_NESTING = frozenset(
    """area base br col embed hr img input link meta param source track wbr
    body colgroup dd dt head html li optgroup option p rb rp rt rtc tbody td tfoot th thead tr""".split()
)


def load_html(data: bytes, name: str, limits: LoadLimits, *, leave_out: str = "") -> Extract:
    """Extract a web page's main text; blocks are separated by blank lines, table cells by tabs.

    Elements that match the CSS selector `leave_out` are left out.
    """
    source = _decode(data, name)
    _check_depth(source, name)
    body = LexborHTMLParser(source).body
    for node in body.css(leave_out) if body is not None and leave_out else ():
        # Hidden rather than removed: an element inside a removed one would be freed twice.
        node.attrs["hidden"] = ""
    notes: list[str] = []
    for node in _notes(body) if body is not None else ():
        if words := _text_of(node):
            notes.append(words)
            node.attrs["hidden"] = ""
    text = "" if body is None else _main_text(body)
    return Extract(text=checked(with_notes(text, "\n\n".join(notes)), name, limits))


def _check_depth(source: str, name: str) -> None:
    depth = 0
    unclosed: Counter[str] = Counter()
    for slash, written in _TAG.findall(source):
        tag = written.lower()
        if tag not in _NOT_NESTING and (not slash or unclosed[tag]):
            unclosed[tag] += -1 if slash else 1
            depth += -1 if slash else 1
        if depth > _DEEPEST:
            raise LoadError(f"{name!r} is a web page nested too deep to be read; save it as plain text")


def _decode(data: bytes, name: str) -> str:
    declared = _CHARSET.search(data[:_DECLARED_WITHIN])
    marked = data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if declared is not None and not marked:
        encoding = declared[1].decode("ascii").lower()
        # Browsers read pages that declare Latin-1 as cp1252, Windows' extension of it.
        encoding = "cp1252" if encoding in ("iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii") else encoding
        # A page whose declaration is read as ASCII is in no encoding of two or four bytes for each character.
        if not encoding.startswith(("utf-16", "utf-32")):
            with suppress(LookupError, ValueError):
                return data.decode(encoding)
    return decode(data, name)


def _main_text(body: LexborNode) -> str:
    """Return the text of <main>, else of a single <article> that is most of the page, else of the page."""
    page = _text_of(body)
    for form in body.css("form"):
        # Some servers put the whole page into one form; smaller forms are searches and subscriptions.
        if not _is_most(_text_of(form), page):
            form.attrs["hidden"] = ""
    page = _text_of(body)
    for selector in ("main", "[role=main]", "article"):
        found = body.css(selector)
        # A lone article may be a teaser beside the text.
        if len(found) == 1 and (text := _text_of(found[0])) and (selector != "article" or _is_most(text, page)):
            return _with_title(text, body)
    return _with_title(page, body)


def _with_title(text: str, body: LexborNode) -> str:
    """Return a text after the page's single <h1> with a date beside it, or after its <title>, where it has no heading.

    Only the title of a statement is taken: an <h1> outside the text may be the name of the site, or mention a State.
    """
    if _has_heading(text):
        return text
    heads = [(node, words) for node in body.css("h1") if (words := " ".join(_text_of(node).split()))]
    if len(heads) == 1 and _WORDS.title_of_page.fullmatch(heads[0][1]) and heads[0][1] not in text:
        node, words = heads[0]
        beside, following = "", node.next
        while following is not None and not beside:
            beside, following = " ".join(_text_of(following).split()), following.next
        dated = len(beside) <= _LONGEST_DATE and find_dates(beside) and not text.startswith(beside)
        return "\n\n".join((words, beside, text) if dated else (words, text))
    root = body.parent
    page_title = root.css_first("title") if root is not None else None
    # "Statement by Arvandia | Ministry of Foreign Affairs"
    named = "" if page_title is None else " ".join(page_title.text().split()).partition(" | ")[0]
    return f"{named}\n\n{text}" if _WORDS.title_of_page.fullmatch(named) and named not in text else text


def _has_heading(text: str) -> bool:
    """Return whether a text has a title, or begins with a line that is no date, address or sentence: "Belmora"."""
    lines = [stripped for line in text[:_HEADING_WITHIN].splitlines() if (stripped := line.strip())]
    if any(_WORDS.later_title.match(line) and not line.endswith(".") for line in lines):
        return True
    first = next((line for line in lines if not (len(line) <= _LONGEST_DATE and find_dates(line))), "")
    opens = _WORDS.salutation.match(first) or len(first) > _LONGEST_HEADING or ends_sentence(first)
    return bool(first) and not opens


def _is_most(part: str, whole: str) -> bool:
    return 2 * len(part) >= len(whole)


def _notes(body: LexborNode) -> list[LexborNode]:
    """Return the visible footnotes of a page, those in <aside> included, without notes nested in other notes."""
    notes: list[LexborNode] = []
    stack = [body]
    while stack:
        node = stack.pop()
        if _is_hidden(node, body):
            continue
        if _is_note(node):
            notes.append(node)
        elif node.tag == "aside" or node.tag not in _LEFT_OUT:
            stack += reversed([*node.iter()])
    return notes


def _is_note(node: LexborNode) -> bool:
    attributes = node.attributes
    named = node.tag == "div" and _NOTE_ID.fullmatch(attributes.get("id") or "") is not None
    return named or attributes.get("role") in _NOTE_ROLES


def _text_of(root: LexborNode) -> str:
    """Return the visible text of an element, with a stack: a hostile page could exceed the depth of recursion."""
    pieces: list[str] = []
    # A node to enter; or None, with the text that closes an element. The flag says whether a node is preformatted.
    stack: list[tuple[LexborNode | None, str, bool]] = [(root, "", False)]
    while stack:
        node, after, preformatted = stack.pop()
        if node is None:
            pieces.append(after)
            continue
        tag = node.tag or ""
        left_out = tag in _LEFT_OUT and node != root and not _is_note(node)
        if tag == "-text":
            written = node.text_content or ""
            pieces.append(written.replace("\r\n", "\n") if preformatted else _SPACE.sub(" ", written))
        elif tag == "sup" and _RAISED_NUMBER.fullmatch(raised := _SPACE.sub(" ", node.text())):
            # "10⁶ euros" is not "106 euros", and the mark of a note is no digit of a number before it.
            pieces.append(raised.translate(_RAISED))
        elif tag == "br":
            pieces.append("\n")
        elif not (tag.startswith(("-", "!")) or left_out or _is_hidden(node, root)):
            opening, closing = ("\n\n", "\n\n") if tag in _BLOCKS else _AROUND.get(tag, ("", ""))
            pieces += (opening, _OPENING.get(tag, ""))
            stack.append((None, f"{_CLOSING.get(tag, '')}{closing}", False))
            child = node.last_child
            while child is not None:
                stack.append((child, "", preformatted or tag == "pre"))
                child = child.prev
    return _tidy("".join(pieces))


def _is_hidden(node: LexborNode, root: LexborNode) -> bool:
    attributes = node.attributes
    # Only the page's own header is a banner; the header of an article holds its title.
    banner = node.tag == "header" and root.tag == "body" and node.parent is not None and node.parent.tag == "body"
    role = (attributes.get("role") or "").strip().lower()
    hidden = "hidden" in attributes or attributes.get("aria-hidden") == "true"
    return hidden or banner or role in _ROLES or bool(_HIDDEN_STYLE.search(attributes.get("style") or ""))


def _tidy(text: str) -> str:
    lines = [line.strip(" ").strip("\t") for line in text.split("\n")]
    blocks = _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip().split("\n\n")
    paragraphs: list[tuple[Paragraph, bool]] = []
    listed, depth = False, 0
    for block in blocks:
        listed |= _LISTED in block
        depth += block.count(_QUOTED)
        if words := _MARKS.sub("", block).strip():
            paragraphs.append((Paragraph(words, listed), depth > 0))
            listed = False
        listed &= _UNLISTED not in block
        depth -= block.count(_UNQUOTED)
    return written_out(_with_quotation_marks(paragraphs))


def _with_quotation_marks(paragraphs: Sequence[tuple[Paragraph, bool]]) -> Iterator[Paragraph]:
    """Yield paragraphs, with quotation marks around the prose of block quotations.

    Where most of a page's prose stands in block quotations, these only indent it and get no marks.
    """
    prose = [(holds_sentence_end(paragraph.text), paragraph, quoted) for paragraph, quoted in paragraphs]
    lengths = [sum(len(p.text) for is_prose, p, q in prose if is_prose and q == side) for side in (True, False)]
    for is_prose, paragraph, quoted in prose:
        marked = quoted and is_prose and lengths[0] < lengths[1] and paragraph.text[0] not in "“”„«»\"‘'"
        yield Paragraph(f"“{paragraph.text}”", paragraph.listed) if marked else paragraph
