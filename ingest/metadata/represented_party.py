"""The party that a statement represents: a group or States on whose behalf it is made.

"I speak on behalf of the group" makes a statement the group's. "We align ourselves with the statement made on
behalf of the group" leaves it the State's, and is kept as a mention of the group.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from ingest.language.lexicons import RegexPatterns
from ingest.language.numerals import number_words
from ingest.language.sentences import split_sentences
from ingest.metadata.joint_statement import is_spoken_of
from ingest.metadata.on_behalf import BEHALF, OPENING, behalf_phrase, group_written
from ingest.metadata.speaking_state import is_denied, is_voice, speaking_state
from ingest.parties.party_lookup import PartyLookup
from ingest.parties.party_table import PartyMatch, in_rows

_NAMINGS_MIN, _LINES_OF_LIST = 3, 3  # namings that make a group the voice of a text; lines that list counted States
# Most words before the phrase: where the speaker's verb follows it, where it opens a sentence, and with "I" or "my".
_WORDS_BEFORE_VERB, _WORDS_OF_OPENING, _WORDS_OF_OWN_OPENING = 3, 6, 8
# A part of a speech with at most so many sentences only announces a capacity, or repeats it.
_FEWEST_SENTENCES = 2
# Characters after "in my national capacity" that say no more than "on this item", and those of mere thanks.
_LONGEST_REST, _LONGEST_THANKS = 14, 60
_MARKS = " .,:;!。，：！،؛-–—"
_REPRESENTS = RegexPatterns("speaker_lines").capacity


@dataclass(frozen=True, kw_only=True)
class Represented:
    """On whose behalf a statement is made: a group's code or unknown name, or States, or nobody.

    A single State holds a statement that another State delivers; of several, the delivering State is one.
    """

    group: str | None = None
    states: tuple[str, ...] = ()
    joined: tuple[str, ...] = field(default=(), compare=False)
    """Codes of the States that hold it beside the group."""


OWN_BEHALF = Represented()  # nobody else is represented
_Part = tuple[int, Represented]  # a part of a speech: the number of its first sentence, and on whose behalf it is said


class _Line(NamedTuple):
    """The heading of a statement or a sentence of its opening, with the whole `text` and who speaks."""

    words: str
    named: Sequence[PartyMatch]  # by names that mean a single party
    names_of_speaker: Sequence[PartyMatch]
    is_heading: bool
    with_next: str  # its words and those of the next `_LINES_OF_LIST` lines
    text: str
    lookup: PartyLookup
    speaker: str | None
    contrasted: bool


def represented_party(
    heading: str, words: str, lookup: PartyLookup, *, speaker: str | None, contrasted: bool = False
) -> Represented:
    """Read on whose behalf a statement is made, from its heading or its first sentences.

    "I speak on behalf of the group" is sufficient, also for a group that no lookup knows. "On behalf of the group, I
    thank the President" may be the courtesy of its chair: it counts only if later words are "in my national capacity"
    (`contrasted`), or if no State has self-references and the group is named at least `_NAMINGS_MIN` times. States
    that are named one by one count as a group if they formed it at the date of the text.
    """
    unknown_group: str | None = None
    for line in _lines(heading, words, lookup, speaker, contrasted):
        phrases = [phrase for phrase in BEHALF.behalf.finditer(line.words) if not _is_of_another(line, phrase)]
        claims = [phrase for phrase in phrases if not is_denied(line.words[: phrase.start()])]
        for phrase in claims:
            party = _claimed_party(line, phrase)
            if isinstance(party, Represented):
                return party
            unknown_group = unknown_group or party
        if len(claims) < len(phrases):
            # Speakers who deny that they speak for a group speak for themselves.
            break
        if (group := _group_of_chair(line) or _group_as_subject(line)) is not None:
            return group
    # An unknown name comes last: after "on behalf of a group of countries", the next sentence may say which ones.
    return Represented(group=unknown_group)


def _lines(heading: str, words: str, lookup: PartyLookup, speaker: str | None, contrasted: bool) -> Iterator[_Line]:
    """Yield the heading and the first sentences, up to the one in which the speaker takes their national capacity."""
    opening = " ".join(words[:OPENING].split())
    ends = [0, *(stop.end() for stop in BEHALF.sentence_end.finditer(opening)), len(opening)]
    lines = (heading, *(opening[start:end] for start, end in pairwise(ends)))
    text = f"{heading}\n{words}"
    for number, line in enumerate(lines):
        if BEHALF.national.search(line) and not BEHALF.in_both.search(line) and not _is_to_come(line):
            return
        named = [match for match in lookup.find(line) if len(match.codes) == 1]
        names_of_speaker = [match for match in named if match.codes == (speaker,)]
        with_next = " ".join(lines[number : number + 1 + _LINES_OF_LIST])
        yield _Line(line, named, names_of_speaker, number == 0, with_next, text, lookup, speaker, contrasted)


def _is_of_another(line: _Line, phrase: re.Match[str]) -> bool:
    """Return whether "on behalf of the group" is said of another speaker or another statement."""
    before = line.words[: phrase.start()]
    parties = [match for match in line.named if match.end <= len(before)]
    if line.is_heading:
        # "Statement by Belmora aligning with the statement made on behalf of the group" is Belmora's.
        aligns = any(BEHALF.aligns.search(before, party.end) for party in parties)
        return aligns or BEHALF.answers_statement.search(before) is not None
    # In "We thank Arvandia, speaking on behalf of the group", somebody else speaks.
    others = (party for party in parties if party.codes != (line.speaker,))
    another_speaks = any(BEHALF.speaking_or_not.fullmatch(before, other.end) for other in others)
    return another_speaks or BEHALF.others.search(before) is not None


def _claimed_party(line: _Line, phrase: re.Match[str]) -> Represented | str | None:
    """Return for whom the speaker claims to speak by "on behalf of"; a group that no lookup knows as its name."""
    listed = _listed_after(line.words, phrase.end(), line.named)
    if not listed:
        return _counted_states(line, phrase) or _unknown_group(line, phrase)
    holder = _holder(line, phrase, listed)
    # "We speak for the Global South" is a manner of speaking, unless it is a group that a lookup knows.
    is_certain = line.is_heading or (holder is not None and line.lookup.kind_of(holder.group) == "group")
    if holder is None or (BEHALF.only_for.match(phrase.group()) and not is_certain):
        return None
    # In "on behalf of the group, Belmora would like", the group's name alone is listed.
    names = listed[:1] if line.lookup.kind_of(listed[0].codes[0]) == "group" else listed
    return holder if _is_said_for(holder.group, line, phrase, names[-1].end) else None


def _holder(line: _Line, phrase: re.Match[str], listed: Sequence[PartyMatch]) -> Represented | None:
    """Return the holder that the parties after "on behalf of" stand for: all of a group or some, or other States."""
    holder = _as_one(listed, line.lookup, line.speaker)
    if holder is None and not BEHALF.owned.match(line.words, listed[-1].end):
        return _for_one_other(line, phrase, listed[-1])
    if holder is None or holder.group is None:
        return holder
    some = _of_some(line.words, phrase.end(), listed[0], line.named, line.lookup)
    return some or replace(holder, joined=_joined(line, listed))


def _counted_states(line: _Line, phrase: re.Match[str]) -> Represented | None:
    """Return the States of "the three African members": a list that has this number with the speaker's State added."""
    counted = BEHALF.counted.match(line.words, phrase.end())
    if counted is None or not _is_own_voice(*_said_around(line, phrase, phrase.end())):
        return None
    word = " ".join(counted["count"].lower().split())
    count = int(word) if word.isdecimal() else number_words("cardinal").get(word, 0)
    named = (match for match in line.lookup.find(line.with_next) if line.lookup.kind_of(match.code) == "state")
    for row in in_rows(line.with_next, named, BEHALF.joint):
        for length in range(2, len(row) + 1):
            states = {match.codes[0] for match in row[:length]} | ({line.speaker} if line.speaker else set())
            if len(states) == count:
                return Represented(states=tuple(sorted(states)))
    return None


