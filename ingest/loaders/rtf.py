"""Rich text (RTF): the running text, with footnotes after it; deleted, struck-out and hidden words are left out."""

import re
from collections.abc import Callable, Sequence

from striprtf.striprtf import rtf_to_text

from ingest.errors import LoadError
from ingest.loaders.loaded import Extract, LoadLimits, checked, refusing
from ingest.text.page_furniture import with_notes

# The library ships no types.
_to_text: Callable[..., object] = rtf_to_text
_BRACE = re.compile(r"\\[{}\\]|[{}]")
_NOTE = re.compile(r"\{\s*\\(?:footnote|\*\\footnote)\b")
_HIDING = re.compile(r"\\[{}\\]|[{}]|\\(?:(?:deleted|v|striked?)[01]?|plain)(?![a-z0-9])")
_FONTS = re.compile(r"\{[^{}]*\\fonttbl")
_FONT = re.compile(r"\\f(\d{1,6})(?![\w'])|\\fcharset(\d{1,3})")
_LINK = re.compile(r"\\fldinst(?=\{)", re.IGNORECASE)
_HEADER = re.compile(r"\\(?:ansicpg|deff)\d+")
# A bar that was said: the library writes bars for the edges of table cells.
_BAR = "\ue07c"
_FAILURES = (AttributeError, IndexError, LookupError, OverflowError, TypeError, ValueError)


def load_rtf(data: bytes, name: str, limits: LoadLimits) -> Extract:
    """Extract a rich text file's words, tracked changes accepted; paragraphs are separated by blank lines."""
    # RTF is ASCII with escapes for other characters; Latin-1 keeps stray bytes, which are in the file's code page.
    source = data.decode("latin-1")
    if not source.lstrip().startswith("{\\rtf"):
        raise LoadError(
            f"{name!r} is not a rich text file by its first bytes; give it its own suffix, or save it again"
        )
    # The library adds a link's address in brackets to its text, which nobody wrote there, and finds links with a
    # regular expression that takes quadratic time. A line break, which RTF ignores, hides the links from it.
    source = _LINK.sub("\\\\fldinst\n", source).replace("|", _BAR)
    with refusing(_FAILURES, f"{name!r} is a damaged rich text file; save it again, as .docx if possible"):
        source = _without_hidden(source)
        source, notes = _without_notes(source)
        source, fonts = _with_plain_fonts(source)
        header = "".join(_HEADER.findall(source[:2000])) + fonts
        parts = [source, f"{{\\rtf1{header} " + "\\par ".join(f"{{{note}}}" for note in notes) + "}"]
        texts = [str(_to_text(part, errors="replace")) for part in parts]
    return Extract(text=checked(with_notes(*map(_paragraphs, texts)), name, limits))


def _paragraphs(text: str) -> str:
    lines = (line.strip().strip("|").replace("|", "\t").replace(_BAR, "|") for line in text.split("\n"))
    return "\n\n".join(filter(None, lines))


def _group_end(source: str, start: int) -> int:
    """Return the offset after the RTF group that begins at `start`; the end of the text if it is not closed."""
    depth = 0
    for found in _BRACE.finditer(source, start):
        depth += (found.group() == "{") - (found.group() == "}")
        if found.group() == "}" and depth == 0:
            return found.end()
    return len(source)


def _without_notes(source: str) -> tuple[str, list[str]]:
    """Split a source into the text without footnotes and the footnotes, which the library would leave out."""
    notes: list[tuple[int, int, int]] = []
    while (found := _NOTE.search(source, notes[-1][2] if notes else 0)) is not None:
        notes.append((found.start(), found.end(), _group_end(source, found.start())))
    kept = _without(source, [(start, end) for start, _, end in notes])
    return kept, [source[begin : end - 1] for _, begin, end in notes]


def _without(source: str, spans: Sequence[tuple[int, int]]) -> str:
    """Remove spans from a source; of nested spans, the outer one is removed."""
    kept: list[str] = []
    position = 0
    for start, end in sorted(spans):
        if start >= position:
            kept.append(source[position:start])
            position = end
    return "".join((*kept, source[position:]))


def _without_hidden(source: str) -> str:
    """Remove deleted (tracked changes), struck-out and hidden words, up to the end of the formatting or its group."""
    since: list[int | None] = [None]
    hidden: list[tuple[int, int]] = []
    for found in _HIDING.finditer(source):
        token, place = found.group(), found.start()
        if token == "{":
            since.append(None)
        elif token == "}" or token.endswith(("0", "plain")):
            if (begun := since[-1]) is not None:
                hidden.append((begun, place))
            since[-1] = None
            if token == "}" and len(since) > 1:
                since.pop()
        elif token.startswith(("\\deleted", "\\v", "\\strike")) and since[-1] is None:
            since[-1] = place
    return _without(source, hidden)


def _with_plain_fonts(source: str) -> tuple[str, str]:
    """Replace the font table by one that holds only encodings; return the source and the new table."""
    # The library's regular expression for the table takes quadratic time where encodings are missing.
    found = _FONTS.search(source)
    if found is None:
        return source, ""
    end = _group_end(source, found.start())
    encodings: dict[str, str] = {}
    font: str | None = None
    for number, encoding in _FONT.findall(source[found.end() : end]):
        if number:
            font = number
        elif font is not None:
            encodings.setdefault(font, encoding)
    rows = "".join(f"{{\\f{number}\\fcharset{encoding} x;}}" for number, encoding in encodings.items())
    table = f"{{\\fonttbl{rows}}}"
    # Text before `\fonttbl` in its group stays, such as the header of a file that is one group.
    before = found.group().removesuffix("\\fonttbl")
    if before[1:].strip():
        return source[: found.start()] + before + table + source[found.end() :], table
    return source[: found.start()] + table + source[end:], table
