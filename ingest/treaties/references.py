"""Mentions of articles and agenda items, in six languages, each article with its treaty.

An article belongs to the treaty that its words name; "of the Charter" or "of our Constitution" makes it one of no known
treaty. Without such words it belongs to a treaty named before it in the sentence, else to the caller's default.
An agenda item is never an article.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, replace

from ingest.language.numerals import article_words, number_of
from ingest.treaties.treaties import article_title, find_treaties
from ingest.treaties.treaty_attribution import (
    OTHER_CONVENTION,
    TreatyAttribution,
    attribute,
    coordinated,
    sentence_ends,
)


@dataclass(frozen=True, kw_only=True)
class ArticleMention:
    """A mention of one article; those of a list or range share `[start, end)`.

    Attributes:
        treaty: Its code, or None where the article is of another instrument or not known to be of ours.
        article: Number in Arabic digits, such as `4` or `16 bis`.
        paragraph: Such as `3 (a)`, or None.
        lacking: The treaty that is meant where it has no such article; then `treaty` is None.
        unnamed: Whether it is of a convention, or of something, that the text does not name; then `treaty` is None.
    """

    start: int
    end: int
    treaty: str | None
    article: str
    paragraph: str | None = None
    lacking: str | None = None
    unnamed: bool = False


@dataclass(frozen=True, kw_only=True)
class AgendaMention:
    """A mention of an agenda item, such as `4` or `2 (b)`, at `[start, end)`."""

    start: int
    end: int
    item: str


@dataclass(frozen=True, kw_only=True)
class _Numbers:
    """A parsed list of numbers with their subdivisions and the offset after it."""

    values: tuple[tuple[str, str | None], ...]
    end: int


_BOUNDARY = r"(?<![^\W_])"
_ARTICLE = re.compile(
    rf"{_BOUNDARY}(?:(?P<plural>articles|arts\.?|artículos|articulos|стать(?:и|ями|ях|ям|ей)|статей|ст\.\s?ст\.)"
    r"|articles?|artículo|articulo|art\.?|стать(?:я|ю|ёй|ей|е)|ст\.)\s*"
    r"(?:(?:№|(?:numbers?|numéros?|no\.|n[°º]|núm\.|from|с)(?=[\s\d]))\s*)?"
    r"|(?P<arabic>(?<!\w)[وفبكل]{0,2}(?:ال|ل)?(?:مادتين|مادتان|مواد|مادة))\s*(?:(?:من|رقم)\s+)?",
    re.IGNORECASE,
)
# Longer words first: "twenty-one" before "twenty".
_WORDS = "|".join(word.replace(" ", r"[-\s]+") for word in sorted(article_words(), key=len, reverse=True))
_NUMBER = re.compile(
    r"[(（]?(?P<value>\d{1,3}(?!\d)(?:er\b)?(?:\s?(?:bis|ter|quater)\b)?"
    r"|(?-i:[IVX]{2,7}|V|X|I(?=\s*(?:of|de|du|del|[,.;:)?]|$)))\b"
    rf"|(?:{_WORDS})\b)[)）]?(?!\d|[.,]\d{{3}}|\s?%)",
    re.IGNORECASE,
)
# French and Spanish write a letter with its closing bracket only: "3 a)".
_SUB = r"(?:\s?(?:[(（](?:\d{1,2}|[a-zа-яأ-ي]|[ivx]{1,4})[)）]|(?<![^\W_])[a-zа-я]\)))"
_SUBDIVISION = re.compile(rf"{_SUB}{{1,4}}|\.\d{{1,2}}(?![\d.]*\d){_SUB}{{0,3}}", re.IGNORECASE)
_PARAGRAPH_WORD = (
    r"(?:sub-?paragraphs?|paragraphs?|paras?\.?|pars?\.|paragraphes?|alinéas?|párrafos?|párrs?\.?|apartados?|incisos?|numeral(?:es)?"
    r"|(?:под)?пункт(?:а|ы|у|е|ом|ах|ов|ам)?|п\.\s?п\.|пп?\.|(?:ال)?فقر(?:ة|تان|تين|ات)(?:\s+الفرعية)?|§+)"
)
_PARAGRAPH_NUMBERS = rf"(?:\d{{1,2}}{_SUB}{{0,3}}|{_SUB}{{1,3}})(?:\s*(?:,|and|et|y|и|و|to|à|a|-|–)\s*\d{{1,2}}(?!\d))*"
_PARAGRAPH = re.compile(rf"[,،]?\s*{_PARAGRAPH_WORD}\s*(?P<numbers>{_PARAGRAPH_NUMBERS})", re.IGNORECASE)
_OF = r"(?:\s*,?\s*(?:of|in|under|de\s+la|de\s+l['’]|de\s+los|del|des|du|de|من)?\s*(?:the\s+)?)"
# "subparagraph (a) of paragraph 3 of", "paragraph 3, subparagraph (a), of", "п. 3"
_PARAGRAPH_BEFORE = re.compile(
    rf"(?:{_BOUNDARY}[وفبكل]{{0,2}}{_PARAGRAPH_WORD}\s*(?P<inner>{_SUB}){_OF})?"
    rf"{_BOUNDARY}[وفبكل]{{0,2}}{_PARAGRAPH_WORD}\s*(?P<numbers>{_PARAGRAPH_NUMBERS})"
    rf"(?:\s*,?\s*{_PARAGRAPH_WORD}\s*(?P<letter>{_SUB}))?{_OF}$",
    re.IGNORECASE,
)
_JOIN = re.compile(
    r"\s*(?:(?P<range>to|through|until|à|al?|до|по|إلى|الى|[-–—])(?=[\s\d])"
    r"|,?\s*(?:and|or|as well as|et|ou|y|e|o|и|или|أو|وال|و)(?=[\s\d])|[,،&](?=\s*\d))\s*(?:to\s+)?",
    re.IGNORECASE,
)
# After a single article a further number must not count things: "article 4 and 12 States".
_COUNTS_THINGS = re.compile(
    r"\s+(?!(?:of|and|or|to|in|on|is|are|as|which|that|under|for|with|by|should|shall|may|must|was|were|have|has|from"
    r"|de|du|des|del|et|y|sur|sobre|и|в|من|bis)\b)[^\W\d_]",
    re.IGNORECASE,
)
_CHINESE_NUMBER = r"[一二三四五六七八九十百零〇两\d]{1,5}"
_CHINESE_RANGE = "至到－–—~～-"
_CHINESE_JOIN = f"[、和及与或，{_CHINESE_RANGE}]"
_CHINESE = re.compile(
    rf"第\s?(?P<first>{_CHINESE_NUMBER})\s?(?:条)?(?P<more>(?:\s*{_CHINESE_JOIN}\s*第?\s?{_CHINESE_NUMBER})*)\s?条(?!约)"
    rf"(?:第(?P<paragraph>{_CHINESE_NUMBER}(?:{_CHINESE_JOIN}第?{_CHINESE_NUMBER})*)款)?"
    r"(?:第?(?P<letter>[(（][^)）]{1,2}[)）])项?)?"
)


def _chinese_mentions(text: str) -> list[ArticleMention]:
    mentions = []
    for found in _CHINESE.finditer(text):
        values = [number_of(found["first"])]
        for sign, further in re.findall(rf"({_CHINESE_JOIN})\s*第?\s?({_CHINESE_NUMBER})", found["more"]):
            values += _range(values[-1], number_of(further)) if sign in _CHINESE_RANGE else [number_of(further)]
        written = found["paragraph"]
        paragraph = re.sub(_CHINESE_NUMBER, lambda m: number_of(m.group()), written) if written else None
        if found["letter"]:
            letter = "(" + found["letter"][1:-1] + ")"
            paragraph = f"{paragraph} {letter}" if paragraph else letter
        start, end = found.span()
        mentions += [
            ArticleMention(start=start, end=end, treaty=None, article=value, paragraph=paragraph) for value in values
        ]
    return mentions


def _range(first: str, last: str) -> list[str]:
    """Returns what follows `first` up to `last`; only `last` where the two do not make a range of articles."""
    if first.isdigit() and last.isdigit() and 0 < int(last) - int(first) <= 70:
        return [str(n) for n in range(int(first) + 1, int(last) + 1)]
    return [last]


def _normal(paragraph: str) -> str:
    """`3(a)`, `.3 (a)`, `(3)(a)` and `3 ( a )` as `3 (a)`, and the French `a)` as `(a)`."""
    inner = re.sub(r"\s*[(（]?\s*(\w+)\s*[)）]", r" (\1)", paragraph.strip().lstrip("."))
    return re.sub(r"^\((\d+)\)", r"\1", " ".join(inner.split()))


def _numbers(text: str, at: int, plural: bool) -> _Numbers | None:
    """Parses `18, para. 3 (a)`, `16 to 18` or `16, 17 and 18` at an offset."""
    values: list[tuple[str, str | None]] = []
    end, ranged = at, False
    while True:
        found = _NUMBER.match(text, at)
        if found is None or (values and not plural and _COUNTS_THINGS.match(text, found.end())):
            break
        # An opening bracket belongs to the number only with its closing one: `المادة (4)`.
        if (found.group()[0] in "(（") != (found.group()[-1] in ")）"):
            if found.group()[0] in "(（":
                break
            at = found.end() - 1
        else:
            at = found.end()
        number, paragraph = number_of(found["value"]), None
        subdivision = _SUBDIVISION.match(text, at)
        if subdivision is not None:
            paragraph, at = _normal(subdivision.group()), subdivision.end()
        while (named := _PARAGRAPH.match(text, at)) is not None:
            paragraph, at = _normal(f"{paragraph or ''} {named['numbers']}"), named.end()
        added = _range(values[-1][0], number) if ranged and values else [number]
        values += [(value, paragraph if value == number else None) for value in added]
        end = at
        join = _JOIN.match(text, at)
        if join is None:
            break
        ranged, at = join["range"] is not None, join.end()
    return _Numbers(values=tuple(values), end=end) if values else None


def _mentions(text: str) -> list[ArticleMention]:
    """All mentions, without their treaties."""
    mentions: list[ArticleMention] = []
    for found in _ARTICLE.finditer(text):
        numbers = _numbers(text, found.end(), found["plural"] is not None or (found["arabic"] or "ة")[-1] != "ة")
        if numbers is None:
            continue
        start = found.start()
        before = _PARAGRAPH_BEFORE.search(text, max(0, start - 90), start)
        outer: str | None = None
        if before is not None:
            start = before.start()
            outer = _normal(" ".join(part for part in before.group("numbers", "letter", "inner") if part))
        mentions += [
            ArticleMention(start=start, end=numbers.end, treaty=None, article=value, paragraph=own or outer)
            for value, own in numbers.values
        ]
    return sorted([*mentions, *_chinese_mentions(text)], key=lambda m: m.start)


def find_articles(
    text: str,
    default_treaty: str | None = "UNTOC",
    *,
    protocol: str | None = None,
    named_before: str | None = None,
) -> list[ArticleMention]:
    """Every mention of an article, in any of the six languages, in order; ranges and lists give one for each article.

    Args:
        text: Any text.
        default_treaty: Whose article a bare "article 4" or "of the Convention" is; None where that cannot be known, as
            in a statement to another body. An article that the treaty does not have gets None.
        protocol: Whose article one "of the Protocol" is where the text itself names no Protocol before it, such as the
            only one of an earlier sentence, of the heading or of the agenda item (`sole_protocol`).
        named_before: The convention that an earlier sentence names last (`last_convention`): "the Convention" is that
            one where no default is given, or where the default has no such article.
    """
    mentions = _mentions(text)
    treaties = find_treaties(text) if mentions else []
    ends = sentence_ends(text) if mentions else []
    attributed: list[ArticleMention] = []
    following: tuple[ArticleMention, TreatyAttribution] | None = None
    for mention in reversed(mentions):
        at = bisect_right(ends, mention.start)
        sentence = ends[at - 1] if at else 0
        number = mention.article.split()[0]
        found = attribute(text, mention.start, mention.end, number, sentence, treaties, default_treaty, protocol)
        # "article 4 and article 5 of the Charter": the second names the instrument of both.
        if following is not None and not found.named and following[1].named:
            same = mention.end == following[0].end or coordinated(text, mention.end, following[0].start)
            found = following[1] if same else found
        following = (mention, found)
        attributed.append(_of_treaty(mention, found, named_before))
    return attributed[::-1]


def _of_treaty(mention: ArticleMention, found: TreatyAttribution, named_before: str | None) -> ArticleMention:
    """Returns a mention with its treaty, if that has such an article."""
    for treaty in (found.treaty, named_before) if found.assumed else (found.treaty,):
        if treaty is not None and article_title(treaty, mention.article) is not None:
            return replace(mention, treaty=treaty)
        if treaty == OTHER_CONVENTION:
            return mention
    return replace(mention, lacking=found.treaty, unnamed=found.assumed)


_ITEM = re.compile(
    rf"{_BOUNDARY}(?:(?:provisional\s+)?agenda\s+items?|items?|points?|temas?|пункт(?:а|у|е|ом|ы|ам|ах|ов)?)\s*(?:№\s*)?"
    r"|(?<!\w)[وفبكل]{0,2}(?:ال|ل)?(?:بند|بندين|بندان|بنود)\s*|(?:议程)?项目\s*|议程第?\s*",
    re.IGNORECASE,
)
_ITEM_TAIL = re.compile(
    r"\s*(?:of|on|de\s+l['’]|del|в)?\s*(?:the\s+)?(?:its\s+|our\s+)?(?:provisional\s+)?"
    r"(?:من\s+جدول\s+الأعمال|agenda|ordre\s+du\s+jour|programa|orden\s+del\s+día|temario|повестк[иае]\s+дня|项)",
    re.IGNORECASE,
)
_ITEM_LEAD = re.compile(
    r"(?:au\s+titre\s+(?:du|des)|concernant\s+le|en\s+relación\s+con\s+el|sobre\s+el)\s*$", re.IGNORECASE
)
_CHINESE_ITEM = re.compile(rf"(?:议程(?:项目)?|项目)\s*第?\s*(?P<value>{_CHINESE_NUMBER})(?P<sub>{_SUB})?项?")


def find_agenda_items(text: str) -> list[AgendaMention]:
    """Every mention of an agenda item, in order; lists and ranges give one mention for each item."""
    mentions = [
        AgendaMention(start=m.start(), end=m.end(), item=number_of(m["value"]) + _normal_suffix(m["sub"]))
        for m in _CHINESE_ITEM.finditer(text)
    ]
    for found in _ITEM.finditer(text):
        word = found.group().strip().casefold()
        numbers = None if "项" in word or "议程" in word else _numbers(text, found.end(), plural=True)
        if numbers is None:
            continue
        tail = _ITEM_TAIL.match(text, numbers.end)
        sure = "item" in word or "بن" in word
        if not sure and tail is None and not _ITEM_LEAD.search(text, max(0, found.start() - 30), found.start()):
            continue
        end = tail.end() if tail else numbers.end
        mentions += [
            AgendaMention(start=found.start(), end=end, item=f"{value} {sub}" if sub else value)
            for value, sub in numbers.values
        ]
    return sorted(mentions, key=lambda m: m.start)


def _normal_suffix(sub: str | None) -> str:
    return f" {_normal(sub)}" if sub else ""