def _unknown_group(line: _Line, phrase: re.Match[str]) -> Represented | str | None:
    """Return the name of a group that no lookup knows, or the States that it is said to consist of."""
    name = group_written(line.words[phrase.end() :])
    # A name with a demonym is that of one State's body: "The Arvandian Bar Association".
    demonyms = [match.text for match in line.named if match.form == "demonym" and match.start >= phrase.end()]
    if not name or any(demonym in name for demonym in demonyms) or BEHALF.only_for.match(phrase.group()):
        return None
    at = line.words.find(name, phrase.end())
    end = at + len(name) if at >= 0 else phrase.end()
    if not _is_said_for(name, line, phrase, end):
        return None
    # "A group of countries, namely Arvandia, Belmora and Cassivar": these States hold it, and no group that they happen
    # to make up.
    members = _states(_listed_after(line.words, end, line.named, BEHALF.namely), line.lookup)
    return Represented(states=members) if len(members) > 1 else name


def _group_of_chair(line: _Line) -> Represented | None:
    """Return the group for which its Chair speaks: "in my capacity as Chair of the group"."""
    words, lookup = line.words, line.lookup
    for phrase in BEHALF.in_capacity.finditer(words):
        party = _as_one(_listed_after(words, phrase.end(), line.named), lookup, line.speaker)
        if party is not None and party.group is not None:
            return party
    # In the heading "Statement by Arvandia, Chair of the group", unless the words under it are those of a State.
    for chair in BEHALF.chair_of.finditer(words) if line.is_heading else ():
        party = _as_one(_listed_after(words, chair.end(), line.named), lookup, None)
        is_group = party is not None and lookup.kind_of(party.group) == "group"
        if is_group and _is_chaired_by_speaker(line, words[: chair.start()]) and not _is_of_state(line):
            return party
    return None


