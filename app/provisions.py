"""Which treaties and articles a question names, and whether it asks what they themselves say."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import regex

from app.answer import TreatyScope
from app.frames import Frames, plain
from app.topic_words import Span, blank
from ingest.references import find_articles
from ingest.treaties import find_treaties

# "the Convention" with nothing after it that would make it another one.
# What a treaty does, before its name: then "sur l’extradition" is what is asked about, and no part of the name.
_ORDAINS: Final = plain(
    r"(?:dit|dispose|prévoit|stipule|exige|énonce|définit|impose|dice|establece|dispone|prevé|estipula|exige|define|говорит|предусматривает|требует|гласит|определяет)"
)
_CONVENTION: Final = regex.compile(
    rf"(?<=\b{_ORDAINS}\s+)(?:(?:la|cette|esta)\s+)?(?:convention|convencion|конвенция)\b|"
    + plain(
        r"\b(?:the|this|that|our|said|same|main|parent|(?:la|cette|la\s+présente)|(?:esta|la\s+presente))\s+(?:un\s+|united\s+nations\s+)?(?:convention|convención)(?:\s+itself)?\b(?!\s+(?:on|against|for|of|relating|concerning|contre|sur|relative|d[eu]s?\b|contra|sobre|relativa|del)|-|\s+(?:d'|center|centre))"
        r"|(?<![\w-])(?:(?:эт|данн|наш|сам|настоящ)\w+\s+)?конвенци(?:я|и|ю|ей)(?!\w)(?!\s+(?:об?|против|по|ООН|организации|о)\s)|(?<!\w)(?:[بولفك]{0,2}ال|لل|هذه\s+ال)?(?<=ال)اتفاقية(?!\w)(?!\s+(?:ال|بشأن|ل))|للاتفاقية(?!\w)"
        r"|《公约》|本公约|(?<![\u4e00-\u9fff])公约|(?<=[对在据说于照中约])公约"
    ),
    regex.IGNORECASE,
)
_PROTOCOLS: Final = regex.compile(
    plain(
        r"\b(?:the|its|these|all|three|their|les|ses|ces|trois|los|sus|estos|tres)\s+(?:three\s+|trois\s+|tres\s+|additional\s+|supplementary\s+)*(?:protocols|protocoles|protocolos)\b(?!\s+(?:on|against|to\s+the\s+(?!convention)|de\s+kyoto))"
        r"|(?<!\w)(?:(?:все|три|трех|ее|эти)\s+)*протокол(?:ы|ов|ам|ами|ах)(?!\w)(?:\s+к\s+ней)?|(?<!\w)(?:[بولف]{0,2}ال)(?:بروتوكولات)(?:\s+الثلاثة)?(?!\w)|(?<!\w)و?بروتوكولاتها|(?:各项?|三项|其|三个|所有)(?:补充)?议定书|《?公约》?及其(?:各项)?议定书"
    ),
    regex.IGNORECASE,
)
_ALL_PROTOCOLS: Final = ("TIP", "SOM", "FIREARMS")
# What joins the parts of one reference: "article 4 of the Convention", "《公约》第四条".
_JOINT: Final = regex.compile(
    plain(
        r"(?<=\x01)[\s,()《》]*(?:(?:of|to|under|in|the|de|du|la|le|l'|del|el|des|من|في|к|的|said|same|un|and|its|et|y|и|و|及其|ses|sus|s')[\s,()《》]*)*(?=\x01)"
    ),
    regex.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class NamedTreaties:
    """What a question says of treaties and articles.

    Attributes:
        scopes: The treaties with their articles.
        bare: The articles were named without their treaty, so that the Convention was assumed.
        spans: Where what is a filter now stands; it is no topic word.
        places: Where any treaty or article stands.
    """

    scopes: tuple[TreatyScope, ...]
    bare: bool
    spans: tuple[Span, ...]
    places: tuple[Span, ...]


def find_named_treaties(text: str) -> NamedTreaties:
    """Finds treaties and articles in a question whose agenda items are blanked."""
    articles = [found for found in find_articles(text, default_treaty="UNTOC") if found.treaty]
    cited = [(found.start, found.end) for found in articles]
    treaties = [found for found in find_treaties(text) if not any(a <= found.start < b for a, b in cited)]
    named = [(found.start, found.end) for found in treaties]
    free = plain(blank(text, [*cited, *named]))
    conventions = [found.span() for found in _CONVENTION.finditer(free)]
    protocols = [found.span() for found in _PROTOCOLS.finditer(free)]
    numbers: dict[str, dict[str, None]] = {found.treaty: {} for found in treaties}
    if not articles:
        # Beside an article they only say whose it is.
        if conventions:
            numbers.setdefault("UNTOC", {})
        for code in _ALL_PROTOCOLS if protocols else ():
            numbers.setdefault(code, {})
    for found in articles:
        numbers.setdefault(found.treaty or "", {})[found.article] = None
    own = {(found.start, found.article) for found in find_articles(text, default_treaty=None) if found.treaty}
    bare = any((found.start, found.article) not in own for found in articles) and not conventions
    places = [*cited, *named, *conventions, *protocols]
    return NamedTreaties(
        scopes=tuple(TreatyScope(treaty=treaty, articles=tuple(found)) for treaty, found in numbers.items()),
        bare=bare,
        spans=tuple(places) if articles else (),
        places=tuple(places),
    )


def asks_provision(text: str, named: NamedTreaties, frames: Frames) -> "re.Match[str] | None":
    """Returns where a question asks what a treaty or article itself says, or None."""
    if not named.places:
        return None
    marked = blank(plain(text), named.places, "\x01")
    marked = _JOINT.sub(lambda found: "\x01" * len(found.group()), marked)
    return frames.provision.search(marked)


def without_joints(text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Returns spans, and the prepositions that join them: "article 4 of the Convention" is one reference."""
    marked = blank(plain(text), spans, "\x01")
    return (*spans, *(found.span() for found in _JOINT.finditer(marked) if found.group()))
