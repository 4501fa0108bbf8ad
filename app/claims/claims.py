"""Whether a claim says no more, and nothing else, than the quotations that it rests on.

A claim is compared with what it cites: names, articles, numbers and dates have to stand there; negations, modal verbs
and words of quantity have to stand with the same words as there; and most of its words have to be those of the
evidence. What the rules cannot see is left to the reader, who has the quotations under the claim.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Final

import regex

from app.claims.form import LONGEST, ill_formed, quoted_parts
from app.claims.lexicon import BORNE_OUT, Kind
from app.claims.names import misnamed
from app.claims.reading import Mark, Reading, read
from app.claims.references import misreferred, plain_numbers
from app.terms import content_terms
from ingest.glossary import bridge
from ingest.metadata import detect_language
from ingest.parties import PartyTable
from ingest.squash import squash
from vectorstore.stems import language_of, words_of

# Share of a claim's content words that its evidence has to hold, where both are in one language.
WORDED: Final = 0.6
# Of a claim in another language: share of the terms known to the glossary that its evidence has to hold.
BRIDGED: Final = 0.5
_OTHER_SCRIPTS: Final = frozenset({"ru", "ar", "zh"})
# A row of words of the instructions that is repeated in a claim and stands in no evidence.
_LEAKED: Final = 6
# Of the words that an operator reaches, those that it turns for sure.
_NEAR: Final = 2
# Characters between a modal verb and its negation at most: "shall in no case" is one, "not say who shall" is none.
_BESIDE: Final = 4
_YEAR: Final = regex.compile(r"(?:19|20)\d\d")
# What need not stand with the same words, since it is told in many ways.
_SOMEWHERE: Final[tuple[Kind, ...]] = ("more", "less", "before", "after", "up", "down", "against")
# Compared where claim and evidence use the same word; what the evidence says besides may be left out.
_FORWARD: Final[tuple[Kind, ...]] = tuple(kind for kind in BORNE_OUT if kind not in _SOMEWHERE)
_OPPOSITE: Final[dict[Kind, Kind]] = {"more": "less", "less": "more"}
_NAMES: Final[dict[str, str]] = {
    "not": "a negation", "must": "an obligation", "should": "advice", "may": "a possibility", "can": "a permission",
    "all": "“all”", "some": "“some”", "most": "“most”", "many": "“many”", "few": "“few”", "only": "“only”",
    "more": "“more than”", "less": "“less than”", "about": "“about”", "before": "“before”", "after": "“after”",
    "up": "an increase", "down": "a decrease", "against": "an objection",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a claim rests on.

    Attributes:
        quotes: The quotations, all of one party.
        language: Of the quotations, one of the six.
        holder: Code of the party whose words they are; None for the text of a treaty.
        also: Codes of others that the claim may name, such as the speaker's State where a group speaks.
        sessions: Session numbers of the statements, which a claim may name.
        years: Years of the statements, which a claim may name.
        agenda_items: Agenda items of the statements, which a claim may name.
    """

    quotes: tuple[str, ...]
    language: str
    holder: str | None
    also: frozenset[str] = frozenset()
    sessions: frozenset[str] = frozenset()
    years: frozenset[str] = frozenset()
    agenda_items: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """All quotations, each a line."""
        return "\n".join(" ".join(quote.split()) for quote in self.quotes)


def objection(claim: str, ground: Ground, parties: PartyTable, *, told: str = "") -> str | None:
    """Returns why a claim does not hold, or None where nothing speaks against it.

    Args:
        claim: The claim, in any of the six languages, without the numbers of its citations.
        ground: What it rests on.
        parties: Who can be named.
        told: The instructions that whoever wrote the claim was given, which it must not repeat.
    """
    fault = ill_formed(claim)
    if fault is not None:
        return fault
    for part in quoted_parts(claim):
        if not squash(part) or not any(squash(part) in squash(quote) for quote in ground.quotes):
            return "it sets words in quotation marks that its citations do not hold"
    if _repeats(claim, told, ground.text):
        return "it repeats instructions"
    language = _language(claim, ground)
    fault = misnamed(claim, language, ground.text, ground.language, ground.holder, ground.also, parties)
    if fault is None:
        fault = misreferred(claim, ground.text, ground.sessions, ground.agenda_items)
    if fault is not None:
        return fault
    names = tuple(match for match in parties.find(claim, language))
    said, there = read(_without(claim, [(m.start, m.end) for m in names]), language), read(ground.text, ground.language)
    if not said.stems and not names:
        return "it says nothing that could be compared"
    same = language == ground.language
    return (
        _miscounted(said, there, ground.years, same=same)
        or (_turned(said, there) if same else _turned_in_translation(said, there))
        or _unworded(said, there, same=same)
    )


