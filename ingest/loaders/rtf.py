"""Rich text (RTF): the running text, with footnotes after it; deleted, struck and hidden words are not part of it."""

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
_UNSAID = re.compile(r"\\[{}\\]|[{}]|\\(?:(?:deleted|v|striked?)[01]?|plain)(?![a-z0-9])")
_FONTS = re.compile(r"\{[^{}]*\\fonttbl")
_FONT = re.compile(r"\\f(\d{1,6})(?![\w'])|\\fcharset(\d{1,3})")
_LINK = re.compile(r"\\fldinst(?=\{)", re.IGNORECASE)
_HEADER = re.compile(r"\\(?:ansicpg|deff)\d+")
_FAILURES = (AttributeError, IndexError, LookupError, OverflowError, TypeError, ValueError)


def load_rtf(data: bytes, name: str, limits: LoadLimits) -> Extract:
    """Extract a rich text file's words, tracked changes accepted; paragraphs are separated by blank lines."""
    # RTF is ASCII; what is not stands as escapes, and stray bytes are in the code page that it names.
    source = data.decode("latin-1")
    if not source.lstrip().startswith("{\\rtf"):
        raise LoadError(
            f"{name!r} is not a rich text file by its first bytes; give it its own suffix, or save it again"
        )
    # What the library makes of a link is its text with the address in brackets, which nobody wrote there. It looks for
    # links with an expression that takes the square of their number; a line break, which RTF ignores, hides them.
    source = _LINK.sub("\\\\fldinst\n", source)
    with refusing(_FAILURES, f"{name!r} is a damaged rich text file; save it again, as .docx if possible"):
        source = _without_unsaid(source)
        source, notes = _without_notes(source)
        source, fonts = _with_plain_fonts(source)
        header = "".join(_HEADER.findall(source[:2000])) + fonts
        parts = [source, f"{{\\rtf1{header} " + "\\par ".join(f"{{{note}}}" for note in notes) + "}"]
        texts = [str(_to_text(part, errors="replace")) for part in parts]
    return Extract(text=checked(with_notes(*map(_paragraphs, texts)), name, limits))


def _paragraphs(text: str) -> str:
    lines = (line.strip().strip("|").replace("|", "\t") for line in text.split("\n"))
    return "\n\n".join(filter(None, lines))


def _group_end(source: str, start: int) -> int:
    """Return the offset after the group that begins at an offset; the end of the text where it is not closed."""
    depth = 0
    for found in _BRACE.finditer(source, start):
        depth += (found.group() == "{") - (found.group() == "}")
        if found.group() == "}" and depth == 0:
            return found.end()
    return len(source)


def _without_notes(source: str) -> tuple[str, list[str]]:
    """Take the footnotes out of a text, which the library would leave out."""
    notes: list[tuple[int, int, int]] = []
    while (found := _NOTE.search(source, notes[-1][2] if notes else 0)) is not None:
        notes.append((found.start(), found.end(), _group_end(source, found.start())))
    kept = _without(source, [(start, end) for start, _, end in notes])
    return kept, [source[begin : end - 1] for _, begin, end in notes]


def _without(source: str, spans: Sequence[tuple[int, int]]) -> str:
    """Take out spans; of those that lie in each other the outer."""
    kept: list[str] = []
    position = 0
    for start, end in sorted(spans):
        if start >= position:
            kept.append(source[position:start])
            position = end
    return "".join((*kept, source[position:]))


def _without_unsaid(source: str) -> str:
    """Take out the words that a tracked change deletes, struck out, or hidden: up to the end of it or of its group."""
    since: list[int | None] = [None]
    unsaid: list[tuple[int, int]] = []
    for found in _UNSAID.finditer(source):
        token, place = found.group(), found.start()
        if token == "{":
            since.append(None)
        elif token == "}" or token.endswith(("0", "plain")):
            if (begun := since[-1]) is not None:
                unsaid.append((begun, place))
            since[-1] = None
            if token == "}" and len(since) > 1:
                since.pop()
        elif token.startswith(("\\deleted", "\\v", "\\strike")) and since[-1] is None:
            since[-1] = place
    return _without(source, unsaid)


def _with_plain_fonts(source: str) -> tuple[str, str]:
    """Put in place of the font table one that holds encodings alone; give it too."""
    # The library reads the table with an expression that takes the square of its length where encodings are missing.
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
    # What stands before the word in its group, such as the head of a file that is one group, stays.
    before = found.group().removesuffix("\\fonttbl")
    if before[1:].strip():
        return source[: found.start()] + before + table + source[found.end() :], table
    return source[: found.start()] + table + source[end:], table
