"""Answer format of a follow-up: shorter, as talking points, or in another language.

"Shorter, please" and "in French" keep the question before and change only the form of its answer. The words stand in
`app/question/data/forms.yaml`.
"""

from dataclasses import dataclass
from typing import Final

from app.question.lexicon import lexicon_of
from app.records import Style

_STYLES: Final[tuple[Style, ...]] = ("shorter", "points")
# What stands between words.
_SIGNS: Final = frozenset({"dash", "slash", "and", "stop"})
_LONGEST: Final = 100


@dataclass(frozen=True, kw_only=True)
class Restyle:
    """How an answer is wanted.

    Attributes:
        language: ISO 639-1 code that was asked for; None where none was.
    """

    style: Style = "answer"
    language: str | None = None


def restyle(question: str) -> Restyle | None:
    """Returns the form that a question asks for, where it asks for nothing else; None for any other question."""
    if len(question) > _LONGEST:
        return None
    style: Style = "answer"
    language: str | None = None
    # The file holds the words of all six languages, since a wish is often too short to tell its own.
    for item in lexicon_of("en", "forms").items(question):
        language = item.values.get("language", language)
        asked = next((name for name in _STYLES if name in item.kinds), None)
        style = asked or style
        if not (asked or item.kinds & {"language", "form_filler", *_SIGNS}):
            return None
    return None if (style, language) == ("answer", None) else Restyle(style=style, language=language)
