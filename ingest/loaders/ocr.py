"""Text recognition for scans, by the tesseract program.

The program is called directly, and not through a Python binding: pages go in and words come out through pipes, so
that nothing is written to disk, and its threads can be limited (`OMP_THREAD_LIMIT`) in its own environment. Without
that limit a page takes about six times as long on two cores; in this process's environment the limit would slow the
embedding model.
"""

import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from statistics import median

import numpy as np
from PIL import Image, ImageFilter

from ingest.language.detection import detect_language
from ingest.loaders.bounded_process import die_with_parent, next_page
from ingest.loaders.loaded import LoadLimits
from ingest.loaders.scanned import ReadWord, ScannedPage, mean_confidence, read_table, scanned_page, with_line

PROGRAM = "tesseract"
# The language model for the first reading of each script; Latin text is then read again in its own language.
_BY_SCRIPT = {"Arabic": "ara", "Cyrillic": "rus", "Han": "chi_sim", "HanS": "chi_sim", "HanT": "chi_tra"}
_LATIN = "eng"
_BY_LANGUAGE = {"en": "eng", "fr": "fra", "es": "spa"}
_SCRIPT = re.compile(r"^Script: (\w+)$", re.MULTILINE)
_ROTATE = re.compile(r"^Rotate: (\d+)$", re.MULTILINE)
# Below this mean confidence, the language of the page before counts as wrong and the script is detected anew.
_DOUBTFUL = 0.6
# Minimum mean confidence at which a missed line, recognised by itself, counts as text.
_PLAUSIBLE = 0.5
# Largest skew that is searched, in degrees; pages in a scanner lie less askew.
_MOST_SKEW = 3.0
_COARSE, _FINE = 0.5, 0.1  # steps, in degrees
# Pixels to which a page is reduced to find its skew: enough to see lines. The height bounds strips longer than a page.
_SKEW_WIDTH, _SKEW_HEIGHT = 600, 2_400
# Blur radius in pixels at 200 dots per inch: removes the grain of a scan and leaves letters sharp.
_BLUR = 0.8
_MOST_MISSED = 20  # lines
_AROUND_LINE = 8  # pixels
DPI = 200
"""Resolution at which pages are rendered to be read; more takes longer and reads no better."""
LONGEST_SIDE = 32_767
"""Longest side of an image that tesseract accepts, in pixels."""


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """One recognition of a page: the straightened image, the angle by which it was turned, and the words."""

    image: Image.Image
    skew: float
    words: tuple[ReadWord, ...]

    @property
    def confidence(self) -> float:
        return mean_confidence(self.words)


class Recognizer:
    """Reads the scanned pages of one file; the language found on one page is tried first on the next.

    If a page was not read, `problem` says why, with the next step.
    """

    def __init__(self, limits: LoadLimits) -> None:
        self.problem: str | None = None
        self._limits, self._read = limits, 0
        self._languages: str | None = limits.ocr_languages or None

    def read(self, render: Callable[[], Image.Image]) -> ScannedPage | None:
        """Read a page, rendered only if needed; return None if it cannot be read, an empty text if it shows none."""
        if shutil.which(PROGRAM) is None:
            self.problem = (
                "reading scans needs the program tesseract: install it (Debian and Ubuntu: apt-get install "
                "tesseract-ocr, and tesseract-ocr-ara -chi-sim -fra -rus -spa for the languages) and ingest again"
            )
            return None
        if self._read >= (most := self._limits.max_scanned_pages):
            self.problem = (
                f"only {most} scanned pages of a file are read; split it, or raise UNTOC_LOAD__MAX_SCANNED_PAGES"
            )
            return None
        self._read += 1
        next_page()
        try:
            return self._recognize(render().convert("L"))
        except subprocess.TimeoutExpired:
            self.problem = (
                f"text recognition took more than {self._limits.ocr_seconds} s on a page; raise UNTOC_LOAD__OCR_SECONDS"
            )
        except (OSError, subprocess.CalledProcessError) as exc:
            self.problem = f"text recognition failed ({_first_line(exc)}); run `tesseract --list-langs` to check it"
        return None

    def _recognize(self, image: Image.Image) -> ScannedPage:
        installed = _installed()
        missing = sorted(set(self._limits.ocr_languages.split("+")) - installed - {""})
        if missing:
            raise OSError(f"the language {missing[0]!r} of ocr_languages is not installed")
        fixed, quarter, language = self._limits.ocr_languages, 0, self._languages
        page = None if language is None else self._words(image, language)
        if page is None or language is None or page.confidence < _DOUBTFUL:
            quarter, language = self._script(image)
            turned = image.rotate(-quarter, expand=True, fillcolor=255) if quarter else image
            language = fixed or (language if language in installed else _LATIN)
            if page is None or quarter or language != self._languages:
                again = self._words(turned, language)
                # In languages that are set, a poor scan may only seem to lie on its side: the surer reading counts.
                if page is not None and fixed and page.confidence >= again.confidence:
                    quarter = 0
                else:
                    page = again
            if language == _LATIN and not fixed:
                page, language = self._in_own_language(turned, page, installed)
            self._languages = language
        page = self._with_missed_lines(page, language)
        return scanned_page(page.words, page.image.size, skew=page.skew, quarter=quarter)

    def _script(self, image: Image.Image) -> tuple[int, str]:
        """Return by how many degrees a page must be turned clockwise, and the language of its script."""
        if "osd" not in _installed():
            return 0, _LATIN
        try:
            found = self._run(image, ["-l", "osd", "--psm", "0"])
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            # The page has too few characters for script detection, or too many.
            return 0, _LATIN
        script, rotate = _SCRIPT.search(found), _ROTATE.search(found)
        return int(rotate[1]) if rotate else 0, _BY_SCRIPT.get(script[1], _LATIN) if script else _LATIN

    def _in_own_language(self, image: Image.Image, page: _Reading, installed: frozenset[str]) -> tuple[_Reading, str]:
        """Read Latin text again in its detected language, unless that is English, which has no accents."""
        words = " ".join(word.text for word in page.words)
        language = _BY_LANGUAGE.get(detect_language(words[:2000], sure=0.0) or "en", _LATIN)
        if language == _LATIN or language not in installed:
            return page, _LATIN
        return self._words(image, language), language

    def _words(self, image: Image.Image, languages: str) -> _Reading:
        skew = find_skew(image)
        level = image.rotate(skew, resample=Image.Resampling.BICUBIC, fillcolor=255) if skew else image
        level = level.filter(ImageFilter.GaussianBlur(_BLUR))
        table = self._run(level, ["-l", languages, "--psm", "3", "tsv"])
        return _Reading(image=level, skew=skew, words=tuple(read_table(table)))

    def _with_missed_lines(self, page: _Reading, languages: str) -> _Reading:
        """Add the lines that tesseract passed over, each recognised by itself (see `_missed_lines`)."""
        words = list(page.words)
        for number, box in enumerate(_missed_lines(page.image, words)):
            table = self._run(page.image.crop(box), ["-l", languages, "--psm", "13", "tsv"])
            line = read_table(table, left=box[0], top=box[1], block=f"missed {number} ")
            if mean_confidence(line) >= _PLAUSIBLE:
                words = with_line(words, line)
        return replace(page, words=tuple(words))

    def _run(self, image: Image.Image, options: Sequence[str]) -> str:
        stream = io.BytesIO()
        image.save(stream, format="PPM")
        command = [PROGRAM, "stdin", "stdout", "--dpi", str(DPI), *options]
        # `preexec_fn` is safe here, since the process that reads files has one thread.
        before = die_with_parent if sys.platform == "linux" else None
        done = subprocess.run(
            command, input=stream.getvalue(), capture_output=True, check=True, timeout=self._limits.ocr_seconds,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"}, preexec_fn=before,
        )  # fmt: skip
        return done.stdout.decode("utf-8", "replace")


