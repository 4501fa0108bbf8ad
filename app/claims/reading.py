"""A text as claims are compared with it: its content words, and the words that turn what these say."""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, get_args

import regex

from app.claims.lexicon import Kind, operators
from app.claims.numbers import Number, find_numbers
from app.terms import content_terms
from ingest.dates import MONTH_NUMBER
from vectorstore.stems import is_filler, is_function_word, language_of, stem

_TOKEN: Final = regex.compile(r"\p{Han}|(?:(?!\p{Han})[\p{L}\p{M}\p{N}])+")
# Where a clause ends: a negation before it does not reach beyond.
_BREAK: Final = regex.compile(
    r"(?<!\d)[,،](?!\d)|[.;:!?()—–。，；：！？؛؟、…\n]|\b(?:but|because|although|while|when|if|unless|that|which|who|whom|whose|where|(?:and|or)(?=\s+(?:can|cannot|may|shall|must|should|will|has|have|is|are|does|do)\b)"
    r"|mais|car|lorsque|quand|si|que|qui|dont|où|selon|sino|pero|aunque|mientras|cuando|quien\w*"
    r"|но|а|если|когда|что|чтобы|котор\w+|где)\b|\bqu(?=['’])"
    r"|(?<!\w)(?:بل|لكن|ولكن|غير\s+أن|إلا\s+أن|أن|إن|التي|الذي|متى|إذا|عندما)(?!\w)|而|但|如果",
    regex.IGNORECASE,
)
# Content words that a negation, a modal verb or the like reaches; in Chinese, characters.
REACH: Final = 4
# Words around a word that tell which of its occurrences is meant.
_AROUND: Final = 5
# Words of these kinds say something of their own besides.
# Letters of a Russian word that its forms mostly share.
_RUSSIAN_ROOT: Final = 4
# "And" and the person of a verb are letters before an Arabic word.
_AND: Final = regex.compile(r"^[وف](?=\w{3})")
_ANY: Final = regex.compile(r"[لب]?أي[ةه]?|[وف]?[إأ]نها?")
_PERSON: Final = regex.compile(r"^[يتنأا](?=\w{3})")
_CONTENT: Final[frozenset[str]] = frozenset({"duty", "leave", "up", "down", "for", "against"})


@dataclass(frozen=True, kw_only=True)
class Mark:
    """An operator, with the indices of the content words that it reaches, nearest first."""

    kind: Kind
    start: int
    end: int
    reach: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A number, with the indices of the content words that it counts, nearest first."""

    number: Number
    reach: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a text says, as far as it is compared.

    Attributes:
        stems: Its content words in order, by what their forms share; characters in Chinese.
        terms: Its content words as a search compares them, without operators and words of saying.
        marks: Its operators in order.
        numbers: Its numbers in order, those of articles and agenda items included.
        months: The months that it names, 1 to 12.
    """

    text: str
    language: str
    stems: tuple[str, ...]
    terms: frozenset[str]
    starts: tuple[int, ...]
    marks: tuple[Mark, ...]
    numbers: tuple[Counted, ...]
    months: frozenset[int]

    def of(self, kind: Kind) -> tuple[Mark, ...]:
        """Returns the operators of a kind."""
        return tuple(mark for mark in self.marks if mark.kind == kind)

    def around(self, index: int) -> Counter[str]:
        """Returns the content words near one of them."""
        return Counter(self.stems[max(0, index - _AROUND) : index] + self.stems[index + 1 : index + 1 + _AROUND])

    def places(self, word: str, context: Counter[str]) -> tuple[int, ...]:
        """Returns where a word stands among most of the words given; several places where that does not tell."""
        found = [index for index, other in enumerate(self.stems) if other == word]
        shared = {index: sum((self.around(index) & context).values()) for index in found}
        best = max(shared.values(), default=0)
        return tuple(index for index in found if shared[index] == best)


