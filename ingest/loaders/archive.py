"""Files inside files: ZIP archives and e-mails, and the checks before anything in a compressed file is unpacked.

A member has a path, as if the archive were a folder: `bundle.zip/statements/a.pdf`. Members are read by that path
one at a time. Nothing is unpacked to disk.
"""

import re
import stat
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage, MIMEPart
from functools import partial
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo

from ingest.errors import ArchiveTooLargeError, EmptyFileError, LoadError
from ingest.language.lexicons import Patterns
from ingest.loaders.loaded import Extract, LoadLimits, checked, is_blank, printable, refusing
from ingest.loaders.text import decode

ZIP_FAILURES = (
    BadZipFile, LargeZipFile, EOFError, LookupError, OSError, OverflowError, RuntimeError, ValueError, struct.error,
    zlib.error,
)  # fmt: skip
"""What broken archives raise; an encrypted entry raises RuntimeError."""
# Bytes up to which entries are exempt from the ratio limit: repetitive text packs well, and only large entries harm.
_EXEMPT = 1_000_000
_UNSAFE = re.compile(r"^(?:[a-zA-Z]:|[\\/]|~)|(?:^|[\\/])\.\.(?:[\\/]|$)|[\x00-\x1f\x7f]")
_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f]")
# Lines of an earlier mail that a reply quotes, and the line before that names its writer: "On 3 May Ms. Oram wrote:".
_QUOTED_MAIL = re.compile(r"^(?:(?!>)[^\n]*:[ \t]*\r?\n(?:[ \t]*\r?\n)?)?(?:>[^\n]*(?:\n|\Z))+", re.MULTILINE)
# The mail's own line: mailbox files put ">" before "From ", since "From " begins a new mail in them.
_ESCAPED = re.compile(r"\A>(From [^\n]*\n?)\Z")
# An earlier mail that programs keep unquoted below a reply, under its header: "From: … Sent: … To: …".
_MAIL = Patterns("mail_headers")
_EARLIER_MAIL = re.compile(_MAIL.source("earlier"), re.IGNORECASE | re.MULTILINE)
_QUOTED_IN_PAGE = (
    "blockquote[type=cite], .gmail_quote blockquote, .gmail_attr, .moz-cite-prefix, .yahoo_quoted, "
    "#appendonsend, #appendonsend ~ *, #divRplyFwdMsg, #divRplyFwdMsg ~ *"
)
_QUOTE_MARK = re.compile(r"^(?:>[ \t]?)+", re.MULTILINE)
_PASSED_ON = re.compile(r"^(?:(?:re|fwd?|aw|wg|tr|rv|enc)\s*(?::\s*|$))+", re.IGNORECASE)
_LONGEST_SUBJECT = 1_000
# Characters of a mail in which it says that it covers a document.
_OPENING = 600
# Attachments that programs add, without words of anybody: signatures, invitations, visiting cards.
_WORDLESS = (".p7s", ".p7m", ".asc", ".sig", ".ics", ".vcf")
_ENCRYPTED = 0x1
_MESSAGE = "message/rfc822"
_MAIL_FAILURES = (MessageError, LookupError, ValueError, TypeError, AttributeError, IndexError, RecursionError)
_DAMAGED_MAIL = "{!r} is a damaged e-mail; save it again"
# Files that programs add to archives by themselves.
_CLUTTER = re.compile(r"(?:^|/)(?:__MACOSX/|\.(?!\.(?:[\\/]|$))[^/]|~\$|Thumbs\.db$|desktop\.ini$)")


@dataclass(frozen=True, kw_only=True)
class Member:
    """A file inside another; `read` gives its bytes, or raises a LoadError that says why not."""

    name: str
    """Its path inside the archive, with `/`; safe to show, and unique in the archive."""
    size: int
    """Its size in bytes when unpacked."""
    read: Callable[[], bytes]


def open_zip(data: bytes, name: str, limits: LoadLimits, *, what: str = "archive") -> ZipFile:
    """Open a compressed file, which messages call `what`; a damaged or too large file is a LoadError.

    Sizes are those that the archive declares for its entries, which is safe: `zipfile` reads no more bytes of an entry
    than it declares.
    """
    with refusing(ZIP_FAILURES, f"{name!r} is not a readable {what}, it may be damaged; save or download it again"):
        archive = ZipFile(BytesIO(data))
        entries = archive.infolist()
    limits.check(
        "max_archive_entries", len(entries),
        f"{name!r} holds {len(entries):,} entries, more than {limits.max_archive_entries:,}; split it",
    )  # fmt: skip
    size = sum(entry.file_size for entry in entries)
    limits.check(
        "max_unpacked_bytes", size,
        f"{name!r} unpacks to {size:,} bytes, more than {limits.max_unpacked_bytes:,}; save it without its images",
    )  # fmt: skip
    for entry in entries:
        most = limits.max_archive_ratio * max(entry.compress_size, 1)
        if entry.file_size > max(most, _EXEMPT):
            raise LoadError(
                f"{name!r} holds {entry.filename!r}, which unpacks to more than {limits.max_archive_ratio} times "
                "its size, as files made to do harm do; unpack it yourself, or raise UNTOC_LOAD__MAX_ARCHIVE_RATIO"
            )
    return archive