def _is_chaired_by_speaker(heading: _Line, before: str) -> bool:
    """Return whether a heading before "Chair of the group" names the speaker: not in "Reply by Belmora to Arvandia"."""
    states = [m for m in heading.named if m.end <= len(before) and heading.lookup.kind_of(m.code) == "state"]
    if states:
        # Between the State and its office stands a comma, or nothing.
        return states[-1].code == heading.speaker and not before[states[-1].end :].strip(" ,(（–—-")
    by_chair = BEHALF.by_chair.search(before)
    return by_chair is not None and not is_spoken_of(before, by_chair)


def _group_as_subject(line: _Line) -> Represented | None:
    """Return the group of "The African Group wishes", if it is named often and the speaker may be a member."""
    before = ((match, line.words[: match.start]) for match in line.named)
    subject = next((match for match, words in before if not BEHALF.article.sub("", words, count=1).strip()), None)
    if line.is_heading or subject is None or not is_voice(line.words[subject.end :]):
        return None
    party = _as_one([subject], line.lookup, line.speaker)
    group = None if party is None else party.group
    members = line.lookup.members(group) if group and line.lookup.parties.has_members(group) else None
    may_speak = members is None or line.speaker in (None, *members)
    return party if may_speak and _is_voice_of(group, line) else None


class _Speech(NamedTuple):
    """A speech by sentences, and on whose behalf the whole is made."""

    sentences: Sequence[str]
    after_national: Mapping[int, str]  # by number, what sentences say after "in my national capacity"
    whom: Represented
    lookup: PartyLookup
    speaker: str | None


def parts_by_capacity(
    heading: str, words: str, lookup: PartyLookup, *, speaker: str | None, group: str | None = None,
    fewest: int = _FEWEST_SENTENCES,
) -> list[tuple[int, int, Represented]]:  # fmt: skip
    """Read the parts of a speech by the capacity in which a delegate speaks, one or more: start, end, on whose behalf.

    "I speak in my national capacity" and "I speak on behalf of the group" each begin a part, unless nothing is said in
    it, or no more than `fewest` sentences for a group. A mere announcement ("I shall add a few words in my national
    capacity") begins none. `group` is the one that a manifest names.
    """
    flat = words.replace("\n", " ")
    spans = list(split_sentences(flat)) if BEHALF.may_be_own.search(flat) or _REPRESENTS.search(flat) else []
    sentences = [flat[start:end] for start, end in spans]
    capacities = ((number, _own_capacity(sentence, lookup, speaker)) for number, sentence in enumerate(sentences))
    after_national = {number: rest for number, rest in capacities if rest is not None}
    read = partial(represented_party, heading, words, lookup, speaker=speaker)
    whom = Represented(group=group) if group else read(contrasted=bool(after_national))
    if not after_national:
        return [(0, len(words), whom)]
    speech = _Speech(sentences, after_national, whom, lookup, speaker)
    claims = ((number, whom if group and party != OWN_BEHALF else party) for number, party in _claims(speech))
    parts = _parts_with_words(speech, _changes_of_capacity(speech, [*claims]), fewest)
    plain = whom if group else read()
    if plain != whom and (len(parts) == 1 or parts[1][0] == 1):
        # Nothing else is said for the group, or nothing in national capacity, beside which "on behalf of the group, I
        # thank the hosts" counts.
        return [(0, len(words), plain)]
    ends = pairwise([*parts, (len(spans), whom)])
    return [(spans[first][0], spans[after - 1][1], party) for (first, party), (after, _) in ends]


