"""Polarity words, which turn what a sentence says: omissions and brackets may not hide them; a cut beside one is noted.

Negation, obligation, permission and quantity come from the lexicon of claims; conditions, ways of not doing or not
believing something, and words that attribute a view to others from `ingest/language/data/governing_words.yaml`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Final, Literal

import regex

from ingest.language.attribution_verbs import attribution
from ingest.language.claim_words import operators, possessive, roles
from ingest.language.lexicons import RegexPatterns, load_lexicon
from ingest.language.matches import TextMatch, without_overlaps
from prompts.wording import LANGUAGES
from vectorstore.stems import is_function_word, language_of, words_of

PolarityKind = Literal["denial", "doubt", "condition", "ending", "lack", "modal", "count"]

_GOVERNING: Final[tuple[PolarityKind, ...]] = ("condition", "denial", "doubt", "ending")
_OF_LEXICON: Final[dict[str, PolarityKind]] = {
    "not": "denial", "against": "denial", "ended": "denial", "only": "condition", "unless": "condition",
    "without": "lack",
    "must": "modal", "should": "modal", "may": "modal", "can": "modal",
    "all": "count", "some": "count", "most": "count", "many": "count", "few": "count", "more": "count", "less": "count",
}  # fmt: skip
_PATTERNS: Final = RegexPatterns("polarity_patterns")
# Clauses before a quotation that may govern it across an aside.
_CLAUSES: Final = 3
# Most words between a denial and what it denies, and marks that open a quotation.
_NEAR: Final = 2
_OPENS: Final = ' :：“„«「『"‘'
# Operators whose verb is still to come, and those that need a word behind them.
_AUXILIARY: Final = ("not", "must", "should", "may", "can", "will", "would", "be", "was", "been")
_PREPOSED: Final = ("be", "was", "been", "before", "after", "until", "without")
_CLAUSE: Final = regex.compile(r"[,;:—–،؛，；：()（）]")
_CLAUSE_BEGINS: Final = regex.compile(rf"(?:^|{_CLAUSE.pattern})\s*")


@dataclass(frozen=True, kw_only=True)
class PolarityWord(TextMatch):
    """A polarity word of a text; its `sense` tells words of one kind apart, as "all" and "some"."""

    kind: PolarityKind
    sense: str


def polarity_words(text: str, language: str) -> tuple[PolarityWord, ...]:
    """Returns the words of a text that deny, limit, oblige, permit or count; "not only" denies nothing."""
    found: list[tuple[PolarityKind, str, regex.Match[str]]] = []
    for code in _languages(text, language):
        idle = [match.span() for match in operators(code).finditer(text) if match.lastgroup == "idle"]
        found += [
            (_OF_LEXICON[sense], sense, match)
            for match in operators(code).finditer(text)
            if (sense := match.lastgroup or "") in _OF_LEXICON
        ]
        for kind in _GOVERNING:
            found += [
                (kind, match.group().casefold(), match)
                for match in _governors(code, kind).finditer(text)
                if not any(start <= match.start() and match.end() <= end for start, end in idle)
            ]
    return tuple(
        PolarityWord(kind=kind, sense=sense, start=match.start(), end=match.end()) for kind, sense, match in found
    )


def of_kinds(found: Iterable[PolarityWord], *kinds: PolarityKind) -> tuple[PolarityWord, ...]:
    """Returns the polarity words of the given kinds."""
    return tuple(word for word in found if word.kind in kinds)


def half_of_pair(text: str) -> bool:
    """Returns whether a text holds one half of "not only … but also" without the other."""
    opens = _PATTERNS.pair_opens.search(text)
    if opens is None:
        return _PATTERNS.pair_closes.search(text) is not None
    return _PATTERNS.closing_half.search(text, opens.end()) is None


def begins_with_contrast(text: str) -> bool:
    """Returns whether a text begins by contradicting the words before it ("but", "however"; not "but also")."""
    begins = text.lstrip(" ,;،，")
    return _PATTERNS.taking_back.match(text) is not None and _PATTERNS.closing_half.match(begins) is None


def governing(before: str, quoted: str, language: str) -> tuple[str, bool]:
    """Returns the words before a `quoted` part of a sentence that govern it, and whether they are a separate clause.

    They reach back to a comma or the like, or across an aside: in "We do not, as is known, support" the denial governs
    "support". They are a separate clause if the quoted part follows a comma and has its own subject: then only a word
    such as "if" or "some say" in them governs it.
    """
    segments = _CLAUSE.split(_across_asides(before, language))
    last = segments[-1]
    if len(segments) > 1 and (_PATTERNS.joins.fullmatch(last) or _PATTERNS.resumes.fullmatch(last)):
        return " ".join(segments[-_CLAUSES:]), False
    if last.strip() or _PATTERNS.coordinator.match(last) or len(segments) == 1:
        return last, False
    return " ".join(segments[-3:-1]), _PATTERNS.subject.match(quoted) is not None


def _across_asides(text: str, language: str) -> str:
    """Returns a text without the asides that part a verb from its auxiliary: "do not, as is known, support"."""
    edges = [*_CLAUSE.finditer(text)]
    behind = text[edges[-1].end() :] if edges else ""
    if _PATTERNS.coordinator.match(behind) or _PATTERNS.subject.match(behind):
        return text
    # One or two asides, the last one ended by the mark before the text's last words.
    for number in range(max(0, len(edges) - _CLAUSES), len(edges) - 1):
        begins = edges[number - 1].end() if number else 0
        if _opens_verb(text[begins : edges[number].start()], language):
            return f"{text[: edges[number].start()]} {behind.lstrip()}"
    return text


def _opens_verb(text: str, language: str) -> bool:
    """Returns whether a text ends with an auxiliary or a denial, behind which its verb is still to come."""
    last = words_of(text)[-1:]
    return bool(last) and any(
        ((found := operators(code).fullmatch(last[0])) is not None and found.lastgroup in _AUXILIARY)
        or (code != "zh" and _role(last, code) == "void")
        for code in _languages(last[0], language)
    )


def denies(before: str, language: str) -> bool:
    """Returns whether the words before a quotation deny it or that it was said: "does not support", "never said that".

    The denial stands at most two words before the quotation, or before "that"; and two of them cancel each other.
    """
    text, led = before.rstrip(_OPENS), before.rstrip()[-1:] in (":", "：")
    if (found := _denial(_PATTERNS.join_ends.sub("", text), language)) is not None:
        word, rest, turned = found
        if word.sense == "not":
            # A colon begins the speaker's own words: "did not agree: “…”"; not so after "did not say".
            near = not led or attribution().verb.search(rest) is not None
        else:
            # A noun such as "dispute" before a subject of its own denies nothing: "In the dispute Arvandia said".
            near = not turned and not led and not regex.search(r"\p{Lu}", rest)
        if near and len(rest.split()) <= _NEAR and len(regex.findall(r"\p{Han}", rest)) <= 2 * _NEAR:
            return True
    # Whoever denies having said something denies all of the clause: "never said that its courts “…”".
    clause = _PATTERNS.that_clause.match(text)
    found = _denial(text[: clause.start("that")].rstrip(" ,،"), language) if clause is not None else None
    if found is None:
        return False
    word, rest, turned = found
    # Names count nothing: "nowhere did Belmora say that".
    rest = " ".join(each for each in rest.split() if not each[0].isupper())
    if word.sense != "not":
        return not rest and not turned
    says = [
        attribution().verb,
        _PATTERNS.holds_true,
        *(_governors(code, "says") for code in _languages(rest, language)),
    ]
    adverbs = [rest[: said.start()] for pattern in says if (said := pattern.search(rest)) is not None]
    # "Did not think twice and said that" goes on with what was said.
    if any(_PATTERNS.coordinator_ends.search(rest[: at.end()]) for at in regex.finditer(r"\S+", rest)):
        return False
    return any(len(each.split()) < _NEAR for each in adverbs)


def denials(text: str, languages: Iterable[str]) -> int:
    """Returns how many denials a text holds: two of them, as in "is not opposed to", cancel each other.

    The words for "not" count as one together, since most languages repeat them; "no difficulty with" denies nothing.
    """
    affirmed = [match.span() for match in _PATTERNS.affirms.finditer(text)]
    found = [
        word
        for code in languages
        for word in polarity_words(text, code)
        if (word.kind in ("denial", "doubt") or word.sense == "few")
        and not any(start <= word.start < end for start, end in affirmed)
    ]
    plain = [word for word in found if word.sense == "not"]
    others = without_overlaps([word for word in found if word.sense != "not"])
    return bool(plain) + sum(not any(map(word.overlaps, plain)) for word in others)


def own_clause(after: str, language: str) -> str:
    """Returns the rest of a clause, without those behind it that have a conjunction or a relative pronoun."""
    edge = _CLAUSE.search(after)
    for word in regex.finditer(r"\S+", after):
        begins_clause = edge is not None and edge.start() < word.start()
        if _role(words_of(word[0])[:1], language) == "break" or (
            (joins := _PATTERNS.coordinator.match(after, word.start())) is not None
            and (begins_clause or _PATTERNS.subject.match(after, joins.end()))
        ):
            return after[: word.start()]
    return after


def _denial(text: str, language: str) -> tuple[PolarityWord, str, bool] | None:
    """Returns the last denial of a text's last clause, the words behind it, and whether another one is before it."""
    clause = _CLAUSE.split(_across_asides(text, language))[-1]
    affirmed = [match.span() for match in _PATTERNS.affirms.finditer(clause)]
    found = [
        word
        for word in of_kinds(polarity_words(clause, language), "denial")
        if not any(start <= word.start < end for start, end in affirmed)
    ]
    if not found:
        return None
    last = max(found, key=lambda word: word.end)
    return last, clause[last.end :].strip(), any(word.end <= last.start for word in found)


