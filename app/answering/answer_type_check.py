"""Answer-type check: whether evidence holds the kind of thing asked for, such as a number; in six languages.

"How many ships were inspected?" is not answered by a sentence without a number. The lexicon
`ingest/language/data/answer_types.yaml` has a pattern for each kind of answer. Beside these, `reference_before`,
`month_before` and `ordinal_after` find numbers that count nothing ("article 4", "May 4", "4th"), and `no_name` what
looks like a name in every statement and answers nobody who asks for one ("General Assembly").
"""

from collections.abc import Sequence
from functools import cache
from typing import Final

import regex

from app.answering.folding import fold_accents
from app.records import Missing
from ingest.language.lexicons import load_lexicon, unfolded
from ingest.metadata.sessions import find_bodies
from ingest.parties.party_table import PartyTable
from ingest.treaties.treaties import find_treaties


@cache
def _forms() -> dict[str, str]:
    """Returns the patterns of the lexicon by name."""
    forms = {
        name: unfolded(form) if isinstance(form, str) else "|".join(map(unfolded, form))
        for name, form in load_lexicon("answer_types").items()
    }
    for part in ("months", "months_en"):
        forms = {name: pattern.replace(f"<{part}>", forms[part]) for name, pattern in forms.items()}
    return forms


@cache
def _pattern(name: str) -> "regex.Pattern[str]":
    """Compiles a pattern when it is first needed; it matches folded text, but for those of names."""
    form = _forms()[name]
    if name == "name":
        return regex.compile(form)
    return regex.compile(form if name == "no_name" else fold_accents(form), regex.I)


_YEAR: Final = regex.compile(r"^(?:19|20)\d\d$")


def contains_answer_type(kind: Missing, text: str, parties: PartyTable, speakers: Sequence[str] = ()) -> bool:
    """Returns whether a text in any of the six languages holds the kind of thing asked for.

    Args:
        kind: What the question asks for.
        text: Of the evidence.
        parties: Whose names tell a State from another name.
        speakers: Codes of those who speak, whose own names are no answer.
    """
    if kind == "number":
        return _contains_number(fold_accents(text))
    if kind == "state":
        return any(set(match.codes) - set(speakers) for match in parties.find(text))
    if kind == "name":
        return _contains_name(text, parties)
    return _pattern(kind).search(fold_accents(text)) is not None


def _contains_number(text: str) -> bool:
    """Whether a number counts something: no year, article or day of a month."""
    return any(
        not _YEAR.match(match.group())
        and not _pattern("vague_number").fullmatch(match.group())
        and not _pattern("ordinal_after").match(text, match.end())
        and not _pattern("reference_before").search(text[: match.start()])
        and not _pattern("month_before").search(text[: match.start()])
        for match in _pattern("number").finditer(text)
    )


def _contains_name(text: str, parties: PartyTable) -> bool:
    """A name of a person or body: capitalised inside the sentence, and not a State's, a treaty's or a meeting's."""
    known = [(match.start, match.end) for match in parties.find(text)]
    known += [(match.start, match.end) for match in find_bodies(text)]
    known += [(match.start, match.end) for match in find_treaties(text)]
    return any(
        not any(start < match.end() and match.start() < end for start, end in known)
        and not _pattern("no_name").match(match.group())
        for match in _pattern("name").finditer(text)
    )
