"""Lexicon: the kinds of question words, `data/question_words.*.yaml` by language, and grammars over the kinds.

A kind is what a word does: "since" opens an interval, "session" turns the ordinal before it into a session. A grammar
is a regular expression over kinds, so that no pattern contains words of a language: `<since><fill>*<time>`.
`app/question/data/README.md` describes each kind.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import accumulate, takewhile
from types import MappingProxyType
from typing import Any, Final

import yaml
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from ingest.language.dates import FIRST_YEAR, LAST_YEAR, month_numbers
from ingest.language.lexicons import RegexPatterns
from ingest.language.numerals import ascii_digits, han_value, is_han_number, number_words, roman_value
from ingest.language.word_frequencies import NO_WORD, commonness
from ingest.parties.inflection import arabic_variants
from ingest.parties.name_tokens import Token, fold_token, tokens_of

_SIGNS: Final = {"/": "slash", "?": "stop", ".": "stop"} | dict.fromkeys(",&،、，;；", "and")
# Kinds of signs between words.
SIGNS: Final = frozenset({"dash", *_SIGNS.values()})
PAUSES: Final = frozenset(",;:?!，；：？！、،؛؟")
_QUIET: Final = " \n\t'’\"«»“”()（）《》"
_DASHES: Final = re.compile("[-–—−‐‑~～]")
_ROMAN: Final = re.compile("[IVXL]+")
_MAX_PHRASE_WORDS: Final = 9
is_article: Final = RegexPatterns("common").article.fullmatch
# Kinds of words that are read despite one typing error, if the mistyped form is not a word itself.
_CORRECTED: Final = frozenset({"article", "session", "convention", "protocol", "since", "month"})
_SHORTEST_CORRECTED: Final = 5
# Between digits and the ending of an ordinal: "10th", "10-й", "11.ª".
_BEFORE_ENDING: Final = ("", "-", ".", "'", "’")


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """A word, number or sign of a question at `[start, end)`: the kinds that it may be, and the values of these."""

    start: int
    end: int
    kinds: frozenset[str]
    values: Mapping[str, str]

    def number(self, *kinds: str) -> int:
        """Returns its value as a number, for the first of these kinds that has one."""
        return int(next(self.values[kind] for kind in kinds if kind in self.values))


class Lexicon:
    """The question words of one language with their kinds and values."""

    def __init__(self, language: str, more: Mapping[str, str] = MappingProxyType({})) -> None:
        """Loads the words of one of the six languages, and `more` beside those of its file."""
        self.language = language
        self._entries: dict[tuple[str, ...], dict[str, str]] = {}
        self._beginnings: set[tuple[str, ...]] = set()
        for known in (words_in("question_words.all"), words_in(f"question_words.{language}"), more):
            for kind, phrases in known.items():
                for phrase in phrases.split("|"):
                    words, _, value = phrase.partition("=")
                    self._add(words, kind, value.strip())
        for word, month in month_numbers().items():
            # Russian months have more cases than a date has: "в октябре".
            self._add(f"{word[:-1]}*" if word.endswith("ь") else word, "month", str(month))
        for word, number in number_words("ordinal", language).items():
            # Arabic ordinals agree in form with what they count.
            self._add(word.replace("ة", "*"), "ordinal", str(number))
        self._in_phrases = {word for key in self._entries for word in key}
        self._words = [key[0] for key in self._entries if len(key) == 1 and len(key[0]) >= _SHORTEST_CORRECTED]

    def _add(self, words: str, kind: str, value: str) -> None:
        tokens = _split(tokens_of(words), arabic=self.language == "ar")
        key = tuple(token.folded + "*" * (words[token.end : token.end + 1] == "*") for token in tokens)
        if key:
            self._entries.setdefault(key, {})[kind] = value
            self._beginnings.update(key[:length] for length in range(1, len(key) + 1))

    @lru_cache(maxsize=256)  # noqa: B019 - there are few lexicons, which are kept
    def items(self, text: str, *, correct_typos: bool = True) -> tuple[Item, ...]:
        """Returns the words, numbers and signs of a question in order; the longest phrase wins.

        Words of the kinds `_CORRECTED` are read despite a typing error, unless `correct_typos` is false. Cached, since
        many rules read a question.
        """
        tokens = _tokens(text, arabic=self.language == "ar")
        items: list[Item] = []
        at = end = 0
        while at < len(tokens):
            gap = text[end : tokens[at].start]
            sign = "dash" if _DASHES.search(gap) else next((_SIGNS[char] for char in gap if char in _SIGNS), "")
            sign = sign or ("stop" if gap.strip(_QUIET) else "")
            if sign and items:
                items.append(Item(start=end, end=tokens[at].start, kinds=frozenset({sign}), values={}))
            length, values = self._longest(text, tokens, at)
            if correct_typos and not values and (corrected := self.correct_typo(tokens[at].folded)) is not None:
                values = self._entries[(corrected,)] if self._entries[(corrected,)].keys() & _CORRECTED else values
            first, last = tokens[at], tokens[at + length - 1]
            items.append(Item(start=first.start, end=last.end, kinds=frozenset(values), values=values))
            at, end = at + length, last.end
        return tuple(items)

    def _longest(self, text: str, tokens: Sequence[Token], at: int) -> tuple[int, Mapping[str, str]]:
        length, values = self._numeral(text, tokens, at)
        keys: list[tuple[str, ...]] = [()]
        for size in range(1, min(_MAX_PHRASE_WORDS, len(tokens) - at) + 1):
            word = tokens[at + size - 1].folded
            if size > 1 and not PAUSES.isdisjoint(text[tokens[at + size - 2].end : tokens[at + size - 1].start]):
                # A phrase does not cross a pause: "or, not, on article 16" does not contain "not on".
                break
            forms = self._forms(word)
            keys = [longer for key in keys for form in forms if (longer := (*key, form)) in self._beginnings]
            if not keys:
                break
            for key in keys:
                if key in self._entries and size >= length:
                    values = {**(values if size == length else {}), **self._entries[key]}
                    length = size
        return max(length, 1), values

    @lru_cache(maxsize=1 << 14)  # noqa: B019 - there are few lexicons, which are kept
    def _forms(self, word: str) -> tuple[str, ...]:
        """Returns a folded word's forms that occur in phrases: itself, prefixes with "*", and without particles."""
        forms = [word, *(word[:cut] + "*" for cut in range(2, len(word) + 1))]
        if self.language == "ar":
            forms += arabic_variants(word, first=True)
        return tuple(form for form in forms if form in self._in_phrases)

    @lru_cache(maxsize=1 << 14)  # noqa: B019 - as for `_forms`
    def correct_typo(self, word: str) -> str | None:
        """Returns the lexicon word one typing error from a non-word, both folded: "artcle", "sumarize"; else None."""
        short = len(word) < _SHORTEST_CORRECTED or word.isdecimal()
        if short or self.language == "zh" or commonness(word, self.language) >= NO_WORD:
            return None
        found = process.extractOne(word, self._words, scorer=DamerauLevenshtein.distance, score_cutoff=1)
        return None if found is None else str(found[0])

    def _numeral(self, text: str, tokens: Sequence[Token], at: int) -> tuple[int, Mapping[str, str]]:
        """Reads digits with their endings, Roman numerals, and Chinese numerals where they count something."""
        first, word = tokens[at], tokens[at].word
        if word.isdecimal():
            ending = tokens[at + 1] if at + 1 < len(tokens) else None
            if ending is not None and text[first.end : ending.start] in _BEFORE_ENDING:
                kinds = self._entries.get((ending.folded,), {})
                if "decade_endings" in kinds and word[-1] == "0" and len(word) in (2, 4):
                    return 2, {"nineties": word if len(word) == 4 else f"19{word}"}
                if "ordinal_endings" in kinds and len(word) < 4:
                    return 2, {"ordinal": word}
            year = len(word) == 4 and FIRST_YEAR <= int(word) <= LAST_YEAR
            return 1, {"year_number": word} if year else {"number": word} if len(word) < 4 else {}
        if is_han_number(word):
            counts = takewhile(lambda each: is_han_number(each.word) and (each is first or not each.gap), tokens[at:])
            numeral = "".join(token.word for token in counts)
            value, run = han_value(numeral), at + len(numeral)
            if len(numeral) == 4 and FIRST_YEAR <= value <= LAST_YEAR:
                return 4, {"year_number": str(value)}
            follows = self._entries.get((tokens[run].folded,), {}) if run < len(tokens) else {}
            counted = follows.keys() & {"session", "meeting", "year", "month", "decade", "article"}
            before = at > 0 and tokens[at - 1].word == "第"
            return (run - at, {"number": str(value), "ordinal": str(value)}) if counted or before else (0, {})
        # "L'Assemblée" begins with an article.
        elided = word == "L" and re.match(r"['’][^\W\d_]", text[first.end :])
        roman = _ROMAN.match(word)
        if roman is not None and word != "I" and not elided:
            letters = word[roman.end() :]
            kinds = self._entries.get((fold_token(letters),), {}) if letters.islower() else {}
            if not letters or "ordinal_endings" in kinds:
                return 1, {"roman": str(roman_value(roman.group()))}
        return 0, {}

    def kinds_of(self, word: str) -> frozenset[str]:
        """Returns the kinds of a single word."""
        folded = fold_token(word)
        forms = [folded, *(folded[:cut] + "*" for cut in range(3, len(folded) + 1))]
        return frozenset(kind for form in forms for kind in self._entries.get((form,), ()))


