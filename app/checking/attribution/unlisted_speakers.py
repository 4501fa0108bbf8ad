"""Finds speakers that neither the table of parties nor the statements name.

In "Amnesty International said", "Bеlmora said" with a Cyrillic letter, "Belmorra told the Conference" the quotation is
attributed, but not to a party that is stored.
"""

import unicodedata
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Final, NamedTuple

import regex
from rapidfuzz import fuzz

from app.checking.attribution.masked_text import MASK
from app.checking.findings import Attribution
from ingest.language.attribution_verbs import attribution
from ingest.language.lexicons import RegexPatterns, load_words
from ingest.language.matches import TextMatch
from ingest.language.sentences import split_sentences
from ingest.parties.party_table import PartyTable
from ingest.records.speaker_lines import is_ordinary_or_term

# Letters of other scripts that look like Latin ones. Source: https://www.unicode.org/reports/tr39/ (confusables), those
# of Cyrillic and Greek.
_LOOK_ALIKE: Final = str.maketrans(
    "аеорсухіјѕԁһԛԝкмтвнАВЕЗКМНОРСТУХІЈЅԌԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧαοινρυκτ",
    "aeopcyxijsdhqwkmtbhABE3KMHOPCTYXIJSGQWABEZHIKMNOPTYXaoivpukt",
)
_MIXED: Final = regex.compile(r"(?=\w*\p{Latin})(?=\w*[\p{Cyrillic}\p{Greek}])\w+")
_PATTERNS: Final = RegexPatterns("drafts")
_LONGEST: Final = 80  # characters of a speaker's name
_LAST_WORDS: Final = regex.compile(rf"(?:(?<!\S).{{0,{_LONGEST}}}|.{{{_LONGEST}}})$", regex.DOTALL)
_CLAUSE_ENDS: Final = regex.compile(f"[,،，;؛；:：()（）—–{MASK}]")
_NAME: Final = regex.compile(r"\p{Lu}[\p{L}\p{M}.’'-]+")
_FEWEST_LETTERS: Final = 4
# Similarity, 0 to 100, from which a name may be a misspelling of another: "Belmorra" and "Belmora" have 93,
# "Greenpeace" and "Greece" 75.
_LIKE: Final = 85
_WORD: Final = r"\p{Lu}[\p{L}\p{M}’'.-]*(?<![’']s)"
_FULL_NAME: Final = regex.compile(rf"(?<![\p{{L}}\p{{M}}]){_WORD}(?:\s+{_WORD})*")
_TITLE: Final = regex.compile(rf"^(?:{RegexPatterns('speakers').source('title')})\s*", regex.IGNORECASE)
_BEHIND: Final = regex.compile("[,،，(（].*", regex.DOTALL)
# Capitalised words that are not names of speakers: roles, times, places in the text, words for the speaker's own side.
_NO_NAMES: Final = load_words("no_names", "drafts")


def subject_before(text: str, parties: PartyTable) -> str | None:
    """Returns the speaker as a sentence's beginning names it: beside its last verb of speech or "according to"."""
    according = list(attribution().according_to.finditer(text))
    verbs = list(attribution().verb.finditer(text))
    if according and not (verbs and verbs[-1].start() > according[-1].end()):
        subject = regex.split("[,،，]", text[according[-1].end() :].strip(" ,:،，："))[0]
        return None if _PATTERNS.aside_opens.match(subject) else subject[:_LONGEST]
    if not verbs:
        return None
    before = _without_asides(regex.sub(r"\([^()]*\)", " ", text[: verbs[-1].start()]))
    subject = _last_clause(before.rstrip(" ,،，"), parties).strip()
    behind = text[verbs[-1].end() :].strip(' ,:،，：«“"')
    # Arabic puts the speaker behind the verb.
    if regex.match(r"\p{Arabic}", behind):
        return behind[:_LONGEST]
    return _LAST_WORDS.search(subject or behind)[0]  # type: ignore[index]  # the pattern matches anything


