"""Parties asked about: by name, as members of a group or region, or by a name that has to be asked back.

"What did Chile and the African States say?" asks Chile and all members of a region; "Congo" may be either of two.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, takewhile

from app.question.kind_traits import WHICH_STATES
from app.question.lexicon import is_article
from app.question.question_patterns import asks_groups, group_named
from app.question.role_tagger.network import NO_ROLE, RoleReading
from app.question.role_tagger.words import Word
from app.question.spans.span import NAMED, POSSESSIVE, Span
from app.records import Note, QuestionKind
from ingest.parties.party_table import PartyTable
from ingest.parties.regions import ALL_GROUPS, regions
from ingest.records.speaker_lines import SPEAKER, is_office
from vectorstore.stems import is_function_word


@dataclass(kw_only=True)
class AskedParties:
    """The parties that a question asks about, collected name by name."""

    language: str
    parties: PartyTable
    states: dict[str, None] = field(default_factory=dict)
    groups: dict[str, None] = field(default_factory=dict)
    members_of: dict[str, None] = field(default_factory=dict)
    excluded: dict[str, None] = field(default_factory=dict)
    spoken_of: dict[str, None] = field(default_factory=dict)
    """The parties that the question names without asking them: Rimalia in "the crisis in Rimalia"."""
    notes: list[Note] = field(default_factory=list)
    unclear: str | None = None
    options: tuple[str, ...] = ()
    option_codes: tuple[str, ...] = ()
    known_name: bool = True

    @property
    def named(self) -> bool:
        """Whether somebody is known to be asked about."""
        return bool(self.states or self.groups or self.members_of)

    def add(self, name: str, span: Span) -> None:
        """Adds a party asked about; an ambiguous name is asked back."""
        if span.kind == "set":
            self.members_of.update(dict.fromkeys(span.codes))
            kind = "members_of" if all(code in regions() for code in span.codes) else "members_of_group"
            self.notes.append(Note(kind=kind, values={"name": name, "codes": span.codes}))
        elif span.similar or len(span.codes) > 1:
            self.ask_back(name, span.similar or span.codes, known=not span.similar)
        else:
            party = self.parties.get(span.codes[0])
            into = self.states if party is None or party.kind == "state" else self.groups
            into[span.codes[0]] = None
            if span.party_form in ("capital", "former", "typed"):
                note = "former" if span.party_form == "former" else "read_as"
                self.notes.append(Note(kind=note, values={"name": name, "party": span.codes[0]}))

    def ask_back(self, name: str, codes: Sequence[str], *, known: bool) -> None:
        """Records a name for a counter-question on whom it means, if it is the first unclear one."""
        if self.unclear is None:
            self.unclear, self.known_name = name, known
            self.option_codes = tuple(codes)
            self.options = tuple(self.parties.display(code, self.language) for code in codes)


def asked_parties(roles: RoleReading, kind: QuestionKind, parties: PartyTable) -> AskedParties:
    """Returns the parties asked about; a party that is only spoken of, such as in the topic, gets a note."""
    asked = AskedParties(language=roles.language, parties=parties)
    names = [
        (word.text, word.span, label)
        for word, label in zip(roles.words, roles.labels, strict=True)
        if word.span is not None and word.span.kind in NAMED and (word.span.codes or word.span.similar)
    ]
    for name, span, label in names:
        if label == "not" or (label in ("who", "mention") and span.excluded):
            asked.excluded.update(dict.fromkeys(span.codes))
            if span.similar:
                asked.ask_back(name, span.similar, known=False)
        elif label == "who":
            if span.party_form == "group" and kind in WHICH_STATES and parties.has_members(span.codes[0]):
                span = replace(span, kind="set")
            asked.add(name, span)
    if not (asked.named or asked.unclear):
        group = "" if kind in WHICH_STATES else group_named(roles)
        if group:
            asked.ask_back(group, parties.resolve(group).suggestions, known=False)
        elif kind in WHICH_STATES and asks_groups(roles):
            asked.members_of[ALL_GROUPS] = None
    # A capital may be part of a treaty's name: "the Quillane Convention" is not about Belmora.
    named = [span for _, span, label in names if label in ("mention", "topic") and span.kind == "party"]
    spoken_of = [span for span in named if span.party_form != "capital"]
    known = {*asked.states, *asked.groups, *asked.excluded}
    about = dict.fromkeys(span.codes for span in spoken_of if known.isdisjoint(span.codes))
    asked.spoken_of = dict.fromkeys(chain.from_iterable(about))
    # "Congo" in a topic may be either of two, so that neither is named in a note.
    asked.notes += [Note(kind="topic_party", values={"party": codes[0]}) for codes in about if len(codes) == 1]
    unknown = [word for word in roles.of("who") if word.kind in ("word", "others")]
    speaker = "" if unknown else _unknown_speaker(roles)
    if speaker:
        options = () if is_office(speaker) else parties.resolve(speaker).suggestions
        asked.ask_back(speaker, options, known=False)
    if not (unknown or asked.named or asked.unclear):
        unknown = [word for word in roles.of(NO_ROLE) if word.may_be_name]
    while unknown:
        run = [unknown.pop(0)]
        while unknown and unknown[0].start <= run[-1].end + 1:
            run.append(unknown.pop(0))
        if roles.text.startswith(". ", run[-1].end):
            # A title may be shortened: "Ms. Renn".
            run += [word for word in roles.words if word.start == run[-1].end + 2 and word.may_be_name]
        _add_unknown(asked, roles.text[run[0].start : run[-1].end], run, kind)
    return asked


def _unknown_speaker(roles: RoleReading) -> str:
    """Returns an office, or a capitalised name that no lookup knows, in the position of a speaker; empty if none.

    Its places: before a verb of saying ("X said"), between the verb and "about" ("said X about"), before a noun ("X's
    statement"), and for an office alone also first, before "about" ("Secretariat about corruption?").
    """

    def name_in(run: Sequence[Word], *, alone: bool = False) -> str:
        plain = [word for word in run if word.kind == "word" and not word.lexicon_kinds]
        name = roles.text[plain[0].start : run[-1].end] if plain else ""
        if any(is_function_word(word.text, roles.language) for word in plain) and roles.language != "zh":
            return ""
        proper = not alone and any(word.text[0].isupper() and word.start > opening for word in plain)
        return name if proper or (SPEAKER.is_office.fullmatch(name) if alone else is_office(name)) else ""

    def up_to_about(start: int) -> list[Word]:
        run = list(takewhile(_may_name_speaker, words[start:]))
        led = run and words[start].lexicon_kinds and not is_article(words[start].text)
        return run if not led and any("about" in each.lexicon_kinds for each in words[start + len(run) :][:1]) else []

    words = roles.words
    # The first word has a capital wherever it stands: "¿Cuántas veces habló …".
    opening = next((word.start for word in words if word.kind != "sign"), 0)
    names = [name_in(up_to_about(0), alone=True)]
    for at, word in enumerate(words):
        owner = (
            at - 2
            if word.lexicon_kinds & {"statement", "stance"} and roles.text[: word.start].endswith(POSSESSIVE)
            else at
        )
        says = owner < at or "speak_verb" in word.lexicon_kinds
        if roles.labels[at] != "topic" and says and not any(each.kind in NAMED for each in words[:at]):
            before = list(takewhile(_may_name_speaker, reversed(words[:owner])))
            # "Which States mentioned the Legislative Guide on firearms?" names its speakers before the verb only.
            asked = any(each.lexicon_kinds & {"everyone", "states"} for each in words[:at])
            names += [name_in(before[::-1]), "" if asked else name_in(up_to_about(at + 1))]
    return next(filter(None, names), "")


def _may_name_speaker(word: Word) -> bool:
    joins = word.kind == "body" or word.text in "-‑’'"
    return joins or (
        word.kind == "word"
        and "about" not in word.lexicon_kinds
        and (not word.lexicon_kinds or "fill" in word.lexicon_kinds)
    )


def _add_unknown(asked: AskedParties, name: str, words: Sequence[Word], kind: QuestionKind) -> None:
    """Reads a name that no lookup knows: one with a typing error, a kind of States, else somebody to ask back about."""
    kinds = {each for word in words for each in word.lexicon_kinds}
    near = asked.parties.nearest(name) if not kinds else ()
    if len(near) == 1:
        asked.add(name, Span(start=words[0].start, end=words[-1].end, kind="party", codes=near, party_form="typed"))
    elif asked.named and not all(word.may_be_name for word in words):
        return
    elif kind in WHICH_STATES or kinds & {"states", "state", "members"}:
        asked.notes.append(Note(kind="unknown_kind", values={"kind": name}))
    else:
        asked.ask_back(name, asked.parties.resolve(name).suggestions, known=False)