def _language(claim: str, ground: Ground) -> str:
    """Returns the language of a claim: that of its evidence where most of its words are words of that."""
    guess = language_of_claim(claim, ground.language)
    if guess == ground.language or guess in _OTHER_SCRIPTS or ground.language in _OTHER_SCRIPTS:
        return guess
    own, there = read(claim, ground.language), read(ground.text, ground.language)
    return ground.language if len(own.terms & there.terms) >= WORDED * max(1, len(own.terms)) else guess


def mistranslated(text: str, language: str, quote: str, quote_language: str) -> str | None:
    """Returns why a translation of a quotation cannot be shown, or None where nothing speaks against it.

    Args:
        text: The translation.
        language: The language that it should be in.
        quote: The quotation.
        quote_language: Its language.
    """
    fault = ill_formed(text, longest=2 * len(quote) + LONGEST)
    if fault is not None:
        return fault
    if language_of_claim(text, language) != language:
        return "it is in another language"
    fault = misreferred(text, quote) or misreferred(quote, text)
    if fault is not None:
        return fault
    said, there = read(text, language), read(quote, quote_language)
    values = [sorted(counted.number.value for counted in plain_numbers(reading)) for reading in (said, there)]
    if values[0] != values[1] or said.months != there.months:
        return "its numbers or dates are not those of the quotation"
    for kind in ("not", "must", "may"):
        if any(
            bool(one.of(kind)) and not _any(other, BORNE_OUT[kind]) for one, other in ((said, there), (there, said))
        ):
            return f"it has {_NAMES[kind]}, or lacks it, unlike the quotation"
    return None


def _any(reading: Reading, kinds: frozenset[Kind]) -> bool:
    return any(mark.kind in kinds for mark in reading.marks)


