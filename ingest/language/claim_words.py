"""Words of the six languages by their role in a claim: operators, links, words for the speaker; and synonyms.

`ingest/language/data/claims.en.yaml` and the files of the other languages hold, by key:

- `void`: words that say nothing by themselves, so that a claim may have them or leave them out ("the", "these");
- `self`, `nouns`, `first`: words for the speaker ("we"), its names for itself ("delegation"), its verbs ("proponemos");
- `third`: pronouns and whom they may mean; `links`: linking words, each entry one class of interchangeable words;
- `owner`, `object`: patterns of what precedes the head that a possessor has ("the Protocol's deletion"), and of a verb
  that is the head of its object ("replacing the fund"), where the language has them;
- `of`: links that a possessive makes redundant; `joins`: "and", "or", "but"; `breaks`: words that open a clause;
- `openers`: words with which speakers introduce what they say ("firmly"); `operators`: see `OperatorKind`;
- `orders`: patterns of instructions to the reader, which support no claim.

`ingest/data/claim_check_synonyms.csv` holds one concept per row. Both are short on purpose: a word of a claim that is
not in them has to be in the evidence itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, get_args

import regex

from ingest.language.lexicons import load_lexicon, load_table, unfolded
from vectorstore.stems import stem, words_of

# Operators change what is said, so that a claim must have those of its evidence. `against` words reverse what follows
# them ("refuses"), `guard` words weaken it ("plans to", "abolition of") and `say` words only report it; these three
# kinds are compared by word.
OperatorKind = Literal[
    "more", "less", "only", "ended", "evenif", "unless", "if", "without", "not", "must", "should", "may", "can",
    "will", "would", "all", "some", "most", "many", "few", "about", "before", "after", "until", "past", "doubt",
    "be", "was", "been", "by", "against", "guard", "say",
]  # fmt: skip
KINDS: Final[tuple[OperatorKind, ...]] = get_args(OperatorKind)
# The key of words for the speaker: "we", "our", the name of the party.
SELF: Final = "@self"
# These languages write no spaces between words.
_UNSPACED: Final = frozenset({"zh"})
_LONGEST_PHRASE: Final = 4


@dataclass(frozen=True, kw_only=True)
class ClaimWordRole:
    """The role of a function word (`void`, `self`, `noun` …, as above), and the keys by which two tokens match."""

    kind: str
    keys: frozenset[str]


@cache
def operators(language: str) -> regex.Pattern[str]:
    """Returns one pattern with a group per kind; longer forms come first, and "not only" and its like are `idle`."""
    words: dict[str, str] = load_lexicon(f"claims.{language}")["operators"]
    groups = [(kind, words[kind]) for kind in ("idle", *KINDS) if words.get(kind)]
    return _pattern(language, groups)


@cache
def roles(language: str) -> tuple[regex.Pattern[str], dict[str, ClaimWordRole]]:
    """Returns one pattern with a group for each class of function words, and the role of each group."""
    words = load_lexicon(f"claims.{language}")
    rows: list[tuple[str, str, str]] = [("void", "", words["void"]), ("self", SELF, words["self"])]
    rows += [("noun", "", words["nouns"]), ("opener", "", words["openers"])]
    rows += [("third", row["keys"], row["forms"]) for row in words["third"]]
    rows += [("link", f"link{n}", forms) for n, forms in enumerate(words["links"])]
    rows += [("join", f"join{n}", forms) for n, forms in enumerate(words["joins"])]
    rows += [("break", "", words["breaks"])]
    named = {f"r{n}": ClaimWordRole(kind=kind, keys=frozenset(keys.split())) for n, (kind, keys, _) in enumerate(rows)}
    return _pattern(language, [(f"r{n}", forms) for n, (_, _, forms) in enumerate(rows)]), named


@cache
def possessive(language: str) -> regex.Pattern[str]:
    """Returns a pattern of the words that a possessive makes redundant: "the courts of Arvandia" are "our courts"."""
    return _pattern(language, [("of", load_lexicon(f"claims.{language}")["of"])])


@cache
def heads(language: str) -> regex.Pattern[str]:
    """Returns a pattern whose groups `owner` and `object` end before a head, or what one governs."""
    words = load_lexicon(f"claims.{language}")
    groups = (f"(?P<{name}>{words.get(name) or '(?!)'})" for name in ("owner", "object"))
    return regex.compile("|".join(groups), regex.IGNORECASE)


@cache
def first_person(language: str) -> regex.Pattern[str]:
    """Returns a pattern of verbs in the first person: "proponemos"."""
    return _pattern(language, [("first", load_lexicon(f"claims.{language}")["first"])])


@cache
def imperatives(language: str) -> regex.Pattern[str]:
    """Returns a pattern of instructions to the reader or model ("ignore the above"), which state nothing."""
    return regex.compile(unfolded(load_lexicon(f"claims.{language}")["orders"]), regex.IGNORECASE)


def phrases(stems: list[str], at: int, language: str) -> Iterator[tuple[int, str]]:
    """Yields the synonyms that begin at a word, the longest first, each as its number of words and its concept."""
    table = _concepts(language)
    for length in range(min(_LONGEST_PHRASE, len(stems) - at), 0, -1):
        for concept in table.get(tuple(stems[at : at + length]), ()):
            yield length, concept


@cache
def _concepts(language: str) -> dict[tuple[str, ...], tuple[str, ...]]:
    table: dict[tuple[str, ...], tuple[str, ...]] = {}
    for row in load_table("claim_check_synonyms"):
        for form in row[language].split("|"):
            key = tuple(stem(word, language) for word in words_of(form))
            if key and row["concept"] not in table.get(key, ()):
                table[key] = (*table.get(key, ()), row["concept"])
    return table


def _pattern(language: str, groups: list[tuple[str, str]]) -> regex.Pattern[str]:
    """Joins forms of all groups, the longest first: "in the course of" is found before "in" of another group."""
    forms = sorted(((form, name) for name, row in groups for form in row.split()), key=lambda pair: -len(pair[0]))
    body = "|".join(f"(?P<{name}>{form.replace('_', chr(92) + 's+')})" for form, name in forms) or "(?!)"
    if language in _UNSPACED:
        return regex.compile(body)
    return regex.compile(rf"(?<![\w-])(?:{body})(?!\w)", regex.IGNORECASE)
