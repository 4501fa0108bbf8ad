"""Speaker lines, by which a record says who speaks next, in the six languages of the United Nations.

Only the form of a line is read: whether it names a person, an office or a delegation, its brackets, and whether the
speaker's own words or a summary by the record follow. A lookup elsewhere finds the State (`speaker_identification`).

A name that no lookup knows may stand before a colon or as a heading: "Narnia", "International Bar Network" and "Mr.
Olm, Belmora" end the words of the known speaker before them; "Asset recovery" does not, since it consists of ordinary
words or of terms of the field.
"""

from dataclasses import dataclass
from typing import Final, Literal

import regex

from ingest.glossary.glossary import words_of_terms
from ingest.language.lexicons import RegexPatterns
from ingest.language.word_frequencies import is_ordinary
from ingest.metadata.heading import is_salutation
from ingest.metadata.on_behalf import behalf_phrase
from prompts.wording import LANGUAGES

SPEAKER: Final = RegexPatterns("speaker_lines")
"""Patterns of speaker lines, and of phrases by which a Chair says in which capacity they speak."""

Who = Literal["person", "office", "official", "delegation", "name"]

_BEYOND_HEAD: Final = 420  # characters; no line that says who speaks is longer
_MOST_WORDS: Final = 6  # of an unknown speaker's name
_WORD: Final = regex.compile(r"[\p{L}\p{M}’'.-]+")
_BLANK: Final = regex.compile(r"\n\s*\n")


@dataclass(frozen=True, kw_only=True)
class SpeakerLine:
    """A line that says who speaks."""

    start: int
    """Offset at which the line begins."""
    body: int
    """Offset at which the speaker's own words begin; a summary by the record begins with the speaker's name."""
    who: Who
    """A person by name, an office of a meeting or of a State, a delegation, or a name that may be a party's."""
    name: str
    """The speaker as written; for an office, the office."""
    brackets: tuple[str, ...]
    """Texts in brackets after the name, without notes on the language spoken and "on behalf of …"."""
    party: str | None
    """The party's name in a line of the form "the representative of …"."""
    clause: str
    """The text between the speaker and the words: "speaking on behalf of …"."""
    summarised: bool
    """Whether the record tells in its own words what was said."""
    titled: bool
    """Whether its form, such as a title before the name, can only mean a speaker, whatever the lookup finds."""
    speaker: str | None = None
    """The person, with the note on the language; None where none is named."""
    after_colon: int | None = None
    """Offset of the words after the line's colon; None where it has no colon."""
    understood: bool = True
    """False where a paragraph begins with a speaker, but no known verb of saying or colon follows: its words cannot be
    attributed."""
    says: bool = True
    """Whether the verb after the speaker may be one of saying; False for "should" or "needed"."""
    joint: bool = False
    """Whether several persons with brackets speak together: "Mr. Olm (Belmora) and Ms. Ferro (Quenza)"."""

    @property
    def head(self) -> str:
        """The part of the line that names the speaker, and for whom they speak."""
        brackets = "".join(f" ({text})" for text in self.brackets) if not self.joint else ""
        return f"{self.name}{brackets}{'' if self.clause[:1] in ('', ',', '،', '，') else ' '}{self.clause}"

    @property
    def by_office(self) -> bool:
        """Whether an office tells the speaker's party, if anything does: "Mr. Olm, Minister of Ports of Belmora"."""
        return not self.brackets and (self.who == "official" or (self.who == "person" and bool(self.clause)))


def is_office(words: str, *, alone: bool = False) -> bool:
    """Returns whether words name an office of a meeting or of the United Nations, or consist of its name (`alone`)."""
    if alone:
        return SPEAKER.is_office.fullmatch(SPEAKER.the.sub("", words)) is not None
    return SPEAKER.is_office.search(words) is not None


