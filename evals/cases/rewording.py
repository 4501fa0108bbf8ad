"""The same question in other words: names, order, sessions, keywords, follow-ups and the five other languages.

Templates are filled with the facts of a case; all drawing is seeded with the id of the case, so that runs ask the same.
"""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from string import Formatter
from typing import Final

from evals.cases.case import Case
from evals.cases.documents import Documents
from evals.errors import EvalError
from evals.files import EVALS, load_yaml
from ingest.language.numerals import number_words
from ingest.parties.party_names import Party, unmarked
from ingest.parties.party_table import PartyTable
from prompts.wording import LANGUAGES

_DATA: Final = load_yaml(EVALS / "cases" / "wordings.yaml")
# Templates by name of the wording: earlier turns, then the question.
WORDINGS: Final[Mapping[str, tuple[str, ...]]] = {name: tuple(turns) for name, turns in _DATA["wordings"].items()}
# The facts that each wording needs.
_NEEDED: Final = {
    name: {field for turn in turns for _, field, *_ in Formatter().parse(turn) if field}
    for name, turns in WORDINGS.items()
}
# Translations of topics by language; the words after a `|` are the topic without its article or preposition.
TOPICS: Final[Mapping[str, Mapping[str, str]]] = _DATA["topics"]
# The form of a question on one topic, State and year, which can be reworded.
_TEMPLATE: Final = re.compile(r"\b(?:say|said) (?:about|on) (?P<topic>\w.*?) in (?:its )?\d{4}\b")
# Codes of States that are English words, by which nobody can mean the State in a sentence.
_WORDS: Final = frozenset("AND ARE CAN COD CUB GIN LIE NOR PAN PER TON VAT".split())
_ORDINALS: Final = {value: word.replace(" ", "-") for word, value in number_words("ordinal", "en").items()}


def reworded(cases: Iterable[Case], documents: Documents, choice: str) -> tuple[Case, ...]:
    """Returns each case followed by its variants; `choice` is `all`, names of wordings, or how many of them to draw."""
    wordings: Sequence[str] | int = int(choice) if choice.isdecimal() else choice.split(",")
    if choice == "all":
        wordings = [*WORDINGS]
    elif isinstance(wordings, list) and (unknown := [name for name in wordings if name not in WORDINGS]):
        raise EvalError(f"unknown wording {unknown[0]!r}: there are all, a number, {', '.join(WORDINGS)}")
    return tuple(asked for case in cases for asked in (case, *reword(case, documents, wordings).values()))


def reword(case: Case, documents: Documents, wordings: Sequence[str] | int) -> dict[str, Case]:
    """Returns variants of a case by wording: those named that its facts allow, or a given number of them, drawn."""
    facts = _facts(case, documents)
    if facts is None:
        return {}
    fitting = [name for name, fields in _NEEDED.items() if fields <= facts.keys()]
    if isinstance(wordings, int):
        wordings = random.Random(case.id).sample(fitting, min(wordings, len(fitting)))
    worded = {}
    for name in (name for name in fitting if name in wordings):
        *history, question = (turn.format_map(facts) for turn in WORDINGS[name])
        language = name[:2] if name[:2] in LANGUAGES and name[2:3] in ("", "_") else "en"
        topic = facts["topic"] if language == "en" else facts[f"words_{language}"]
        changes = {
            "id": f"{case.id}@{name}", "question": question, "history": tuple(history), "lang": language,
            "variant_of": case.id, "tags": {**case.tags, "wording": name, "topic_words": topic},
        }  # fmt: skip
        worded[name] = case.model_copy(update=changes)
    return worded


def _speakers(documents: Documents) -> Mapping[str, Iterable[str]]:
    states, speakers = {*documents.parties.codes("state")}, defaultdict[str, dict[str, None]](dict)
    for document in documents.by_file.values():
        if "date" in document.facts and document.state in states:
            speakers[document.facts["date"][:4]][document.state] = None
    return speakers


def _facts(case: Case, documents: Documents) -> dict[str, str] | None:
    match, parties = _TEMPLATE.search(case.question), documents.parties
    party = parties.get(case.expect.states[0]) if len(case.expect.states) == 1 else None
    if match is None or party is None or len(case.expect.years) != 1 or case.lang != "en" or case.history:
        return None
    draw, speakers = random.Random(case.id), _speakers(documents)
    year, topic = str(case.expect.years[0]), match["topic"]
    session = documents.sessions().get(year)
    others = [code for code in speakers.get(year, ()) if code != party.code]
    others = others or sorted({code for codes in speakers.values() for code in codes} - {party.code})
    facts: dict[str, str | None] = {
        "state": party.name, "state_lower": party.name.lower(), "year": year, "topic": topic,
        "topic_lower": topic.lower(), "session_number": _in_digits(session),
        "session_words": _ORDINALS.get(int(session)) if session is not None and session.isdecimal() else None,
        "other_topic": draw.choice(sorted(TOPICS.keys() - {topic.lower()})),
        "other_year": _drawn(draw, sorted(speakers.keys() - {year})),
        "other_state": parties.display(draw.choice(others)) if others else None,
        **_names(party, parties, draw),
    }  # fmt: skip
    for language in LANGUAGES[1:]:
        translated = TOPICS.get(topic.lower(), {}).get(language, "")
        name = parties.display(party.code, language)
        facts[f"topic_{language}"] = translated.replace("|", "") or None
        facts[f"words_{language}"] = translated.rpartition("|")[2] or None
        # `display` falls back on the English name, which does not fit into a question in another script.
        facts[f"state_{language}"] = None if name == party.name and language in ("ru", "ar", "zh") else name
    return {name: value for name, value in facts.items() if value is not None}


def _names(party: Party, parties: PartyTable, draw: random.Random) -> dict[str, str | None]:
    """Returns other names of a party, without those that another party has as well."""
    shared = _shared_names(parties)
    aliases = [name for name in party.aliases if name not in shared and name != party.name]
    abbreviations = [name for name in aliases if name.isupper() and len(name) <= 4]
    code = party.code if party.kind == "state" and party.code not in _WORDS else None
    titled = party.official and (" of " in party.official or party.official.endswith(("Republic", "States")))
    return {
        "official": f"the {party.official}" if titled else party.official or None,
        "demonym": _drawn(draw, [name for name in map(unmarked, party.demonyms) if name not in shared]),
        "capital": _drawn(draw, [name for name in map(unmarked, party.capitals) if name not in shared]),
        "alias": _drawn(draw, [name for name in aliases if name not in abbreviations]),
        "code": _drawn(draw, abbreviations) or code,
    }


@cache
def _shared_names(parties: PartyTable) -> frozenset[str]:
    bearers: Counter[str] = Counter()
    for party in filter(None, map(parties.get, parties.codes())):
        bearers.update({party.name, *party.aliases, *map(unmarked, (*party.demonyms, *party.capitals))})
    return frozenset(name for name, count in bearers.items() if count > 1)


def _drawn(draw: random.Random, choices: Sequence[str]) -> str | None:
    return draw.choice(choices) if choices else None


def _in_digits(session: str | None) -> str | None:
    if session is None or not session.isdecimal():
        return session
    ending = "th" if session[-2:] in ("11", "12", "13") else {"1": "st", "2": "nd", "3": "rd"}.get(session[-1], "th")
    return session + ending