def find_skew(image: Image.Image) -> float:
    """Return by how many degrees a page must be turned counter-clockwise for its lines to lie level.

    Lines are level where the ink per row of pixels changes most from row to row.
    """
    scale = min(_SKEW_WIDTH / image.width, _SKEW_HEIGHT / image.height)
    size = (max(1, int(image.width * scale)), max(1, int(image.height * scale)))
    ink = Image.fromarray(255 - np.asarray(image.resize(size, Image.Resampling.BOX)))

    def sharpness(angle: float) -> float:
        turned = np.asarray(ink.rotate(angle, resample=Image.Resampling.BILINEAR), dtype=np.float32)
        return float(np.square(np.diff(turned.sum(axis=1))).sum())

    coarse = max(np.arange(-_MOST_SKEW, _MOST_SKEW + 0.01, _COARSE), key=sharpness)
    fine = max(np.arange(coarse - _COARSE + _FINE, coarse + _COARSE, _FINE), key=sharpness)
    return round(float(fine), 2)


def _missed_lines(image: Image.Image, words: Sequence[ReadWord]) -> list[tuple[int, int, int, int]]:
    """Find the lines of a straightened page on which nothing was read; return boxes in pixels, from the top.

    Tesseract passes over short lines; those found are about as high as the lines that were read.
    """
    if not words:
        return []
    usual = median(word.box[3] - word.box[1] for word in words)
    pixels = np.asarray(image)
    dark = pixels < (float(np.percentile(pixels, 1)) + float(np.median(pixels))) / 2
    rows = dark.sum(axis=1) > 2
    read = np.zeros(len(rows), dtype=bool)
    for word in words:
        read[max(0, word.box[1]) : word.box[3]] = True
    edges = np.flatnonzero(np.diff(np.concatenate(([False], rows, [False])).astype(np.int8)))
    found = []
    for top, bottom in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        columns = np.flatnonzero(dark[top:bottom].any(axis=0))
        height, width = bottom - top, int(columns[-1] - columns[0])
        inked = int(dark[top:bottom].sum())
        is_line = 0.5 * usual < height < 2.5 * usual and width > height and inked > 0.05 * height * width
        if is_line and read[top:bottom].mean() < 0.3:
            corner = max(0, int(columns[0]) - _AROUND_LINE), max(0, top - _AROUND_LINE)
            right, lower = int(columns[-1]) + _AROUND_LINE, bottom + _AROUND_LINE
            found.append((*corner, min(image.width, right), min(image.height, lower)))
    return found[:_MOST_MISSED]


@cache
def _installed() -> frozenset[str]:
    listed = subprocess.run([PROGRAM, "--list-langs"], capture_output=True, check=True, timeout=20)
    return frozenset(listed.stdout.decode("utf-8", "replace").split("\n")[1:])


def _first_line(exc: OSError | subprocess.CalledProcessError) -> str:
    said = exc.stderr.decode("utf-8", "replace").strip() if isinstance(exc, subprocess.CalledProcessError) else str(exc)
    return said.splitlines()[0] if said else str(exc)