def check_total(members: Sequence[Member], name: str, limits: LoadLimits) -> None:
    """Raise an ArchiveTooLargeError if nested archives have too many or too large members in total."""
    size = sum(member.size for member in members)
    limits.check(
        "max_archive_entries", len(members), f"{name!r} holds too many files in all; split it", ArchiveTooLargeError
    )
    limits.check("max_unpacked_bytes", size, f"{name!r} unpacks to too many bytes; split it", ArchiveTooLargeError)


def zip_members(data: bytes, name: str, limits: LoadLimits) -> tuple[Member, ...]:
    """List the files in a ZIP archive, in its order; one without files is an EmptyFileError."""
    archive = open_zip(data, name, limits)
    entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _CLUTTER.search(entry.filename)]
    if not entries:
        raise EmptyFileError(f"{name!r} is an archive without files; check that the right file was saved")
    names = _distinct([_shown(entry.filename) for entry in entries])
    return tuple(
        Member(name=shown, size=entry.file_size, read=partial(_read_entry, archive, entry, f"{name}/{shown}", limits))
        for shown, entry in zip(names, entries, strict=True)
    )


def mail_members(data: bytes, name: str, limits: LoadLimits) -> tuple[Member, ...]:
    """List the attachments of an e-mail; pictures that its text displays are not listed."""
    message = _message(data, name, limits)
    with refusing(_MAIL_FAILURES, _DAMAGED_MAIL.format(name)):
        parts = [part for part in _parts(message) if _is_attachment(part)]
        unnamed = ["message.eml" if part.get_content_type() == _MESSAGE else "unnamed" for part in parts]
        names = _distinct([_shown(part.get_filename() or dummy) for part, dummy in zip(parts, unnamed, strict=True)])
    # Size 0, since attachments are part of the mail's own size, which is limited.
    return tuple(
        Member(name=shown, size=0, read=partial(_read_attachment, part, f"{name}/{shown}"))
        for shown, part in zip(names, parts, strict=True)
    )


def _content(body: MIMEPart, name: str) -> str | bytes:
    """Return the text of a part; in a character set that no codec knows, its encoding is detected."""
    try:
        content: str | bytes = body.get_content()
    except LookupError:
        data = body.get_payload(decode=True)
        return decode(data, name) if isinstance(data, bytes) else ""
    return content


CONTAINERS = {".zip": zip_members, ".eml": mail_members}
"""The function that lists the members of a file, by its suffix."""


def load_mail(data: bytes, name: str, limits: LoadLimits) -> Extract:
    """Extract the text of an e-mail: its plain version where it has one, else the web version's main text.

    Its subject becomes the heading, unless it has attachments or says that it covers a document. An earlier mail that a
    reply quotes, by marks before its lines or under its header, is left out with a note. It is read instead where the
    mail has no words of its own, or fewer than an earlier mail that it says to forward.
    """
    message = _message(data, name, limits)
    with refusing(_MAIL_FAILURES, _DAMAGED_MAIL.format(name)):
        body = message.get_body(preferencelist=("plain", "html"))
        content = "" if body is None else _content(body, name)
        subject = _subject(message)
        attachments = [part for part in _parts(message) if _is_attachment(part)]
        documents = [part for part in attachments if _may_hold_words(part)]
    if isinstance(content, bytes):
        raise LoadError(f"{name!r} is an e-mail whose text is not text; save it again")
    shown = content
    if body is not None and body.get_content_type() == "text/html":
        from ingest.loaders.html import load_html

        page = b"\xef\xbb\xbf" + content.encode("utf-8", "replace")
        content = shown = load_html(page, name, limits).text
        with suppress(EmptyFileError):
            shown = load_html(page, name, limits, leave_out=_QUOTED_IN_PAGE).text
    content, note = _own_or_forwarded(content, shown, forwards=_MAIL.subject_forwards.match(subject) is not None)
    # Checked without the heading, since a mail with a subject alone has no text.
    checked(content, name, limits)
    opening = content.strip()[:_OPENING]
    greets = _MAIL.greeting.match(opening) is not None
    covers = bool(documents) or (greets and _MAIL.attaches.search(opening) is not None)
    subject = "" if attachments or covers else _PASSED_ON.sub("", subject)
    text = checked(f"{subject}\n\n{content}" if subject else content, name, limits)
    return Extract(text=text, notes=(note,) if note else (), covers=covers)


