"""The treaties that the product knows: their articles as facts, and the names by which texts call them.

"Palermo Convention" is UNTOC, "Palermo Protocols" are three treaties.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from ingest.language.lexicons import Patterns, load_lexicon, load_table, unfolded
from ingest.language.matches import TextMatch
from vectorstore.stems import function_words


@dataclass(frozen=True, kw_only=True)
class Treaty:
    """A treaty whose articles are known, such as `UNTOC`, or `FIREARMS`, which is a `protocol` to the Convention.

    The `name` is its title in English, `titles` are those in the other five languages, by ISO 639-1 code.
    The `aliases` are English names to show, or to offer in a clarifying question, and `short` those to show in other
    languages; the `search_words`, also in English, find passages about the treaty that do not name it. Texts call it by
    the patterns `names`, and a Protocol to the Convention by its `subject`.
    """

    code: str
    name: str
    titles: Mapping[str, str]
    search_words: str
    protocol: bool
    aliases: Sequence[str]
    names: Sequence[str]
    short: Mapping[str, str] = field(default_factory=dict)
    subject: str = ""


@dataclass(frozen=True, kw_only=True)
class TreatyMatch(TextMatch):
    """A treaty's name in a text; `treaty` is its code."""

    treaty: str


TREATIES = {code: Treaty(code=code, **known) for code, known in load_lexicon("treaty_names")["treaties"].items()}
PROTOCOLS: tuple[str, ...] = tuple(code for code, treaty in TREATIES.items() if treaty.protocol)

_SUBJECTS = {code: unfolded(treaty.subject) for code, treaty in TREATIES.items() if treaty.subject}
_PATTERNS = Patterns("treaty_names", subject=f"(?:{'|'.join(_SUBJECTS.values())})")


def _expand(pattern: str) -> str:
    """Returns a pattern in which a space stands for any white space."""
    return _PATTERNS.resolved(pattern).replace(" ?", r"\s*").replace(" ", r"\s+")


@cache
def _names() -> re.Pattern[str]:
    # The Protocols come first: in Chinese their full titles begin with the Convention's.
    ordered = sorted(TREATIES.values(), key=lambda treaty: not treaty.protocol)
    groups = [rf"(?P<{treaty.code}>{_expand('|'.join(treaty.names))})" for treaty in ordered]
    # Latin and Cyrillic names need a word boundary; Chinese and Arabic prefixes have none.
    several = [rf"(?P<ALL>{_expand('<<all_protocols>>')})", rf"(?P<SEVERAL>{_expand('<<several>>')})"]
    alternatives = "|".join([*several, *groups])
    return re.compile(rf"(?<![A-Za-zÀ-ÿА-яёЁ])(?:{alternatives})(?![A-Za-zÀ-ÿА-яёЁ])", re.IGNORECASE)


_PROTOCOLS_TO, _AND_PROTOCOLS = (re.compile(_expand(f"<<{key}>>"), re.I) for key in ("protocols_to", "and_protocols"))


def _as_names_are_written(text: str) -> str:
    """Returns a text, with equal offsets, in the spelling of our tables: "трёх" as "трех", blanks for a cut "[…]"."""
    # A Russian text may use the letter ё or not, and page furniture may stand anywhere.
    return text.replace("ё", "е").replace("Ё", "Е").replace("[…]", "   ")


# Cached, since each sentence is searched several times in a row.
@lru_cache(maxsize=256)
def find_treaties(text: str) -> tuple[TreatyMatch, ...]:
    """Returns the treaties named in a text, in order; "Palermo Protocols" gives all three at one place."""
    matches: list[TreatyMatch] = []
    for found in _names().finditer(_as_names_are_written(text)):
        codes = [code for code, value in found.groupdict().items() if value is not None]
        if codes == ["ALL"]:
            codes = list(_SUBJECTS)
        elif codes == ["SEVERAL"]:
            codes = [code for code, words in _SUBJECTS.items() if re.search(_expand(words), found.group(), re.I)]
        matches += [TreatyMatch(start=found.start(), end=found.end(), treaty=code) for code in codes]
    return tuple(matches)


def short_name(code: str, language: str = "en") -> str:
    """Returns the usual short name of a treaty in one of the six languages: `UNTOC`, "Firearms Protocol"."""
    names = TREATIES[code].aliases
    return code if code in names else TREATIES[code].short.get(language, names[0])


def title_in(code: str, language: str) -> str:
    """Returns the official title of a treaty in one of the six languages, else in English."""
    return TREATIES[code].titles.get(language, TREATIES[code].name)


def named_treaties(text: str) -> tuple[str, ...]:
    """Returns the codes of the treaties that a text names, each once; the Convention "and its Protocols" gives all."""
    codes: dict[str, None] = {}
    text = _as_names_are_written(text)
    for match in find_treaties(text):
        codes[match.treaty] = None
        before = _PROTOCOLS_TO.search(text, max(0, match.start - 60), match.start)
        if match.treaty == "UNTOC" and (before or _AND_PROTOCOLS.match(text, match.end)):
            codes |= dict.fromkeys(_SUBJECTS)
    return tuple(codes)


@cache
def articles() -> dict[str, dict[str, str]]:
    """Returns the English titles of articles by treaty and article number, in order."""
    table: dict[str, dict[str, str]] = {code: {} for code in TREATIES}
    for row in load_table("treaties"):
        table[row["treaty"]][row["article"]] = row["title"]
    return table


_EMPTY = function_words("en") | {"measures"}


def articles_about(topic: str) -> list[tuple[str, str]]:
    """Returns (treaty, article) of the articles whose English title names a topic ("extradition"), in order.

    All words of the title must be in the topic, or all words of the topic in the title and make up half of it or more.
    """
    wanted = _subject(topic)
    hits = []
    for treaty, titles in articles().items():
        for article, title in titles.items():
            words = _subject(title)
            shared = len(words & wanted)
            named = words <= wanted or (wanted <= words and 2 * shared >= len(words))
            if shared and named and not _PATTERNS.formal_title.match(title):
                hits.append((treaty, article))
    return hits


def _subject(text: str) -> frozenset[str]:
    words = re.findall(r"[^\W\d_]+", text.casefold())
    return frozenset(word.removesuffix("es").removesuffix("s") for word in words if word not in _EMPTY)


def last_article(treaty: str) -> str | None:
    """Returns the number of a treaty's last article, or None for an unknown treaty."""
    return max(articles().get(treaty, ()), key=int, default=None)


def article_title(treaty: str, article: str) -> str | None:
    """Returns the English title of an article, or None for an unknown article or treaty."""
    return articles().get(treaty, {}).get(article)