def language_of_claim(claim: str, otherwise: str) -> str:
    """Returns the language of a claim, one of the six; that of its evidence where it cannot be told."""
    words = words_of(claim)
    scripts = Counter(language_of(word, "") for word in words)
    script = scripts.most_common(1)[0][0] if scripts else "en"
    if script in _OTHER_SCRIPTS:
        return script
    guess = detect_language(claim)
    latin = guess if guess in ("en", "fr", "es") else None
    return latin or (otherwise if otherwise in ("en", "fr", "es") else "en")


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    """Blanks out spans, so that offsets stay."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _repeats(claim: str, told: str, evidence: str) -> bool:
    def rows(text: str) -> set[tuple[str, ...]]:
        words = [word.lower() for word in words_of(text)]
        return {tuple(words[at : at + _LEAKED]) for at in range(len(words) - _LEAKED + 1)}

    return bool(told) and bool((rows(claim) & rows(told)) - rows(evidence))


def _miscounted(said: Reading, there: Reading, years: frozenset[str], *, same: bool) -> str | None:
    """Numbers have to stand in the evidence, and count there what they count in the claim."""
    if not said.months <= there.months:
        return "it names a month that its evidence does not"
    known, own = plain_numbers(there), plain_numbers(said)
    often = Counter(other.number.value for other in own)
    # Evidence that names a year of its own is not told by when it was spoken.
    years = frozenset() if any(_YEAR.fullmatch(other.number.value) for other in known) else years
    for counted in own:
        value = counted.number.value
        if value in years:
            continue
        equal = [other for other in known if other.number.value == value]
        if len(equal) < (often[value] if same else 1):
            return f"its number {value} is not in its evidence"
        head = said.stems[counted.reach[0]] if same and counted.reach else None
        heads = [(other, there.stems[other.reach[0]]) for other in known if other.reach]
        of_head = [other for other, stem in heads if stem == head]
        if of_head and all(other.number.value != value for other in of_head):
            return f"its number {value} counts something else in its evidence"
    return None


def _turned(said: Reading, there: Reading) -> str | None:
    """Operators have to stand with the same words in the claim as in the evidence."""
    for mark in said.marks:
        if mark.kind in _FORWARD and not _borne_out(mark, said, there):
            return f"its evidence does not hold {_NAMES[mark.kind]} where it does"
        if mark.kind in _OPPOSITE and _limits_otherwise(mark, said, there):
            return f"its evidence has the opposite of {_NAMES[mark.kind]} at that number"
        if mark.kind in _SOMEWHERE and not any(other.kind in BORNE_OUT[mark.kind] for other in there.marks):
            return f"its evidence does not hold {_NAMES[mark.kind]}"
    negations, negated = (len(reading.of("not")) + len(reading.of("against")) for reading in (there, said))
    if negated > negations:
        return "it holds more negations than its evidence"
    if said.of("for") and there.of("against") and not there.of("for") and not said.of("not"):
        return "its evidence is against what it is for"
    for mark in there.marks:
        if mark.kind in ("not", "may", "only") and _left_out(mark, said, there):
            return f"it leaves out {_NAMES[mark.kind]} of its evidence"
    return None


def _borne_out(mark: Mark, said: Reading, there: Reading) -> bool:
    accepted = [other for other in there.marks if other.kind in BORNE_OUT[mark.kind]]
    if mark.kind in ("must", "should", "may", "can") and _beside_negation(mark, said):
        # What must not, may not and cannot be done is forbidden alike; the negation is compared by itself.
        accepted += [other for other in there.marks if other.kind == "not"]
    if not accepted:
        return False
    for index in mark.reach:
        word = said.stems[index]
        places = there.places(word, said.around(index))
        if places:
            return any(place in other.reach for place in places for other in accepted)
    return True


def _limits_otherwise(mark: Mark, said: Reading, there: Reading) -> bool:
    """Whether the number after "more than" stands after "less than" in the evidence, or the other way round."""
    value = _limited(mark, said)
    return value is not None and any(
        _limited(other, there) == value for other in there.marks if other.kind == _OPPOSITE[mark.kind]
    )


def _limited(mark: Mark, reading: Reading) -> str | None:
    after = (c.number.value for c in reading.numbers if 0 <= c.number.start - mark.end <= _BESIDE)
    return next(after, None)


def _beside_negation(mark: Mark, said: Reading) -> bool:
    gaps = (said.text[min(mark.end, other.end) : max(mark.start, other.start)] for other in said.of("not"))
    return any(len(gap.split()) <= 1 and len(gap) <= _BESIDE for gap in gaps)


def _left_out(mark: Mark, said: Reading, there: Reading) -> bool:
    """Whether the claim says, of the very word that an operator of the evidence stands before, the opposite."""
    if not mark.reach:
        return False
    head = mark.reach[0]
    word = there.stems[head]
    kinds: frozenset[Kind] = (
        frozenset(("may", "can", "leave", "not")) if mark.kind == "may" else frozenset((mark.kind,))
    )
    standing = [other for other in said.marks if other.kind in kinds]
    for index in said.places(word, there.around(head)):
        meant = there.places(word, said.around(index))
        turned = {place for other in there.of(mark.kind) for place in other.reach[:1]}
        if set(meant) <= turned and not any(index in other.reach[:_NEAR] for other in standing):
            return True
    return False


def _turned_in_translation(said: Reading, there: Reading) -> str | None:
    """Words of two languages do not correspond, so that operators are compared by whether there are any."""
    for kind in (*_FORWARD, *_SOMEWHERE):
        if said.of(kind) and not any(other.kind in BORNE_OUT[kind] for other in there.marks):
            return f"its evidence does not hold {_NAMES[kind]}"
    if there.of("not") and not said.of("not") and not said.of("against"):
        return "it leaves out a negation of its evidence"
    return None


def _unworded(said: Reading, there: Reading, *, same: bool) -> str | None:
    if same:
        if len(said.terms & there.terms) < WORDED * len(said.terms):
            return "most of its words are not those of its evidence"
        return None
    bridged = bridge(said.text, said.language, to=there.language)
    terms = [term for term in bridged.terms if not regex.fullmatch(r"[\W\d]+", term)]
    concepts = [concept for term in terms if (concept := content_terms(term, there.language))]
    held = sum(concept <= there.terms for concept in concepts)
    if not held or held < BRIDGED * _concepts(bridged.text, there):
        return "what it says in another language cannot be found in its evidence"
    return None


def _concepts(text: str, there: Reading) -> int:
    return max(1, len(content_terms(text, there.language)) // 2)
