"""Appearance of the kinds of position: a tint and a mark each, so that nothing depends on colour alone."""

from typing import Final

from app.retrieval.positions.position_marks import PositionKind

# Tints of the palette by Okabe and Ito, which people with any colour vision can tell apart.
# Source: https://jfly.uni-koeln.de/color/
TINTS: Final[dict[PositionKind, str]] = {
    "supports": "BFE3D6", "opposes": "F4C4A3", "proposes": "C6E4F7", "conditional": "F7F1A8",
    "reports_practice": "EBCFDF", "calls_on_others": "F7D795", "no_position": "EDEDED", "no_statement": "FFFFFF",
}  # fmt: skip
MARKS: Final[dict[PositionKind, str]] = {
    "supports": "+", "opposes": "−", "proposes": "▲", "conditional": "±",
    "reports_practice": "■", "calls_on_others": "►", "no_position": "·", "no_statement": "×",
}  # fmt: skip