def _without_asides(text: str) -> str:
    """Returns the words before a verb without asides between: "Amnesty, which watches Belmora, in Rome, said"."""
    first, *asides = regex.split("[,،，]", text)
    if len(asides) < 2 or asides[-1].strip():
        return text
    # Several are removed as long as each begins with a preposition or a relative pronoun.
    kept = asides[:-2]
    while kept and _PATTERNS.aside_opens.match(kept[-1]):
        kept.pop()
    return ",".join([first, *kept]) + " "


def _last_clause(text: str, parties: PartyTable) -> str:
    """Returns the last clause of a text; a conjunction inside a party's name does not end a clause."""
    named = parties.find(text)
    found = _PATTERNS.clause_end.finditer(text)
    ends = [end.end() for end in found if not any(name.start <= end.start() < name.end for name in named)]
    return text[ends[-1] :] if ends else text


def subject_after(text: str) -> str | None:
    """Returns who is named behind a quotation as its speaker: "said Amnesty", "Amnesty said", "— Amnesty, 2018"."""
    text = text.lstrip(' .,;:،，。”"»’')
    if dashed := regex.match(r"[—–―]\s*(\p{Lu}[^.]{2,60})", text):
        return dashed[1].split(",")[0]
    if according := attribution().according_to.match(text):
        return _PATTERNS.clause_end.split(text[according.end() :])[0].strip()[:_LONGEST]
    verb = attribution().verb.search(text[: 2 * _LONGEST])
    if verb is None:
        return None
    behind = regex.match(r"[^,.;،，。]*", text[verb.end() :].lstrip())
    subject = text[: verb.start()].strip()
    if subject:
        return None if regex.search(r"[,;.،，。]", subject) else subject[:_LONGEST]
    return (behind.group() if behind else "").strip()[:_LONGEST] or None


def unknown_in(
    subject: str | None, parties: PartyTable, find: Callable[[str], Sequence[TextMatch]]
) -> Attribution | None:
    """Returns the unknown speaker that a subject names, with the party of a similar name, if there is one.

    None for pronouns, roles and names that `find` knows.
    """
    if not subject:
        return None
    found, whole = find(subject) or parties.find(subject), " ".join(subject.split())[:_LONGEST]
    outsider = _PATTERNS.outsider.search(subject)
    if outsider and not any(name.start <= outsider.start() and outsider.end() <= name.end for name in found):
        return Attribution(unknown=whole)
    if found:
        return None
    if (mixed := _MIXED.search(subject)) is not None:
        return Attribution(unknown=whole, suggestion=_like(_latin(mixed.group()), parties))
    for name in _names(subject):
        suggestion = _like(name, parties)
        several = len([word for word in name.split() if word[:1].isupper()]) > 1
        if suggestion or several or len(subject.split()) == len(name.split()):
            return Attribution(unknown=whole if several else name, suggestion=suggestion)
    eased = [match for match in parties.find(subject, relaxed=True) if len(match.text) >= _FEWEST_LETTERS]
    return Attribution(unknown=eased[-1].text, suggestion=eased[-1].codes[0]) if eased else None


class OtherSubject(NamedTuple):
    """The subject of a sentence that is not the party named before it; its `words` are empty in "it was said"."""

    words: str
    is_sure: bool
    """It surely speaks, as in "All States agreed", and not only perhaps, as in "the keepers said"."""


