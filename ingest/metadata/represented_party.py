"""The party that a statement represents: a group or States on whose behalf it is made.

"I speak on behalf of the group" makes a statement the group's. "We align ourselves with the statement made on
behalf of the group" leaves it the State's, and is kept as a mention of the group.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise

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


def represented_party(
    heading: str, words: str, lookup: PartyLookup, *, speaker: str | None, contrasted: bool = False
) -> Represented:
    """Read on whose behalf a statement is made, from its heading or its first sentences.

    "I speak on behalf of the group" is sufficient, also for a group that no lookup knows. "On behalf of the group, I
    thank the President" may be the courtesy of its chair: it counts only if later words are "in my national capacity"
    (`contrasted`), or if no State has self-references and the group is named at least `_NAMINGS_MIN` times. States
    that are named one by one count as a group if they formed it at the date of the text.
    """
    opening = " ".join(words[:OPENING].split())
    ends = [0, *(found.end() for found in BEHALF.sentence_end.finditer(opening)), len(opening)]
    lines = (heading, *(opening[start:end] for start, end in pairwise(ends)))
    text, written = f"{heading}\n{words}", None
    for number, line in enumerate(lines):
        if BEHALF.national.search(line) and not BEHALF.in_both.search(line) and not _is_to_come(line):
            break
        named = [match for match in lookup.find(line) if len(match.codes) == 1]
        denied = False
        for phrase in BEHALF.behalf.finditer(line):
            before = line[: phrase.start()]
            # In "We thank Arvandia, speaking on behalf of the group", somebody else speaks.
            subjects = (m.end for m in named if m.end <= len(before) and m.codes != (speaker,))
            of_another = any(BEHALF.speaking_or_not.fullmatch(before, end) for end in subjects)
            if number > 0 and (of_another or BEHALF.others.search(before)):
                continue
            own = [m for m in named if m.codes == (speaker,)]
            # "Arvandia speaks on behalf of the group", unlike "Arvandia thanks the delegate speaking on behalf of it".
            direct = [m for m in own if BEHALF.name_speaks.fullmatch(before, m.end)]
            # "Statement by Belmora aligning with the statement made on behalf of the group" is Belmora's.
            aligns = any(BEHALF.aligns.search(before, m.end) for m in named if m.end <= len(before))
            if number == 0 and (aligns or BEHALF.answers_statement.search(before)):
                continue
            spoken, rest = _as_we(line, 0, phrase.start(), direct), partial(_as_we, line, end=len(line), own=own)
            if is_denied(before):
                denied = True
                continue
            listed = _listed_after(line, phrase.end(), named)
            if not listed and (counted := BEHALF.counted.match(line, phrase.end())):
                near = " ".join(lines[number : number + 1 + _LINES_OF_LIST])
                word = " ".join(counted["count"].lower().split())
                count = int(word) if word.isdecimal() else number_words("cardinal").get(word, 0)
                states = _counted_states(near, count, lookup, speaker)
                if states and _is_own_voice(spoken, rest(phrase.end())):
                    return Represented(states=states)
            found = _as_one(listed, lookup, speaker)
            if found is None and listed and speaker is not None and not BEHALF.owned.match(line, listed[-1].end):
                others = named if number > 0 else ()
                found = _for_one_other(before, line, listed[-1], others, lookup, speaker)
            if found is not None and found.group is not None and listed:
                found = _of_some(line, phrase.end(), listed[0], named, lookup) or replace(
                    found, joined=_joined(line, listed, lookup, in_heading=number == 0)
                )
            known = found is not None and (number == 0 or lookup.kind_of(found.group) == "group")
            if not known and BEHALF.only_for.match(phrase.group()):
                continue
            own_voice = partial(_is_said_for, spoken, text=text, lookup=lookup, contrasted=contrasted)
            # In "on behalf of the group, Belmora would like", the group's name alone is listed.
            heads = listed[:1] if listed and lookup.kind_of(listed[0].codes[0]) == "group" else listed
            if found is not None and (number == 0 or own_voice(rest(heads[-1].end), found.group)):
                return found
            name = None if listed else group_written(line[phrase.end() :])
            # A name with a demonym is that of one State's body: "The Arvandian Bar Association".
            of_state = any(m.form == "demonym" and m.text in (name or "") for m in named if m.start >= phrase.end())
            if name and not of_state:
                at = line.find(name, phrase.end())
                after = at + len(name) if at >= 0 else phrase.end()
                if number == 0 or own_voice(rest(after), name):
                    # "A group of countries, namely Arvandia, Belmora and Cassivar": these States hold it, and no group
                    # that they happen to make up.
                    members = _states(_listed_after(line, after, named, BEHALF.namely), lookup)
                    if len(members) > 1:
                        return Represented(states=members)
                    written = written or name
        if denied:
            # Speakers who deny that they speak for a group speak for themselves.
            break
        for phrase in BEHALF.in_capacity.finditer(line):
            found = _as_one(_listed_after(line, phrase.end(), named), lookup, speaker)
            if found is not None and found.group is not None:
                return found
        chaired = number == 0 and _of_chair(line, named, text, lookup, speaker)
        if chaired:
            return Represented(group=chaired)
        opens = (match for match in named if not BEHALF.article.sub("", line[: match.start], count=1).strip())
        first = next(opens, None)
        if number > 0 and first is not None and is_voice(line[first.end :]):
            found = _as_one([first], lookup, speaker)
            # "The African Group wishes" counts if the speaker may be a member and the group is named often.
            group = None if found is None else found.group
            of_group = lookup.members(group) if group and lookup.parties.has_members(group) else None
            may_speak = of_group is None or speaker in (None, *of_group)
            if found is not None and may_speak and _is_voice_of(group, text, lookup):
                return found
    # An unknown name comes last: after "on behalf of a group of countries", the next sentence may say which ones.
    return Represented(group=written)


def _of_chair(
    heading: str, named: Sequence[PartyMatch], text: str, lookup: PartyLookup, speaker: str | None
) -> str | None:
    """Return the group of "Statement by Arvandia, Chair of the group", unless its words are those of a State.

    The Chair is the `speaker`: "Reply by Belmora to Arvandia, Chair of the group" is not the group's.
    """
    for chair in BEHALF.chair_of.finditer(heading):
        found = _as_one(_listed_after(heading, chair.end(), named), lookup, None)
        before = heading[: chair.start()]
        states = [m for m in named if m.end <= len(before) and lookup.kind_of(m.code) == "state"]
        by_chair = None if states else BEHALF.by_chair.search(before)
        # Between the State and its office stands a comma, or nothing.
        own = bool(states) and states[-1].code == speaker and not before[states[-1].end :].strip(" ,(（–—-")
        own = own or (by_chair is not None and not is_spoken_of(before, by_chair))
        if found is None or lookup.kind_of(found.group) != "group" or not own:
            continue
        if not BEHALF.own_country.search(text) and speaking_state(text, lookup) is None:
            return found.group
    return None


def parts_by_capacity(
    heading: str, words: str, lookup: PartyLookup, *, speaker: str | None, group: str | None = None,
    fewest: int = _FEWEST_SENTENCES,
) -> list[tuple[int, int, Represented]]:  # fmt: skip
    """Read the parts of a speech by the capacity in which a delegate speaks, one or more: start, end, on whose behalf.

    "I speak in my national capacity" and "I speak on behalf of the group" each begin a part, unless nothing is said in
    it, or no more than `fewest` sentences for a group. A mere announcement ("I shall add a few words in my national
    capacity") begins none. `group` is the one that a manifest names.
    """
    read = partial(represented_party, lookup=lookup, speaker=speaker)
    flat = words.replace("\n", " ")
    spans = list(split_sentences(flat)) if BEHALF.may_be_own.search(flat) or _REPRESENTS.search(flat) else []
    said = [flat[start:end] for start, end in spans]
    own = [_own_capacity(sentence, lookup, speaker) for sentence in said]
    national = [rest is not None for rest in own]
    whom = Represented(group=group) if group else read(heading, words, contrasted=any(national))
    if not any(national):
        return [(0, len(words), whom)]
    marks: list[tuple[int, Represented]] = []
    for number, sentence in enumerate(said):
        contrasted = any(national[number + 1 :])
        represented = read("", sentence, contrasted=contrasted) if behalf_phrase(sentence) is not None else OWN_BEHALF
        represented = whom if group and represented != OWN_BEHALF else represented
        if represented != OWN_BEHALF or national[number]:
            marks.append((number, represented))
    parts = [(0, whom)]
    for (number, represented), (after, following) in pairwise([*marks, (len(spans), whom)]):
        last = parts[-1]
        # "I shall add a few words in my national capacity", before anything is said for the group, or said once more.
        early = whom.group is not None and last[1].group is not None and number <= last[0] + 1
        again = early or (after < len(spans) and following == represented)
        announced = partial(_is_announced, said[number:after], lookup, speaker, last[1].group, at_once=again)
        if represented == OWN_BEHALF and announced():
            continue
        if represented != last[1]:
            parts.append((number, represented))
    kept: list[tuple[int, Represented]] = []
    for (number, represented), (after, _) in pairwise([*parts, (len(spans), whom)]):
        if number and represented == OWN_BEHALF:
            long = len(own[number] or "") > _LONGEST_REST or any(map(_says_something, said[number + 1 : after]))
        else:
            least = _FEWEST_SENTENCES if not number else fewest
            long = after - number > least or (not number and after > 0 and represented != OWN_BEHALF)
        if long and (not kept or kept[-1][1] != represented):
            kept.append((number if kept else 0, represented))
    kept = kept or [(0, next((represented for _, represented in parts if represented != OWN_BEHALF), whom))]
    plain = whom if group else read(heading, words)
    if plain != whom and (len(kept) == 1 or kept[1][0] == 1):
        # Nothing else is said for the group, or nothing in national capacity, beside which "on behalf of the group, I
        # thank the hosts" counts.
        return [(0, len(words), plain)]
    ends = pairwise([*kept, (len(spans), whom)])
    return [(spans[number][0], spans[after - 1][1], represented) for (number, represented), (after, _) in ends]


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


def _is_announced(
    said: Sequence[str], lookup: PartyLookup, speaker: str | None, group: str | None, *, at_once: bool
) -> bool:
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
        named = lookup.find(sentence)
        names = [match for match in named if match.codes == (group,)]
        end = next((match.end for match in names if not BEHALF.article.sub("", sentence[: match.start])), None)
        if end is None and (found := BEHALF.the_group.match(sentence) or re.match(re.escape(group or " "), sentence)):
            end = found.end()
        if end is not None and not BEHALF.owned.match(sentence, end):
            return True
        if BEHALF.own.search(sentence) or any(match.codes == (speaker,) for match in named):
            return False
    return False


def _says_something(sentence: str) -> bool:
    return len(sentence) > _LONGEST_THANKS or BEHALF.thanks.search(sentence.strip(_MARKS)) is None


def _counted_states(text: str, count: int, lookup: PartyLookup, speaker: str | None) -> tuple[str, ...]:
    """Return the States of "the three African members": a list that has this number with the speaker's State added."""
    named = (match for match in lookup.find(text) if lookup.kind_of(match.code) == "state")
    for row in in_rows(text, named, BEHALF.joint):
        for length in range(2, len(row) + 1):
            states = {match.codes[0] for match in row[:length]} | ({speaker} if speaker else set())
            if len(states) == count:
                return tuple(sorted(states))
    return ()


def chairs_group(words: str, lookup: PartyLookup) -> bool:
    """Return whether words name the Chair of a group, who speaks for it, rather than the Chair of a meeting."""
    named = lookup.find(words)
    return any(
        _as_one(_listed_after(words, chair.end(), named), lookup, None) is not None
        for chair in BEHALF.chair_of.finditer(words)
    )


def _is_own_voice(before: str, after: str) -> bool:
    """Return whether the speaker claims to speak, in the words before or after "on behalf of the group"."""
    if re.search("[\u4e00-\u9fff]", before + after):
        clause = re.split("[，,：:]", before)[-1]
        return (not clause or BEHALF.says_i.search(clause) is not None) and BEHALF.speaks_after.match(after) is not None
    if BEHALF.speaks_before.search(before) and BEHALF.first_person_or_this.search(before):
        return True
    opens = BEHALF.speaking_first.fullmatch(before) is not None and BEHALF.i_follow.match(after) is not None
    return opens or (len(before.split()) <= _WORDS_BEFORE_VERB and BEHALF.speaks_after.match(after) is not None)


def _is_said_for(
    before: str, after: str, group: str | None, *, text: str, lookup: PartyLookup, contrasted: bool
) -> bool:
    """Return whether the speaker says "on behalf of the group", between these words, and not as a mere courtesy."""
    goes_on = contrasted and BEHALF.i_follow.match(after) is not None
    return _is_own_voice(before, after) or (_opens(before) and (goes_on or _is_voice_of(group, text, lookup)))


def _as_we(line: str, start: int, end: int, own: Sequence[PartyMatch]) -> str:
    """Return a part of a line with the speaker's own names as "we": "Belmora speaks on behalf of" is first person."""
    names = [match for match in own if start <= match.start and match.end <= end]
    ends = [start, *(match.end for match in names)]
    return " we ".join(line[a:b] for a, b in zip(ends, [*(match.start for match in names), end], strict=True))


def _listed_after(line: str, start: int, named: Sequence[PartyMatch], *forms: re.Pattern[str]) -> list[PartyMatch]:
    """Return the list of parties that follows directly, or after words of one of the `forms`; empty if none does."""
    following = [match for match in named if match.start >= start and match.is_name]
    if not following:
        return []
    forms = forms or (BEHALF.between, BEHALF.following)
    if not any(form.fullmatch(line, start, following[0].start) for form in forms):
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


def _joined(line: str, listed: Sequence[PartyMatch], lookup: PartyLookup, *, in_heading: bool) -> tuple[str, ...]:
    """Return the States that a list adds to a group by "and": "the Riparian Group, Belmora and Drelnia".

    A single State after a comma may be the one that speaks, and outside a heading so may several: "On behalf of the
    Group, Belmora and Drelnia wish".
    """
    if lookup.kind_of(listed[0].codes[0]) == "state" or not (len(listed) == 2 or (in_heading and listed[1:])):
        return ()
    return _states(listed, lookup) if BEHALF.together.search(line, listed[-2].end, listed[-1].start) else ()


def _for_one_other(
    before: str, line: str, match: PartyMatch, named: Sequence[PartyMatch], lookup: PartyLookup, speaker: str
) -> Represented | None:
    """Return the one other State that a statement is made for, or both if the sentence says so or names both."""
    code = match.codes[0]
    if code == speaker or lookup.kind_of(code) != "state" or lookup.kind_of(speaker) != "state":
        return None
    own_names = [other for other in named if other.codes == (speaker,)]
    of_own = BEHALF.own.search(before) or any(other.end <= len(before) for other in own_names)
    own_follows = any(
        BEHALF.and_name.fullmatch(line[: other.start], match.end) for other in own_names if other.start > match.end
    )
    both = BEHALF.also.search(before) or (BEHALF.besides.search(before) and of_own)
    both = both or own_follows or BEHALF.and_own.match(line, match.end)
    return Represented(states=tuple(sorted((code, speaker))) if both else (code,))


def _of_some(
    line: str, start: int, group: PartyMatch, named: Sequence[PartyMatch], lookup: PartyLookup
) -> Represented | None:
    """Return the States of a group that a statement is made for if not for all: "the group except Belmora"."""
    after = [match for match in named if match.start >= group.end]
    excepting, colon = BEHALF.excepting.match(line, group.end), re.compile(r"\s*[:：]\s*").match(line, group.end)
    if (
        excepting is not None
        and after
        and after[0].start == excepting.end()
        and lookup.parties.has_members(group.codes[0])
    ):
        without = {match.codes[0] for match in next(in_rows(line, after, BEHALF.joint))}
        return Represented(states=tuple(sorted(lookup.members(group.codes[0]) - without)))
    following = BEHALF.following.fullmatch(line, start, group.start) is not None
    if following and colon is not None and after and after[0].start == colon.end():
        return Represented(states=tuple(match.codes[0] for match in next(in_rows(line, after, BEHALF.listed))))
    return None


def less_than_group(line: str, lookup: PartyLookup) -> tuple[str, ...]:
    """Read which States remain of a group from which a line excepts members; empty if all members are meant."""
    # Without the language, since a heading may be in another than the text.
    named = lookup.parties.find(line)
    groups = (match for match in named if lookup.kind_of(match.code) == "group")
    some = (_of_some(line, match.start, match, named, lookup) for match in groups)
    return next((found.states for found in some if found is not None), ())


def _is_voice_of(group: str | None, text: str, lookup: PartyLookup) -> bool:
    if group is None or BEHALF.own_country.search(text) or speaking_state(text, lookup) is not None:
        return False
    known = lookup.parties.get(group) is not None
    namings = sum(match.codes == (group,) for match in lookup.find(text)) if known else text.count(group)
    return namings > 0 and namings + len(BEHALF.the_group.findall(text)) >= _NAMINGS_MIN


def _opens(before: str) -> bool:
    """Return whether "on behalf of the group" opens a sentence: "Permit me to express on behalf of …"."""
    clause = before.rsplit(",", 1)[-1]
    own = BEHALF.opens_own.match(clause) is not None
    return len(before.split()) <= _WORDS_OF_OPENING or (own and len(clause.split()) <= _WORDS_OF_OWN_OPENING)
