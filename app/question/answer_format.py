"""Answer format of a follow-up: shorter, as talking points, or in another language.

"Shorter, please" and "in French" keep the question before and change only the form of its answer.
"""

from dataclasses import dataclass
from typing import Final

from app.question.lexicon import lexicon_of
from app.records import Style

_STYLES: Final[tuple[Style, ...]] = ("shorter", "points")
# Words that a wish for another form consists of.
_WORDS: Final = frozenset({*_STYLES, "languages", "form", "fill", "and", "ask", "stop", "dash"})


@dataclass(frozen=True, kw_only=True)
class Restyle:
    """How an answer is wanted.

    Attributes:
        language: ISO 639-1 code that was asked for; None where none was.
    """

    style: Style = "answer"
    language: str | None = None


def restyle(question: str, language: str) -> Restyle | None:
    """Returns the form that a question asks for, where it asks for nothing else; None for any other question.

    Args:
        question: What was asked.
        language: Its own language.
    """
    items = lexicon_of(language).items(question)
    styles = [style for item in items for style in _STYLES if style in item.kinds]
    wanted = next((item.values["languages"] for item in items if "languages" in item.kinds), None)
    if not (styles or wanted) or not all(item.kinds & _WORDS for item in items):
        return None
    return Restyle(style=styles[0] if styles else "answer", language=wanted)
