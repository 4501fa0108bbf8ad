"""When a document says that words were spoken: years, days and sessions, but not years that are spoken of."""

from dataclasses import dataclass
from typing import Final

import regex

from ingest.dates import find_dates
from ingest.ordinals import find_session_mentions

_YEAR: Final = r"(?<![\d/.-])(?:19[4-9]\d|20[0-4]\d)(?![\d]|[-/]\d|[.,]\d)"
_SPEAKING: Final = r"(?:general\s+|opening\s+)?(?:statement|speech|address|intervention|remarks|debate|session|conference|meeting|declaration|déclaration|discours|discurso)"
# What may stand before a year that says when ...
_ADVERB: Final = r"(?:\b(?:in|during|en|в|за)\s+(?:the\s+year\s+|l[’']année\s+|el\s+año\s+)?|[(\[（]|[,،，·|–—]\s*|(?:في\s+)?(?:عام|سنة)\s+|[于在]|\bsession\s+)"
# ... and before one that may belong to a thing as well: "its 1998 statement", "the 1995 agreement", "of 1995".
_DETERMINER: Final = r"(?:[’']s\s+|\b(?:its|the|his|her|their|of|de|du|del)\s+)"
_WHEN: Final = regex.compile(
    rf"{_ADVERB}(?P<year>{_YEAR})|(?P<year>{_YEAR})(?=\s*(?:年|году|года|г\.))"
    rf"|{_DETERMINER}(?P<year>{_YEAR})(?!\s+(?!{_SPEAKING})\p{{Ll}}{{3}})",
    regex.IGNORECASE,
)
# A verb or phrase by which a year is part of what is told and not of when it is said.
_SPOKEN_OF: Final = regex.compile(
    r"(?:since|by|until|before|after|from|adopted|signed|ratified|founded|established|born|depuis|avant|après|d['’]ici|desde|hasta|antes\s+de|"
    r"adopted\s+in|held\s+in|con\s+el|к|с|до|после|منذ|بحلول|قبل|بعد|自|到)\s*(?:the\s+|in\s+|en\s+|of\s+|в\s+)?$",
    regex.IGNORECASE,
)
_REFERENCE_YEAR: Final = regex.compile(_YEAR)


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """Years, sessions and dates that a text gives as the time of speaking."""

    years: tuple[int, ...] = ()
    sessions: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is given."""
        return bool(self.years or self.sessions or self.dates)


def read_occasion(text: str, *, reference: bool = False) -> Occasion:
    """Reads when something was said.

    Args:
        text: What stands near a quotation.
        reference: Whether the text is a reference, a label or a heading, in which every year counts.
    """
    sessions = find_session_mentions(text)
    dates = [date for date in find_dates(text) if not _SPOKEN_OF.search(text[: date.start])]
    remaining = text
    for start, end in (*((s.start, s.end) for s in sessions), *((d.start, d.end) for d in dates)):
        remaining = remaining[:start] + " " * (end - start) + remaining[end:]
    if reference:
        years = [int(match.group()) for match in _REFERENCE_YEAR.finditer(remaining)]
    else:
        years = [
            int(match["year"])
            for match in _WHEN.finditer(remaining)
            if not _SPOKEN_OF.search(remaining[: match.start("year")])
        ]
    return Occasion(
        years=tuple(dict.fromkeys(years)),
        sessions=tuple(dict.fromkeys(str(session.number) for session in sessions)),
        dates=tuple(dict.fromkeys(date.iso for date in dates)),
    )
