"""Words that turn what is said: an omission or a bracket may not hide them, and a cut beside them is pointed out.

Negation, obligation, permission and quantity come from the lexicon of claims; conditions, ways of not doing or not
holding something, and words that give a view to others from `ingest/language/data/governors.yaml`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

import regex

from app.answering.claims.lexicon import LANGUAGES, OperatorKind, operators
from app.checking.speech import VERB
from ingest.language.lexicons import load_lexicon
from vectorstore.stems import is_function_word, language_of

Turning = Literal["denial", "doubt", "condition", "modal", "count", "number"]

_GOVERNING: Final[tuple[Turning, ...]] = ("condition", "denial", "doubt")
_OF_LEXICON: Final[dict[OperatorKind, Turning]] = {
    "not": "denial", "against": "denial", "ended": "denial", "only": "condition", "unless": "condition",
    "must": "modal", "should": "modal", "may": "modal", "can": "modal",
    "all": "count", "some": "count", "most": "count", "many": "count", "few": "count", "more": "count", "less": "count",
}  # fmt: skip
# "Not only A but also B": both halves, or neither.
_PAIR_OPENS: Final = r"\bnot\s+(?:only|just|merely|simply)\b|\b(?:non|pas)\s+seulement\b|\bno\s+(?:s[óo]lo|solamente|únicamente)\b|\bне\s+только\b|ليس\w*\s+فقط|\bليس\b(?=[^.]*فحسب)|不仅|不但|不只|不单"
_PAIR_CLOSES: Final = (
    r"\bbut\s+(?:also|equally|rather|even|\w+(?:\s+\w+){0,8}\s+as\s+well)\b|\bmais\s+(?:aussi|également|encore)\b"
    r"|\bsino\s+(?:que\s+)?(?:también|además)\b|\bно\s+и\b|\bа\s+также\b|بل\b[^.]*أيضا|而且"
)
_OPENING_HALF: Final = regex.compile(_PAIR_OPENS, regex.IGNORECASE)
_CLOSING_HALF: Final = regex.compile(rf"{_PAIR_CLOSES}|\bsino\b|بل\b|也|还|且", regex.IGNORECASE)
_CLOSING_ALONE: Final = regex.compile(_PAIR_CLOSES, regex.IGNORECASE)
# What takes back what stands before it.
_TAKING_BACK: Final = regex.compile(
    r"[\s,;،؛，；–—-]*(?:but|however|yet|only|mais|toutefois|cependant|pero|sin\s+embargo|но|однако|لكن|ولكن|غير\s+أن|但|然而|不过)(?![\p{L}\p{M}])"
    r"|[\s,;،؛，；–—-]*(?:但|然而|不过)",
    regex.IGNORECASE,
)
_NUMBER: Final = regex.compile(r"\p{N}+")
_SELF: Final = regex.compile(
    r"\b(?:i|we|us|my|our|ours|me|myself|ourselves|je|nous|notre|nos|mon|ma|mes|nosotr[oa]s|nuestr[oa]s?|mi|mis|yo|\w{3,}[aei]mos|мы|нам|нас|я|наш\w*|мо[йяею]\w{0,2}"
    r"|نحن|إننا|بلادي|بلدي|وفدي|حكومتي|رأينا|نعتقد|نرى|نؤكد|نود)\b|我",
    regex.IGNORECASE,
)
# Who speaks where the speaker does: "we", "our delegation", "nous croyons"; in "our neighbours", "told us", "on nous dit" others do.
_SELF_SPEAKS: Final = regex.compile(
    r"\b(?:i|we|je|j(?=['’])|nosotr[oa]s|yo|\w{3,}[aei]mos|nous(?=\s(?:\S+\s){0,2}?\w+(?:ons|mes)\b)|мы|я"
    r"|(?:our|my|notre|nos|mon|ma|nuestr[oa]s?|mi|наш\w*|мо[йяеё]\w{0,2})\b(?!\s(?:\w+\s)?(?:neighbo\w+|friend\w*|partner\w*|critic\w*|oppon\w+|colleague\w*|adversar\w+|rival\w*"
    r"|detractors?|opposition|press|media|voisin\w*|amis?|partenaire\w*|collègue\w*|adversaire\w*|détracteur\w*|vecin\w*|amig\w+|soci[oa]s?|colegas?|adversari\w+|detractor\w*|crític\w+"
    r"|сосед\w*|друз\w+|партн[её]р\w*|коллег\w*|оппонент\w*|противник\w*|критик\w*)\b)"
    r"|نحن|إننا|إنني|[وف]?نعتقد|[وف]?نرى|[وف]?نؤكد|[وف]?نود|وفدي|حكومتي|بلدي|بلادي|وفد\s+بلادي)\b|(?<![诉向对给被使让])(?:我(?!们?的?(?:邻|友|伙伴|同事|对手|批评))|本国|本代表团)",
    regex.IGNORECASE,
)
# By what a speaker names the own side: "my country", "our delegation", "la délégation".
_OWN_SIDE: Final = regex.compile(
    r"country|government|delegation|state|nation|people|pays|gouvernement|délégation|país|gobierno|delegación|стран\w*|делегаци\w*|правительств\w*|بلاد\w*|بلد\w*|وفد\w*"
    r"|حكوم\w*|国|代表团|政府",
    regex.IGNORECASE,
)
# Clauses back from a quotation that may govern it over an aside.
_CLAUSES: Final = 3
_CLAUSE: Final = regex.compile(r"[,;:—–،؛，；：()（）]")
_COORDINATOR: Final = regex.compile(
    r"\s*(?:and|but|nor|or|et|mais|ou|y|e|pero|или|и|а|но|أو|لكن|ولكن|但|而|并|或)(?![\p{L}\p{M}])|\s*(?:但|并)",
    regex.IGNORECASE,
)
_THAT: Final = regex.compile(
    r"(?:\b(?:that|que|qu['’]|что|будто|dass)|\bأن|\bإن|\bبأن|[,:،，：“„«\"‘])\s*$", regex.IGNORECASE
)
# Russian puts a comma before it: "нельзя сказать, что".
_JOINS: Final = regex.compile(r"\s*(?:that|que|qu['’]|что|чтобы|будто|أن|إن|بأن)\s*", regex.IGNORECASE)
# What is left of a clause behind an aside: "unable, for want of staff, to".
_RESUMES: Final = regex.compile(
    r"\s*(?:(?:to|from|of|for|in|by|de|d['’]|à|a|en|que|qu['’]|that|как|عن|من|على)\s*(?:the|la|le|el|los|las|les)?|إلى)\s*",
    regex.IGNORECASE,
)
_JOIN_ENDS: Final = regex.compile(rf"[\s,،]*(?<!\w){_JOINS.pattern}$", regex.IGNORECASE)
# The first word of a clause of its own: after "If it is accepted," the clause "we support it" is not denied by it.
_SUBJECT: Final = regex.compile(
    r"\W*(?:i|we|it|they|he|she|this|these|those|that|there|my|our|the|je|nous|il|ils|elle|elles|la|le|les|notre|nosotros|nuestr\w+|mi|ella|ellos|el|los|las"
    r"|мы|он|она|они|наш\w*|это|نحن|هو|هي|我|他|它|本)(?![\p{Ll}])|\W*\p{Lu}\p{Ll}",
    regex.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Turn:
    """A word that turns what is said, at `[start, end)` of a text.

    Attributes:
        sense: What words of one kind are told apart by: "all" and "some" both count.
    """

    kind: Turning
    sense: str
    start: int
    end: int
    text: str


def turns(text: str, language: str) -> tuple[Turn, ...]:
    """Returns the words of a text that deny, limit, oblige, permit or count, in order; "not only" denies nothing."""
    found: list[Turn] = []
    for code in _languages(text, language):
        found += [
            Turn(kind=_OF_LEXICON[kind], sense=kind, start=match.start(), end=match.end(), text=match.group())
            for match in operators(code).finditer(text)
            for kind in [_kind(match.lastgroup)]
            if kind in _OF_LEXICON
        ]
        for kind in _GOVERNING:
            found += [
                Turn(
                    kind=kind, sense=match.group().casefold(), start=match.start(), end=match.end(), text=match.group()
                )
                for match in _governors(code, kind).finditer(text)
            ]
    found += [
        Turn(kind="number", sense=match.group(), start=match.start(), end=match.end(), text=match.group())
        for match in _NUMBER.finditer(text)
    ]
    return tuple(sorted(found, key=lambda turn: turn.start))


def of_kinds(found: Iterable[Turn], *kinds: Turning) -> tuple[Turn, ...]:
    """Returns those of some kinds."""
    return tuple(turn for turn in found if turn.kind in kinds)


def half_of_pair(text: str) -> bool:
    """Returns whether a text holds one half of "not only … but also" without the other."""
    opens = _OPENING_HALF.search(text)
    if opens is None:
        return _CLOSING_ALONE.search(text) is not None
    return _CLOSING_HALF.search(text, opens.end()) is None


def takes_back(text: str) -> bool:
    """Returns whether a text begins by taking back what stands before it; "but also" adds to it."""
    begins = text.lstrip(" ,;،，")
    return _TAKING_BACK.match(text) is not None and _CLOSING_HALF.match(begins) is None


def governing(before: str, quoted: str) -> tuple[str, bool]:
    """Returns the words that govern what follows them in a sentence, and whether they are a clause apart.

    They reach back to a comma or the like, or over an aside: in "We do not, as is known, support" the denial governs
    "support". A clause after a comma with a subject of its own is governed by what stands before it only as by
    "if" or "some say".

    Args:
        before: The sentence's beginning, up to the words in question.
        quoted: These words.
    """
    segments = _CLAUSE.split(before)
    last = segments[-1]
    if len(segments) > 1 and (_JOINS.fullmatch(last) or _RESUMES.fullmatch(last)):
        return " ".join(segments[-_CLAUSES:]), False
    if last.strip() and not _COORDINATOR.fullmatch(last):
        return last, False
    if _COORDINATOR.match(last) or len(segments) == 1:
        return last, False
    return " ".join(segments[-3:-1]), _SUBJECT.match(quoted) is not None


def reports(before: str, language: str, *, own: bool) -> bool:
    """Returns whether a sentence's beginning gives what follows as the view or the words of others: "Some say that".

    What only doubtful words or hearsay govern ("the allegation that", "we are told") is nobody's own view; a noun for a
    view is, where the speaker shares it.

    Args:
        before: The sentence's beginning, up to the words in question.
        language: ISO 639-1 code of the text.
        own: Whether it names who holds the statement as the one who speaks.
    """
    clauses = _CLAUSE.split(_JOIN_ENDS.sub("", before).rstrip(' ,:،，：“„«"‘'))
    joined = _THAT.search(before) is not None
    codes = _languages(before, language)
    for clause in reversed(clauses[-_CLAUSES:] if joined else clauses[-1:]):
        speaks = own or _SELF_SPEAKS.search(clause) is not None
        for code in codes:
            if _governors(code, "claim").search(clause) is not None:
                return True
            if joined and _governors(code, "view").search(clause) is not None:
                return not speaks or _governors(code, "shares").search(clause) is None
        says = [match.end() for code in codes for match in _governors(code, "says").finditer(clause)]
        says += [match.end() for match in VERB.finditer(clause)] if joined else []
        if says and (joined or max(says) == len(clause.rstrip())):
            return not speaks
    return False


def reported_behind(after: str, language: str) -> bool:
    """Returns whether a sentence goes on by giving what stands before it to others, or by denying it: ", some say"."""
    begins = after.lstrip(" ,;،，—–-")
    return any(_governors(code, "behind").match(begins) is not None for code in _languages(after, language))


def speaks_of_itself(text: str) -> bool:
    """Returns whether words are how a speaker names the own side: "we", "my country"."""
    return _SELF.search(text) is not None or _OWN_SIDE.search(text) is not None


def content(words: Iterable[str], language: str) -> Iterator[str]:
    """Yields the words that carry meaning of their own; names of the own side are none."""
    for word in words:
        if not is_function_word(word, language) and not _SELF.fullmatch(word) and not _OWN_SIDE.fullmatch(word):
            yield word


def _languages(text: str, language: str) -> tuple[str, ...]:
    scripts = dict.fromkeys(language_of(char, language) for char in text if char.isalpha())
    return tuple(code for code in scripts if code in LANGUAGES)


def _kind(group: str | None) -> OperatorKind:
    return group  # type: ignore[return-value]  # the groups of `operators` are its kinds, and `idle`


@cache
def _governors(language: str, kind: str) -> "regex.Pattern[str]":
    words = load_lexicon("governors")[language].get(kind, "(?!)")
    spaced = "|".join(form.replace("_", r"\s+") for form in words.split())
    return regex.compile(spaced if language == "zh" else rf"(?<![\w-])(?:{spaced})(?!\w)", regex.IGNORECASE)
