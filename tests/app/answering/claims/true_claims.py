"""True claims on statements, made by rule and by hand, and edits that change what a claim means.

A claim made by rule is a sentence, or its first clause, in the third person and under one of several openings; a
shorter one leaves out an aside. Edits are told apart by kind, so that a report can say which are caught.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from babel.dates import get_month_names

from app.answering.citations import cite
from app.answering.claims.premise import Premise, premise_of
from app.records import Citation
from ingest.language.claim_words import operators
from ingest.language.dates import month_numbers
from ingest.language.numerals import find_numbers
from ingest.parties.party_table import PartyTable
from ingest.treaties.references import find_articles
from tests.cases import Cases
from tests.fakes_corpora import Stored

cases = Cases(__file__)

BY_HAND: Final = Path(__file__).parent / "paraphrases.txt"
OPENINGS = cases["openings"]
_THIRD = cases["third"]
_CLAUSE: Final = re.compile(r"(?<=\w)(?:[;:；：؛]\s*|,\s+(?=(?:and|but|et|mais|y|pero|и|но|а)\s)|，(?=但|并|同时))")
_ASIDE: Final = re.compile(
    r",\s(?:which|who|in which|qui|dont|que|котор\w+)\s[^,;.]{5,60},|\s\([^()]{3,60}\)|，[^，。]{2,8}(?=，)"
)


@dataclass(frozen=True, kw_only=True)
class TrueClaim:
    """A claim that its citations bear out.

    Attributes:
        body: Offset after its opening ("Arvandia says that"), so that edits change what was said and not who said it.
    """

    text: str
    language: str
    citations: tuple[Citation, ...]
    body: int = 0

    @property
    def ground(self) -> Premise:
        return premise_of(self.citations, self.citations[0].state)


def by_hand(stored: Stored, *, held_out: bool) -> Iterator[TrueClaim]:
    """Yields every second handwritten claim, in file order; no rule was developed on the held-out half."""
    rows = [line for line in BY_HAND.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    for row in rows[1 if held_out else 0 :: 2]:
        name, anchors, text = (part.strip() for part in row.split(" | "))
        statement, sentences = stored[name]
        chosen = [next(s for s in sentences if _flat(anchor) in _flat(s.text)) for anchor in anchors.split(" // ")]
        citations = tuple(
            cite(statement, sentences, range(s.ordinal, s.ordinal + 1), n) for n, s in enumerate(chosen, 1)
        )
        yield TrueClaim(text=text, language=str(statement.metadata.language), citations=citations)


def by_rule(stored: Stored, parties: PartyTable, chance: random.Random) -> Iterator[TrueClaim]:
    """Yields a claim for every sentence of prose, with its opening and its shortening drawn at random."""
    for name in sorted(stored):
        statement, sentences = stored[name]
        language, state = statement.metadata.language, statement.metadata.state
        if language not in OPENINGS or state is None:
            continue
        party = parties.display(state, language)
        for sentence in sentences:
            long_enough = (12 if language == "zh" else 45) <= len(sentence.text) <= 420
            marked = re.search(r"[“”«»\"?？؟\ufeff\u200e\u200f]", sentence.text)
            if sentence.paragraph is None or not long_enough or marked:
                continue
            body = _shortened(_third(_flat(sentence.text).rstrip(".。 "), language), chance)
            text = chance.choice(OPENINGS[language]).format(p=party, s=_lowered(body, language))
            text += "。" if language == "zh" else "."
            citation = cite(statement, sentences, range(sentence.ordinal, sentence.ordinal + 1), 1)
            opening = re.search(r"(?:\bthat|\bque|что|إن|أن|:|：|，)\s", text[:80])
            begins = opening.end() if opening else 0
            yield TrueClaim(text=text, language=language, citations=(citation,), body=begins)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _third(text: str, language: str) -> str:
    for first, third in _THIRD[language]:
        bound = "" if language in ("zh", "ar") else r"\b"
        text = re.sub(rf"{bound}{first}{bound}", third, text, flags=0 if first == "I" else re.IGNORECASE)
    return text


def _shortened(text: str, chance: random.Random) -> str:
    how = chance.choice(("whole", "clause", "aside"))
    if how == "clause":
        first = _CLAUSE.split(text)[0]
        if len(first) > len(text) / 3 and first != text:
            return first.rstrip(",， ")
    return _ASIDE.sub("", text, count=1) if how == "aside" else text


def _lowered(text: str, language: str) -> str:
    first = text.split()[0] if language != "zh" else ""
    lower = language in ("en", "fr", "es", "ru") and first.lower() in _LOWERED
    return text[0].lower() + text[1:] if lower else text


_LOWERED: Final = frozenset(
    "the a an it its this these those in on at for all no not every each some certain many when where if as with "
    "without since there "
    "le la les l un une il elle ils elles ce cette ces en dans pour sur son ses nous aucun "
    "el los las su sus en para por no este esta estos estas se lo "
    "она они в на за по с не это эти такие для при".split()
)


def edits(claim: TrueClaim, parties: PartyTable, chance: random.Random) -> Iterator[tuple[str, str]]:
    """Yields (kind, text) of one edit of every kind that the claim allows."""
    for kind, edit in EDITS.items():
        text = edit(claim, parties, chance)
        if text is not None and text != claim.text:
            yield kind, text


def spliced(claim: TrueClaim, other: TrueClaim) -> str:
    """A claim that sets words of two States in quotation marks as one quotation."""
    one, two = (
        c.citations[0].quote.split() if c.language != "zh" else list(c.citations[0].quote) for c in (claim, other)
    )
    joint = "" if claim.language == "zh" and other.language == "zh" else " "
    quoted = joint.join([*one[: max(3, len(one) // 2)], *two[len(two) // 2 :]])
    return f"{claim.text.split()[0]} “{quoted}”"


def misquoted(claim: TrueClaim, chance: random.Random) -> str:
    """A claim that quotes its evidence with one word left out."""
    quote = _flat(claim.citations[0].quote)
    words = list(quote) if claim.language == "zh" else quote.split()
    at = chance.randrange(1, len(words) - 1)
    changed = ("" if claim.language == "zh" else " ").join(words[:at] + words[at + 1 :])
    return f"{claim.text.split()[0]} “{changed}”"


_ADD = cases["add"]
_DROP: Final = {
    "en": (
        r"\b(is|are|was|were|has|have|had|will|would|should|must|can|could|may|shall|does|do|did|or|and|yet) not\b"
        r"|\bcannot\b|\bnot (?=\w)|\bno longer |\bnever ",
        lambda m: m[1] or ("can" if m[0] == "cannot" else ""),
    ),
    "fr": (r"\bne (\w+) pas\b|\bn[’'](\w+) pas\b", lambda m: m[1] or m[2]),
    "es": (r"\bno (?!obstante)(?=\w+)", lambda m: ""),
    "ru": (r"(?<!\bни разу )(?<!никто )(?<!никогда )\bне (?!только)(?=\w)", lambda m: ""),
    "ar": (r"(?<!\w)(و?)(?:لا|لم|لن) (?!سيما)(?=\w)", lambda m: m[1]),
    "zh": (r"(?<!得)不(?=[应可能会引附成])|没有|未(?=[^来])", lambda m: ""),
}  # fmt: skip
_MODALS = cases["modals"]
_QUANTITY = cases["quantity"]


def _bound(word: str, language: str) -> str:
    return re.escape(word) if language == "zh" else rf"(?<!\w){re.escape(word)}(?!\w)"


def _swapped(pattern: str, to: object, claim: TrueClaim, chance: random.Random) -> str | None:
    matches = list(re.finditer(pattern, claim.text[claim.body :]))
    if not matches:
        return None
    match = chance.choice(matches)
    start, end = (at + claim.body for at in match.span())
    return claim.text[:start] + (to(match) if callable(to) else match.expand(str(to))) + claim.text[end:]


def _by_table(
    table: dict[str, dict[str, str]], claim: TrueClaim, chance: random.Random, *, negated: bool
) -> str | None:
    words = table[claim.language]
    pattern = "|".join(_bound(word, claim.language) for word in sorted(words, key=len, reverse=True))
    matches = list(re.finditer(pattern, claim.text))
    for match in chance.sample(matches, len(matches)):
        near = claim.text[max(0, match.start() - 60) : match.end() + 6]
        forbidden = any(m.lastgroup == "not" for m in operators(claim.language).finditer(near))
        if negated or not forbidden:
            return claim.text[: match.start()] + words[match.group()] + claim.text[match.end() :]
    return None


def _state_swapped(claim: TrueClaim, parties: PartyTable, chance: random.Random) -> str | None:
    matches = [m for m in parties.find(claim.text, claim.language) if m.form in ("name", "official", "group")]
    if not matches:
        return None
    match = chance.choice(matches)
    known = filter(parties.get, ("XAB", "XDR", "XFY", "XTS", "XPV", "FRA", "KEN", "PER"))
    others = [code for code in known if code not in match.codes]
    name = parties.display(chance.choice(others), claim.language)
    return claim.text[: match.start] + name + claim.text[match.end :]


def _article_changed(claim: TrueClaim, parties: PartyTable, chance: random.Random) -> str | None:
    mentions = [m for m in find_articles(claim.text) if m.article.isdigit()]
    if not mentions:
        return None
    mention = chance.choice(mentions)
    written = claim.text[mention.start : mention.end]
    other = mention.article[1:]
    if other in ("", "0"):
        other = str((int(mention.article) + chance.randint(1, 25)) % 40 + 1)
    if mention.article in written:
        changed = re.sub(rf"(?<!\d){mention.article}(?!\d)", other, written, count=1)
    else:
        changed = re.sub(r"第[一二三四五六七八九十]+条", f"第{other}条", written, count=1)
    return claim.text[: mention.start] + changed + claim.text[mention.end :] if changed != written else None


def _number_changed(claim: TrueClaim, parties: PartyTable, chance: random.Random) -> str | None:
    spans = [(m.start, m.end) for m in find_articles(claim.text)]
    numbers = [n for n in find_numbers(claim.text, claim.language) if not any(s <= n.start < e for s, e in spans)]
    numbers = [n for n in numbers if n.start >= claim.body]
    if not numbers:
        return None
    number = chance.choice(numbers)
    written = claim.text[number.start : number.end]
    if re.fullmatch(r"\d+", written):
        other = str(int(written) + chance.choice([1, 2, 3, 7, 10, -1]))
    else:
        other = str(chance.randint(3, 99)) + ("%" if "%" in number.value else "")
    return claim.text[: number.start] + other + claim.text[number.end :] if other != number.value else None


def _month_changed(claim: TrueClaim, parties: PartyTable, chance: random.Random) -> str | None:
    for match in re.finditer(r"[^\W\d_]+", claim.text):
        word, number = match.group(), month_numbers().get(match.group().lower())
        common = word.isascii() and word.islower() and claim.language == "en"
        if number is not None and len(word) >= 4 and not common and claim.language != "zh":
            other = get_month_names("wide", locale=claim.language)[number % 12 + 1]
            name = other.capitalize() if word[0].isupper() else other.lower()
            return claim.text[: match.start()] + name + claim.text[match.end() :]
    return None


EDITS: Final = {
    "negation added": lambda claim, parties, chance: _swapped(*_ADD[claim.language], claim, chance),
    "negation dropped": lambda claim, parties, chance: _swapped(*_DROP[claim.language], claim, chance),
    # "Must not" and "may not" both forbid, so only modals without a negation change the meaning when swapped.
    "modal swapped": lambda claim, parties, chance: _by_table(_MODALS, claim, chance, negated=False),
    "quantity swapped": lambda claim, parties, chance: _by_table(_QUANTITY, claim, chance, negated=True),
    "State swapped": _state_swapped,
    "article changed": _article_changed,
    "number changed": _number_changed,
    "month changed": _month_changed,
}


def under_another(claim: TrueClaim, state: str) -> TrueClaim:
    """The same claim, with its citations attributed to another State."""
    return replace(claim, citations=tuple(replace(c, state=state) for c in claim.citations))


def sampled(claims: Sequence[TrueClaim], count: int, chance: random.Random) -> list[TrueClaim]:
    """Draws claims, an equal share of each language as far as there are enough."""
    by_language: dict[str, list[TrueClaim]] = {}
    for claim in claims:
        by_language.setdefault(claim.language, []).append(claim)
    drawn: list[TrueClaim] = []
    waiting = sorted(by_language.values(), key=len)
    for place, group in enumerate(waiting):
        share = (count - len(drawn)) // (len(waiting) - place)
        drawn += chance.sample(group, min(share, len(group)))
    return drawn
