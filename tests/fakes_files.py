"""Files as delegations send them, made from fictional statements: PDF, Word, web page, rich text, scan, e-mail."""

import io
import os
import random
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator, Sequence
from email.message import EmailMessage
from html import escape
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from rapidfuzz.distance import LCSseq
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from ingest.text.canonical_form import squash
from tests.fakes_word import new_document, saved, with_footnotes

HEAD = "Conference of the Parties, tenth session"
NOTES = (
    "See the report of the expert group, annex II, which the Secretariat circulated before the session.",
    "The figures are those of the customs service of Arvandia, as of 30 June.",
    "Unofficial translation of the Penal Code, section 112.",
    "Selwe River Commission, minutes of its ninth meeting.",
    "This reservation was withdrawn in 2019.",
    "Belmora Gazette, number 71.",
)
NEEDS_TESSERACT = pytest.mark.skipif(shutil.which("tesseract") is None, reason="needs tesseract: apt-get install it")
_WIDTH, _HEIGHT = A4
_MARGIN = 72.0
_FONT = "Times-Roman"
_NOTO = Path("/usr/share/fonts")
FONTS = {
    "zh": ("opentype/noto/NotoSansCJK-Regular.ttc",),
    "ar": ("truetype/noto/NotoNaskhArabic-Regular.ttf",),
    "": ("truetype/noto/NotoSerif-Regular.ttf", "truetype/dejavu/DejaVuSerif.ttf"),
}


def recovered(expected: str, got: str) -> float:
    """Returns the share of the expected characters, without white space, that a text contains in the same order."""
    wanted = squash(expected)
    return LCSseq.similarity(wanted, squash(got)) / len(wanted)


def find_font(language: str) -> Path | None:
    names = FONTS.get(language, FONTS[""])
    return next((_NOTO / name for name in names if (_NOTO / name).is_file()), None)


def paragraphs(text: str) -> list[str]:
    return [" ".join(block.split()) for block in text.split("\n\n") if block.strip()]


def wrapped(
    paragraph: str, width: float, measure: Callable[[str], float], *, hyphenate: random.Random | None = None
) -> Iterator[str]:
    """Yields the lines of a paragraph; with `hyphenate`, some break inside a word, as typesetters do."""
    line = ""
    for word in paragraph.split():
        longer = f"{line} {word}".strip()
        if measure(longer) <= width:
            line = longer
            continue
        cut = len(word) // 2
        if hyphenate and len(word) > 7 and word.isalpha() and hyphenate.random() < 0.5:
            first = f"{line} {word[:cut]}-".strip()
            if measure(first) <= width:
                yield first
                line = word[cut:]
                continue
        yield line
        line = word
    yield line