def _own_or_forwarded(content: str, shown: str, *, forwards: bool) -> tuple[str, str]:
    """Return a mail's own words or those it forwards, and a note on omissions; `shown` is without quoting elements."""
    content, shown = (_QUOTED_MAIL.sub(lambda found: _ESCAPED.sub(r"\1", found[0]), text) for text in (content, shown))
    own, unmarked = _without_earlier(shown), _QUOTE_MARK.sub("", content)
    if is_blank(own):
        return unmarked, ""
    if (header := _EARLIER_MAIL.search(unmarked)) is not None and (forwards or _MAIL.forwarded.search(header[0])):
        earlier = _without_earlier(unmarked[header.end() :]).strip()
        if len(earlier) > len(own.strip()):
            return earlier, "the mail that it forwards was read, the words above that were left out"
    return own, "" if own.strip() == content.strip() else "an earlier mail that it keeps was left out"


def _without_earlier(text: str) -> str:
    return _EARLIER_MAIL.split(_QUOTED_MAIL.sub("\n", text), maxsplit=1)[0]


def _subject(message: EmailMessage) -> str:
    """Return the subject of a mail; empty where it is longer than people write."""
    written = next((str(value) for key, value in message.raw_items() if key.lower() == "subject"), "")
    # Decoding takes quadratic time.
    subject = str(message["subject"]) if 0 < len(written) <= _LONGEST_SUBJECT else ""
    return " ".join(subject.split())


def _message(data: bytes, name: str, limits: LoadLimits) -> EmailMessage:
    with refusing(_MAIL_FAILURES, _DAMAGED_MAIL.format(name)):
        # The old policy parses no headers, so it counts thousands of parts in a tenth of the time.
        count = sum(not part.is_multipart() for part in message_from_bytes(data, policy=policy.compat32).walk())
        limits.check(
            "max_archive_entries", count,
            f"{name!r} has {count:,} parts, more than {limits.max_archive_entries:,}; save its attachments apart",
        )  # fmt: skip
        message = message_from_bytes(data, policy=policy.default)
        headers = {key.lower() for key in message.keys()}  # noqa: SIM118 - a message iterates over more than keys
    if not headers & {"from", "to", "subject", "date", "mime-version", "content-type"}:
        raise LoadError(f"{name!r} is not an e-mail by its first lines; give it its own suffix, or save it again")
    return message


def _parts(message: MIMEPart) -> Iterator[MIMEPart]:
    """Yield the parts of a message; an attached message is yielded as one part."""
    for part in message.iter_parts():
        if part.get_content_maintype() == "multipart":
            yield from _parts(part)
        else:
            yield part


def _is_attachment(part: MIMEPart) -> bool:
    shown_inside = part.get("content-id") is not None and part.get_content_maintype() == "image"
    return part.get_content_disposition() == "attachment" or (part.get_filename() is not None and not shown_inside)


def _may_hold_words(attachment: MIMEPart) -> bool:
    name = (attachment.get_filename() or "").lower()
    return attachment.get_content_maintype() != "image" and not name.endswith(_WORDLESS)


def _read_attachment(part: MIMEPart, name: str) -> bytes:
    with refusing(_MAIL_FAILURES, f"{name!r} is a damaged attachment; save it again"):
        inside = part.get_content_type() == _MESSAGE
        content = part.get_content().as_bytes() if inside else part.get_payload(decode=True)
        if isinstance(content, bytes):
            return content
        raise TypeError(type(content))


def _read_entry(archive: ZipFile, entry: ZipInfo, name: str, limits: LoadLimits) -> bytes:
    if _UNSAFE.search(entry.filename):
        raise LoadError(f"{name!r} has a path that leads out of its archive; unpack it yourself and rename it")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise LoadError(f"{name!r} is a link, not a file; put the file itself into the archive")
    if entry.flag_bits & _ENCRYPTED:
        raise LoadError(f"{name!r} is protected by a password; unpack it and give the file itself")
    limits.check("max_bytes", entry.file_size, f"{name!r} is larger than {limits.max_bytes:,} bytes; split it")
    with refusing(ZIP_FAILURES, f"{name!r} is damaged inside its archive; save or download it again"):
        return archive.read(entry)


def _shown(path: str) -> str:
    """Return a member's path without parts that lead out of the archive; other paths stay unchanged."""
    clean = printable(_NOT_IN_NAMES.sub("_", path.replace("\\", "/")))
    parts = [part if part.strip(". ") else "_" * len(part) for part in clean.split("/") if part]
    return str(PurePosixPath(*parts)) if parts else "unnamed"


def _distinct(names: Sequence[str]) -> Iterator[str]:
    seen: set[str] = set()
    # Last number used per name, so that thousands of equal names are not numbered from the beginning each time.
    counts: Counter[str] = Counter()
    for name in names:
        path, unique = PurePosixPath(name), name
        counts[name] += 1
        while unique in seen:
            unique = str(path.with_name(f"{path.stem} ({counts[name]}){path.suffix}"))
            counts[name] += unique in seen
        seen.add(unique)
        yield unique
