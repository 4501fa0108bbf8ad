"""Reads which of the parties that a sentence names speak, jointly or not, and which others only speak of or to.

In "On behalf of the Group of 77, Chile and Peru told Austria of Germany’s plan:" the group comes first, then Chile and
Peru, who speak together; Austria is spoken to and Germany spoken of.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain, pairwise, takewhile
from typing import Final

import regex

from app.checking.attribution.masked_text import BRACKETED, COLONS, COMMA, MASK
from app.checking.attribution.unlisted_speakers import subject_before
from app.checking.findings import Attribution
from ingest.language.attribution_verbs import attribution, introduces_speech
from ingest.language.lexicons import RegexPatterns
from ingest.language.matches import blanked
from ingest.language.sentences import split_sentences
from ingest.parties.party_table import PartyMatch, PartyTable
from ingest.parties.persons import Persons

OPENING: Final = " \u00a0“”\"«„『「‘'"
DASHED: Final = regex.compile(r"^[\s.,;”\"]*[—–―]\s*(.{2,200})$")  # a line of attribution: "— Austria, 2000"
_VERB_REACH: Final = 48  # characters between a name and its verb of saying
_BEFORE_NAME: Final = regex.compile(r"^[\s.,;:،，。]*(?:as\s+)?")
_APPOSITION: Final = regex.compile(r"[,;:،、؛，；：()（）—–]|\.(?=\s|$)")
_COLON: Final = regex.compile(r"\s*[:：]")
_BRACKETS: Final = ("(", "（")
# What may name the party of a person behind the name: a bracket, or words between commas.
_BESIDE: Final = r"(?:\s*[(（](?P<beside>[^()（）]*)[)）]|[,،，]\s*(?P<beside>[^,،，]*)[,،，])"
_SOURCES: Final = regex.compile("[;；؛]")
_POSSESSIVE: Final = regex.compile(r"[’']s?(?!\p{L})")
_PATTERNS: Final = RegexPatterns("drafts")


class NamedSpeakers:
    """Reads the speakers of sentences, by the names of one table of parties and of the persons who spoke for them."""

    def __init__(self, parties: PartyTable, persons: Persons, *, group_nouns: bool = False) -> None:
        """Prepares a table of parties; with `group_nouns`, "the Forum" counts as a name, with its noun for a code."""
        self.parties, self._persons, self._group_nouns = parties, persons, group_nouns
        # Cached, since the quotations of one paragraph look back on the same sentences.
        self._speakers = lru_cache(maxsize=2048)(self._read_speakers)

    def find(self, text: str) -> list[PartyMatch]:
        """Returns the parties named in a text, a capital only where it speaks, and persons if no party may speak."""
        found = self._parties_in(text)
        if not all(is_object(name, found, text) for name in found):
            return found
        return sorted((*found, *self._persons.find(text)), key=lambda name: name.start)

    def _parties_in(self, text: str) -> list[PartyMatch]:
        found = self.parties.find(text, capitals="speaking")
        if not self._group_nouns:
            return found
        nouns = (
            PartyMatch(start=noun.start("noun"), end=noun.end(), codes=(noun["noun"],), form="group", text=noun["noun"])
            for noun in _PATTERNS.group_alone.finditer(text)
        )
        return sorted((*found, *(noun for noun in nouns if not any(map(noun.overlaps, found)))), key=lambda n: n.start)

    def joint(self, text: str) -> Attribution:
        """Returns the parties of a sentence, the likeliest speaker first, and those that speak together."""
        # The speaker is a name beside a verb of speech or behind "according to", or else one that is not an object. A
        # State on whose behalf it speaks comes before it; of a group's words it is not the holder.
        behalf, joined = self._speakers(text)
        groups = [m for m in behalf if any(self.parties.kind_of(code) != "state" for code in m.codes)]
        if groups and not _PATTERNS.for_itself_too.search(text):
            return replace(_said_by(behalf), delivered_by=parties_of(joined))
        through = (part["whom"] for part in _PATTERNS.through.finditer(text)) if joined else ()
        if whom := [name for part in through for name in self._parties_in(part)]:
            return replace(_said_by(joined, before=behalf), delivered_by=parties_of(whom))
        return _said_by(joined, before=behalf)

    def of_reference(self, text: str) -> Attribution:
        """Returns the speakers that a note names: those of its first sentence and source that name any."""
        parts = (part for start, end in split_sentences(text) for part in _SOURCES.split(text[start:end]))
        return next((said for part in parts if (said := self.joint(part)).parties), Attribution())

    def represented(self, unknown: Attribution, text: str) -> Attribution:
        """Returns the party that stands beside the name of an unknown speaker: "Ms. Ada Renn (Belmora) said".

        The name stays, for a remark, if it may be that of an organization.
        """
        # The last word may be an auxiliary verb: "Mme Renn a déclaré".
        name = (unknown.unknown or "").split()
        name = name[:-1] if len(name) > 1 and name[-1].islower() else name
        place = regex.search(r"\s+".join(map(regex.escape, name)) + _BESIDE, text)
        part = place["beside"] if place and name and not unknown.suggestion else ""
        found = self.find(part)
        if len(found) != 1 or _PATTERNS.outsider.search(part):
            return unknown
        before = part[: found[0].start]
        if not (_PATTERNS.speaker_only.fullmatch(before) or attribution().speaker_of.search(before)):
            return unknown
        outside = _PATTERNS.no_person.search(" ".join(name))
        is_person = len(name) > 1 and outside is None
        return Attribution(parties=parties_of(found), unknown=None if is_person else unknown.unknown)

    def _read_speakers(self, text: str) -> tuple[list[PartyMatch], list[PartyMatch]]:
        """Returns the parties on whose behalf somebody speaks, and those who speak together; see `joint`."""
        text = self._own_words(text)
        # Behind a semicolon somebody else may speak: "Arvandia disagrees; Belmora thinks that".
        last = text[text.rfind(";") + 1 :]
        if any(not is_object(name, [name], last) for name in self.find(last)):
            text = last
        found = self.find(text)
        if len(found) < 2:
            return [], [m for m in found if self._is_quoted_source(m, text) or not self._is_only_mentioned(m, text)]
        behalf = [m for m in found if self._is_behalf(m, found, text)]
        others = [m for m in found if m not in behalf]
        speakers = [m for m in others if self._speaks(m, found, text)]
        if others and self._is_quoted_source(others[-1], text):
            return behalf, _joined(others[-1], others, text)
        # A colon does not make a name the speaker if another has the verb: "Drelnia told, of all, Arvandia: “…”".
        if len(speakers) > 1 and _COLON.match(text[speakers[-1].end :]):
            between = text[speakers[-2].end : speakers[-1].start]
            if not regex.search(r"[;.]", between) and not _PATTERNS.joined_last.fullmatch(between):
                speakers = speakers[:-1]
        subjects = [m for m in others if not is_object(m, found, text)]
        chosen = speakers[-1:] or subjects[:1] or others[:1]
        joined = _joined(chosen[0], others, text, speakers) if chosen else []
        # In "Chile agreed with Austria that", Austria has said it too.
        return behalf, joined + [m for m in others[-1:] if m not in joined and _said_it_too(m, text)]

    def _is_quoted_source(self, name: PartyMatch, text: str) -> bool:
        """Returns whether the last noun or verb of speech before a quotation is that of a party that is spoken of.

        In "Austria quoted Germany as saying that" and "Austria denied Germany's claim that" these are Germany's words.
        """
        before, after = text[: name.start], text[name.end :]
        agrees = _PATTERNS.agrees.search(before) is not None
        # "Which holds that", "whose delegate said that"; in "which “…”" it is clear only of whom somebody agrees with.
        if (clause := _PATTERNS.relative_behind.fullmatch(after)) is not None:
            said = clause["speaks"] or attribution().verb.search(after) or _PATTERNS.speech_noun_before.search(before)
            return bool(agrees or said)
        if _PATTERNS.takes_up.search(f"{before}§{after}"):
            return True
        if _PATTERNS.hears_from.search(before) and _PATTERNS.colon_or_that.fullmatch(after):
            return True
        return _has_speech_noun(name, text) and not agrees

    def _is_behalf(self, name: PartyMatch, found: list[PartyMatch], text: str) -> bool:
        """Returns whether somebody speaks for a party: "on behalf of" it, "as Chair of" a group, or a member for it."""
        before, of_state = text[: name.start], any(self.parties.kind_of(code) == "state" for code in name.codes)
        if _PATTERNS.not_on_behalf.search(before):
            return False
        chaired = not of_state and attribution().in_office.search(before) is not None
        # In "on behalf of the Group Belmora said" it is the first name, if they are not joined.
        apart = [m.end for m in found if m.end <= name.start and not _joined_with(m, name, text)]
        behalf = _ends_with(attribution().on_behalf, before[max(apart, default=0) :])
        return chaired or behalf or self._is_delivered(name, found, text)

    def _is_delivered(self, group: PartyMatch, found: list[PartyMatch], text: str) -> bool:
        """Returns whether a member speaks for its group: "Belmora, for the Group,", "Belmora (Riparian Group):"."""
        members = {member for code in group.codes for member in self.parties.members(code)}
        # Of whom a group consists that is named by its noun alone, is found out later.
        unknown = group.form == "group" and self.parties.kind_of(group.codes[0]) is None
        return any(
            _PATTERNS.speaks_for_group.fullmatch(f"{text[name.end : group.start]}§{text[group.end :]}")
            or (name.start >= group.end and text[group.end : name.start].strip() == "/")
            for name in found
            if members.intersection(name.codes) or (unknown and name != group)
        )

    def _is_only_mentioned(self, name: PartyMatch, text: str) -> bool:
        """Returns whether the only name is an object and the subject a pronoun: "It thanked Arvandia and said"."""
        subject = subject_before(text, self.parties)
        spoken_of = is_object(name, [name], text) or _POSSESSIVE.match(text, name.end)
        if not spoken_of or (subject and name.text in subject) or _is_named_as_speaker(name, text):
            return False
        return _PATTERNS.pronoun.match(subject or text) is not None

    def beside(self, text: str) -> tuple[str, ...]:
        """Returns the parties of a sentence's last clause that may be its speakers.

        If exactly one name has a verb of speech, Arvandia is not another speaker in "in reply to the delegate of
        Arvandia" or "As Arvandia signs the treaty,".
        """
        text = self._own_words(text).rpartition(";")[2]
        found = self.find(text)
        if found and self._is_quoted_source(found[-1], text):
            return ()
        if sum(self._speaks(name, found, text) for name in found) != 1:
            return parties_of([m for m in found if not is_object(m, found, text) and not _modifies(m, text)])
        is_told = attribution().object_before.search
        begin = opening.end() if (opening := _PATTERNS.opening_clause.match(text)) else 0
        told = [
            m for m in found if is_told(text[: _first_joined(m, found, text).start]) or _is_acted_on(m, found, text)
        ]
        return parties_of([m for m in found if m.start >= begin and m not in told])

    def behind(self, after: str) -> Attribution:
        """Returns the speakers named behind a quotation: "said Austria", "Austria said", "according to Austria"."""
        text = _BEFORE_NAME.sub("", after)
        if (dashed := DASHED.match(after)) or (dashed := _PATTERNS.by_line.match(after)):
            return self.joint(dashed.group(1))
        found = self.find(text)
        if _PATTERNS.points_back.match(text):
            return self.joint(text)
        verb = attribution().verb.search(text)
        according = attribution().according_to.match(text)
        if not found or (verb is None and according is None):
            return Attribution()
        # "Said Belmora on behalf of the Group".
        if verb is not None and verb.start() <= _VERB_REACH and (joint := self.joint(text)).delivered_by:
            return joint
        joined = _joined(found[0], found, text)
        if according is not None or (verb is not None and verb.start() <= 2):
            # The speaker stands directly behind the verb: not Arvandia in "said the delegate in reply to Arvandia".
            said_of = verb is not None and attribution().object_before.search(text, verb.end(), found[0].start)
            if said_of and is_object(found[0], found, text):
                return Attribution()
            listed = takewhile(lambda two: _PATTERNS.listed.fullmatch(text[two[0].end : two[1].start]), pairwise(found))
            return _said_by(joined, after=[behind for _, behind in listed])
        near = verb is not None and joined[-1].end <= verb.start() <= joined[-1].end + _VERB_REACH
        return _said_by(joined) if near and found[0].start <= _VERB_REACH else Attribution()

    def in_apposition(self, text: str, speaking: tuple[str, ...]) -> tuple[str, ...]:
        """Returns speakers and those in apposition to them ("the delegate of X, the envoy of Y, said"), if any are."""
        found = [
            code
            for part in _APPOSITION.split(text)
            for names in [self._parties_in(part)]
            if len(names) == 1 and not {*names[0].codes} & {*speaking, *chain(*map(self.parties.members, speaking))}
            if _PATTERNS.speaker_only.fullmatch(part[: names[0].start] + " " + part[names[0].end :])
            for code in names[0].codes
        ]
        return tuple(dict.fromkeys((*speaking, *found))) if found else ()

    def takes_over(self, text: str) -> bool:
        """Returns whether a party named after a sentence's last quotation is the speaker of the next one."""
        # It is if it has a verb or a clause of its own, or stands as the first speaker does: "Drelnia’s view: “…”;
        # Arvandia’s: “…”", "Drelnia (“…”), Arvandia (“…”)"; not in "called the law “…” and Arvandia’s plan “…”".
        start, own = text.rfind(MASK) + 1, self._own_words(text)
        found = self.find(own)
        lead = text[: text.find(MASK)].rstrip(OPENING) if start else ""
        first = [name for name in found if name.end <= len(lead)]
        says = introduces_speech(blanked(own[: len(lead)], [(name.start, name.end) for name in first]))
        subjects = [name for name in first if not is_object(name, found, own)][:1]
        alone = any(_first_joined(name, first, own) in subjects for name in first[-1:])
        for name in (name for name in found if 0 < start <= name.start):
            before, rest = own[start : name.start], own[name.end :].rstrip()
            left_out, in_brackets = _PATTERNS.verb_left_out.fullmatch(rest), rest.endswith(_BRACKETS)
            if left_out:
                alike = alone and _PATTERNS.verb_left_out.fullmatch(lead[first[-1].end :]) is not None
            else:
                alike = any(lead[subject.end :].strip() == rest.strip() for subject in subjects)
            opens = self._opens(before)
            if opens and (rest.endswith(COLONS) or alike or (left_out and says)):
                return True
            # In "contrast Drelnia (“…”) with Arvandia (“…”)" each name has the words in brackets behind it.
            beside = first and lead.endswith(_BRACKETS) and _PATTERNS.verb_left_out.fullmatch(lead[first[0].end :])
            if left_out and in_brackets and beside:
                return True
            noun = attribution().speaker_of.search(before)
            clause = _PATTERNS.clause_of_its_own.fullmatch(before[: noun.start()] if noun else before)
            if not _POSSESSIVE.match(rest) and ((opens and in_brackets) or clause):
                return True
            if self._speaks(name, found, own) or _says_by_noun(before, own[name.end :]):
                return True
        return False

    def _opens(self, before: str) -> bool:
        """Returns whether a name behind these words may begin a clause, as its subject."""
        patterns = (_PATTERNS.that_of.search, attribution().speaker_of.search)
        return _PATTERNS.clause_opens.fullmatch(before) is not None or any(match(before) for match in patterns)

    def between(self, text: str) -> tuple[str, ...]:
        """Returns the parties that may be subjects of a clause between a sentence's last two quotations."""
        start, own = text.rfind(MASK) + 1, self._own_words(text)
        names = (name for name in self.find(own) if 0 < start <= name.start)
        opening = (name for name in names if _PATTERNS.clause_opens.fullmatch(own, start, name.start))
        return parties_of(name for name in opening if not _POSSESSIVE.match(own, name.end))

    def _own_words(self, text: str) -> str:
        """Returns a sentence with asides and relative clauses blanked out, and brackets if names stand outside them.

        A bracket that says for whom somebody speaks stays: "Belmora (on behalf of the Group) said".
        """
        text = _PATTERNS.aside.sub(lambda aside: "," + " " * (len(aside.group()) - 2) + ",", text)
        # In "Belmora, which supports Arvandia, said" the verb is Belmora's.
        spans = [clause.span() for clause in _PATTERNS.relative.finditer(text)]
        others = [(start, end) for start, end in spans if attribution().verb.search(text, end)]
        bare = blanked(text, [span for span in others if self._parties_in(text[slice(*span)])])
        text = bare if self._parties_in(bare) or self._persons.find(bare) else text
        blank = BRACKETED.sub(lambda part: part[0] if self._opens_behalf(part, text) else " " * len(part[0]), text)
        # "Ms. Renn (Belmora) said": what stands beside a person says more than whom else that name spoke for.
        return blank if blank != text and self._parties_in(blank) else text

    def _opens_behalf(self, bracket: "regex.Match[str]", text: str) -> bool:
        named = self.find(bracket[0])[:1]
        if any(_PATTERNS.behalf_opens.fullmatch(bracket[0][: name.start]) for name in named):
            return True
        found = self.find(text) if named and self.parties.has_members(named[0].codes[0]) else []
        return any(self._is_delivered(m, found, text) for m in found if bracket.start() < m.start < bracket.end())

    def _speaks(self, match: PartyMatch, found: list[PartyMatch], text: str) -> bool:
        """Returns whether a name stands where a sentence names who speaks: beside a verb, a colon, "according to"."""
        before, after = text[: match.start], text[match.end :]
        if _ends_with(attribution().according_to, before):
            return True
        if _is_named_as_speaker(match, text):
            return True
        if is_object(match, found, text):
            return False
        # In "Austria refused Germany: it said" the pronoun does not stand for the nearest name.
        if (colon := _COLON.match(after)) is not None and _PATTERNS.pronoun.match(after[colon.end() :]):
            return False
        # A verb after the next name belongs to that name.
        following = _following(match, found, text)
        verb = attribution().verb.search(text[match.end : min(following, match.end + _VERB_REACH)])
        acts = verb is not None and not _is_acted_on(match, found, text)
        # In "noted Austria's offer, and said" and "agreed with Austria and said" the verb is that of another subject.
        also = _PATTERNS.coordinator_ends.search(after, 0, verb.start()) if verb else None
        not_its = also and (_POSSESSIVE.match(after) or not after[: also.start()].strip(" ,،，"))
        if (verb and acts and not not_its and not regex.search(r"[;.]", after[: verb.start()])) or colon:
            return True
        # "said Austria", unless the verb is another's: "Austria told Germany", "Austria spoke, and supported Germany".
        previous = max((other.end for other in found if other.end <= match.start), default=0)
        said = [
            verb
            for verb in attribution().verb.finditer(before)
            if verb.start() >= previous and _PATTERNS.article_alone.fullmatch(before, verb.end())
        ]
        begins = (verb.start() for verb in said)
        joined = _PATTERNS.coordinator_ends.search
        apart = (regex.search(r"[;.,،]", text[previous:at]) and not joined(text, previous, at) for at in begins)
        return any(apart) if previous else bool(said)