def speaker_line(text: str, start: int, end: int) -> SpeakerLine | None:
    """Reads the speaker line at the beginning of a paragraph; None where the paragraph opens otherwise."""
    window = text[start : min(end, start + _BEYOND_HEAD)]
    # Blank lines in an open bracket are no end, since it may be closed overleaf: "(spoke in | 12/30 | Russian):".
    blanks = (found.start() for found in _BLANK.finditer(window))
    window = window[: next((at for at in blanks if SPEAKER.left_open.search(window, 0, at) is None), None)]
    before = SPEAKER.before.match(window)
    at = before.end() if before else 0
    verb = SPEAKER.verb_first.match(window, at)
    forms: tuple[tuple[Who, regex.Pattern[str]], ...] = (
        ("office", SPEAKER.office), ("official", SPEAKER.official), ("delegation", SPEAKER.delegation),
        ("person", SPEAKER.person), ("person", SPEAKER.person_zh), ("person", SPEAKER.person_reported),
        ("delegation", SPEAKER.delegation_zh), ("person", SPEAKER.bare), ("delegation", SPEAKER.delegation_unread),
        ("name", SPEAKER.party_alone),
    )  # fmt: skip
    found = ((who, form.match(window, verb.end() if verb else at)) for who, form in forms)
    lines = (_read(window, start, at, who, named, told=verb is not None) for who, named in found if named)
    return next(filter(None, lines), None)


def _read(window: str, start: int, at: int, who: Who, found: "regex.Match[str]", *, told: bool) -> SpeakerLine | None:
    """Reads the line of a speaker `found` in a window of the text that begins at `start`, where it begins at `at`."""
    position, brackets = _brackets(window, found.end())
    early = SPEAKER.early_colon.match(window, position) if who == "person" and not brackets else None
    if early is not None:
        # The colon may stand before the brackets: "Mr. Briz: (Guatemala)" for "Mr. Briz (Guatemala):".
        position, brackets = _brackets(window, early.end())
        if all(SPEAKER.language_note.match(text) for text in brackets):
            early, (position, brackets) = None, _brackets(window, found.end())
    groups = found.groupdict()
    if found.re is SPEAKER.person_reported and (party := SPEAKER.person_of.match(window, found.end())) is not None:
        position, brackets = party.end(), [" ".join(party["party"].split())]
    titled = who in ("office", "official", "delegation")
    titled = titled or found.re in (SPEAKER.person, SPEAKER.person_zh, SPEAKER.person_reported)
    name, joint = found.group(), False
    while brackets and titled and (another := SPEAKER.and_person.match(window, position)) is not None:
        position, more = _brackets(window, another.end())
        brackets, joint, name = [*brackets, *more], True, window[found.start() : position]
    if who == "person" and not brackets and SPEAKER.vocative.match(groups["name"]):
        return None
    notes = [text for text in brackets if SPEAKER.language_note.match(text)]
    behalf = [text for text in brackets if behalf_phrase(text) is not None]
    spoken = [text for text in brackets if text not in (*notes, *behalf)]
    if found.re is SPEAKER.bare and not spoken:
        return None
    name = " ".join(name.split()).strip("*_ ")
    # Press summaries name a speaker without a title: "ANA ILVANE (Arvandia) said".
    reports = (titled and early is None) or (found.re is SPEAKER.bare and bool(spoken))
    reported = SPEAKER.reported.match(window, position) if reports else None
    the_office = who == "office" and SPEAKER.the.match(name) is not None
    clause, after, summarised, understood = "", None, True, True
    if reported is not None and not told and not window[reported.end() :].lstrip().startswith((":", "：")):
        clause = window[position : reported.start("verb")]
        # In Arabic "he announced" and "I announce" are written alike: after a colon the verb may be either.
        colon = SPEAKER.colon.match(window, position)
        after = colon.end() if colon is not None and colon.end() <= reported.start("verb") else None
    elif not told:
        colon = SPEAKER.colon.match(window, position if reported is None else reported.end())
        if colon is not None and colon["clause"] and not spoken:
            if who == "person":
                may_tell = _may_have_office(name, colon["clause"]) and SPEAKER.opens.match(window, colon.end())
            else:
                may_tell = SPEAKER.speaking.search(colon["clause"])
            colon = colon if may_tell else None
        if who == "official" and colon is not None and SPEAKER.opens.match(window, colon.end()) is None:
            colon = None
        if colon is not None:
            clause, after, summarised = window[position : colon.end()], colon.end(), False
        elif spoken and titled and (dash := SPEAKER.dash.match(window, position)) is not None:
            after, summarised = dash.end(), False
        elif early is not None:
            after, summarised = len(window) - len(window[position:].lstrip()), False
        elif (spoken and titled) or found.re is SPEAKER.delegation_unread or the_office:
            understood = False
            # Two speakers at once, or a lost colon: in a verbatim record a different speaker begins here.
            another = SPEAKER.joint.match(window, position) if spoken and titled else None
            after = another.end() if another is not None else None
        else:
            return None
    speaker = f"{name} ({notes[0]})" if notes else name
    clause = "".join(f", {text}" for text in behalf) + clause
    clause = " ".join(clause.strip(" :：*_\n").split()).rstrip(",،，")
    return SpeakerLine(
        start=start, body=start + (at if summarised or after is None else after), who=who, name=name,
        brackets=tuple(spoken), party=groups.get("party"), clause=clause, summarised=summarised, titled=titled,
        speaker=speaker if who == "person" else None, after_colon=None if after is None else start + after,
        understood=understood, says=told or reported is None or SPEAKER.acts.fullmatch(reported["verb"]) is None,
        joint=joint,
    )  # fmt: skip


