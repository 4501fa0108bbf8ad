"""Compressed files (ZIP, DOCX, ODT): what is checked before anything in them is unpacked."""

import struct
import zlib
from io import BytesIO
from zipfile import BadZipFile, LargeZipFile, ZipFile

from ingest.errors import LoadError
from ingest.loaders.loaded import LoadLimits, refusing

ZIP_FAILURES = (
    BadZipFile, LargeZipFile, EOFError, LookupError, OSError, OverflowError, RuntimeError, ValueError, struct.error,
    zlib.error,
)  # fmt: skip
"""What broken archives raise; an encrypted entry raises RuntimeError."""
# Text of one letter packs well; only what is large is a bomb.
_EXEMPT = 1_000_000


def open_zip(data: bytes, name: str, limits: LoadLimits, *, what: str = "archive") -> ZipFile:
    """Open a compressed file (`what` it is, for messages); damage is a LoadError.

    So is what holds or unpacks to too much, by what the archive itself says of its entries: no entry gives more bytes
    than it says, `zipfile` stops there.
    """
    with refusing(ZIP_FAILURES, f"{name!r} is not a readable {what}, it may be damaged; save or download it again"):
        archive = ZipFile(BytesIO(data))
        entries = archive.infolist()
    if len(entries) > limits.max_archive_entries:
        raise LoadError(
            f"{name!r} holds {len(entries):,} entries, more than {limits.max_archive_entries:,}; "
            "split it, or raise UNTOC_LOAD__MAX_ARCHIVE_ENTRIES"
        )
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.max_unpacked_bytes:
        raise LoadError(
            f"{name!r} unpacks to {unpacked:,} bytes, more than {limits.max_unpacked_bytes:,}; "
            "save it without its images, or raise UNTOC_LOAD__MAX_UNPACKED_BYTES"
        )
    for entry in entries:
        most = limits.max_archive_ratio * max(entry.compress_size, 1)
        if entry.file_size > max(most, _EXEMPT):
            raise LoadError(
                f"{name!r} holds {entry.filename!r}, which unpacks to more than {limits.max_archive_ratio} times "
                "its size, as files made to do harm do; unpack it yourself, or raise UNTOC_LOAD__MAX_ARCHIVE_RATIO"
            )
    return archive