def _following(name: PartyMatch, found: list[PartyMatch], text: str) -> int:
    return min((other.start for other in found if other.start >= name.end), default=len(text))


def _is_named_as_speaker(name: PartyMatch, text: str) -> bool:
    """Returns whether a name has a clause of speech of its own, or is the agent of one: "said by Austria that"."""
    before, after = text[: name.start], text[name.end :]
    told = _COLON.match(after) or _PATTERNS.that_alone.fullmatch(after)
    return bool(attribution().who_says.match(after) or (told and _PATTERNS.agent_of_passive.search(before)))


def _is_acted_on(name: PartyMatch, found: list[PartyMatch], text: str) -> bool:
    """Returns whether a name is the subject of a passive: "Austria was answered by Germany, which said"."""
    return _PATTERNS.agent_of_passive.search(text[name.end : _following(name, found, text)]) is not None


def in_turn(joint: Attribution, lead: str) -> Attribution | None:
    """Returns whose the next words are after "X and Y respectively said “…” and"; None without such a word."""
    found = _PATTERNS.respectively.search(lead)
    nth = len(regex.findall(f"{MASK}+", lead[found.end() :])) if found else len(joint.together)
    return Attribution(parties=joint.together[nth : nth + 1]) if nth < len(joint.together) else None


def parties_of(matches: Iterable[PartyMatch]) -> tuple[str, ...]:
    """Returns the parties of names; one that several parties share stands for each of them: nothing is guessed."""
    return tuple(dict.fromkeys(code for match in matches for code in match.codes))


