"""Logical order of the glyphs of a line with right-to-left text, from the order in which they are painted.

PDF files place glyphs, and programs differ in the order in which they store right-to-left ones, even within a word.
So the order is derived from positions: the Unicode Bidirectional Algorithm, reversed, for one line.

Source: https://www.unicode.org/reports/tr9/ (rules W2, W4, W7, N1 and L2, as far as a single line needs them).
"""

from collections.abc import Sequence
from itertools import groupby
from unicodedata import bidirectional, category

from ingest.loaders.pdfium import Glyph

# The kind of a cluster (see `_kinds`) by its bidirectional class.
_KINDS = {"R": "R", "AL": "R", "L": "L", "EN": "1", "AN": "1"}
# Shares of the font size: letters of Arabic words that are not joined stand up to 0.2 apart, words 0.25 and more.
_GAP = 0.22
_HAIR = 0.02
_CLOSING = frozenset(".،؛:!؟")
_LAM, _ALEFS = "ل", frozenset("اأإآٱ")
# Bidirectional class of the signs that join digits into one number; a hyphen in Arabic text joins none.
_SEPARATOR = "CS"
_MIRRORED = dict(zip("()[]{}<>«»", ")(][}{><»«", strict=True))


def has_right_to_left(glyphs: Sequence[Glyph]) -> bool:
    """Return whether any letter of a line is of a script that runs from right to left."""
    return any(_KINDS.get(bidirectional(glyph.char)) == "R" for glyph in glyphs if glyph.char.isalpha())


def in_logical_order(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Bring the glyphs of one line from visual into logical order, with a space for every gap.

    The parts of a ligature share one box and keep their order; brackets in right-to-left text are mirrored.
    """
    # Spaces without a width are dropped, since some programs do not paint them where the gap is.
    clusters = _with_gaps(_clusters([g for g in glyphs if not g.char.isspace() or g.right - g.left > _HAIR * g.size]))
    kinds = _kinds(clusters)
    rtl = kinds.count("R") >= kinds.count("L")
    runs = [
        (kind, [cluster for _, cluster in members])
        for kind, members in groupby(zip(_resolved(kinds, rtl=rtl), clusters, strict=True), lambda pair: pair[0])
    ]
    ordered: list[Glyph] = []
    for kind, run in reversed(runs) if rtl else runs:
        for cluster in reversed(run) if kind == "R" else run:
            ordered += [g._replace(char=_MIRRORED.get(g.char, g.char)) for g in cluster] if kind == "R" else cluster
    if rtl:
        # Closing marks at the beginning end the line: it was set left to right, with these marks at its right end.
        first = next((n for n, glyph in enumerate(ordered) if glyph.char not in _CLOSING), 0)
        ordered = ordered[first:] + ordered[:first]
    return ordered


def _clusters(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Group glyphs that are reordered together, from left to right: a letter with its marks, a ligature's parts."""
    letters = [glyph for glyph in glyphs if category(glyph.char[0]) != "Mn"]
    letters.sort(key=lambda glyph: glyph.left + glyph.right)
    clusters = [list(cluster) for _, cluster in groupby(letters, key=lambda glyph: glyph[1:5])]
    if any(cluster[0].char in _ALEFS and cluster[1].char == _LAM for cluster in clusters if len(cluster) > 1):
        # No ligature begins with an alef: PDFium has reversed the parts of this line's ligatures.
        clusters = [cluster[::-1] for cluster in clusters]
    for mark in (glyph for glyph in glyphs if category(glyph.char[0]) == "Mn"):
        centre = (mark.left + mark.right) / 2
        if clusters:
            min(clusters, key=lambda cluster: abs((cluster[0].left + cluster[0].right) / 2 - centre)).append(mark)
        else:
            clusters.append([mark])
    return clusters


def _with_gaps(clusters: Sequence[list[Glyph]]) -> list[list[Glyph]]:
    spaced: list[list[Glyph]] = []
    reach = clusters[0][0].right if clusters else 0.0
    for cluster in clusters:
        first = cluster[0]
        neighbour = spaced[-1][0].char if spaced else " "
        if first.left - reach > _GAP * first.size and not (first.char.isspace() or neighbour.isspace()):
            spaced.append([first._replace(char=" ", left=reach, right=first.left)])
        spaced.append(cluster)
        reach = max(reach, first.right)
    return spaced


def _kinds(clusters: Sequence[Sequence[Glyph]]) -> list[str]:
    """Classify clusters: `R`, `L`, `1` for parts of a number, empty for neutrals, resolved by `_resolved`."""
    classes = [bidirectional(cluster[0].char[0]) for cluster in clusters]
    kinds = [_KINDS.get(each, "") for each in classes]
    for place in range(1, len(kinds) - 1):
        if classes[place] == _SEPARATOR and kinds[place - 1] == kinds[place + 1] == "1":
            kinds[place] = "1"
    strong = ""
    for place, kind in enumerate(kinds):
        # Rule W7: a number after Latin letters takes their direction.
        if kind == "1" and strong == "L":
            kinds[place] = "L"
        strong = kind if kind in ("L", "R") else strong
    return kinds


def _resolved(kinds: Sequence[str], *, rtl: bool) -> list[str]:
    """Return the direction of every cluster; a number's digits run left to right, but it is placed like a word."""
    base = "R" if rtl else "L"
    resolved: list[str] = []
    number = 0
    for place, kind in enumerate(kinds):
        if kind == "1":
            # Each number is a run of its own, so that two neighbouring numbers keep their order.
            number += place == 0 or kinds[place - 1] != "1"
            resolved.append(f"1{number}")
        elif kind:
            resolved.append(kind)
        else:
            before = next((k for k in reversed(kinds[:place]) if k), base)
            after = next((k for k in kinds[place + 1 :] if k), base)
            # Rule N1: beside neutrals, numbers count as right-to-left, unless the line runs from left to right.
            sides = {"L" if k == "L" or (k == "1" and not rtl) else "R" for k in (before, after)}
            resolved.append(sides.pop() if len(sides) == 1 else base)
    return resolved
