"""Reproducible Office packages: a zip archive without times of its own, so the same content gives the same bytes."""

import re
from datetime import UTC, datetime
from io import BytesIO
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

# The earliest time that a zip archive can hold.
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
_MODIFIED: Final = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")


def without_times(package: bytes, made: datetime) -> bytes:
    """Returns an Office file with the same entries, all of one date; its properties say that it was changed `made`."""
    out = BytesIO()
    with ZipFile(BytesIO(package)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = ZipInfo(name, _NO_TIME)
            entry.compress_type = ZIP_DEFLATED
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>" + f"{made:%Y-%m-%dT%H:%M:%SZ}".encode(), content)
            new.writestr(entry, content)
    return out.getvalue()


def utc_time(made: str) -> datetime:
    """Returns an ISO time in UTC; for any other text, the earliest time that a zip archive can hold."""
    try:
        return datetime.fromisoformat(made).astimezone(UTC)
    except ValueError:
        return datetime(*_NO_TIME, tzinfo=UTC)