def other_subject(text: str, earlier: str) -> OtherSubject | None:
    """Returns the subject of a sentence that names no party, if it is not the party before it.

    A name is none if the text before (`earlier`) has it too.
    """
    text = text.rstrip()
    for clause in reversed(_CLAUSE_ENDS.split(text)):
        start = attribution().clause_adverb.match(clause).end()  # type: ignore[union-attr]  # the pattern matches anything
        if found := attribution().others_speak.match(clause, start):
            # Directly before a quotation it is the subject of what is said: "All States “should …”, it said".
            return None if text.endswith(found.group()) else OtherSubject(found.group(), is_sure=True)
        if attribution().nobody_speaks.match(clause, start):
            return OtherSubject("", is_sure=False)
        if attribution().own_speaks.match(clause, start):
            return None
        # Not in a name, such as "the Coastal Observatory".
        verbs = [verb for verb in attribution().verb.finditer(clause, start) if not verb[0][0].isupper()]
        verb = verbs[-1] if verbs else None
        if verb is not None and attribution().with_article.match(clause, start):
            return OtherSubject(clause[start : verb.start()].strip()[:_LONGEST], is_sure=False)
        words = clause[start : verb.start() if verb else None].split()
        names = [word for word in words if word.casefold().strip(".’'") not in _NO_NAMES]
        # The text before ends with this sentence.
        if (
            len(names) == 1
            and _NAME.fullmatch(names[0])
            and earlier.count(names[0]) < 2
            and not is_ordinary_or_term(names[0])
        ):
            return OtherSubject(names[0], is_sure=False)
    return None


def former_or_latter(subject: str | None, parties: PartyTable, earlier: str) -> tuple[str, ...] | None:
    """Returns whom "the former" or "the latter" means, of the last two parties before it; None for other subjects."""
    if not subject:
        return None
    former, latter = _PATTERNS.former.search(subject), _PATTERNS.latter.search(subject)
    if former is None and latter is None:
        return None
    spans = split_sentences(earlier.replace("\n", " "))
    named = [[match.codes for match in parties.find(earlier[slice(*span)])] for span in spans]
    pair = list(dict.fromkeys(reversed(list(chain.from_iterable(named)))))[1::-1]
    if len(pair) < 2:
        return pair[0] if pair and latter else ()
    # They are in the order of the last sentence that names both: in "Arvandia and Belmora spoke. Arvandia agreed. The
    # latter said", Belmora is the latter.
    both = next((codes for codes in reversed(named) if {*pair} <= {*codes}), pair)
    return min(pair, key=both.index) if former is not None else max(pair, key=both.index)


def order_alone(text: str) -> str | None:
    """Returns "the former" or "the latter" where it is the subject of the clause that a text ends with, if it is."""
    text = regex.split("[;؛；]", text)[-1]
    for found in chain(_PATTERNS.former.finditer(text), _PATTERNS.latter.finditer(text)):
        clause = max((edge.end() for edge in regex.finditer("[,،，:：]", text[: found.start()])), default=0)
        opens = _PATTERNS.clause_opens.fullmatch(text, clause, found.start())
        if _PATTERNS.verb_left_out.fullmatch(text, found.end()) or (opens and not attribution().verb.search(text)):
            return found.group()
    return None


def _names(subject: str) -> list[str]:
    found = []
    for match in _PATTERNS.capitalised.finditer(subject):
        words = match.group().split()
        while words and words[0].casefold().strip(".’'") in _NO_NAMES:
            words = words[1:]
        kept = [word for word in words if word.casefold().strip(".") not in _NO_NAMES]
        if kept and sum(map(len, kept)) >= _FEWEST_LETTERS:
            found.append(" ".join(words))
    return found


def _latin(word: str) -> str:
    return unicodedata.normalize("NFKC", word).translate(_LOOK_ALIKE)


def _like(name: str, parties: PartyTable) -> str | None:
    """Returns the party whose name looks the same, in look-alike letters, or is misspelt; else None."""
    found = parties.find(_latin(name)) or parties.find(name, relaxed=True)
    if found:
        return found[0].codes[0]
    suggestions = parties.resolve(name).suggestions if len(name) >= _FEWEST_LETTERS else ()
    near = (code for code in suggestions if fuzz.ratio(name.casefold(), parties.display(code).casefold()) >= _LIKE)
    return next(near, None)