def _claims(speech: _Speech) -> Iterator[_Part]:
    """Yield the sentences that say in which capacity the speaker speaks."""
    for number, sentence in enumerate(speech.sentences):
        party, contrasted = OWN_BEHALF, number < max(speech.after_national)
        if behalf_phrase(sentence) is not None:
            party = represented_party("", sentence, speech.lookup, speaker=speech.speaker, contrasted=contrasted)
        if party != OWN_BEHALF or number in speech.after_national:
            yield number, party


def _changes_of_capacity(speech: _Speech, claims: Sequence[_Part]) -> list[_Part]:
    """Return the parts that begin where another capacity is claimed, and not merely announced."""
    parts = [(0, speech.whom)]
    for (number, party), (after, following) in pairwise([*claims, (len(speech.sentences), speech.whom)]):
        first, before = parts[-1]
        # "I shall add a few words in my national capacity", before anything is said for the group, or said once more.
        early = speech.whom.group is not None and before.group is not None and number <= first + 1
        again = early or (after < len(speech.sentences) and following == party)
        announced = partial(_is_announced, speech.sentences[number:after], speech, before.group, at_once=again)
        if party != before and not (party == OWN_BEHALF and announced()):
            parts.append((number, party))
    return parts


def _parts_with_words(speech: _Speech, parts: Sequence[_Part], fewest: int) -> list[_Part]:
    """Return the parts in which enough is said, each in another capacity than the one before; at least one."""
    kept: list[_Part] = []
    for (number, party), (after, _) in pairwise([*parts, (len(speech.sentences), speech.whom)]):
        if not number:
            enough = after > (_FEWEST_SENTENCES if party == OWN_BEHALF else 0)
        elif party == OWN_BEHALF:
            rest = speech.after_national.get(number, "")
            enough = len(rest) > _LONGEST_REST or any(map(_says_something, speech.sentences[number + 1 : after]))
        else:
            enough = after - number > fewest
        if enough and (not kept or kept[-1][1] != party):
            kept.append((number if kept else 0, party))
    return kept or [(0, next((party for _, party in parts if party != OWN_BEHALF), speech.whom))]


def _own_capacity(line: str, lookup: PartyLookup, speaker: str | None) -> str | None:
    """Return what a sentence says after "in my national capacity" or "for Belmora alone"; None without such words."""
    national, represents = BEHALF.national.search(line), _REPRESENTS.search(line)
    behalf = [] if national else list(BEHALF.behalf.finditer(line))
    if not (national or represents or behalf):
        return None
    named = lookup.find(line)
    mine = [match for match in named if match.codes == (speaker,)]
    if BEHALF.first_person_or_this.search(_as_we(line, 0, len(line), mine)) is None:
        return None
    if national is not None:
        return line[national.end() :].strip(_MARKS)
    if represents is not None and any(m.start == represents.end() for m in mine) and len(represents[0].strip()) > 1:
        return line[represents.end() :].strip(_MARKS)
    for phrase in behalf:
        before, listed = line[: phrase.start()], _listed_after(line, phrase.end(), named)
        if is_denied(before) or any(form.search(before) for form in (BEHALF.others, BEHALF.also, BEHALF.besides)):
            continue
        codes = [match.code for match in listed]
        by_name = len(codes) == 1 and lookup.kind_of(codes[0]) == "state" and speaker in (None, *codes)
        own = BEHALF.own.match(line, phrase.end())
        end = listed[0].end if by_name else own.end() if own is not None else None
        if end is None or BEHALF.and_name.match(line, end) or BEHALF.together_next.match(line, end):
            continue
        if BEHALF.alone.match(line, end) or BEHALF.now.search(before) or (own and BEHALF.ones_own.search(own[0])):
            return line[end:].strip(_MARKS)
    return None


def _is_to_come(line: str) -> bool:
    """Return whether a sentence only tells of what its speaker says at another time: "I shall speak", but not "now"."""
    return BEHALF.to_come.search(line) is not None and BEHALF.now.search(line) is None