@lru_cache(maxsize=4096)
def read(text: str, language: str) -> Reading:
    """Reads a text in one of the six languages; in another, only its numbers and words count."""
    found = _operators(text, language)
    numbers = find_numbers(text, language)
    hidden = [(m.start, m.end) for m in numbers] + [(s, e) for k, s, e in found if k not in _CONTENT]
    stems, starts, months = _content(text, language, hidden)
    breaks = [(match.start(), match.group().isascii() and match.group().isalpha()) for match in _BREAK.finditer(text)]

    def reach(start: int, end: int) -> tuple[int, ...]:
        after = [index for index, at in enumerate(starts) if at >= end]
        stop, word = next(((at, word) for at, word in breaks if at >= end), (len(text), False))
        within = [index for index in after if starts[index] < stop]
        before = [index for index, at in enumerate(starts) if at < start]
        # "no State that …" is said of what stands before; "shall not, however, …" of what follows.
        return tuple(within[:REACH] or (before[-1:] if word else ()) or after[:1] or before[-1:])

    def counts(number: Number) -> tuple[int, ...]:
        stop = next((at for at, _ in breaks if at >= number.end), len(text))
        return tuple(index for index, at in enumerate(starts) if number.end <= at < stop)[:REACH]

    marks = tuple(Mark(kind=kind, start=start, end=end, reach=reach(start, end)) for kind, start, end in found)
    return Reading(
        text=text,
        language=language,
        stems=stems,
        terms=content_terms(_blanked(text, hidden), language),
        starts=starts,
        marks=marks,
        numbers=tuple(Counted(number=number, reach=counts(number)) for number in numbers),
        months=months,
    )


def _operators(text: str, language: str) -> list[tuple[Kind, int, int]]:
    """Finds operators; where one word is of two kinds, as "cannot" is, both count."""
    found: list[tuple[Kind, int, int]] = []
    if language not in ("en", "fr", "es", "ru", "ar", "zh"):
        return found
    kinds: tuple[Kind, ...] = get_args(Kind)
    for match in operators(language).finditer(text):
        kind = next((kind for kind in kinds if kind == match.lastgroup), None)
        if kind is None or (kind == "not" and _second_part(text, match.start(), found)):
            continue
        found.append((kind, match.start(), match.end()))
        if match.group().lower() in ("cannot", "can't", "can’t"):
            found.append(("can", match.start(), match.end()))
    return found


def _second_part(text: str, start: int, found: list[tuple[Kind, int, int]]) -> bool:
    """Whether a French negation is the second word of one: "ne … pas" negates once."""
    first = next((f for f in reversed(found) if f[0] == "not"), None)
    if first is None or text[first[1] : first[2]].lower() not in ("ne", "n"):
        return False
    between = text[first[2] : start]
    return len(between.split()) <= REACH and not regex.search(r"[.;:!?]", between)


def _content(
    text: str, language: str, hidden: list[tuple[int, int]]
) -> tuple[tuple[str, ...], tuple[int, ...], frozenset[int]]:
    words: list[tuple[str, int]] = []
    months: set[int] = set()
    for match in _TOKEN.finditer(text):
        word, start = match.group(), match.start()
        if any(begin <= start < end for begin, end in hidden):
            continue
        month = _month(word)
        if month is not None:
            months.add(month)
            words.append((f"month:{month}", start))
        elif not (is_function_word(word, language) or is_filler(word, language) or _ANY.fullmatch(word)):
            own = language_of(word, language)
            words.append((word if own == "zh" else root(word, own), start))
    return tuple(word for word, _ in words), tuple(start for _, start in words), frozenset(months)


def _blanked(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def root(word: str, language: str) -> str:
    """Returns the stem of a word by which forms of one verb are one as well: "we demand", "it demands"."""
    if language == "ru":
        return stem(word, language)[:_RUSSIAN_ROOT]
    if language == "ar":
        return _PERSON.sub("", stem(_AND.sub("", word), language))
    return stem(word, language)


def _month(word: str) -> int | None:
    # "May" and "March" are words of English, and "mar" is one of Spanish: a month there has a capital or three more
    # letters.
    number = MONTH_NUMBER.get(word.lower())
    if number is None or (len(word) <= 3 and word.isascii() and word not in ("May", "mai")):
        return None
    return number if word[0].isupper() or word.lower() not in ("may", "march", "mars", "august") else None
