"""Plain text: the file's bytes, decoded; control characters become spaces only in a text with many of them."""

import codecs
import re

from charset_normalizer import from_bytes

from ingest.errors import LoadError
from ingest.loaders.loaded import Extract, LoadLimits, check_length, checked

# Byte order marks; UTF-32 comes before UTF-16, whose little-endian mark is a prefix of that of UTF-32.
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16",
}  # fmt: skip

# Encodings of the six languages of the United Nations in files from before UTF-8. A closed list, since
# detection over all encodings takes short Western text for Central European or Macintosh text.
_LEGACY = ["cp1252", "cp1251", "koi8_r", "cp1256", "gb18030", "big5"]

# Signatures of files that no loader reads; those of other formats choose the loader (`registry.kind_of`).
_SIGNATURES = (
    (b"PK\x03\x04", "a Word file or another zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Word or Office file"),
    (b"GIF8", "an image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x7fELF", "a program"),
)

_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
# Extracted text holds a stray control character now and then, or one kind of them throughout, such as the marks of
# Word's table cells; decoded binary data holds all kinds, about one in nine characters.
_CONTROL_SHARE, _ONE_KIND_SHARE, _FEW_KINDS = 0.02, 0.06, 3
# Fewest characters of UTF-16 whose high byte is zero, their least share, and how many times rarer a low byte is.
_FEWEST_ZEROS, _ZERO_SHARE, _ZERO_RATIO = 4, 0.05, 8
# Chinese has such marks, which no pair of letters in ASCII yields, and nearly all its characters in one of these sets.
_CHINESE_MARKS, _CHINESE_SETS, _CHINESE_SHARE = frozenset("，。、；："), ("gb2312", "big5"), 0.95


def load_text(data: bytes, name: str, limits: LoadLimits) -> Extract:
    """Decode a plain text file; one that looks binary or is in an unknown encoding is a LoadError."""
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            raise LoadError(f"{name!r} looks binary: it is {kind} by its first bytes; give it its own suffix")
    text = decode(data, name)
    check_length(len(text), name, limits)
    controls = _CONTROL.findall(text)
    share = _ONE_KIND_SHARE if len(set(controls)) <= _FEW_KINDS else _CONTROL_SHARE
    if "\0" in text or len(controls) > share * len(text):
        raise _binary(name)
    notes: tuple[str, ...] = ()
    if len(controls) > _CONTROL_SHARE * len(text):
        # Replaced one for one, so that offsets still count in the file. Stray ones stay; output makes them harmless.
        text = _CONTROL.sub(" ", text)
        notes = (f"{len(controls)} control characters read as spaces",)
    return Extract(text=checked(text, name, limits), notes=notes)


def decode(data: bytes, name: str) -> str:
    """Decode bytes by their byte order mark, which is left out, else as UTF-16 or UTF-8, else by detection."""
    marked = next((encoding for mark, encoding in _MARKS.items() if data.startswith(mark)), None)
    try:
        return data.decode(marked or _utf16_of(data) or "utf-8")
    except UnicodeDecodeError as exc:
        if marked is not None:
            says = f"says by its first bytes that it is {marked}, but does not decode as such"
            raise LoadError(f"{name!r} {says}; save it again as UTF-8") from exc
    if (chinese := _chinese_of(data)) is not None:
        return chinese
    if b"\0" in data:
        raise _binary(name)
    best = from_bytes(data, cp_isolation=_LEGACY).best()
    if best is None:
        raise LoadError(f"{name!r} looks binary or is in an unknown encoding; save it again as UTF-8")
    return data.decode(best.encoding)


def _utf16_of(data: bytes) -> str | None:
    """Return the UTF-16 encoding of bytes without a mark: spaces and Latin letters have a zero byte first or second.

    Zero bytes between other texts, as after each record, leave no spaces or ends of lines when they are read so.
    """
    zeros = {"utf-16-be": data[::2].count(0), "utf-16-le": data[1::2].count(0)}
    (fewer, _), (more, encoding) = sorted((count, name) for name, count in zeros.items())
    is_plain = more >= _FEWEST_ZEROS and more > max(_ZERO_SHARE * len(data) / 2, _ZERO_RATIO * fewer)
    return encoding if is_plain and {" ", "\n"} & {*data.decode(encoding, "ignore")} else None


def _chinese_of(data: bytes) -> str | None:
    """Return the Chinese text in bytes of UTF-16 without a mark, whose zero bytes are those of line ends and digits."""
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        known = (len(text.encode(chars, "ignore").decode(chars)) for chars in _CHINESE_SETS)
        if not _CHINESE_MARKS.isdisjoint(text) and max(known) > _CHINESE_SHARE * len(text):
            return text
    return None


def _binary(name: str) -> LoadError:
    return LoadError(f"{name!r} looks binary, not like text; convert it to .txt (UTF-8), .docx or .pdf")
