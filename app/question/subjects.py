"""Subjects of a question: one, or several that are searched one by one: "on visas, and why did it leave the fund?".

Words such as "and about" part them, and so does a conjunction between parts of the topic that are far from each other.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, pairwise
from typing import Final

from app.question.lexicon import Item, Lexicon, is_article, lexicon_of
from app.question.role_tagger.network import RoleReading
from app.question.spans.span import NAMED
from ingest.glossary.glossary import terms_within
from vectorstore.sentence_encoder import sentence_encoder
from vectorstore.stems import is_function_word

_COMMAS: Final = frozenset(",،、，")
# Indefinite articles of English, French and Spanish, beside those of `is_article`.
_INDEFINITE: Final = frozenset("a an un une una".split())
# Cosine similarity of vectors of the sentence encoder from which parts of a topic belong together. Of 264 fixed pairs
# such as "peace and development" (.28) one is below it; of 22 pairs of subjects, 9 are.
_TOGETHER_MIN: Final = 0.2
# The same for parts that each have the preposition: "о женщинах и о детях" (.48), "on ivory and on prisons" (.23).
_TOGETHER_MIN_IF_REPEATED: Final = 0.4


def subject_clauses(roles: RoleReading, topic_roles: Sequence[str], *, several: bool) -> dict[str, str]:
    """Returns each subject of a question with its clause: "what of Arvandia", "and why did it leave"; mostly one.

    A subject that only "about" begins, as in "about Arvandia and about Belmora", has the whole question as its clause.
    With `several`, a topic may be parted itself: "visas, fishing and prisons".
    """
    pieces, subjects = [*roles.pieces(*topic_roles)], list[list[tuple[int, int]]]()
    for piece in pieces:
        if not subjects or parts_subjects(roles, subjects[-1][-1][1], piece[0]):
            subjects.append([])
        subjects[-1].append(piece)
    ends = [parts[-1][1] for parts in subjects]
    clauses: dict[str, str] = {}
    for start, end, parts in zip([0, *ends], ends, subjects, strict=False):
        words = [word for word in roles.words if start <= word.start < parts[0][0]]
        own = not start or any("ask" in word.lexicon_kinds for word in words)
        clause = roles.text[start : end if end < ends[-1] else None] if own else roles.text
        whole = [" ".join(filter(None, (roles.piece(*part) for part in parts)))]
        named = [roles.piece(*part) for part in _cut(roles, *parts[0])] if several and len(parts) == 1 else whole
        clauses |= dict.fromkeys(named, clause)
    clauses.pop("", None)
    return clauses


def parts_subjects(roles: RoleReading, start: int, end: int) -> bool:
    """Returns whether the words in `[start, end)` begin another subject: "and about", ", and what about", "& why".

    "And about its victims" begins none, since those are victims of the subject before.
    """
    between = [item for item in lexicon_of(roles.language).items(roles.text) if start <= item.start and item.end <= end]
    written = [roles.text[item.start : item.end].strip(" ¿¡") for item in between]
    # In Arabic the conjunction is a prefix: "وعن". A comma alone parts a topic from what is asked on it: "tolls, why?".
    joints = [n for n, item in enumerate(between) if "and" in item.kinds and written[n] not in _COMMAS]
    after = (
        between[joints[0] + 1 :][:2]
        if joints
        else [i for i, text in zip(between, written, strict=True) if text[:1] == "و"]
    )
    owners = lexicon_of(roles.language, "unnamed_parties").items(roles.text, correct_typos=False)
    owned = any(item.start == end and "possessive" in item.kinds for item in owners)
    return any(item.kinds & {"about", "ask"} for item in after) and not owned


def alternatives_in(topic: str, language: str) -> tuple[str, ...]:
    """Returns the parts of a topic between its conjunctions and commas: "tolls or harbour fees" has two.

    There are none without a conjunction, or where a part has no content word, or begins with a word that leads on, as
    in "gold and of silver".
    """
    parts, start = list[str](), 0
    joints = [item for item in lexicon_of(language).items(topic, correct_typos=False) if "and" in item.kinds]
    for item in (*joints, None):
        part = topic[start:] if item is None else topic[start : item.start]
        start = len(topic) if item is None else item.end
        if part.strip():
            parts.append(part.strip())
    joined = any(topic[item.start : item.end].strip() not in _COMMAS for item in joints)
    whole = joined and len(parts) > 1 and all(_content(part, language)[0] for part in parts)
    led = _lead_on({part.split()[0].lower() for part in parts[1:]} - _INDEFINITE, language)
    return tuple(dict.fromkeys(parts)) if whole and not led else ()


def _cut(roles: RoleReading, start: int, end: int) -> list[tuple[int, int]]:
    """Returns the places of the subjects in a piece of the topic: "on visas and on prisons", "visas and prisons".

    They are parted where their meanings are far apart, less far if the preposition is repeated.
    """
    patterns = lexicon_of(roles.language, "question_patterns")
    items = [*_with_prefixes_apart(patterns, roles.text)]
    parts, joined = [list[Item]()], False
    for item in (item for item in items if start <= item.start and item.end <= end):
        if "joins" in item.kinds or roles.text[item.start : item.end].strip() in _COMMAS:
            joined = joined or "joins" in item.kinds
            parts.append([])
        else:
            parts[-1].append(item)
    parts = [part for part in parts if part]
    if not joined or len(parts) == 1:
        return [(start, end)]
    before = [word for word in roles.words if word.end <= start][-1:]
    ahead = [item.kinds for item in items if item.end <= start][-1:]
    # "Говорит о" is one item of `question_patterns`.
    ahead += [patterns.kinds_of(word.text) for word in before]
    led = frozenset({"about", "of"}) & frozenset[str]().union(*ahead)
    repeated = led and all(len(part) > 1 and part[0].kinds & led for part in parts[1:])
    if repeated:
        parts[1:] = [part[1:] for part in parts[1:]]
    places = [(part[0].start, part[-1].end) for part in parts]
    if repeated:
        # In "the causes of smuggling and of piracy" the causes are of both.
        nested = any(item.kinds & led for part in parts for item in part)
        # French and Spanish repeat "de" before whatever it leads to.
        below = _TOGETHER_MIN if "of" in led else _TOGETHER_MIN_IF_REPEATED
        apart = not nested and _differ([roles.text[a:b] for a, b in places], below)
    else:
        apart = _are_apart(roles, places)
    return places if apart else [(start, end)]


def _with_prefixes_apart(patterns: Lexicon, text: str) -> Iterator[Item]:
    """Yields the items of a question; in Arabic, a conjunction is parted from the preposition behind it: "وعن"."""
    for item in patterns.items(text):
        led = patterns.kinds_of(text[item.start + 1 : item.end]) & {"about"} if text[item.start] == "و" else None
        if led:
            yield replace(item, end=item.start + 1, kinds=frozenset({"joins"}))
            item = replace(item, start=item.start + 1, kinds=led)
        yield item


def _are_apart(roles: RoleReading, places: Sequence[tuple[int, int]]) -> bool:
    """Returns whether parts of a topic are subjects of their own, by their meanings.

    Parts of unlike form may share a word; so may those of one term or beside a party.
    """
    start, end = places[0][0], places[-1][1]
    texts, whole = [roles.text[a:b] for a, b in places], roles.text[start:end]
    # "Its victims" and "of oil" belong to what is before them, and "both gold and silver" together.
    led = _lead_on((text.split()[0].lower() for text in texts), roles.language)
    if led or any(word.kind in NAMED and start <= word.start < end for word in roles.words):
        return False
    terms = [(start + term.start, start + term.end) for term in terms_within(whole, roles.language)]
    if any(a < stop < b for a, b in terms for _, stop in places[:-1]):
        return False
    for one, other in pairwise(texts):
        (size, inner, _), (after, also, determined) = (_content(text, roles.language) for text in (one, other))
        # In order: "les armes chimiques et biologiques", "investigation and prosecution of smugglers", "trafficking
        # in arms and ammunition", "international cooperation strengthen and promote".
        share_first = roles.language != "en" and after == 1 < size and not determined
        share_last = size == 1 < after and (also or roles.language in ("en", "zh") or not determined)
        if share_first or share_last or inner > also or size > after + 1:
            return False
    return _differ(texts, _TOGETHER_MIN)


def _lead_on(words: Iterable[str], language: str) -> bool:
    """Returns whether any of the first words of parts, such as "of" and "its", ties its part to the one before."""
    return any(is_function_word(word, language) and not is_article(word) for word in words)


def _differ(texts: Sequence[str], below: float) -> bool:
    """Returns whether the similarity of each two texts is below a threshold."""
    return all(float(one @ other) < below for one, other in combinations(sentence_encoder().embed(texts), 2))


def _content(text: str, language: str) -> tuple[int, int, bool]:
    """Returns how many content words a text has, how many others are between them, and whether one begins it.

    In Chinese, pairs of characters count as words.
    """
    if language == "zh":
        return (len(text) + 1) // 2, 0, False
    others = [is_function_word(word.lower(), language) for word in re.findall(r"[^\W_]+", text)]
    return others.count(False), sum(others[1:]), others[0] or text.startswith("ال")
