"""Three hundred malformed files: each is reported, none stops the others, nothing outside the store is touched."""

import hashlib
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from ingest.errors import LoadError
from ingest.loaders.loaded import LoadLimits
from ingest.loaders.registry import SUFFIXES, list_members, load
from tests.cases import Cases
from tests.fakes_files import docx_of, html_of, image_bytes, mail_of, odt_of, pdf_of, rtf_of, zip_of
from tests.ingest.loaders.drawn import changed

cases = Cases(__file__)

TEXT = "Statement by Arvandia\n\nMadam Chair,\n\nWe support article 4 of the Convention. We thank you."
FILES = 300
# Without text recognition, since only the steps before it are tested here.
LIMITS = LoadLimits(
    max_scanned_pages=0, max_bytes=3_000_000, max_unpacked_bytes=4_000_000, max_archive_entries=50, max_pixels=4_000_000
)


def png(width: int, height: int, data: bytes = b"") -> bytes:
    """Returns a picture whose header states this size, whatever data follow."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def sound_files() -> dict[str, bytes]:
    from PIL import Image

    picture = Image.new("L", (60, 40), 200)
    plain = {
        ".pdf": pdf_of(TEXT),
        ".docx": docx_of(TEXT, notes=["A note."]),
        ".html": html_of(TEXT),
        ".rtf": rtf_of(TEXT, notes=["A note."]),
        ".odt": odt_of(TEXT, notes=["A note."]),
        ".txt": TEXT.encode("utf-16"),
        ".png": image_bytes(picture),
        ".jpg": image_bytes(picture, "JPEG"),
        ".tiff": image_bytes(picture, "TIFF"),
    }
    packed = {".zip": zip_of({f"inner/a{suffix}": data for suffix, data in plain.items()})}
    packed[".eml"] = mail_of(TEXT, {"a.pdf": plain[".pdf"], "b.zip": packed[".zip"]})
    return plain | packed


def nested(depth: int) -> bytes:
    data = zip_of({"a.txt": TEXT.encode()})
    for _ in range(depth):
        data = zip_of({"inner.zip": data})
    return data


def linked() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return stream.getvalue()


def marked_encrypted() -> bytes:
    data = bytearray(zip_of({"a.txt": TEXT.encode()}))
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def with_part(archive: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Returns an archive with one part changed."""
    with zipfile.ZipFile(io.BytesIO(archive)) as old:
        files = {entry.filename: old.read(entry) for entry in old.infolist()}
    return zip_of(files | {part: change(files[part])})


def entities(xml: bytes) -> bytes:
    """Adds entities to an XML part: nested ones, which expand, and one that refers to a local file."""
    declared = b'<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">'
    head, body = xml.split(b"?>", 1)
    return head + b"?><!DOCTYPE x [" + declared + b"]>" + body.replace(b"Convention", b"&b;&f;")