def _is_announced(said: Sequence[str], speech: _Speech, group: str | None, *, at_once: bool) -> bool:
    """Return whether the first of some sentences announces a national capacity in which those after it are not said.

    After "I shall add a few words in my national capacity", the first that names the group or the State as its subject
    tells: "The Group thanks you".
    """
    line, *after = said
    if not _is_to_come(line) or BEHALF.opens_national.match(line):
        return False
    if at_once or BEHALF.another_time.search(line) or not any(map(_says_something, after)):
        return True
    for sentence in after[:_FEWEST_SENTENCES]:
        named = speech.lookup.find(sentence)
        names = [match for match in named if match.codes == (group,)]
        end = next((match.end for match in names if not BEHALF.article.sub("", sentence[: match.start])), None)
        if end is None and (found := BEHALF.the_group.match(sentence) or re.match(re.escape(group or " "), sentence)):
            end = found.end()
        if end is not None and not BEHALF.owned.match(sentence, end):
            return True
        if BEHALF.own.search(sentence) or any(match.codes == (speech.speaker,) for match in named):
            return False
    return False


def _says_something(sentence: str) -> bool:
    return len(sentence) > _LONGEST_THANKS or BEHALF.thanks.search(sentence.strip(_MARKS)) is None


def chairs_group(words: str, lookup: PartyLookup) -> bool:
    """Return whether words name the Chair of a group, who speaks for it, rather than the Chair of a meeting."""
    named = lookup.find(words)
    chairs = BEHALF.chair_of.finditer(words)
    return any(_as_one(_listed_after(words, chair.end(), named), lookup, None) is not None for chair in chairs)


def _is_own_voice(before: str, after: str) -> bool:
    """Return whether the speaker claims to speak, in the words before or after "on behalf of the group"."""
    if re.search("[\u4e00-\u9fff]", before + after):
        clause = re.split("[，,：:]", before)[-1]
        return (not clause or BEHALF.says_i.search(clause) is not None) and BEHALF.speaks_after.match(after) is not None
    if BEHALF.speaks_before.search(before) and BEHALF.first_person_or_this.search(before):
        return True
    opens = BEHALF.speaking_first.fullmatch(before) is not None and BEHALF.i_follow.match(after) is not None
    return opens or (len(before.split()) <= _WORDS_BEFORE_VERB and BEHALF.speaks_after.match(after) is not None)


def _is_said_for(group: str | None, line: _Line, phrase: re.Match[str], end: int) -> bool:
    """Return whether "on behalf of the group", with its name up to `end`, is the speaker's and not a mere courtesy."""
    before, after = _said_around(line, phrase, end)
    if line.is_heading or _is_own_voice(before, after):
        return True
    goes_on = line.contrasted and BEHALF.i_follow.match(after) is not None
    return _opens(before) and (goes_on or _is_voice_of(group, line))


def _said_around(line: _Line, phrase: re.Match[str], end: int) -> tuple[str, str]:
    """Return what a line says before "on behalf of", and after `end`, with the speaker's own names as "we"."""
    before, names = line.words[: phrase.start()], line.names_of_speaker
    # "Arvandia speaks on behalf of the group", unlike "Arvandia thanks the delegate speaking on behalf of it".
    subjects = [name for name in names if BEHALF.name_speaks.fullmatch(before, name.end)]
    return _as_we(line.words, 0, len(before), subjects), _as_we(line.words, end, len(line.words), names)


def _as_we(line: str, start: int, end: int, own: Sequence[PartyMatch]) -> str:
    """Return a part of a line with the speaker's own names as "we": "Belmora speaks on behalf of" is first person."""
    names = [match for match in own if start <= match.start and match.end <= end]
    ends = [start, *(match.end for match in names)]
    return " we ".join(line[a:b] for a, b in zip(ends, [*(match.start for match in names), end], strict=True))


def _listed_after(line: str, start: int, named: Sequence[PartyMatch], *forms: re.Pattern[str]) -> list[PartyMatch]:
    """Return the list of parties that follows directly, or after words of one of the `forms`; empty if none does."""
    following = [match for match in named if match.start >= start and match.is_name]
    forms = forms or (BEHALF.between, BEHALF.following)
    if not following or not any(form.fullmatch(line, start, following[0].start) for form in forms):
        return []
    return next(in_rows(line, following, BEHALF.joint))


def _as_one(listed: Sequence[PartyMatch], lookup: PartyLookup, speaker: str | None) -> Represented | None:
    """Return the holder that a list of parties stands for: a group that is first, or that its States form, or these."""
    known = [match.codes[0] for match in listed if lookup.kind_of(match.codes[0]) is not None]
    states = _states(listed, lookup)
    if known and lookup.kind_of(known[0]) != "state":
        return Represented(group=known[0])
    if len(states) < 2:
        return None
    for code in lookup.parties.codes("group"):
        members = lookup.members(code)
        if members and set(states) <= members and members - set(states) <= {speaker}:
            return Represented(group=code)
    return Represented(states=states)


