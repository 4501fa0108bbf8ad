"""File signatures ("magic numbers"): what a file is by its first bytes, whatever its suffix says."""

import re
from io import BytesIO
from zipfile import ZipFile

from ingest.loaders.packed import ZIP_FAILURES

_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*")
_STARTS = {b"%PDF-": "pdf", b"{\\rtf": "rtf"} | dict.fromkeys(_IMAGES, "image")
_ZIP = b"PK\x03\x04"
_HTML = re.compile(rb"\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype html|html)\b", re.IGNORECASE | re.DOTALL)
_ODT = b"application/vnd.oasis.opendocument.text"


def kind_of(data: bytes) -> str:
    """Return `pdf`, `rtf`, `image`, `html`, `docx` or `odt` where the first bytes are certain, else nothing."""
    for start, kind in _STARTS.items():
        if data.startswith(start):
            return kind
    if data.startswith(_ZIP):
        return _kind_of_zip(data)
    return "html" if _HTML.match(data.removeprefix(b"\xef\xbb\xbf")[:1024]) else ""


def _kind_of_zip(data: bytes) -> str:
    try:
        with ZipFile(BytesIO(data)) as archive:
            names = {entry.filename: entry for entry in archive.infolist()}
            if "word/document.xml" in names:
                return "docx"
            mimetype = names.get("mimetype")
            if mimetype is not None and mimetype.file_size < 200 and archive.read(mimetype).strip() == _ODT:
                return "odt"
    except ZIP_FAILURES:
        pass
    return ""
