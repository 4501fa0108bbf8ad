"""Inputs that make libraries hang, exhaust memory or crash: each stays within its limits, other files are stored."""

import io
import os
import resource
import sys
import time
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ingest.errors import LoadError
from ingest.loaders.bounded_process import run_bounded
from ingest.loaders.html import load_html
from ingest.loaders.loaded import LoadLimits
from ingest.loaders.ocr import find_skew
from ingest.loaders.registry import SUFFIXES, survey
from ingest.loaders.rtf import load_rtf
from ingest.loaders.worker import load, with_members
from ingest.text.page_furniture import with_notes
from tests.cases import Cases
from tests.fakes_files import docx_of, image_bytes, mail_of, odt_of, pdf_of, zip_of
from tests.ingest.loaders.test_malformed import TEXT, nested, png, with_part

cases = Cases(__file__)

pytestmark = pytest.mark.slow

SECONDS, MEMORY = 30, 1_000_000_000
LIMITS = LoadLimits(load_seconds=SECONDS, scan_seconds=SECONDS, load_memory_bytes=MEMORY)


def picture(width: int, height: int, mode: str = "L") -> bytes:
    return image_bytes(Image.new(mode, (width, height)))


def frames(count: int, size: tuple[int, int] = (20, 20)) -> bytes:
    stream = io.BytesIO()
    images = [Image.new("L", size, 255) for _ in range(count)]
    images[0].save(stream, format="TIFF", save_all=True, append_images=images[1:])
    return stream.getvalue()


def page(body: str) -> bytes:
    return f"<html><body>{body}</body></html>".encode()


def rtf(body: str) -> bytes:
    return f"{{\\rtf1 {body}}}".encode()


def word(body: str) -> bytes:
    """Returns a Word file with additional elements in its body."""
    added = b"<w:body>" + body.encode()
    return with_part(docx_of(TEXT), "word/document.xml", lambda xml: xml.replace(b"<w:body>", added))


def pdf(*objects: str | bytes, root: int = 1) -> bytes:
    """Returns a PDF of these objects, numbered from 1, without a cross-reference table, which readers rebuild."""
    body = b"%PDF-1.7\n"
    for number, written in enumerate(objects, 1):
        data = written.encode() if isinstance(written, str) else written
        body += b"%d 0 obj\n" % number + data + b"\nendobj\n"
    return body + b"trailer << /Root %d 0 R /Size %d >>\nstartxref\n0\n%%%%EOF" % (root, len(objects) + 1)


def stream(data: bytes, extra: str = "", filters: str = "/Filter /FlateDecode") -> bytes:
    return f"<< /Length {len(data)} {filters} {extra} >>\nstream\n".encode() + data + b"\nendstream"


def zeros(megabytes: int) -> bytes:
    """Returns zlib-compressed zeros, made by repeating the second megabyte: all but the first give the same bytes."""
    packer = zlib.compressobj(9)
    first, other = (packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    adler32 = (megabytes * 2**20 % 65521) << 16 | 1
    return first + other * (megabytes - 1) + zlib.compressobj(wbits=-15).flush() + adler32.to_bytes(4, "big")


CATALOG = "<< /Type /Catalog /Pages 2 0 R >>"
PAGES = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"


def one_page(content: bytes, *, box: str = "0 0 595 842", more: str = "") -> bytes:
    shown = f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents 4 0 R /Resources << {more} >> >>"
    return pdf(CATALOG, PAGES, shown, content)


def parts(count: int) -> bytes:
    body = "".join(f'--b\nContent-Disposition: attachment; filename="{n}.txt"\n\nx\n' for n in range(count))
    return f"From: a@b\nContent-Type: multipart/mixed; boundary=b\n\n{body}--b--\n".encode()


def nested_parts(depth: int) -> bytes:
    head = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(depth))
    return f"From: a@b\n{head}\nx\n".encode()


BIG = "x" * 2_000_000
FORM = "/Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F 4 0 R >> >>"
FONTS = "{\\fonttbl" + "".join(f"{{\\f{n}\\froman Times;}}" for n in range(8_000)) + "}"


def joined(*pieces: str | list[Any]) -> str:
    return "".join(piece if isinstance(piece, str) else piece[0] * piece[1] for piece in pieces)


