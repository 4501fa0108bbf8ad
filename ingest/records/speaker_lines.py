"""Speaker lines, by which a record says who speaks next, in the six languages of the United Nations.

Only the form of a line is read: whether it names a person, an office or a delegation, its brackets, and whether the
speaker's own words or a summary by the record follow. A lookup elsewhere finds the State (`speaker_identification`).

A name that no lookup knows may stand before a colon or as a heading: "Narnia", "International Bar Network" and "Mr.
Olm, Belmora" end the words of the known speaker before them; "Asset recovery" does not, since it consists of ordinary
words or of terms of the field.
"""

from dataclasses import dataclass, replace
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


def _read(window: str, start: int, at: int, who: Who, named: "regex.Match[str]", *, told: bool) -> SpeakerLine | None:
    """Reads the line of a speaker `named` in a window of the text that begins at `start`, where it begins at `at`."""
    end, brackets, early_colon = _brackets_of_name(window, who, named)
    titled = who in ("office", "official", "delegation")
    titled = titled or named.re in (SPEAKER.person, SPEAKER.person_zh, SPEAKER.person_reported)
    name, joint = named.group(), False
    while brackets and titled and (another := SPEAKER.and_person.match(window, end)) is not None:
        end, more = _brackets(window, another.end())
        brackets, joint, name = [*brackets, *more], True, window[named.start() : end]
    if who == "person" and not brackets and SPEAKER.vocative.match(named["name"]):
        return None
    notes = [text for text in brackets if SPEAKER.language_note.match(text)]
    behalf = [text for text in brackets if behalf_phrase(text) is not None]
    parties = tuple(text for text in brackets if text not in (*notes, *behalf))
    if named.re is SPEAKER.bare and not parties:
        return None
    name = " ".join(name.split()).strip("*_ ")
    speaker = f"{name} ({notes[0]})" if notes else name
    line = SpeakerLine(
        start=start, body=start + at, who=who, name=name, brackets=parties, party=named.groupdict().get("party"),
        clause="".join(f", {text}" for text in behalf), summarised=True, titled=titled,
        speaker=speaker if who == "person" else None, joint=joint,
    )  # fmt: skip
    whole = line if told else _with_words(line, window, end, named.re, early_colon=early_colon)
    return whole and replace(whole, clause=" ".join(whole.clause.strip(" :：*_\n").split()).rstrip(",،，"))


def _brackets_of_name(window: str, who: Who, named: "regex.Match[str]") -> tuple[int, list[str], bool]:
    """Returns the end of a name with its brackets, these, and whether a colon stands before them."""
    if named.re is SPEAKER.person_reported and (party := SPEAKER.person_of.match(window, named.end())) is not None:
        return party.end(), [" ".join(party["party"].split())], False
    end, brackets = _brackets(window, named.end())
    early = SPEAKER.early_colon.match(window, end) if who == "person" and not brackets else None
    if early is not None:
        # The colon may stand before the brackets: "Mr. Briz: (Guatemala)" for "Mr. Briz (Guatemala):".
        end_after_colon, after_colon = _brackets(window, early.end())
        if not all(SPEAKER.language_note.match(text) for text in after_colon):
            return end_after_colon, after_colon, True
    return end, brackets, False


def _with_words(
    line: SpeakerLine, window: str, end: int, form: "regex.Pattern[str]", *, early_colon: bool
) -> SpeakerLine | None:
    """Returns a line with what follows its name, which ends at `end`; None where nothing shows that somebody speaks."""
    # Press summaries name a speaker without a title: "ANA ILVANE (Arvandia) said".
    reports = (line.titled and not early_colon) or form is SPEAKER.bare
    reported = SPEAKER.reported.match(window, end) if reports else None
    line = replace(line, says=reported is None or SPEAKER.acts.fullmatch(reported["verb"]) is None)
    if reported is not None and not window[reported.end() :].lstrip().startswith((":", "：")):
        verb, colon = reported.start("verb"), SPEAKER.colon.match(window, end)
        # In Arabic "he announced" and "I announce" are written alike: after a colon the verb may be either.
        after_colon = line.start + colon.end() if colon is not None and colon.end() <= verb else None
        return replace(line, clause=line.clause + window[end:verb], after_colon=after_colon)
    with_party, clause = line.titled and bool(line.brackets), ""
    if (colon := _colon(line, window, end if reported is None else reported.end())) is not None:
        begin, clause = line.start + colon.end(), window[end : colon.end()]
    elif with_party and (dash := SPEAKER.dash.match(window, end)) is not None:
        begin = line.start + dash.end()
    elif early_colon:
        begin = line.start + len(window) - len(window[end:].lstrip())
    elif with_party or form is SPEAKER.delegation_unread or (line.who == "office" and SPEAKER.the.match(line.name)):
        # Two speakers at once, or a lost colon: in a verbatim record a different speaker begins here.
        another = SPEAKER.joint.match(window, end) if with_party else None
        return replace(line, understood=False, after_colon=None if another is None else line.start + another.end())
    else:
        return None
    return replace(line, body=begin, after_colon=begin, clause=line.clause + clause, summarised=False)


def _colon(line: SpeakerLine, window: str, position: int) -> "regex.Match[str] | None":
    """Finds the colon before a speaker's own words; None where the words around it show that it is another colon."""
    colon = SPEAKER.colon.match(window, position)
    if colon is None:
        return None
    opens = SPEAKER.opens.match(window, colon.end()) is not None
    may_tell = True
    if colon["clause"] and not line.brackets:
        if line.who == "person":
            may_tell = opens and _may_have_office(line.name, colon["clause"])
        else:
            may_tell = SPEAKER.speaking.search(colon["clause"]) is not None
    return colon if may_tell and (opens or line.who != "official") else None


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