def reports(before: str, language: str, *, own: bool) -> bool:
    """Returns whether a sentence's beginning attributes what follows to others: "Some say that".

    Words of doubt or hearsay ("the allegation that", "we are told") always do; a noun for a view does unless the
    speaker shares it. `own` says that the beginning names the statement's holder as the one who speaks.
    """
    codes = _languages(before, language)
    for code in codes:
        before = _governors(code, "preposition").sub(" ", before)
    clauses = _CLAUSE.split(_PATTERNS.join_ends.sub("", before).rstrip(' ,:،，：“„«"‘'))
    joined = _PATTERNS.said_that.search(before) is not None
    for clause in reversed(clauses[-_CLAUSES:] if joined else clauses[-1:]):
        speaks = own or _PATTERNS.self_speaks.search(clause) is not None
        for code in codes:
            if _governors(code, "claim").search(clause) is not None:
                return True
            views = _governors(code, "view").finditer(clause) if joined else ()
            # "Fear" is the speaker's own verb in "we fear that", "主张" in "我们主张".
            if any(_PATTERNS.own_subject.search(clause[: view.start()]) is None for view in views):
                return not speaks or _governors(code, "shares").search(clause) is None
        says = [match.end() for code in codes for match in _governors(code, "says").finditer(clause)]
        says += [match.end() for match in attribution().verb.finditer(clause)] if joined else []
        if says and (joined or max(says) == len(clause.rstrip())):
            return not speaks
    return False