def pdf_of(
    text: str,
    *,
    columns: int = 1,
    across: bool = False,
    size: float = 11.0,
    furniture: bool = True,
    notes: bool = False,
    hyphens: bool = False,
) -> bytes:
    """Sets a text, whose paragraphs are separated by empty lines, as a PDF.

    `across` paints line by line across columns, as some programs do; `furniture` is a running head and a page number.
    """
    gutter = 20.0
    width = (_WIDTH - 2 * _MARGIN - gutter * (columns - 1)) / columns
    rng = random.Random(4) if hyphens else None
    lines: list[str | None] = []
    for paragraph in paragraphs(text):
        lines += [*wrapped(paragraph, width, lambda s: stringWidth(s, _FONT, size), hyphenate=rng), None]
    leading = size * 1.25
    top = _HEIGHT - _MARGIN - 24
    per_column = int((top - _MARGIN - (60 if notes else 12)) // leading)
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4)
    per_page = per_column * columns
    for page, start in enumerate(range(0, len(lines), per_page), 1):
        placed = []
        for column in range(columns):
            part = lines[start + column * per_column : start + (column + 1) * per_column]
            x = _MARGIN + column * (width + gutter)
            placed += [(x, top - leading * n, line) for n, line in enumerate(part) if line]
        if across:
            placed.sort(key=lambda item: (-item[1], item[0]))
        if furniture:
            canvas.setFont(_FONT, 9)
            canvas.drawString(_MARGIN, _HEIGHT - 40, HEAD)
            canvas.drawRightString(_WIDTH - _MARGIN, _HEIGHT - 40, "Vienna")
        canvas.setFont(_FONT, size)
        for x, y, line in placed:
            canvas.drawString(x, y, line)
        if notes:
            canvas.setFont(_FONT, size * 0.75)
            note = f"{page} {NOTES[(page - 1) % len(NOTES)]}"
            for n, line in enumerate(wrapped(note, width, lambda s: stringWidth(s, _FONT, size * 0.75))):
                canvas.drawString(_MARGIN, _MARGIN + 26 - n * size, line)
        if furniture:
            canvas.setFont(_FONT, 9)
            canvas.drawCentredString(_WIDTH / 2, 36, str(page))
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def scan_of(text: str, language: str = "en", *, size: int = 31) -> Image.Image:
    """Prints a text on a page as it comes from a scanner: 200 dots per inch, slightly rotated, with noise.

    `size` is the font's in pixels; 31 at that resolution are 11 points.
    """
    path = find_font(language)
    assert path is not None
    font = ImageFont.truetype(str(path), size)
    direction = "rtl" if language == "ar" else "ltr"
    page = Image.new("L", (1654, 2339), 255)
    draw = ImageDraw.Draw(page)
    width, y = 1654 - 2 * 180, 180
    for paragraph in paragraphs(text):
        for line in _lines_of(paragraph, width, language, font):
            anchor = (1654 - 180, "ra") if language == "ar" else (180, "la")
            if y < 2339 - 200:
                draw.text((anchor[0], y), line, font=font, fill=30, anchor=anchor[1], direction=direction)
            y += size * 3 // 2
        y += size // 2
    rng = np.random.default_rng(4)
    turned = page.rotate(rng.uniform(-0.7, 0.7), resample=Image.Resampling.BICUBIC, fillcolor=255)
    pixels = np.asarray(turned, dtype=np.float32)
    noisy = pixels + rng.normal(0, 18, pixels.shape) - 8
    specks = rng.random(pixels.shape) < 0.0004
    return Image.fromarray(np.where(specks, 60, noisy).clip(0, 255).astype(np.uint8))