def _is_person_with_office(words: str) -> bool:
    """Returns whether words are a person's name, a comma and what may be an office, and no sentence."""
    name, comma, clause = words.partition(",")
    title = SPEAKER.titled.match(name)
    is_vocative = title is not None and SPEAKER.vocative.match(name, title.end()) is not None
    return bool(comma) and not is_vocative and _may_have_office(name, clause)


def _may_have_office(name: str, clause: str) -> bool:
    """Returns whether the clause between a person's name and a colon may tell their office, and is no sentence."""
    is_sentence = SPEAKER.verb.search(clause) is not None and behalf_phrase(clause) is None
    return SPEAKER.titled_name.match(name) is not None and not is_sentence


def _brackets(window: str, position: int) -> tuple[int, list[str]]:
    """Reads the texts in brackets after a name, and returns where they end."""
    found: list[str] = []
    while (text := SPEAKER.brackets.match(window, position)) is not None:
        found.append(" ".join(text["brackets"][1:-1].split()))
        position = text.end()
    return position, found


def label_of(text: str, start: int) -> "tuple[str, int] | None":
    """Returns the words before a colon by which a paragraph may name who speaks, and the offset after it; else None."""
    found = SPEAKER.label.match(text, start)
    if found is None or is_salutation(found["name"]) or SPEAKER.topic.match(found["name"]):
        return None
    name = " ".join(found["name"].split())
    return None if is_office(name) and not _is_person_with_office(name) else (name, found.end())


def is_speaker(name: str, language: str | None, *, in_names: bool) -> bool:
    """Returns whether the words before a colon name somebody, whom no lookup knows.

    In a record of the form "State: words" (`in_names`), "Civil society:" is a speaker as well. Elsewhere a speaker
    needs a title or brackets, or is put as "A delegate:" or "Speaker 4:"; "Interpol:" may be a topic of a speech.
    """
    if _is_person_with_office(name):
        return True
    noun = SPEAKER.somebody.search(name) is not None and len(name.split()) <= _MOST_WORDS
    if in_names:
        return noun or names_somebody(name, language)
    if SPEAKER.titled.match(name) or "(" in name:
        return names_somebody(name, language)
    return bool((noun and SPEAKER.one_of.match(name)) or SPEAKER.unnamed.match(name))


def names_somebody(name: str, language: str | None) -> bool:
    """Returns whether words may be the name of a speaker, whether or not a lookup knows it.

    In English its words are capitalised; in other languages it may begin with the kind of body, such as "Sociedad".
    """
    if is_salutation(name):
        return False
    if language != "en" and len(name.split()) <= _MOST_WORDS and SPEAKER.body_elsewhere.match(name):
        return True
    words = _WORD.findall(name)
    # Only words of up to three letters may be in lower case.
    capitals = [word for word in words if len(word) > 3 or not word.islower()]
    if not capitals or len(words) > _MOST_WORDS or not all(word[0].isupper() for word in capitals):
        return False
    if regex.search(r"\p{N}", name):
        return False
    named = SPEAKER.titled.match(name) or SPEAKER.somebody.search(name)
    return named is not None or not all(map(is_ordinary_or_term, capitals))


def is_ordinary_or_term(word: str) -> bool:
    """Returns whether a word is an ordinary one or one of a term of the field, so that it names nobody."""
    written = word.lower().strip("’'.-")
    return any(written in words_of_terms(language) for language in LANGUAGES) or is_ordinary(written)