def find_forms(grammar: str, items: Sequence[Item]) -> Iterator[tuple[str, Sequence[Item]]]:
    """Yields each form of a grammar that is found, by name with its items, left to right; the longest match wins.

    Forms are regular expressions over the kinds of items: `<since><fill>*<time>` matches items one after the other.
    """
    written = [f"<{','.join(item.kinds)}>" for item in items]
    text, starts = "".join(written), [0, *accumulate(map(len, written))]
    at = 0
    while at < len(items):
        matches = [(found.end(), name) for name, form in _forms(grammar) if (found := form.match(text, starts[at]))]
        end, name = max(matches, key=lambda match: match[0], default=(0, ""))
        after = starts.index(end)
        if after > at:
            yield name, items[at:after]
        at = max(after, at + 1)


@cache
def _forms(grammar: str) -> list[tuple[str, re.Pattern[str]]]:
    stored = _stored("grammar")
    # An item is written with all its kinds, as `<fill,since>`.
    item = r"(?:<(?:[^<>]*,)?(?:\1)(?:,[^<>]*)?>)"

    def filled(form: str) -> str:
        # A part may contain other parts.
        return re.sub("{([a-z]+)}", lambda part: filled(stored["parts"][part[1]]), form)

    return [(name, re.compile(re.sub("<([a-z_|]+)>", item, filled(form)))) for name, form in stored[grammar].items()]