def _said_by(
    joined: list[PartyMatch], *, before: Iterable[PartyMatch] = (), after: Iterable[PartyMatch] = ()
) -> Attribution:
    """Returns the attribution to names that speak together, and to others, likelier ones (`before`) or less likely."""
    several = len(joined) > 1 and all(len(match.codes) == 1 for match in joined)
    return Attribution(parties=parties_of((*before, *joined, *after)), together=parties_of(joined) if several else ())


def _joined(
    first: PartyMatch, found: list[PartyMatch], text: str, speakers: Sequence[PartyMatch] = ()
) -> list[PartyMatch]:
    """Returns a party with those listed beside it, who speak together with it: "Austria, Chile and Germany said"."""
    at = found.index(first)
    group = [first]
    for match in reversed(found[:at]):
        between = _PATTERNS.joined_last if len(group) == 1 else _PATTERNS.listed
        joins = between.fullmatch(text[match.end : group[0].start])
        if not joins or (is_object(match, found, text) and match not in speakers):
            break
        group.insert(0, match)
    pairs = [(text[one.end : two.start], two) for one, two in pairwise(found[at:])]
    behind = list(takewhile(lambda pair: _PATTERNS.listed.fullmatch(pair[0]) or _joins(pair[0]), pairs))
    # ", and Germany" goes on with a list of three, but begins another clause behind one name.
    while behind and not (_PATTERNS.joined_last.fullmatch(behind[-1][0]) if len(behind) > 1 else _joins(behind[-1][0])):
        behind.pop()
    return group + [match for _, match in behind]


