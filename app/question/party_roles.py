"""Party roles: which of the States and groups that a question names are asked about as speakers.

The frame decides: in "what did Israel say about Iran's programme" Israel speaks and Iran is part of the topic.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Final, TypedDict

import regex
from wordfreq import zipf_frequency

from app.question.followup_cues import CUES
from app.question.frames import Frames, fold_accents
from app.question.state_sets import StateSetMatch, find_sets, find_unknown_kinds, without_qualifiers
from app.question.topic_extraction import blank
from ingest.metadata.sessions import UNTOC_COP, load_sessions
from ingest.parties.party_table import PartyMatch, PartyTable

# Between names of one list: "Austria, Poland and the Czech Republic", "Benin's and Mali's", "de l'Iran et de l'Autriche".
_JOINT: Final = (
    r"(?:'s?)?\s*(?:[,;&/(]+\s*)?(?:(?<=[,;&/])|(?<=[,;&/]\s)|(?:(?:and|or|with|versus|vs\.?|as well as|as compared (?:to|with)|et|ou|ainsi que|avec|y|e|o|con|asi como|и|или|с|а также"
    r"|و|او|مع|和|与|及|以及|跟|同))\s*)(?:(?:\b(?:both|that|those|of|the|also|de|du|des|del|la|le|les|el|los|las|موقف)\b|[ld]'|的)\s*)*"
)
_CONNECTOR: Final = re.compile(rf"^(?:'s?)?\s*$|^{_JOINT}$", re.IGNORECASE)
# A name that no lookup knows, in a list with those that are known: "Austria and Ruritania".
_UNKNOWN_NAME: Final = regex.compile(
    rf"(?i:{_JOINT})(?<![\p{{L}}\d])(?P<name>\p{{L}}[\p{{L}}'-]{{3,}}(?:\s\p{{Lu}}[\p{{L}}-]+)*)"
)
_UNKNOWN_NAME_BEFORE: Final = regex.compile(
    rf"(?<![\p{{L}}\d'-])(?P<name>\p{{L}}[\p{{L}}-]{{3,}}){_JOINT}$", regex.IGNORECASE
)
_LISTS_ON: Final = re.compile(rf"\s*{_JOINT}(?=\w)", re.IGNORECASE)
# Between the subjects of two questions in one.
_AND: Final = re.compile(r"(?:\b(?:and|et|y|и)\b|\bو|[,;和])", re.IGNORECASE)
_ENDS_IN_AND: Final = re.compile(r"(?:\b(?:and|et|y|и)|和|,)\s+(?:the\s+)?$", re.IGNORECASE)
# Names in fragments: shorter ones are words, and common words are topics rather than mistyped names.
_SHORTEST: Final = 4
_COMMON: Final = 4.5
# Per billion words as a power of ten: rarer ones are typing errors or names.
_RARE: Final = 2.7
_NO_SPACES: Final = ("zh",)
# Who is left out: "States other than Chile", "apart from Chile, who …".
_EXCLUDED: Final = re.compile(
    r"(?:\b(?:other\s+than|apart\s+from|aside\s+from|except(?:ing)?(?:\s+for)?|excluding|besides|but\s+not|not\s+counting|without\s+counting"
    r"|autres?\s+que|sauf|hormis|excepte|a\s+part|a\s+l'exception\s+d[eu]|en\s+dehors\s+d[eu]|outre"
    r"|salvo|excepto|menos|aparte\s+del?|ademas\s+del?|a\s+excepcion\s+del?|fuera\s+del?|distint[oa]s\s+del?|que\s+no\s+sean?"
    r"|кроме|помимо|за\s+исключением|исключая|не\s+считая)\s+(?:(?:the|la|le|les|el|los|las)\s+|l')?"
    r"|(?<!\w)(?:باستثناء|ما\s+عدا|عدا|غير|سوي|بخلاف)\s+|除了?)$",
    re.IGNORECASE,
)
_ONLY_JOINS: Final = re.compile(r"^\W*(?:(?:and|but|et|mais|y|pero|и|а|но|و)\W+)?$", re.IGNORECASE)
_AFTER_EXCLUDED: Final = re.compile(r"(?:\s*(?:以外|之外|外))?\s*[,،]?")
# Others who are named after a State: "Chile's neighbours", "the allies of Russia".
_RELATED_STATES: Final = (
    r"(?:neighbou?rs?|partners?|all(?:y|ies)|colon(?:y|ies)|enem(?:y|ies)|adversar(?:y|ies)|rivals?|friends|donors?|creditors?"
    r"|voisins?|allies?|partenaires?|vecin[oa]s?|aliad[oa]s?|soci[oa]s?|colonias?"
    r"|сосед\w*|союзник\w*|партнер\w*|колони\w+|جيران|حلفا\w*|شركا\w*|مستعمرات)"
)
_RELATED_STATES_AFTER: Final = re.compile(
    rf"(?:(?:'s?\s+|\s+(?=\w*s\b))(?:(?:former|old|close|closest|main|key|major|trading|regional|immediate|nearest|western|eastern)\s+)*{_RELATED_STATES}(?!\w)"
    r"|的(?:前|主要)?(?:邻国|邻居|盟友|盟国|伙伴|殖民地))",
    re.IGNORECASE,
)
_RELATED_STATES_BEFORE: Final = re.compile(
    rf"(?<!\w){_RELATED_STATES}\s+(?:(?:of|de|du|des|del)\s+)?(?:(?:the|la|el|les|los)\s+|(?:d|l|de l)')?$",
    re.IGNORECASE,
)
# The language of an answer and no State: "and in French?".
_LANGUAGES: Final = re.compile(
    r"\b(?:in|en)\s+(?:arabic|chinese|english|french|russian|spanish|arabe|chinois|anglais|francais|russe|espagnol|chino|ingles|frances|ruso|espanol)\W*$",
    re.IGNORECASE,
)
# Codes of three letters that are words as well are States only in capitals and where a speaker stands.
_CODE: Final = re.compile(r"\b[A-Z]{3}\b")
# What follows a code that opens the question: "BEN on drugs", "NOR, 2009".
_AFTER_CODE: Final = re.compile(r"\W*(?:\x00|on\b|about\b|$)|\s*[:,(]|'s\b")
# A name that opens the question, with an article at most before it.
_OPENING: Final = re.compile(r"^\W*(?:(?:the|el|la|los|las|le|les|and|et|y|и|و|请问)\s+|l')*$", re.IGNORECASE)
_MEETING: Final = re.compile(r"\s*(?:session|meeting|сесси|совещани|会议|届会)")
_POSSESSIVE: Final = re.compile(r"'s?(?:\W|$)")
_CLOSES: Final = re.compile(r"^\W*(?:\x00|$)")


@dataclass(frozen=True, kw_only=True)
class AskedParties:
    """Who a question asks about.

    Attributes:
        speakers: Codes of those meant as speakers, in the order named.
        topical: Codes of those that the question only mentions.
        read_as: (name as written, code, `capital` or `former`) for speakers named indirectly.
        members_of: Codes of the regions and groups whose members are meant as speakers.
        sets: (what names their members as written, codes) for each.
        kinds: What says which kind of States is asked for and names no set that is known.
        everyone: The question asks which States, or all of them, or all but some, or the members of some set.
        everyone_at: Where it does so, if it says so in words.
        spans: Where speakers stand in the question; those that it only mentions stay topic words.
        places: Where capitals stand that are only the place of a meeting.
        scenes: Where capitals stand that are the place of a meeting before the topic, and part of it within.
        unclear: A name in the speaker's place that is ambiguous or unknown.
        options: What it may mean.
        known_name: False where `unclear` is a name that no lookup knows.
        excluded: Codes of those that are left out.
    """

    speakers: tuple[str, ...] = ()
    topical: tuple[str, ...] = ()
    read_as: tuple[tuple[str, str, str], ...] = ()
    members_of: tuple[str, ...] = ()
    sets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    kinds: tuple[str, ...] = ()
    everyone: bool = False
    everyone_at: tuple[int, int] | None = None
    spans: tuple[tuple[int, int], ...] = ()
    places: tuple[tuple[int, int], ...] = ()
    scenes: tuple[tuple[int, int], ...] = ()
    unclear: str | None = None
    options: tuple[str, ...] = ()
    known_name: bool = True
    excluded: tuple[str, ...] = ()


def resolve_parties(text: str, parties: PartyTable, frames: Frames, language: str) -> AskedParties:
    """Tells speakers from mere mentions by where they stand in the question.

    Args:
        text: The question, with what was read otherwise (years, articles) blanked by NUL.
        parties: Who can speak.
        frames: The asking words of the question's language.
        language: Its ISO 639-1 code.
    """
    found = [match for match in parties.find(text, language, relaxed=True) if not _is_language(text, match)]
    named = find_sets(text, found, parties, language)
    excluded, found = _without_excluded(text, named, frames)
    left_out = (match for match in named if match not in found)
    codes = tuple(
        code for match in left_out for code in (match.members_of if isinstance(match, StateSetMatch) else match.codes)
    )
    return replace(_read_parties(blank(text, excluded), found, excluded, parties, frames, language), excluded=codes)


def _read_parties(
    text: str,
    found: Sequence[PartyMatch],
    excluded: Sequence[tuple[int, int]],
    parties: PartyTable,
    frames: Frames,
    language: str,
) -> AskedParties:
    kinds = find_unknown_kinds(text, found, language)
    if kinds:
        spans = [(kind.start, kind.end) for kind in kinds]
        read = _asked(blank(text, spans, " "), found, excluded, parties, frames, language)
        begin, end = read.everyone_at or (0, 0)
        asking = [kind for kind in kinds if begin <= kind.start <= end + 1 and not read.speakers]
        if asking:
            spans = [(kind.start, kind.end) for kind in asking]
            return replace(read, spans=(*read.spans, *spans), kinds=tuple(kind.name for kind in asking))
    return _asked(text, found, excluded, parties, frames, language)


def _asked(
    text: str,
    found: Sequence[PartyMatch],
    excluded: Sequence[tuple[int, int]],
    parties: PartyTable,
    frames: Frames,
    language: str,
) -> AskedParties:
    names = _PartyRoles(text, found, frames, _written_codes(text, parties, found))
    seats = _seats(parties)
    places = tuple((m.start, m.end) for m in names.places if names.is_meeting(m) or seats & set(m.codes))
    scenes = tuple((m.start, m.end) for m in names.places if (m.start, m.end) not in places)
    if not names.found:
        asked = _without_names(text, parties, names, language)
        is_open = asked.everyone or (bool(excluded) and asked.unclear is None)
        return replace(asked, everyone=is_open, spans=(*asked.spans, *excluded), places=places, scenes=scenes)
    chosen = names.speakers()
    kin = next((span for span in map(names.related_states, chosen) if span), None)
    if kin is not None:
        return AskedParties(unclear=text[slice(*kin)], known_name=False, spans=(kin,), places=places, scenes=scenes)
    sets = [match for match in chosen if isinstance(match, StateSetMatch)]
    speakers = [match for match in chosen if not isinstance(match, StateSetMatch)]
    stranger = names.unknown_name(speakers, parties, language)
    ambiguous = next((match for match in speakers if len(match.codes) > 1), None)
    mentioned = [match for match in names.named if match not in speakers and not names.is_kind(match)]
    topical = dict.fromkeys(code for match in mentioned for code in match.codes[:1])
    codes = tuple(dict.fromkeys(match.codes[0] for match in speakers if len(match.codes) == 1))
    return AskedParties(
        speakers=codes,
        topical=tuple(code for code in topical if code not in codes),
        read_as=tuple((m.text, m.codes[0], m.form) for m in speakers if m.form in ("capital", "former")),
        members_of=tuple(dict.fromkeys(code for match in sets for code in match.members_of)),
        sets=tuple((match.text, match.members_of) for match in sets),
        everyone=names.everyone is not None or bool(sets) or (bool(excluded) and not codes),
        everyone_at=names.everyone,
        spans=(*names.spans(chosen), *excluded, *([stranger] if stranger else [])),
        places=places,
        scenes=scenes,
        **_doubt(text, ambiguous, stranger, parties, language),
    )


def _doubt(
    text: str,
    ambiguous: PartyMatch | None,
    unknown_name: tuple[int, int] | None,
    parties: PartyTable,
    language: str,
) -> "_Doubt":
    """Returns what is asked back: a name that means several States, or one in a list that no lookup knows."""
    if ambiguous is not None:
        options = tuple(parties.display(code, language) for code in ambiguous.codes)
        return {"unclear": ambiguous.text, "options": options, "known_name": True}
    if unknown_name is None:
        return {"unclear": None, "options": (), "known_name": True}
    name = text[slice(*unknown_name)]
    options = tuple(parties.display(code, language) for code in parties.resolve(name).suggestions)
    return {"unclear": name, "options": options, "known_name": False}


class _Doubt(TypedDict):
    unclear: str | None
    options: tuple[str, ...]
    known_name: bool


class _PartyRoles:
    """The names in a question, and what the words around each say of it."""

    def __init__(
        self, text: str, found: Sequence[PartyMatch], frames: Frames, codes: Sequence[PartyMatch] = ()
    ) -> None:
        self.text = fold_accents(text)
        self.frames = frames
        self.places = [match for match in found if self._is_place(match)]
        self.found = [match for match in found if match not in self.places]
        self.found += [match for match in codes if self._is_written_code(match)]
        self.found.sort(key=lambda match: match.start)
        self.named = [match for match in self.found if not isinstance(match, StateSetMatch)]
        self.asked_sets: list[PartyMatch] = []
        self.asking = without_qualifiers(self.text, self.found)
        self.everyone = self._everyone()
        self.compares = frames.compare.search(self.text) is not None

    def speakers(self) -> list[PartyMatch]:
        """Returns those who are meant as speakers: by the surest sign that any name has."""
        named = [match for match in self.found if not self._after_pronoun(match)]
        free = [match for match in named if not self._is_topical(match)]
        certain = self._with(free, lambda m: self._sign(m, "certain"))
        subject = self._with(free, lambda m: self._sign(m, "subject"))
        if self.compares and not self.everyone:
            return self._compared(free)
        clauses = self._clauses(subject)
        if len(clauses) > 1:
            return clauses
        if certain:
            return self._list_from(certain[0])
        if self.everyone:
            # "With which States has Iran concluded agreements?": the subject speaks, whoever is asked for.
            asked = [
                match
                for match in subject
                if match in self.named and not self._after_who(match) and not self.is_kind(match)
            ]
            return self._list_from(asked[0]) if asked else self.asked_sets
        opening = [m for m in free[:1] if self._opens(m)]
        agent = self._with(free, lambda m: self.frames.agent_before.search(self.text[: m.start]) is not None)
        owner = self._with(free, lambda m: self._sign(m, "owner"))
        clear = self._with(free, lambda m: len(m.codes) == 1)
        # What only stands behind a topic marker is a speaker where nobody else is named: "about X's statement".
        late = self._with(named, lambda m: m not in free and self._sign(m, "owner"))
        surest = subject or opening or owner or agent or clear or free or late
        return self._list_from(surest[0]) if surest else []

    def _clauses(self, subject: Sequence[PartyMatch]) -> list[PartyMatch]:
        """Returns the subjects of joined questions: "What did X say and what did Y say?", "X on Y and Y on X"."""
        named = [m for m in subject if self.frames.subject_before.search(self.text[: m.start])]
        if not named and self.found and self._heads_topic(self.found[0]):
            named = [self.found[0]]
        chosen = self._list_from(named[0]) if named else []
        for match in self.found:
            if not chosen or match.start <= chosen[-1].end:
                continue
            gap = self.text[chosen[-1].end : match.start]
            if (match in named and _AND.search(gap)) or (self._heads_topic(match) and _ENDS_IN_AND.search(gap)):
                chosen += self._list_from(match)
        return chosen

    def _heads_topic(self, match: PartyMatch) -> bool:
        """Whether what a name speaks of follows at once: "Mali on drugs"."""
        return self.frames.topic_marker.match(self.text[match.end :].lstrip()) is not None

    def related_states(self, match: PartyMatch) -> tuple[int, int] | None:
        """Returns where others are named after a State: "X's neighbours" are not X."""
        before, after = (
            _RELATED_STATES_BEFORE.search(self.text[: match.start]),
            _RELATED_STATES_AFTER.match(self.text[match.end :]),
        )
        if before is None and after is None:
            return None
        return (before.start() if before else match.start, match.end + (after.end() if after else 0))

    def unknown_name(
        self, speakers: Sequence[PartyMatch], parties: PartyTable, language: str
    ) -> tuple[int, int] | None:
        """Returns where a name that no lookup knows stands in the list of those asked about."""
        if language in _NO_SPACES:
            return None
        for match in speakers:
            if (found := self._unknown_name_after(match.end)) and self._is_unknown_name(
                found["name"], found, match, parties, language
            ):
                return found.span("name")
        first = speakers[0] if speakers else None
        found = _UNKNOWN_NAME_BEFORE.search(self.text[: first.start]) if first else None
        if first is None or found is None or not self._leads_list(self.text[: found.start("name")]):
            return None
        return found.span("name") if self._is_unknown_name(found["name"], found, first, parties, language) else None

    def _unknown_name_after(self, at: int) -> "regex.Match[str] | None":
        found = _UNKNOWN_NAME.match(self.text, at)
        if found is None or self.frames.nobody.match(found["name"]):
            return None
        if any(m.start < found.end() and found.start("name") < m.end for m in self.found):
            return None
        rest = self.text[found.end() :]
        goes_on = self.frames.speech.match(rest.lstrip()) or self.frames.topic_marker.match(rest.lstrip())
        return found if goes_on or _CLOSES.match(rest) or _LISTS_ON.match(rest) else None

    def _leads_list(self, before: str) -> bool:
        last = before.split()[-1:]
        compares = any(self.frames.compare.fullmatch(word) for word in last)
        return compares or any(
            pattern.search(before) for pattern in (self.frames.subject_before, self.frames.owner_before)
        )

    def _is_unknown_name(
        self, name: str, found: "regex.Match[str]", beside: PartyMatch, parties: PartyTable, language: str
    ) -> bool:
        """Whether a word beside a State is a name: mistyped, or rare where one who speaks is meant."""
        is_name, is_rare = name[0].isupper(), _is_rare(name, language)
        if parties.resolve(name).suggestions:
            return is_rare or (is_name and zipf_frequency(name, language) < _COMMON)
        speaks = self._leads_list(self.text[: beside.start]) or self.compares
        return (
            is_name and is_rare and (speaks or self.frames.speech.match(self.text[found.end() :].lstrip()) is not None)
        )

    def is_kind(self, match: PartyMatch) -> bool:
        """Whether a name only says which kind of States is asked for: "which African States"."""
        begin, end = self.everyone or (0, 0)
        return begin < match.start < end and not self.frames.subject_before.search(self.text[: match.start])

    def _everyone(self) -> tuple[int, int] | None:
        """Returns where the question asks which States, or those of a set; the United States are one of them."""
        for each in self.frames.everyone.finditer(self.asking):
            names = [m for m in self.found if m.start < each.end() and each.start() < m.end]
            sets = [m for m in names if isinstance(m, StateSetMatch)]
            if sets:
                if self._is_topical(sets[0]):
                    continue
                self.asked_sets = [m for m in self._list_from(sets[0]) if isinstance(m, StateSetMatch)]
                return min(each.start(), sets[0].start), max(each.end(), self.asked_sets[-1].end)
            if not any(m.form not in ("group", "demonym", "capital") or m.start <= each.start() for m in names):
                return each.span()
        return None

    def _is_written_code(self, match: PartyMatch) -> bool:
        before, after = self.text[: match.start], self.text[match.end :]
        if any(self._sign(match, kind) for kind in ("certain", "subject", "owner")):
            return True
        joined = any(
            _CONNECTOR.match(self.text[other.end : match.start]) for other in self.found if other.end < match.start
        )
        return joined or bool(_OPENING.match(before.replace("\x00", " ")) and _AFTER_CODE.match(after))

    @cached_property
    def marker(self) -> int | None:
        """Where the topic begins: at the first topic marker after a word of saying or after a name that opens."""
        if self._before_question is not None:
            return None
        first = self.found[0] if self.found and self._opens(self.found[0]) else None
        speech = self.frames.speech.search(self.text)
        begins = [each.end() for each in (speech,) if each] + [each.end for each in (first,) if each]
        if not begins:
            return None
        marker = self.frames.topic_marker.search(self.text, min(begins))
        return None if marker is None else marker.start()

    @cached_property
    def _before_question(self) -> "re.Match[str] | None":
        return self.frames.topic_first.search(self.text)

    def _is_topical(self, match: PartyMatch) -> bool:
        """A name in the topic: "On Iran's programme, what …", "… about Iran"."""
        before = self._before_question
        if before is not None:
            return before.start("topic") <= match.start < before.end("topic")
        if self._follows_marker(match):
            return not self._sign(match, "certain")
        return self.marker is not None and match.start > self.marker and not self._by_agent(match)

    def _follows_marker(self, match: PartyMatch) -> bool:
        """Whether a topic marker stands right before a name and another name before that: "俄罗斯对乌克兰"."""
        at = match.start
        for other in reversed([other for other in self.found if other.end <= at]):
            if any(
                each.end() == at and each.start() >= other.end for each in self.frames.topic_marker.finditer(self.text)
            ):
                return True
            if not _CONNECTOR.match(self.text[other.end : at]):
                return False
            at = other.start
        return False

    def _after_pronoun(self, match: PartyMatch) -> bool:
        """Whether somebody else speaks: in "its view of Iran's programme" whoever was asked about before."""
        pronoun = next((each for each in self.frames.pronoun.finditer(self.text) if each.end() <= match.start), None)
        if pronoun is None or self._sign(match, "certain"):
            return False
        return not any(other.start < pronoun.start() for other in self.found) and not self.frames.subject_before.search(
            self.text[: match.start]
        )

    def _by_agent(self, match: PartyMatch) -> bool:
        """After the topic a name speaks only by its own sign: "passages about drugs by Benin", "according to Mali"."""
        if self._sign(match, "certain") or self._sign(match, "subject"):
            return True
        earlier = any(other.start < (self.marker or 0) for other in self.found)
        return not earlier and self.frames.agent_before.search(self.text[: match.start]) is not None

    def _sign(self, match: PartyMatch, kind: str) -> bool:
        before: re.Pattern[str] = getattr(self.frames, f"{kind}_before")
        after: re.Pattern[str] = getattr(self.frames, f"{kind}_after")
        return bool(before.search(self.text[: match.start]) or after.match(self.text[match.end :]))

    def _after_who(self, match: PartyMatch) -> bool:
        """In "qui a mentionné X ?" the question word is the subject, and X what was mentioned."""
        if self.everyone is None:
            return False
        everyone = self.frames.everyone.match(self.asking, self.everyone[0])
        verb = self.frames.subject_before.search(self.text[: match.start])
        who = everyone is not None and everyone.groupdict().get("who")
        # An auxiliary or a relative pronoun may stand between: "quels États ont mentionné X".
        return bool(who and verb and len(self.text[self.everyone[1] : verb.start()].split()) <= 1)

    def span(self, match: PartyMatch) -> tuple[int, int]:
        """Returns where a speaker stands, with what names it as one: "according to X"."""
        before = self.frames.certain_before.search(self.text[: match.start])
        after = self.frames.certain_after.match(self.text[match.end :])
        return (
            match.start if before is None else before.start(),
            match.end if after is None else match.end + after.end(),
        )

    def spans(self, speakers: Sequence[PartyMatch]) -> tuple[tuple[int, int], ...]:
        """Returns where speakers stand, with what joins them: "Austria versus Poland"."""
        spans = [self.span(match) for match in speakers]
        joints = [
            (left.end, right.start)
            for left, right in pairwise(speakers)
            if left.end <= right.start and _CONNECTOR.match(self.text[left.end : right.start])
        ]
        return (*spans, *joints)

    def _opens(self, match: PartyMatch) -> bool:
        return _OPENING.match(self.text[: match.start].replace("\x00", " ")) is not None

    def _with(self, matches: Sequence[PartyMatch], holds: Callable[[PartyMatch], bool]) -> list[PartyMatch]:
        return [match for match in matches if holds(match)]

    def _list_from(self, first: PartyMatch) -> list[PartyMatch]:
        """Returns a name and those joined to it by commas and connectors, before it and after it."""
        chosen = [first]
        at = self.found.index(first)
        topical = self._is_topical(first)
        for match in self.found[at + 1 :]:
            if not self._joins(chosen[-1], match) or self._is_topical(match) != topical:
                break
            chosen.append(match)
        for match in reversed(self.found[:at]):
            if not self._joins(match, chosen[0]) or self._is_topical(match) != topical:
                break
            chosen.insert(0, match)
        return chosen

    def _joins(self, left: PartyMatch, right: PartyMatch) -> bool:
        """Whether two names stand in one list, also around one that is not known: "Austria, Itlay and France"."""
        gap = self.text[left.end : right.start]
        adjoins = not gap.strip() and not self.text.startswith("و", right.start)
        if adjoins and self.frames.subject_before.search(self.text[: left.start]):
            # After a verb the second name is its object, unless "and" is written to it: "هل ذكرت الجزائر المغرب".
            return False
        if _CONNECTOR.match(gap):
            return True
        found = _UNKNOWN_NAME.match(self.text, left.end, right.start)
        return found is not None and _CONNECTOR.match(self.text[found.end() : right.start]) is not None

    def _compared(self, free: Sequence[PartyMatch]) -> list[PartyMatch]:
        chosen = list(free)
        if len(chosen) < 2:
            chosen += [m for m in self.found if m not in chosen and self._is_compared(m)]
        return chosen or self.found

    def _is_compared(self, match: PartyMatch) -> bool:
        before, after = self.text[: match.start], self.text[match.end :]
        ends = _POSSESSIVE.match(after) is not None or _CLOSES.match(after) is not None
        return ends and self.frames.compared_before.search(before) is not None

    def is_meeting(self, match: PartyMatch) -> bool:
        """Whether a capital is the place of a meeting wherever it stands: "the Doha session"."""
        return _MEETING.match(self.text[match.end :]) is not None

    def _is_place(self, match: PartyMatch) -> bool:
        """A capital stands for its State only where it is not a place or part of a title: "the Vienna session"."""
        before, after = self.text[: match.start], self.text[match.end :]
        if match.form != "capital":
            return False
        if self.frames.certain_after.match(after):
            return False
        if self.frames.place_after.match(after):
            return True
        return not _POSSESSIVE.match(after) and self.frames.place_before.search(before) is not None


def _seats(parties: PartyTable) -> frozenset[str]:
    """Returns the States in whose capitals the Conference meets: "in Vienna" is where something was said."""
    places = {session.place for session in load_sessions() if session.body == UNTOC_COP}
    return frozenset(code for place in places for match in parties.find(place, "en") for code in match.codes)


def _written_codes(text: str, parties: PartyTable, found: Sequence[PartyMatch]) -> list[PartyMatch]:
    """Returns the codes in capitals that no name covers; none in a question that is all in capitals."""
    if not any(char.islower() for char in text):
        return []
    return [
        PartyMatch(start=code.start(), end=code.end(), codes=(code.group(),), form="name", text=code.group())
        for code in _CODE.finditer(text)
        if parties.get(code.group()) and not any(m.start < code.end() and code.start() < m.end for m in found)
    ]


def _is_rare(name: str, language: str) -> bool:
    """Whether all words of a name are rare in a language."""
    return all(zipf_frequency(word, language) < _RARE for word in re.findall(r"[^\W\d_]+", name))


def _is_language(text: str, match: PartyMatch) -> bool:
    language = _LANGUAGES.search(fold_accents(text))
    return language is not None and match.form == "demonym" and language.start() < match.start


def _without_excluded(
    text: str, found: Sequence[PartyMatch], frames: Frames
) -> tuple[list[tuple[int, int]], list[PartyMatch]]:
    """Returns where names are left out ("other than Chile"), and the names that are not.

    One that names nobody else and asks nothing is left to the conversation: "without Chile".
    """
    asked = fold_accents(text)
    spans: list[tuple[int, int]] = []
    kept: list[PartyMatch] = []
    for match in found:
        phrase = _EXCLUDED.search(asked[: match.start])
        after = _AFTER_EXCLUDED.match(asked, match.end)
        end = after.end() if after else match.end
        gap = asked[spans[-1][1] : match.start] if spans else ""
        # "Besides Chile, Peru mentioned gold", but "which States besides Chile, Peru and Haiti".
        ends = spans and asked[: spans[-1][1]].endswith(",") and not frames.everyone.search(asked[: spans[0][0]])
        listed = spans and not ends and _CONNECTOR.match(gap)
        if phrase and not kept:
            spans.append((phrase.start(), end))
        elif listed:
            spans[-1] = (spans[-1][0], end)
        else:
            kept.append(match)
    if spans and _ONLY_JOINS.match(blank(asked, spans)):
        return [], list(found)
    return spans, kept


def _named_alone(text: str, parties: PartyTable, language: str) -> AskedParties | None:
    """Reads a name in another language, or a mistyped one, that is all that a question holds: "and Brasil?"."""
    cues = CUES[language]
    fragment = cues.is_fragment(text)
    name = cues.core(text).strip() if fragment else text.strip(" ?.!¿").replace("\x00", "")
    if not fragment and not (name.isalpha() and name[0].isupper()):
        return None
    if len(name) < _SHORTEST or "\x00" in name or _LANGUAGES.search(fold_accents(text)):
        return None
    known = parties.resolve(name)
    spans = ((text.index(name), text.index(name) + len(name)),)
    if len(known.codes) == 1:
        return AskedParties(speakers=known.codes, spans=spans)
    likely = fragment and len(name) > _SHORTEST + 1 and (name[0].isupper() or zipf_frequency(name, language) < _COMMON)
    codes = known.codes or (known.suggestions if likely and language not in _NO_SPACES else ())
    options = tuple(parties.display(code, language) for code in codes)
    return AskedParties(unclear=name, options=options, known_name=bool(known.codes), spans=spans) if codes else None


def _without_names(text: str, parties: PartyTable, names: _PartyRoles, language: str) -> AskedParties:
    frames = names.frames
    alone = _named_alone(text, parties, language)
    if alone is not None:
        return alone
    everyone = names.everyone is not None or names.compares
    nobody = AskedParties(everyone=everyone, everyone_at=names.everyone)
    subject = None if everyone else frames.unknown.search(fold_accents(text))
    if subject is None:
        return nobody
    group, start, end = next((name, *subject.span(name)) for name, found in subject.groupdict().items() if found)
    name = text[start:end]
    options = tuple(parties.resolve(name).suggestions)
    if frames.nobody.match(fold_accents(name)) or (group == "typed" and not options):
        return nobody
    return AskedParties(unclear=name, options=options, known_name=False)