def _states(listed: Sequence[PartyMatch], lookup: PartyLookup) -> tuple[str, ...]:
    return tuple(match.codes[0] for match in listed if lookup.kind_of(match.codes[0]) == "state")


def _joined(line: _Line, listed: Sequence[PartyMatch]) -> tuple[str, ...]:
    """Return the States that a list adds to a group by "and": "the Riparian Group, Belmora and Drelnia".

    A single State after a comma may be the one that speaks, and outside a heading so may several: "On behalf of the
    Group, Belmora and Drelnia wish".
    """
    if line.lookup.kind_of(listed[0].codes[0]) == "state" or not (len(listed) == 2 or (line.is_heading and listed[1:])):
        return ()
    return _states(listed, line.lookup) if BEHALF.together.search(line.words, listed[-2].end, listed[-1].start) else ()


def _for_one_other(line: _Line, phrase: re.Match[str], match: PartyMatch) -> Represented | None:
    """Return the one other State that a statement is made for, or both if the sentence says so or names both."""
    code, speaker, kind_of = match.codes[0], line.speaker, line.lookup.kind_of
    if speaker is None or code == speaker or kind_of(code) != "state" or kind_of(speaker) != "state":
        return None
    before = line.words[: phrase.start()]
    own_names = [] if line.is_heading else line.names_of_speaker
    of_own = BEHALF.own.search(before) or any(name.end <= len(before) for name in own_names)
    later_names = (name for name in own_names if name.start > match.end)
    own_follows = any(BEHALF.and_name.fullmatch(line.words[: name.start], match.end) for name in later_names)
    both = BEHALF.also.search(before) or (BEHALF.besides.search(before) and of_own)
    both = both or own_follows or BEHALF.and_own.match(line.words, match.end)
    return Represented(states=tuple(sorted((code, speaker))) if both else (code,))


def _of_some(
    line: str, start: int, group: PartyMatch, named: Sequence[PartyMatch], lookup: PartyLookup
) -> Represented | None:
    """Return the States of a group that a statement is made for if not for all: "the group except Belmora"."""
    after, code = [match for match in named if match.start >= group.end], group.codes[0]
    excepting, colon = BEHALF.excepting.match(line, group.end), re.compile(r"\s*[:：]\s*").match(line, group.end)
    next_name = after[0].start if after else None
    if excepting is not None and excepting.end() == next_name and lookup.parties.has_members(code):
        without = {match.codes[0] for match in next(in_rows(line, after, BEHALF.joint))}
        return Represented(states=tuple(sorted(lookup.members(code) - without)))
    following = BEHALF.following.fullmatch(line, start, group.start) is not None
    if following and colon is not None and colon.end() == next_name:
        return Represented(states=tuple(match.codes[0] for match in next(in_rows(line, after, BEHALF.listed))))
    return None


def less_than_group(line: str, lookup: PartyLookup) -> tuple[str, ...]:
    """Read which States remain of a group from which a line excepts members; empty if all members are meant."""
    # Without the language, since a heading may be in another than the text.
    named = lookup.parties.find(line)
    groups = (match for match in named if lookup.kind_of(match.code) == "group")
    some = (_of_some(line, match.start, match, named, lookup) for match in groups)
    return next((found.states for found in some if found is not None), ())


def _is_voice_of(group: str | None, line: _Line) -> bool:
    if group is None or _is_of_state(line):
        return False
    known = line.lookup.parties.get(group) is not None
    namings = sum(match.codes == (group,) for match in line.lookup.find(line.text)) if known else line.text.count(group)
    return namings > 0 and namings + len(BEHALF.the_group.findall(line.text)) >= _NAMINGS_MIN


def _is_of_state(line: _Line) -> bool:
    """Return whether the text's words are those of a State."""
    return BEHALF.own_country.search(line.text) is not None or speaking_state(line.text, line.lookup) is not None


def _opens(before: str) -> bool:
    """Return whether "on behalf of the group" opens a sentence: "Permit me to express on behalf of …"."""
    clause = before.rsplit(",", 1)[-1]
    own = BEHALF.opens_own.match(clause) is not None
    return len(before.split()) <= _WORDS_OF_OPENING or (own and len(clause.split()) <= _WORDS_OF_OWN_OPENING)