def reads_out(sentence: str) -> bool:
    """Returns whether somebody else's text follows a sentence: "I shall read it out.", not "our statement reads so"."""
    return _PATTERNS.reads_out.search(sentence) is not None and _PATTERNS.own_text.search(sentence) is None


def reported_behind(after: str, language: str) -> bool:
    """Returns whether the rest of a sentence attributes the words before it to others or denies them: ", some say"."""
    begins = after.lstrip(" ,;،，—–-")
    return any(_governors(code, "behind").match(begins) is not None for code in _languages(after, language))


def limit_behind(after: str, language: str) -> int | None:
    """Returns where the rest of a sentence limits the words before it, as a condition or ", at most ten"; else None."""
    clauses = [begin.end() for begin in _CLAUSE_BEGINS.finditer(after)]
    found = [
        at for code in _languages(after, language) for at in clauses if _governors(code, "limits").match(after, at)
    ]
    found += [word.start for word in of_kinds(polarity_words(after, language), "condition")]
    return min(found, default=None)


def narrowed(before: str, after: str, language: str) -> bool:
    """Returns whether words claim more without those behind them: "any vessel [that …]", "within ten days [of …]".

    In what is refused, "any" counts farther before: "reject any reading of article 16 [that …]".
    """
    clause = _CLAUSE.split(before)[-1]
    for code in _languages(before, language):
        behind = after.lstrip() if code != "zh" else after
        reach = _NEAR + 1 + _NEAR * bool(denials(clause, (code,)))
        if narrows_one(before, after, code, kind="universal", reach=reach):
            return True
        whole, end = f"{before.rstrip()} {behind}", len(before.rstrip())
        if any(match.end() == end for match in _governors(code, "deadline").finditer(whole)):
            return True
    return False


