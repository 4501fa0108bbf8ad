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
_UTF16 = ["utf_16_le", "utf_16_be"]

# Signatures of files that no loader reads; those of other formats choose the loader (`registry.kind_of`).
_SIGNATURES = (
    (b"PK\x03\x04", "a Word file or another zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Word or Office file"),
    (b"GIF8", "an image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x7fELF", "a program"),
)

_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
# Extracted text holds a stray control character now and then, or one throughout, such as the mark of Word's table
# cells; of decoded binary data, control characters are about one in nine.
_CONTROL_SHARE, _BINARY_SHARE = 0.02, 0.06


def load_text(data: bytes, name: str, limits: LoadLimits) -> Extract:
    """Decode a plain text file; one that looks binary or is in an unknown encoding is a LoadError."""
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            raise LoadError(f"{name!r} looks binary: it is {kind} by its first bytes; give it its own suffix")
    text = decode(data, name)
    check_length(len(text), name, limits)
    controls = _CONTROL.findall(text)
    if "\0" in text or len(controls) > _BINARY_SHARE * len(text):
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
    has_zeros = marked is None and b"\0" in data
    if has_zeros and (best := from_bytes(data, cp_isolation=_UTF16).best()) is not None:
        text = data.decode(best.encoding)
        # Zero bytes between other texts, as after each record, leave no spaces or ends of lines when read as UTF-16.
        if not {" ", "\n", "。"}.isdisjoint(text):
            return text
    try:
        return data.decode(marked or "utf-8")
    except UnicodeDecodeError as exc:
        if marked is not None:
            says = f"says by its first bytes that it is {marked}, but does not decode as such"
            raise LoadError(f"{name!r} {says}; save it again as UTF-8") from exc
    if has_zeros:
        raise _binary(name)
    # Together, they would take short Cyrillic or Chinese text for UTF-16.
    best = from_bytes(data, cp_isolation=_LEGACY).best() or from_bytes(data, cp_isolation=_UTF16).best()
    if best is None:
        raise LoadError(f"{name!r} looks binary or is in an unknown encoding; save it again as UTF-8")
    return data.decode(best.encoding)


def _binary(name: str) -> LoadError:
    return LoadError(f"{name!r} looks binary, not like text; convert it to .txt (UTF-8), .docx or .pdf")
