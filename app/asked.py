"""Whether evidence holds the kind of thing that a question asks for: a number, a date, a reason, a name."""

from collections.abc import Sequence
from typing import Final

import regex

from app.answer import Missing
from ingest.parties import PartyTable

_NUMBER: Final = regex.compile(
    r"""(?<![\p{L}\p{N}])(?:\p{N}+(?:[.,  ]\p{N}+)*(?:\s*(?:%|per\ cent|percent))?
      | (?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen
          |twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|half|one|both)
      | (?:un|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|douze|vingt|trente|cent|mille)
      | (?:dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|doce|veinte|treinta|cien|mil))(?![\p{L}\p{N}])
      | [一二三四五六七八九十百千万]+(?=[个名项起件国份])""",
    regex.VERBOSE | regex.IGNORECASE,
)
_YEAR: Final = regex.compile(r"^(?:19|20)\d\d$")
_REFERENCE_BEFORE: Final = regex.compile(
    r"(?:articles?|art\.?|paras?\.?|paragraphs?|item|resolutions?|rule|section|chapter|goals?|no\.|session|artículo|point|статья|المادة|第)"
    r"\s*(?:\(?\w\)?\s*)?$",
    regex.IGNORECASE,
)
_DATE: Final = regex.compile(
    r"(?<!\d)(?:19|20)\d\d(?!\d)|\b(?:January|February|April|June|July|(?-i:August)|September|October|November|December)\b"
    # Verbs are spelt like these two months.
    r"|\b(?:in|of|since|by|until|last|next|early|late|\d{1,2}(?:st|nd|rd|th)?)\s+(?-i:March|May)\b|\b(?-i:March|May)\s+\d"
    r"|\b(?:yesterday|today|tomorrow|last (?:year|month|week|spring|summer|autumn|fall|winter)|next (?:year|month|week)|this (?:year|month))\b"
    r"|\b(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|enero|febrero|marzo|abril|mayo|junio"
    r"|julio|agosto|septiembre|octubre|noviembre|diciembre|января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября"
    r"|декабря)\b|\d+\s*年|\b\p{L}+\s+(?:years?|months?|decades?)\s+ago\b",
    regex.IGNORECASE,
)
_REASON: Final = regex.compile(
    r"\b(?:because|since|rooted in|root causes?|leads? to|led to|contribut\w+ to|driven by|without|unless|if|means that|proud|due to|owing to|as a result|in order (?:to|that)|so (?:that|as)|therefore|thus|hence|given (?:that|the)|in view of"
    r"|in light of|for (?:this|that|the|these|those) reasons?|that is why|which is why|as (?:it|they|this|we)|for fear|thanks to|caused? by"
    r"|result(?:s|ed|ing)? (?:from|of)|stems?|arises?|on account of|out of (?:the )?(?:conviction|belief|concern)|considering|convinced|believ\w+"
    r"|aware|conscious|cognizant|parce que|car|puisque|en raison|afin|grâce|porque|debido|ya que|puesto|a fin de|потому|поскольку"
    r"|так как|в связи|чтобы|из-за)\b|لأن|بسبب|نظرا|من أجل|因为|由于|为了",
    regex.IGNORECASE,
)
_NAME: Final = regex.compile(
    r"(?<=[\p{Ll}\p{N},;:–—-]\s)(?:\p{Lu}[\p{L}.’'-]+)(?:\s+(?:of|de|al|bin|van|von|der|\p{Lu}[\p{L}.’'-]+))*"
)
_ARTICLE: Final = regex.compile(
    r"(?i)\b(?:articles?|art\.|artículos?|статья|статьи|статью|статей)\s*\(?\d|المادة|المواد|第\s*[\d一二三四五六七八九十]+\s*条"
)
# What a number counts where it says nothing of the thing asked for: time.
_TIME_AFTER: Final = regex.compile(
    r"^\s*(?:-\s*)?(?:years?|months?|weeks?|days?|hours?|decades?|centur(?:y|ies)|times?|st\b|nd\b|rd\b|th\b|January|February|March|April|May|June"
    r"|July|August|September|October|November|December|ans?\b|années?|años?|лет|года?)|^\s*(?:another|more)\b",
    regex.IGNORECASE,
)
_VAGUE_NUMBERS: Final = frozenset(("one", "both", "half", "un", "une", "uno", "two", "deux", "dos"))
_MONTH_BEFORE: Final = regex.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)\s*$", regex.IGNORECASE
)


def holds(kind: Missing, texts: Sequence[str], parties: PartyTable, speakers: Sequence[str]) -> bool:
    """Returns whether any of these texts holds the kind of thing asked for.

    Args:
        kind: What the question asks for.
        texts: The evidence, strongest first.
        parties: Whose names tell a State from another name.
        speakers: Codes of those who speak, whose own names are no answer.
    """
    if kind == "number":
        return any(_holds_number(text) for text in texts)
    if kind == "state":
        return any(set(match.codes) - set(speakers) for text in texts for match in parties.find(text))
    if kind == "name":
        return any(_holds_name(text, parties) for text in texts)
    pattern = {"date": _DATE, "reason": _REASON, "article": _ARTICLE}[kind]
    return any(pattern.search(text) for text in texts)


def _holds_number(text: str) -> bool:
    for match in _NUMBER.finditer(text):
        number, before, after = match.group(), text[: match.start()], text[match.end() :]
        if _YEAR.match(number) or number.lower() in _VAGUE_NUMBERS or _TIME_AFTER.match(after):
            continue
        if not _REFERENCE_BEFORE.search(before) and not _MONTH_BEFORE.search(before):
            return True
    return False


def _holds_name(text: str, parties: PartyTable) -> bool:
    """A name of a person or body: capitalised inside the sentence, and not a State's."""
    named = [(match.start, match.end) for match in parties.find(text)]
    return any(
        not any(start < match.end() and match.start() < end for start, end in named) and " " in match.group()
        for match in _NAME.finditer(text)
    )