def _lines_of(paragraph: str, width: float, language: str, font: ImageFont.FreeTypeFont) -> list[str]:
    if language != "zh":
        return list(wrapped(paragraph, width, font.getlength))
    count = int(width // font.getlength("国"))
    return [paragraph[start : start + count] for start in range(0, len(paragraph), count)]


def one_page(text: str, characters: int) -> str:
    """Returns the first paragraphs of a text that have at most so many characters together."""
    kept: list[str] = []
    for paragraph in paragraphs(text):
        if sum(map(len, kept)) + len(paragraph) > characters:
            break
        kept.append(paragraph)
    return "\n\n".join(kept)


def docx_of(text: str, *, notes: Sequence[str] = ()) -> bytes:
    """Writes a Word file with a running head, and footnotes on its first paragraphs."""
    document = new_document()
    document.sections[0].header.paragraphs[0].text = HEAD
    added = [document.add_paragraph(paragraph) for paragraph in paragraphs(text)]
    if notes:
        with_footnotes(document, dict(zip(added, notes, strict=False)))
    return saved(document)


def html_of(text: str) -> bytes:
    """Writes a web page with a style, a script, navigation, hidden text and a footer around the text."""
    body = "".join(f"<p>{escape(paragraph)}</p>\n" for paragraph in paragraphs(text))
    page = (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><title>Site</title><style>p { color: red }</style>'
        "<script>document.title = 'hacked'</script></head><body><header>Portal of statements</header>"
        "<nav><ul><li>Home</li><li>Sessions</li></ul></nav>"
        f'<main><div hidden>draft</div><p style="display: none">struck out</p>{body}</main>'
        "<aside>Related documents</aside><footer>Contact us</footer></body></html>"
    )
    return page.encode()


def rtf_of(text: str, *, notes: Sequence[str] = ()) -> bytes:
    """Writes rich text with a running head, a deletion, a link, and footnotes on the first paragraphs."""
    parts = []
    for number, paragraph in enumerate(paragraphs(text)):
        note = f"{{\\super\\chftn}}{{\\footnote\\pard {_rtf(notes[number])}}}" if number < len(notes) else ""
        parts.append(f"\\pard {_rtf(paragraph)}{note}{{\\deleted never said}}\\par\n")
    head = f"{{\\rtf1\\ansi\\ansicpg1252\\deff0{{\\fonttbl{{\\f0\\froman Times;}}}}{{\\header {HEAD}\\par}}\n"
    return (head + "".join(parts) + "}").encode("ascii")


def _rtf(text: str) -> str:
    def coded(char: str) -> str:
        return char if char.isascii() else f"\\u{(ord(char) + 0x8000) % 0x10000 - 0x8000}?"

    return "".join("\\" + char if char in "\\{}" else coded(char) for char in text)


def odt_of(text: str, *, notes: Sequence[str] = (), more: str = "") -> bytes:
    """Writes an OpenDocument text with a tracked deletion, footnotes on the first paragraphs, and `more` XML."""
    names = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in (("office", "office"), ("text", "text"), ("draw", "drawing"), ("table", "table"))
    )
    body = []
    for number, paragraph in enumerate(paragraphs(text)):
        note = ""
        if number < len(notes):
            note = (
                f'<text:note text:note-class="footnote"><text:note-citation>{number + 1}</text:note-citation>'
                f"<text:note-body><text:p>{escape(notes[number])}</text:p></text:note-body></text:note>"
            )
        body.append(f"<text:p>{escape(paragraph)}{note}</text:p>")
    deletion = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>never said</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names}><office:body><office:text>'
        f"{deletion}{''.join(body)}{more}</office:text></office:body></office:document-content>"
    )
    return zip_of({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": content.encode()})


def zip_of(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def mail_of(text: str, attachments: dict[str, bytes]) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "mission@arvandia.example", "secretariat@example", "Statement"
    message.set_content(text)
    for name, data in attachments.items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return bytes(message)


def image_bytes(image: Image.Image, kind: str = "PNG") -> bytes:
    stream = io.BytesIO()
    image.save(stream, format=kind)
    return stream.getvalue()


def scanned_pdf(image: Image.Image) -> bytes:
    """Puts a picture on a page, without a text layer."""
    stream = io.BytesIO()
    image.save(stream, format="PDF", resolution=200)
    return stream.getvalue()


def find_chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return os.environ.get("UNTOC_CHROMIUM") or next((found for name in names if (found := shutil.which(name))), None)


def printed_pdf(text: str, language: str, folder: Path, *, columns: int = 1) -> bytes:
    """Prints a text with a browser, which shapes Arabic and embeds fonts as current programs do."""
    direction = "rtl" if language == "ar" else "ltr"
    body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs(text))
    page, target = folder / f"{language}.html", folder / f"{language}-{columns}.pdf"
    page.write_text(
        f'<!DOCTYPE html><html lang="{language}" dir="{direction}"><meta charset="utf-8"><style>@page {{ size: A4;'
        f" margin: 25mm }} body {{ font: 11pt serif; column-count: {columns}; column-gap: 8mm;"
        f" text-align: justify }}</style><body>{body}</body></html>",
        encoding="utf-8",
    )
    browser = find_chromium()
    assert browser is not None
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    # A profile of its own, so that nothing is read or written elsewhere.
    flags += [f"--user-data-dir={folder / 'profile'}", "--no-pdf-header-footer", f"--print-to-pdf={target}"]
    subprocess.run([browser, *flags, page.as_uri()], check=True, capture_output=True, timeout=120)
    return target.read_bytes()