MAKERS: dict[str, Callable[..., bytes]] = {
    # A picture of one colour with all of its rows: few bytes, many pixels.
    "picture": lambda width, height: png(width, height, bytes((width + 1) * height)),
    "page": lambda *pieces: page(joined(*pieces)),
    "rtf": lambda *pieces: rtf(joined(*pieces)),
    "word": lambda *pieces: word(joined(*pieces)),
    "open_document": lambda *pieces: odt_of("", more=joined(*pieces)),
    "drawing": lambda *pieces: one_page(stream(zlib.compress(joined(*pieces).encode()))),
    "plain": lambda *pieces: joined(*pieces).encode(),
}
HOSTILE: dict[str, Callable[[], bytes]] = {
    name: partial(MAKERS[kind], *made) for kind, files in cases.all.items() for name, made in files.items()
} | {
    "claimed.png": lambda: png(2**31 - 1, 2**31 - 1),
    "colour.png": lambda: picture(20, 20_000, "RGBA"),
    "palette.png": lambda: picture(9, 30_000, "P"),
    "sixteen.png": lambda: picture(9, 9_000, "I;16"),
    "pages.tiff": lambda: frames(300),
    "many-pages.tiff": lambda: frames(2_100, (9, 9)),
    "empty-rows.tiff": lambda: frames(1)[:90],
    "bomb.png": lambda: png(50_000, 1_000, b"")[:-12] + b"\x00\x00\xff\xffzTXt" + zlib.compress(bytes(10_000_000)),
    "comment.jpg": lambda: image_bytes(Image.new("L", (30, 30)), "JPEG")[:2] + b"\xff\xfe\xff\xff" * 20_000,
    "fonts.html": lambda: page("".join(f"<font size={n}><p>" for n in range(5_000))),
    "attributes.html": lambda: page("<p " + " ".join(f"a{n}=1" for n in range(20_000)) + ">x"),
    "fonts.rtf": lambda: rtf(FONTS + " x"),
    "noted-fonts.rtf": lambda: rtf(FONTS + "{\\footnote a}" * 4_000 + " x"),
    "members.zip": lambda: zip_of({f"{n}.md2": b"x" for n in range(4_000)}),
    "inner.zip": lambda: zip_of({"a/b.zip": zip_of({f"{n}.md2": b"x" for n in range(900)})}),
    "folders.zip": lambda: zip_of({"a/" * 2_000 + "b.txt": TEXT.encode()}),
    "deep.zip": lambda: nested(20),
    "bomb.zip": lambda: zip_of({"a.txt": bytes(150_000_000)}),
    "letters.zip": lambda: zip_of({"a.md": (BIG * 20).encode()}),
    "parts.eml": lambda: parts(5_100),
    "nested.eml": lambda: nested_parts(3_000),
    "attributes.docx": lambda: word("<w:p " + " ".join(f'a{n}="1"' for n in range(60_000)) + "/>"),
    "entity.docx": lambda: zip_of(
        {"word/document.xml": b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 9_000 + b'">]><x>&a;</x>'}
    ),
    "loop.pdf": lambda: pdf(CATALOG, "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 99999 >>"),
    "count.pdf": lambda: pdf(CATALOG, "<< /Type /Pages /Kids [] /Count 2000000000 >>"),
    "bomb.pdf": lambda: one_page(stream(zeros(400))),
    "twice.pdf": lambda: one_page(stream(zlib.compress(zeros(800)), filters="/Filter [/FlateDecode /FlateDecode]")),
    "self.pdf": lambda: one_page(stream(zlib.compress(b"/F Do"), extra=FORM), more="/XObject << /F 4 0 R >>"),
    "box.pdf": lambda: one_page(stream(zlib.compress(b"0 0 9 9 re f")), box="0 0 1000000000 1"),
    "negative.pdf": lambda: one_page(stream(zlib.compress(b"0 0 9 9 re f")), box="-1e38 -1e38 1e38 1e38"),
    "arrays.pdf": lambda: pdf("[" * 100_000),
    "legacy.txt": lambda: "déjà vu ".encode("cp1252") * 400_000,
}