def _joins(between: str) -> bool:
    """Returns whether the words between two names join them without a comma."""
    return COMMA.match(between) is None and _PATTERNS.joined_last.fullmatch(between) is not None


def _joined_with(name: PartyMatch, other: PartyMatch, text: str) -> bool:
    """Returns whether only a comma or conjunction stands between two names."""
    between = text[name.end : other.start]
    return _PATTERNS.listed.fullmatch(between) is not None or _PATTERNS.joined_last.fullmatch(between) is not None


def _first_joined(name: PartyMatch, found: list[PartyMatch], text: str) -> PartyMatch:
    """Returns the first of two names or more that are joined ("Austria and Germany"); it governs how they all stand."""
    for other in reversed([other for other in found if other.end <= name.start]):
        if not _joins(text[other.end : name.start]):
            break
        name = other
    return name


def is_object(name: PartyMatch, found: list[PartyMatch], text: str) -> bool:
    """Returns whether a name stands as an object: the party of whom, or to whom, somebody speaks."""
    before = text[: _first_joined(name, found, text).start]
    return attribution().object_before.search(before) is not None and attribution().speaker_of.search(before) is None


def _modifies(name: PartyMatch, text: str) -> bool:
    """Returns whether a name only says of what country a thing is: "Austrian requests", not "the Austrian envoy"."""
    return name.form == "demonym" and _PATTERNS.thing_behind.match(text, name.end) is not None


