"""Mentions of articles and agenda items, in six languages, each article with its treaty.

An article belongs to the treaty that its words name; "of the Charter" or "of our Constitution" makes it one of no known
treaty. Without such words it belongs to a treaty named before it in the sentence, else to the caller's default.
An agenda item is never an article.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, replace

from ingest.language.dates import without_dates
from ingest.language.lexicons import Patterns, any_of
from ingest.language.matches import TextMatch
from ingest.language.numerals import article_words, number_of
from ingest.treaties.treaties import article_title, find_treaties
from ingest.treaties.treaty_attribution import (
    OTHER_CONVENTION,
    Defaults,
    TreatyAttribution,
    attribute,
    coordinated,
    sentence_ends,
)


@dataclass(frozen=True, kw_only=True)
class ArticleMention(TextMatch):
    """A mention of one article; the articles of a list or range share their offsets."""

    treaty: str | None
    """The code of its treaty; None if the article belongs to another instrument, or its treaty is not known."""
    article: str
    """Number in Arabic digits, such as `4` or `16 bis`."""
    paragraph: str | None = None
    """Such as `3 (a)`, or None."""
    lacking: str | None = None
    """The treaty that is meant but has no such article; then `treaty` is None."""
    unnamed: bool = False
    """Whether the text names no instrument, or only "the Convention" or "the Protocol"; then `treaty` is None."""


@dataclass(frozen=True, kw_only=True)
class AgendaMention(TextMatch):
    """A mention of an agenda item, such as `4` or `2 (b)`."""

    item: str


# Longer words first: "twenty-one" before "twenty".
_PATTERNS = Patterns("references", words=any_of(article_words(), r"[-\s]+"))
_CHINESE_JOINTS = str.maketrans("、和及与或，至到", ",,,,,,––")


def _chinese_mentions(text: str) -> list[ArticleMention]:
    mentions = []
    for found in _PATTERNS.chinese.finditer(text):
        values = [number_of(found["first"])]
        for further in _PATTERNS.chinese_further.finditer(found["more"]):
            last = number_of(further["number"])
            values += _range(values[-1], last) if further["range"] else [last]
        numbered = _PATTERNS.chinese_number.sub(lambda m: number_of(m.group()), found["paragraph"] or "")
        letter = f"({found['letter'][1:-1]})" if found["letter"] else ""
        paragraph = " ".join(filter(None, (numbered, letter))) or None
        start, end = found.span()
        mentions += [
            ArticleMention(start=start, end=end, treaty=None, article=value, paragraph=paragraph) for value in values
        ]
    return mentions


def _range(first: str, last: str) -> list[str]:
    """Returns the numbers after `first` up to `last`; only `last` if the two do not make a range of articles."""
    if first.isdigit() and last.isdigit() and 0 < int(last) - int(first) <= 70:
        return [str(n) for n in range(int(first) + 1, int(last) + 1)]
    return [last]


def _normal(paragraph: str) -> str:
    """Returns `3(a)`, `.3 (a)`, `(3)(a)` and `3 ( a )` as `3 (a)`, and the French `a)` as `(a)`."""
    inner = re.sub(r"\s*[(（]?\s*(\w+)\s*[)）]", r" (\1)", paragraph.strip().lstrip("."))
    return re.sub(r"^\((\d+)\)", r"\1", " ".join(inner.split()))


def paragraphs_of(written: str) -> tuple[str, ...]:
    """Returns one by one the paragraphs of `ArticleMention.paragraph`: "3 (a) and 5 to 7", "3、5"; "(a)" as it is."""
    numbers, _ = _numbers(written.translate(_CHINESE_JOINTS), 0, plural=True)
    return tuple(f"{number} {inner or ''}".strip() for number, inner in numbers) or (written,)


def _numbers(text: str, at: int, plural: bool) -> tuple[list[tuple[str, str | None]], int]:
    """Parses `18, para. 3 (a)`, `16 to 18` or `16, 17 and 18` at an offset, with the offset after it."""
    values: list[tuple[str, str | None]] = []
    end, ranged, were_digits = at, False, False
    while True:
        found = _PATTERNS.number.match(text, at)
        if found is None or (values and not plural and _PATTERNS.counts_things.match(text, found.end())):
            break
        is_digits = found["value"][0].isdigit()
        if were_digits and not is_digits:
            # "Article 10, and four have been …"
            break
        were_digits = is_digits
        # An opening bracket belongs to the number only with its closing one: `المادة (4)`.
        opened, closed = found.group()[0] in "(（", found.group()[-1] in ")）"
        if opened and not closed:
            break
        at = found.end() - (closed and not opened)
        number, paragraph = number_of(found["value"]), None
        subdivision = _PATTERNS.subdivision.match(text, at)
        if subdivision is not None:
            paragraph, at = _normal(subdivision.group()), subdivision.end()
        while (named := _PATTERNS.paragraph.match(text, at)) is not None:
            paragraph, at = _normal(f"{paragraph or ''} {named['numbers']}"), named.end()
        added = _range(values[-1][0], number) if ranged and values else [number]
        values += [(value, paragraph if value == number else None) for value in added]
        end = at
        join = _PATTERNS.join.match(text, at)
        if join is None:
            break
        ranged, at = join["range"] is not None, join.end()
    return values, end


def find_paragraphs(text: str) -> list[ArticleMention]:
    """Returns the mentions of paragraphs without their article, in order: "and paragraph 5?", "第五款"."""
    lone: list[ArticleMention] = []
    for found in _PATTERNS.lone_paragraph.finditer(text):
        named = number_of(found["han"]) if found["han"] else _normal(found["numbers"])
        lone.append(ArticleMention(start=found.start(), end=found.end(), treaty=None, article="", paragraph=named))
    articles = _mentions(text) if lone else []
    return [each for each in lone if not any(map(each.overlaps, articles))]


def _mentions(text: str) -> list[ArticleMention]:
    mentions: list[ArticleMention] = []
    for found in _PATTERNS.article.finditer(text):
        plural = found["plural"] is not None or (found["arabic"] or "ة")[-1] != "ة"
        numbers, end = _numbers(text, found.end(), plural)
        start = found.start()
        before = _PATTERNS.paragraph_before.search(text, max(0, start - 90), start)
        outer: str | None = None
        if before is not None:
            start = before.start()
            outer = _normal(" ".join(part for part in before.group("numbers", "letter", "inner") if part))
        mentions += [
            ArticleMention(start=start, end=end, treaty=None, article=value, paragraph=inner or outer)
            for value, inner in numbers
        ]
    return sorted([*mentions, *_chinese_mentions(text)], key=lambda m: m.start)


def find_articles(
    text: str,
    default_treaty: str | None = "UNTOC",
    *,
    protocol: str | None = None,
    named_before: str | None = None,
    spoken_of: str | None = None,
) -> list[ArticleMention]:
    """Returns all mentions of articles, in any of the six languages, in order; one for each article of a list or range.

    Args:
        text: Any text.
        default_treaty: The treaty of a bare "article 4" and of "the Convention"; None if it cannot be known, as in a
            statement to another body. An article that the treaty does not have gets None.
        protocol: The treaty of "the Protocol" if the text names no Protocol before the article, such as the only one
            in an earlier sentence, in the heading or in the agenda item (`sole_protocol`).
        named_before: The convention that an earlier sentence names last (`last_convention`): the treaty of "the
            Convention" if no default is given, or if the default has no such article.
        spoken_of: The Protocol that earlier sentences speak of: the treaty of a bare "article 6" that it has.
    """
    mentions, meant = _mentions(text), Defaults(default_treaty, protocol, spoken_of)
    treaties = find_treaties(text) if mentions else ()
    ends = sentence_ends(text) if mentions else []
    attributed: list[ArticleMention] = []
    following: tuple[ArticleMention, TreatyAttribution] | None = None
    for mention in reversed(mentions):
        at = bisect_right(ends, mention.start)
        sentence = ends[at - 1] if at else 0
        number = mention.article.split()[0]
        found = attribute(text, mention.start, mention.end, number, sentence, treaties, meant)
        # "article 4 and article 5 of the Charter": the second names the instrument of both.
        if following is not None and not found.named and following[1].named:
            same = mention.end == following[0].end or coordinated(text, mention.end, following[0].start)
            found = following[1] if same else found
        following = (mention, found)
        attributed.append(_of_treaty(mention, found, named_before))
    return attributed[::-1]


def _of_treaty(mention: ArticleMention, found: TreatyAttribution, named_before: str | None) -> ArticleMention:
    for treaty in (found.treaty, named_before) if found.assumed and not found.of_protocol else (found.treaty,):
        if treaty is not None and article_title(treaty, mention.article) is not None:
            return replace(mention, treaty=treaty)
        if treaty == OTHER_CONVENTION:
            return mention
    return replace(mention, lacking=found.treaty, unnamed=found.assumed)


def find_agenda_items(text: str) -> list[AgendaMention]:
    """Returns all mentions of agenda items, in order; one for each item of a list or range."""
    # Dates are blanked, since "agenda item 4, 16 October" names one item; most sentences name none and need no search.
    text = without_dates(text) if _PATTERNS.item.search(text) else text
    mentions = [
        AgendaMention(start=m.start(), end=m.end(), item=f"{number_of(m['value'])} {_normal(m['sub'] or '')}".strip())
        for m in _PATTERNS.chinese_item.finditer(text)
    ]
    for found in _PATTERNS.item.finditer(text):
        numbers, end = _numbers(text, found.end(), plural=True)
        tail = _PATTERNS.item_tail.match(text, end)
        lead = _PATTERNS.item_lead.search(text, max(0, found.start() - 30), found.start())
        if found["sure"] is None and tail is None and lead is None:
            continue
        end = tail.end() if tail else end
        mentions += [
            AgendaMention(start=found.start(), end=end, item=f"{value} {sub}" if sub else value)
            for value, sub in numbers
        ]
    return sorted(mentions, key=lambda m: m.start)
