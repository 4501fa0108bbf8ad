"""Pictures of pages: PNG, JPEG and TIFF, read by text recognition."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO

from PIL import Image, ImageOps

from ingest.errors import EmptyFileError, LoadError
from ingest.loaders.loaded import Extract, LoadLimits, check_length, check_pages, refusing
from ingest.loaders.ocr import LONGEST_SIDE, Recognizer
from ingest.loaders.scanned import GUESSED_NOTE, ScannedPage, joined

_FORMATS = ("PNG", "JPEG", "TIFF")
# Shortest side of a picture, in pixels: a character needs as many.
_SHORTEST_SIDE = 8
# Exceptions that Pillow raises on broken files, besides its own errors.
_FAILURES = (
    OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, EOFError, AttributeError, RuntimeError,
)  # fmt: skip


def load_image(data: bytes, name: str, limits: LoadLimits) -> Extract:
    r"""Read a picture by text recognition; the pages of a TIFF are joined by `\n\f`."""
    recognizer = Recognizer(limits)
    pages: list[ScannedPage | None] = []
    texts: list[str] = []
    for image in page_images(data, name, limits):
        page = recognizer.read(image.copy)
        pages.append(page)
        texts.append("" if page is None else page.text)
        check_length(sum(map(len, texts)), name, limits)
    extract = joined(texts, pages)
    problem = recognizer.problem
    guessed = any(page is not None and page.is_guessed for page in pages)
    if not extract.scanned:
        if problem is not None:
            raise LoadError(f"{name!r} is a picture: {problem}")
        raise EmptyFileError(f"{name!r} is a picture on which no text is found; check that it is upright and sharp")
    notes = ("read by text recognition", *filter(None, (GUESSED_NOTE if guessed else None, problem)))
    unread = tuple(number for number, page in enumerate(pages, 1) if page is None or page.is_guessed)
    return replace(extract, notes=notes, incomplete=problem is not None, unread=unread)


def page_images(data: bytes, name: str, limits: LoadLimits) -> Iterator[Image.Image]:
    """Decode the pages of a picture one by one, upright and grey, after checking the limits of pages and pixels."""
    with _translated(name):
        opened = Image.open(BytesIO(data), formats=_FORMATS)
        frames = getattr(opened, "n_frames", 1)
    check_pages(frames, name, limits)
    for number in range(frames):
        with _translated(name):
            opened.seek(number)
            width, height = opened.size
        if max(width, height) > LONGEST_SIDE or min(width, height) < _SHORTEST_SIDE:
            raise LoadError(
                f"{name!r} is a picture of {width:,} × {height:,} pixels, which is no page: sides of "
                f"{_SHORTEST_SIDE} to {LONGEST_SIDE:,} are read; crop or scale it"
            )
        limits.check(
            "max_pixels", width * height,
            f"{name!r} is a picture of {width:,} × {height:,} pixels, more than {limits.max_pixels:,}; save it smaller "
            "(200 dots per inch are enough)",
        )  # fmt: skip
        with _translated(name):
            image = ImageOps.exif_transpose(opened)
            # A transparent background counts as white, as viewers show it.
            if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
                image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))
            grey = image.convert("L")
        yield grey


@contextmanager
def _translated(name: str) -> Iterator[None]:
    # Pillow warns of its own pixel limit, and of damaged files that it reads nevertheless.
    quiet = warnings.catch_warnings(action="ignore")
    bomb = refusing((Image.DecompressionBombError,), f"{name!r} is a picture of far too many pixels; save it smaller")
    with quiet, bomb, refusing(_FAILURES, f"{name!r} is a damaged picture; save or scan it again"):
        yield