def test_every_kind_of_file_has_hostile_inputs():
    alike = {"text", "md", "htm", "jpeg", "tif"}
    assert {name.rpartition(".")[2] for name in HOSTILE} >= {suffix[1:] for suffix in SUFFIXES} - alike


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_keeps_to_its_bounds(tmp_path, name):
    (tmp_path / name).write_bytes(HOSTILE[name]())
    began = time.monotonic()
    for path in with_members(tmp_path / name, LIMITS)[:20]:
        try:
            assert load(path, LIMITS, tmp_path).text
        except LoadError as exc:
            assert len(str(exc).splitlines()) == 1 and "; " in str(exc)
    # All of these end by themselves, since their causes are fixed. The bound leaves time for a busy machine.
    assert time.monotonic() - began < 2 * SECONDS
    if sys.platform == "linux":
        # Peak memory in KiB, of the reading process and of any that it ran. A process inherits `ru_maxrss` from its
        # parent, such as that of these tests, so its own peak is taken from its status.
        status = run_bounded(LIMITS, name, Path("/proc/self/status").read_text)
        (peak,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
        ran = run_bounded(LIMITS, name, resource.getrusage, resource.RUSAGE_CHILDREN).ru_maxrss
        assert max(int(peak), ran) * 1024 < MEMORY


def test_the_others_of_a_batch_are_stored_whatever_a_file_does(tmp_path, ingest):
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name in ("column.png", "thin.png", "div.html", "noted-fonts.rtf", "twice.pdf", "spaces.odt", "loop.pdf"):
        (folder / name).write_bytes(HOSTILE[name]())
    os.mkfifo(folder / "pipe.txt")
    (folder / "link.txt").symlink_to("/etc/passwd")
    (folder / "device.txt").symlink_to("/dev/zero")
    (folder / "gone.txt").symlink_to("nowhere.txt")
    (folder / "round.txt").symlink_to("round.txt")
    (folder / "elsewhere").symlink_to(tmp_path, target_is_directory=True)
    sound = {"a.txt": TEXT.encode(), "z.pdf": pdf_of(TEXT + " Of pdf."), "z.odt": odt_of(TEXT + " Of odt.")}
    sound |= {"y.eml": mail_of(TEXT + " Of mail.", {})}
    for name, data in sound.items():
        (folder / name).write_bytes(data)
    report = ingest(folder, limits=LIMITS)
    found = {file.file: file for file in report.files}
    assert all(found[name].result == "added" for name in sound)
    for name in ("pipe.txt", "link.txt", "device.txt", "gone.txt", "round.txt", "elsewhere"):
        assert found[name].result == "skipped" and found[name].reason, name
    assert all(file.result in ("added", "failed", "skipped") for file in report.files)
    assert all(file.reason for file in report.files if file.result != "added")


def test_folder_that_may_not_be_opened_is_reported(tmp_path, monkeypatch):
    (tmp_path / "closed").mkdir()
    (tmp_path / "a.txt").write_text(TEXT)
    scan = os.scandir

    def refused(path):
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refused)
    files, passed_over = survey(tmp_path)
    assert files == (tmp_path / "a.txt",)
    assert "could not be opened (Permission denied)" in str(passed_over[tmp_path / "closed"])
    assert passed_over[tmp_path / "closed"].result == "failed"


@pytest.mark.parametrize("size", [(2, 2_000), (4, 20_000), (1, 4_000_000), (4_000_000, 1), (600, 800), (9, 9)])
def test_lines_of_a_picture_of_any_shape_are_looked_for_in_a_small_one(size, monkeypatch):
    seen = []
    resize = Image.Image.resize

    def recorded(self, to, *arguments, **options):
        seen.append(to)
        return resize(self, to, *arguments, **options)

    monkeypatch.setattr(Image.Image, "resize", recorded)
    assert -3.5 < find_skew(Image.new("L", size, 255)) < 3.5
    assert all(width * height <= 600 * 2_400 for width, height in seen)


def test_page_of_thousands_of_paragraphs_is_read_whole():
    body = "".join(f"<p>Paragraph {n} supports article 4.</p>" for n in range(6_000))
    text = load_html(page(body), "a.html", LIMITS).text
    assert text.count("supports article 4.") == 6_000 and "Paragraph 5999 " in text
    unclosed = load_html(page("<ul>" + "<li>one<p>two<br>" * 5_000), "a.html", LIMITS).text
    assert unclosed.count("two") == 5_000


def test_font_table_gives_each_font_its_encoding_and_notes_their_text():
    source = (
        rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\froman Plain;}{\f1\fcharset204 Times;}{\f2\fcharset178 A;}}"
        rb"\f1 \'cc\'fb{\footnote\f1 \'e7\'e0}\par\f0 caf\'e9{\footnote second}}"
    )
    assert load_rtf(source, "a.rtf", LIMITS).text == with_notes("Мы\n\ncafé", "за\n\nsecond")


def test_time_for_rich_text_grows_with_its_length():
    def seconds(fonts: int) -> float:
        table = "{\\fonttbl" + "".join(f"{{\\f{n}\\froman Times;}}" for n in range(fonts)) + "}"
        data = rtf(table + "{\\footnote a}" * fonts + " x")
        began = time.process_time()
        load_rtf(data, "a.rtf", LIMITS)
        return time.process_time() - began

    # For four times the length, quadratic time would be 16 times as long.
    assert seconds(4_000) < 10 * seconds(1_000) + 0.2
