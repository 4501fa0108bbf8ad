"""Quantity target: what a question counts ("how many ships", "how much money"), and whether a number counts just that.

Without it any number would answer: "nineteen countries" is no number of ships. The words that tell stand in
`app/question/data/quantity.yaml`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from app.question.lexicon import Lexicon, words_in
from ingest.language.detection import detect_language
from ingest.parties.name_matcher import fold
from vectorstore.stems import stemmer

Measure = Literal["noun", "people", "kind of people", "amount", "share"]

# Arabic and Chinese count by forms that a stem does not join; there any number counts.
_STEMMED: Final = {"en": "english", "fr": "french", "es": "spanish", "ru": "russian"}
_MONEY_SIGNS: Final = tuple("$€£¥")
_WORD: Final = re.compile(r"[^\W\d_]+")
_REACH: Final = 4
_COUNTED: Final = 3


def _stemmer(language: str) -> Callable[[str], str]:
    return stemmer(_STEMMED[language])


@cache
def _lexicon() -> Lexicon:
    """Returns the words of all six languages, since statements are quoted in any."""
    return Lexicon("en", more=words_in("quantity"))


def _is(kind: str, words: Sequence[str]) -> bool:
    return any(kind in _lexicon().kinds_of(word) for word in words)


def _next(text: str) -> frozenset[str]:
    """Returns what the first word or phrase of a text may be."""
    items = _lexicon().items(text[:30], mend=False)
    return items[0].kinds if items else frozenset()


@dataclass(frozen=True, kw_only=True)
class QuantityTarget:
    """What is counted: a noun by its stems, people in general or of one kind, an amount or a share."""

    measure: Measure
    language: str = "en"
    stems: frozenset[str] = frozenset()

    def follows(self, text: str, end: int) -> bool:
        """Whether the noun itself stands right after a number that ends there: "14 years", "two ships"."""
        words = [found.group().lower() for found in _WORD.finditer(text, end, end + 40)][:2]
        return bool(self.stems) and any(_stemmer(self.language)(word) in self.stems for word in words)

    def fits(self, text: str, start: int, end: int) -> bool:
        """Whether the number at `[start, end)` of a plain text, in any language, counts this."""
        number, before, after = text[start:end], text[:start].rstrip(), text[end:].lstrip()
        following = _next(after)
        # A number may hold its unit: "42 per cent".
        within = frozenset[str]().union(*(item.kinds for item in _lexicon().items(number, mend=False)))
        percent = "%" in number + after[:1] or "percent" in following | within
        if self.measure == "share":
            return percent or "fraction" in within
        words = _WORD.findall(re.split(r"[.;:]\s", text[end:])[0])[: _REACH + 1]
        money = before.endswith(_MONEY_SIGNS) or _is("money", [*_WORD.findall(before[-5:])[-1:], *words])
        # In Chinese a letter for thousands may stand before the currency.
        money = money or "money" in following | _next(after[1:])
        if self.measure == "amount":
            return money or percent or _is("measure", words[:2])
        if detect_language(text) not in (self.language, None):
            return not money
        stem = _stemmer(self.language)
        if any(stem(word.lower()) in self.stems for word in words[:_REACH]):
            return True
        named = any(stem(word.lower()) in self.stems for word in _WORD.findall(text))
        if self.measure == "people":
            return _is("people", words) or (percent and named)
        if self.measure == "kind of people" and _is("anybody", words):
            return True
        return named and not money and (percent or after[:1] in ",.;:)" or "alone" in following)


def find_quantity_target(question: str, language: str) -> QuantityTarget | None:
    """Returns what a question counts, or None where any number may answer."""
    items = _lexicon().items(question, mend=False)
    measures: tuple[Measure, ...] = ("share", "amount")
    for measure in measures:
        if any(measure in item.kinds for item in items):
            return QuantityTarget(measure=measure)
    asked = next((item for item in items if "how_many" in item.kinds), None)
    if asked is None or language not in _STEMMED:
        return None
    nouns: list[str] = []
    for word in _WORD.findall(re.split("[,?]", question[asked.end :])[0]):
        if not nouns and _is("counted_article", [word]):
            continue
        if len(nouns) == _COUNTED or _is("counted_end", [word]):
            break
        nouns.append(fold(word))
    if not nouns:
        return None
    heads = nouns[:1] if language in ("fr", "es") else nouns
    if language == "en":
        # "Somali pirates", "migrants arrive": the last plural is what is counted, unless people are.
        people = [word for word in nouns if _is("people", [word])]
        heads = people[-1:] or [word for word in nouns if word.endswith("s")][-1:] or nouns
    stems = frozenset(map(_stemmer(language), heads))
    kind: Measure = "people" if _is("anybody", heads) else "kind of people" if _is("people", heads) else "noun"
    return QuantityTarget(measure=kind, language=language, stems=stems)
