"""Draws, changes and concatenates PDF files."""

import io
from collections.abc import Callable, Sequence

from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

Draw = Callable[[Canvas], object]


def drawn(*pages: Draw, size: tuple[float, float] = A4) -> bytes:
    """Returns a PDF with one page for each function, which draws on the page's canvas."""
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=size)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def lines(written: Sequence[str], top: float = 740, step: float = 24, left: float = 72) -> Draw:
    """Returns a function that draws lines one below the other."""
    return lambda canvas: [canvas.drawString(left, top - step * number, line) for number, line in enumerate(written)]


def pdf_lines(*pages: str) -> bytes:
    """Returns a PDF whose pages have the lines of these texts."""
    return drawn(*(lines(page.splitlines(), 770, 14) for page in pages))


def changed(data: bytes, change: Callable[[PdfWriter], object]) -> bytes:
    """Returns a PDF to which a change was applied."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    change(writer)
    return _written(writer)


def put_together(*parts: bytes) -> bytes:
    """Concatenates PDF files."""
    writer = PdfWriter()
    for part in parts:
        writer.append(PdfReader(io.BytesIO(part)))
    return _written(writer)


def _written(writer: PdfWriter) -> bytes:
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()