def narrows_one(before: str, after: str, language: str, *, kind: str = "indefinite", reach: int = _NEAR + 1) -> bool:
    """Returns whether a relative clause narrows which thing is meant before it: "a fund [that …]"."""
    if _governors(language, "relative").match(after.lstrip()) is None:
        return False
    clause = _CLAUSE.split(before)[-1]
    found = [match.end() for match in _governors(language, kind).finditer(clause)]
    return bool(found) and len(clause[found[-1] :].split()) <= reach


def widened(before: str, after: str, language: str) -> bool:
    """Returns whether words deny more without those behind them: "will not sign any agreement [before 2027]"."""
    begins = after.lstrip()
    if (
        not begins[:1].isalnum()
        or _PATTERNS.coordinator.match(after)
        or _role(words_of(begins)[:1], language) == "join"
    ):
        return False
    if any(_governors(code, "reason").match(begins) for code in _languages(before, language)):
        return False
    denying = polarity_words(_CLAUSE.split(before)[-1], language)
    return any(word.sense in ("not", "ended", "without") for word in denying)


def ends_what_follows(before: str, language: str) -> bool:
    """Returns whether words end or reverse what stands behind them: "the lifting of the"."""
    return any(
        all(map(partial(is_unfinished, language=language), words_of(before[found.end() :])))
        for code in _languages(before, language)
        for found in _governors(code, "ending").finditer(before)
    )


def lacks_complement(text: str, language: str) -> bool:
    """Returns whether a text ends with a preposition or an auxiliary."""
    last = words_of(text)[-1:]
    return any(
        _role(last, code) == "link"
        or (bool(last) and (found := operators(code).fullmatch(last[0])) is not None and found.lastgroup in _AUXILIARY)
        for code in _languages(text, language)
        if code != "zh"
    )


def is_unfinished(text: str, language: str) -> bool:
    """Returns whether a text ends with a word that needs another one behind it: "of the", "is"."""
    last = words_of(text)[-1:]
    return bool(last) and any(
        _role(last, code) in ("void", "link", "join", "break")
        or ((be := operators(code).fullmatch(last[0])) is not None and be.lastgroup in _PREPOSED)
        for code in _languages(last[0], language)
    )


def is_complement(text: str, language: str) -> bool:
    """Returns whether a text begins with "of", so that it belongs to a noun before it."""
    first = words_of(text)[:1]
    return bool(first) and any(possessive(code).fullmatch(first[0]) for code in _languages(first[0], language))


def speaks_of_itself(text: str) -> bool:
    """Returns whether a text contains words by which speakers mean their own side: "we", "my country"."""
    return _PATTERNS.self.search(text) is not None or _PATTERNS.own_side.search(text) is not None


def content(words: Iterable[str], language: str) -> Iterator[str]:
    """Yields the content words: without function words and words for the speaker's own side."""
    own_side = (_PATTERNS.self, _PATTERNS.own_side)
    for word in words:
        if not is_function_word(word, language) and not any(pattern.fullmatch(word) for pattern in own_side):
            yield word


def _role(word: list[str], language: str) -> str | None:
    """Returns the role of a function word, a list of one, in a claim, such as `link`; None for another word."""
    pattern, role_of = roles(language)
    found = pattern.fullmatch(word[0]) if word else None
    return role_of[str(found.lastgroup)].kind if found is not None else None


def _languages(text: str, language: str) -> tuple[str, ...]:
    scripts = dict.fromkeys(language_of(char, language) for char in text if char.isalpha())
    return tuple(code for code in scripts if code in LANGUAGES)


@cache
def _governors(language: str, kind: str) -> "regex.Pattern[str]":
    words = load_lexicon("governing_words")[language].get(kind, "(?!)")
    spaced = "|".join(form.replace("_", r"\s+") for form in words.split())
    return regex.compile(spaced if language == "zh" else rf"(?<![\w-])(?:{spaced})(?!\w)", regex.IGNORECASE)