@cache
def lexicon_of(language: str, more: str = "") -> Lexicon:
    """Returns the lexicon of a language, extended by the words of the file `more` for it or else for all languages."""
    return Lexicon(language, more=words_in(more, language) or words_in(more) if more else {})


def lexicon_of_all(name: str) -> Lexicon:
    """Returns the words of a file that has those of all six languages together, beside the English question words."""
    return lexicon_of("en", name)


@cache
def words_in(name: str, language: str = "") -> Mapping[str, str]:
    """Returns the words of a file of `app/question/data` by kind; those of one language, if it is given."""
    known = _stored(name)
    return {str(kind): str(phrases) for kind, phrases in (known.get(language, {}) if language else known).items()}


@cache
def _stored(name: str) -> Mapping[str, Any]:
    """Returns the contents of a file of `app/question/data`."""
    text = (files("app.question") / "data" / f"{name}.yaml").read_text(encoding="utf-8")
    stored: Mapping[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return stored


@lru_cache(maxsize=256)
def _tokens(text: str, *, arabic: bool) -> tuple[Token, ...]:
    """Returns the tokens of a question; cached, since several lexicons read them."""
    return tuple(_split(tokens_of(ascii_digits(text)), arabic=arabic))


def _split(tokens: Iterable[Token], *, arabic: bool) -> Iterator[Token]:
    """Splits "COP10", "10th" and "و2012" between letters and digits, and "والعاشرة" after its conjunction."""
    for token in tokens:
        word, start, gap = token.word, token.start, token.gap
        joined = arabic and word.startswith("و") and (word.startswith("وال") or fold_token(word[1:]) in _months())
        for part in [*(["و"] if joined else []), *re.findall(r"\d+|\D+", word[joined:])]:
            yield Token(start, start + len(part), part, fold_token(part), gap)
            start, gap = start + len(part), ""


@cache
def _months() -> frozenset[str]:
    return frozenset(map(fold_token, month_numbers()))