def _has_speech_noun(name: PartyMatch, text: str) -> bool:
    """Returns whether a noun of speech, or "as saying", gives a name the next words: "Austria’s claim that"."""
    before, after = text[: name.start], text[name.end :]
    noun = _PATTERNS.speech_noun_before.search(before)
    of_noun = noun is not None and _PATTERNS.that_alone.fullmatch(after) is not None
    lead = before[: noun.start()] if noun is not None and of_noun else before
    named = of_noun or _PATTERNS.speech_noun_behind.fullmatch(after) is not None
    # "Said in reply to Austria's claim that" goes on with the reply.
    return named and attribution().said_of.search(lead) is None


def _says_by_noun(before: str, after: str) -> bool:
    """Returns whether a clause of its own says what a party holds: ", and Austria’s view is that"."""
    noun = attribution().noun_of.search(before) if attribution().is_that.fullmatch(after) else None
    opening = before[: noun.start()] if noun else before
    opens = _PATTERNS.clause_opens.fullmatch(opening) or _PATTERNS.clause_of_its_own.fullmatch(opening)
    return opens is not None and (noun is not None or attribution().says_by_noun.fullmatch(after) is not None)


def _said_it_too(name: PartyMatch, text: str) -> bool:
    """Returns whether the words after an object are its own as well: "agreed with Austria that"."""
    before, after = text[: name.start], text[name.end :]
    told = _PATTERNS.that_alone.fullmatch(after) is not None
    shared = (
        _PATTERNS.agrees.search(before) and _PATTERNS.speech_noun_before.search(before) and not after.strip(OPENING)
    )
    agreed = shared or (told and _PATTERNS.agreed_with.search(before) is not None)
    asked = _PATTERNS.asks_or_thanks.search(before) is not None and _PATTERNS.of_its_words.fullmatch(after) is not None
    return bool(agreed) or asked or _has_speech_noun(name, text)


def _ends_with(pattern: "regex.Pattern[str]", text: str) -> bool:
    """Returns whether a pattern matches at the end of a text before a name, apart from articles and titles."""
    tail = text[-60:]
    return any(_PATTERNS.before_name.fullmatch(tail, match.end()) for match in pattern.finditer(tail))
