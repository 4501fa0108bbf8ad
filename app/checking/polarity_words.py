"""Words that turn what is said: an omission or a bracket may not hide them, and a cut beside them is pointed out.

Negation, obligation, permission and quantity come from the lexicon of claims; conditions, ways of holding back and
the pairs of "not only … but also" stand here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

import regex

from app.answering.claims.lexicon import LANGUAGES, OperatorKind, operators
from app.checking.speech import VERB
from vectorstore.stems import is_function_word, language_of

Turning = Literal["denial", "condition", "modal", "count", "number", "pair"]

_OF_LEXICON: Final[dict[OperatorKind, Turning]] = {
    "not": "denial", "against": "denial", "only": "condition",
    "must": "modal", "should": "modal", "may": "modal", "can": "modal",
    "all": "count", "some": "count", "most": "count", "many": "count", "few": "count", "more": "count", "less": "count",
}  # fmt: skip
# `_` stands for white space; patterns are regular expressions.
_CONDITIONS: Final = {
    "en": r"unless except(?:ing)? excluding if provided_that providing_that on_condition subject_to until (?:so|as)_long_as in_?so_?far_as"
    r" to_the_extent in_principle save_(?:for|where|in) at_this_stage for_now for_the_time_being in_the_form",
    "fr": r"sauf hormis excepté s['’]ils? si à_(?:la_)?condition sous_réserve pourvu_qu\w* dans_la_mesure dans_les_limites tant_qu\w* à_moins"
    r" en_principe jusqu['’]à_ce",
    "es": r"salvo excepto si siempre_(?:y_cuando|que) a_menos_que a_condición con_la_condición en_la_medida mientras hasta_que en_principio",
    "ru": r"если кроме при_условии за_исключением пока в_принципе разве в_пределах при_наличии постольку_поскольку",
    "ar": r"إلا سوى إذا شريطة بشرط ما_لم [وف]?في_حدود باستثناء طالما من_حيث_المبدأ",
    "zh": r"除非 除了 除外 如果 若 条件下 前提 原则上 情况下 直到",
}
# Ways of not doing or not holding something beside plain denials.
_HOLDING_BACK: Final = {
    "en": r"fail(?:s|ed|ing|ure)? abstain\w* abstention hardly barely scarcely rarely seldom lack(?:s|ed|ing)? doubt\w* far_from wrong_to mistake"
    r" mistaken used_to too_early premature unlikely hesitat\w* reluctan\w* instead_of rather_than would_have stop\w*_short avoid\w* refrain\w*"
    r" withdr\w+ declin(?:e|es|ed|ing)_to false(?:ly)? untrue error nor so-called allegedly",
    "fr": r"guère absten\w* abstien\w* abstin\w* abstenu\w* dout\w+ erreur faux loin_d[e'’]\w* incapable\w* évit\w* retir\w+ prétend\w* tort",
    "es": r"abst[eiu]\w+ dud\w+ error difícilmente apenas lejos_de incapa\w+ fals\w+ evit\w+ retir\w+ abstención equivoc\w+ en_lugar_de",
    "ru": r"вряд_ли сомнева\w+ сомнени\w+ воздерж\w+ ошиб\w+ нельзя едва далек\w* избега\w+ якобы вместо перестал\w*",
    "ar": r"[وف]?امتنع\w* [وف]?[تيأن]متنع خطأ الخطأ قلما [وف]?نشك شك بالكاد زعم\w* مستبعد بدل بدلا",
    "zh": r"很难 难以 怀疑 弃权 错误 未经 回避 曾经以为 所谓 而不是",
}
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
# By what a speaker names the own side: "my country", "our delegation", "la délégation".
_OWN_SIDE: Final = regex.compile(
    r"country|government|delegation|state|nation|people|pays|gouvernement|délégation|país|gobierno|delegación|стран\w*|делегаци\w*|правительств\w*|بلاد\w*|بلد\w*|وفد\w*"
    r"|حكوم\w*|国|代表团|政府",
    regex.IGNORECASE,
)
_CLAUSE: Final = regex.compile(r"[,;:—–،؛，；：()（）]")
_COORDINATOR: Final = regex.compile(
    r"\s*(?:and|but|nor|or|et|mais|ou|y|e|pero|или|и|а|но|أو|لكن|ولكن|但|而|并|或)(?![\p{L}\p{M}])|\s*(?:但|并)",
    regex.IGNORECASE,
)
_THAT: Final = regex.compile(
    r"(?:\b(?:that|que|qu['’]|что|dass)|\bأن|\bإن|\bبأن|[,:،，：“„«\"‘])\s*$", regex.IGNORECASE
)
# Russian puts a comma before it: "нельзя сказать, что".
_JOINS: Final = regex.compile(r"\s*(?:that|que|qu['’]|что|чтобы|أن|إن|بأن)\s*", regex.IGNORECASE)
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
        for turning, table in (("condition", _CONDITIONS), ("denial", _HOLDING_BACK)):
            found += [
                Turn(
                    kind=turning,  # type: ignore[arg-type]  # of the literal pairs above
                    sense=match.group().casefold(),
                    start=match.start(),
                    end=match.end(),
                    text=match.group(),
                )
                for match in _pattern(table[code], code).finditer(text)
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
    if len(segments) > 1 and _JOINS.fullmatch(last):
        return " ".join(segments[-2:]), False
    if last.strip() and not _COORDINATOR.fullmatch(last):
        return last, False
    if _COORDINATOR.match(last) or len(segments) == 1:
        return last, False
    return " ".join(segments[-3:-1]), _SUBJECT.match(quoted) is not None


def reports(before: str, language: str, *, own: bool) -> bool:
    """Returns whether a sentence's beginning gives what follows as the view or the words of others: "Some say that".

    Args:
        before: The sentence's beginning, up to the words in question.
        language: ISO 639-1 code of the text.
        own: Whether it names who holds the statement.
    """
    if own or _THAT.search(before) is None:
        return False
    clause = _CLAUSE.split(_JOIN_ENDS.sub("", before).rstrip(' ,:،，：“„«"‘'))[-1]
    says = VERB.search(clause) is not None or any(
        match.lastgroup == "say" for code in _languages(clause, language) for match in operators(code).finditer(clause)
    )
    return says and _SELF.search(clause) is None


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
def _pattern(forms: str, language: str) -> regex.Pattern[str]:
    spaced = "|".join(sorted((form.replace("_", r"\s+") for form in forms.split()), key=len, reverse=True))
    return regex.compile(spaced if language == "zh" else rf"(?<![\w-])(?:{spaced})(?!\w)", regex.IGNORECASE)