@cache
def crafted() -> dict[str, bytes]:
    """Returns files that are made to do harm, or are each broken in a particular way."""
    evil = {"../../evil.txt": b"x", "/tmp/evil.txt": b"x", "C:\\evil.txt": b"x", "a/../../b.txt": b"x", "..": b"x"}
    return {
        "traversal.zip": zip_of(evil),
        "link.zip": linked(),
        "locked.zip": marked_encrypted(),
        "many.zip": zip_of({f"{n}.txt": b"x" for n in range(60)}),
        "bomb.zip": zip_of({"a.txt": bytes(3_500_000)}),
        "big.zip": zip_of({f"{n}.txt": random.Random(n).randbytes(20_000) * 45 for n in range(5)}),
        "deep.zip": nested(6),
        "empty.zip": zip_of({}),
        "folders.zip": zip_of({"a/": b"", "__MACOSX/x.txt": b"x"}),
        "pixels.png": png(60_000, 60_000),
        "many-pixels.png": png(2_001, 2_000),
        "wide.png": png(2**31 - 1, 1),
        "no-rows.png": png(100, 100),
        "locked.pdf": changed(pdf_of(TEXT), lambda pdf: pdf.encrypt("secret", algorithm="RC4-128")),
        "entities.docx": with_part(docx_of(TEXT), "word/document.xml", entities),
        "entities.odt": with_part(odt_of(TEXT), "content.xml", entities),
        "bomb.docx": zip_of({"word/document.xml": bytes(3_500_000)}),
        "bomb.odt": zip_of({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": bytes(3_500_000)}),
        "deep.html": b"<div>" * 30_000 + b"x",
        "deep.rtf": b"{\\rtf1 " + b"{" * 50_000 + b"x",
        "links.rtf": b"{\\rtf1 " + b"{\\field{\\*\\fldinst{HYPERLINK " * 2_000 + b"}",
        "deep.odt": odt_of("", more="<a>" * 5_000 + "x" + "</a>" * 5_000),
        "large.txt": b"a" * 3_000_001,
        "cut.eml": mail_of(TEXT, {"a.pdf": pdf_of(TEXT)})[:700],
        "many.eml": mail_of(TEXT, {f"{n}.txt": b"x" for n in range(60)}),
        "not.eml": b"\xff\xfe\x00" * 50,
        "long-name.zip": zip_of({"n" * 400 + ".txt": TEXT.encode(), "\x07bell.txt": b"x", "a.txt": b"y"}),
    }


def fuzzed(seed: int, sound: dict[str, bytes]) -> tuple[str, bytes]:
    """Returns a broken file: cut, with bits flipped, spliced with another, under a wrong suffix, or noise."""
    rng = random.Random(seed)
    suffix = rng.choice(list(sound))
    data = bytearray(sound[suffix])
    kind = rng.choice(("cut", "bits", "splice", "suffix", "noise", "empty", "zeros"))
    if kind == "cut":
        data = data[: rng.randrange(1, len(data))]
    elif kind == "bits":
        for _ in range(rng.choice((1, 8, 64))):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    elif kind == "splice":
        other = sound[rng.choice(list(sound))]
        place, start = rng.randrange(len(data)), rng.randrange(len(other))
        data[place : place + rng.randrange(1, 400)] = other[start : start + rng.randrange(1, 400)]
    elif kind == "suffix":
        suffix = rng.choice(SUFFIXES)
    elif kind == "noise":
        data = bytearray(rng.randbytes(rng.randrange(1, 3000)))
    elif kind == "empty":
        data = bytearray()
    else:
        start = rng.randrange(len(data))
        data[start:] = bytes(len(data) - start)
    return f"{seed:03}-{kind}{suffix}", bytes(data)


def snapshot(folder: Path, *, but: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and but not in path.parents
    }


@pytest.mark.slow
def test_every_malformed_file_is_reported_and_nothing_else_is_touched(tmp_path, store, ingest):
    folder, store_path = tmp_path / "around" / "corpus", tmp_path / "store"
    folder.mkdir(parents=True)
    (tmp_path / "evil.txt").write_bytes(b"as it was")
    (tmp_path / "around" / "evil.txt").write_bytes(b"as it was")
    sound = sound_files()
    files = crafted()
    files |= dict(fuzzed(seed, sound) for seed in range(FILES - len(files)))
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (folder / "sound.txt").write_text(TEXT, encoding="utf-8")
    before = snapshot(tmp_path, but=store_path)
    report = ingest(folder, limits=LIMITS)
    assert len(files) == FILES
    assert {name for name in files if not any(of_file(file.file, name) for file in report.files)} == set()
    assert next(file.result for file in report.files if file.file == "sound.txt") in ("added", "duplicate")
    assert all(file.reason for file in report.files if file.result in ("failed", "skipped"))
    leading_out = [file for file in report.files if of_file(file.file, "traversal.zip")]
    assert len(leading_out) == 5
    assert all(file.result == "failed" or file.file.endswith("/__") for file in leading_out)
    assert all(len(file.reason.splitlines()) == 1 for file in report.files if file.reason)
    assert snapshot(tmp_path, but=store_path) == before
    stored = [summary.document_id for summary in store.catalogue.documents()]
    assert all("root:" not in s.source_text for s in map(store.catalogue.statement, stored))
    assert all(check.ok for check in store.check())


def of_file(reported: str, name: str) -> bool:
    return reported == name or reported.startswith(f"{name}/")


@cases("name", "reason")
def test_refusal_says_why_and_what_to_do(tmp_path, name, reason):
    path = tmp_path / name
    path.write_bytes(crafted()[name])
    with pytest.raises(LoadError, match=reason) as caught:
        load(path, LIMITS)
    assert repr(name) in str(caught.value) and ("; " in str(caught.value))


@cases("name", "reason")
def test_member_is_refused_with_its_reason(tmp_path, name, reason):
    path = tmp_path / name
    path.write_bytes(crafted()[name])
    members = list_members(path, LIMITS)
    assert members and all(path in member.parents and ".." not in member.parts for member in members)
    for member in members:
        with pytest.raises(LoadError, match=reason):
            load(member, LIMITS, tmp_path)
