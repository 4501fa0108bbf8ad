"""The party that a statement represents: a group or States on whose behalf it is made.

"I speak on behalf of the group" makes a statement the group's. "We align ourselves with the statement made on
behalf of the group" leaves it the State's, and is kept as a mention of the group.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice, pairwise

from ingest.language.lexicons import Patterns, any_of
from ingest.language.numerals import number_words
from ingest.language.sentences import split_sentences
from ingest.metadata.self_reference import is_denied, is_voice, speaking_state
from ingest.parties.party_table import PartyMatch, PartyTable, in_rows
from ingest.text.page_furniture import without_furniture

_OPENING = 1500
_OFTEN, _FEW, _FEW_BEFORE, _FEW_OWN = 3, 3, 6, 8
# A part of a speech with at most so many sentences only announces a capacity, or repeats it.
_FEWEST_SENTENCES = 2

_WORDS = Patterns("represented_party", count=any_of(number_words("cardinal"), r"[\s-]+"))
JOINT = _WORDS.joint
"""Pattern of the words that join parties that are named together."""
_BLANK_LINES = re.compile(r"\n\s*\n")
_NEAR_TITLE, _NEAR_NAME, _LONGEST_LIST, _MOST_LISTS = 300, 150, 4000, 20


@dataclass(frozen=True, kw_only=True)
class SpokenFor:
    """On whose behalf a statement is made: a group's code or unknown name, or States, or nobody.

    A single State holds a statement that another State delivers; of several, the delivering State is one.
    """

    group: str | None = None
    states: tuple[str, ...] = ()


def spoken_for(
    heading: str, words: str, parties: PartyTable, language: str | None, *, date: str | None, speaker: str | None,
    contrasted: bool = False,
) -> SpokenFor:  # fmt: skip
    """Read on whose behalf a statement is made, from its heading or its first sentences.

    "I speak on behalf of the group" is sufficient, also for a group that no lookup knows. "On behalf of the group, I
    thank the President" may be the courtesy of its chair: it counts only if later words are "in my national capacity"
    (`contrasted`), or if no State has self-references and the group is named `_OFTEN` times or more. States that are
    named one by one count as a group if they formed it on that date.
    """
    lines = (heading, *_sentences(words[:_OPENING]))
    text, written = f"{heading}\n{words}", None
    for number, line in enumerate(lines):
        if _WORDS.national.search(line) and not _WORDS.in_both.search(line):
            break
        named = [match for match in parties.find(line, language) if len(match.codes) == 1]
        denied = False
        for phrase in _WORDS.behalf.finditer(line):
            before = line[: phrase.start()]
            # In "We thank Arvandia, speaking on behalf of the group", somebody else speaks.
            subjects = (m.end for m in named if m.end <= len(before) and m.codes != (speaker,))
            of_another = any(_WORDS.speaking_or_not.fullmatch(before, end) for end in subjects)
            if number > 0 and (of_another or _WORDS.others.search(before)):
                continue
            own = [m for m in named if m.codes == (speaker,)]
            # "Arvandia speaks on behalf of the group", unlike "Arvandia thanks the delegate speaking on behalf of it".
            direct = [m for m in own if _WORDS.name_speaks.fullmatch(before, m.end)]
            # "Statement by Belmora aligning with the statement made on behalf of the group" is Belmora's.
            if number == 0 and any(_WORDS.aligns.search(before, m.end) for m in named if m.end <= len(before)):
                continue
            spoken, rest = _as_we(line, 0, phrase.start(), direct), partial(_as_we, line, end=len(line), own=own)
            if is_denied(before):
                denied = True
                continue
            listed = _listed_after(line, phrase.end(), named)
            if not listed and (counted := _WORDS.counted.match(line, phrase.end())):
                near = " ".join(lines[number : number + 1 + _FEW])
                states = _counted_states(near, _count(counted["count"]), parties, language, speaker)
                if states and _is_own_voice(spoken, rest(phrase.end())):
                    return SpokenFor(states=states)
            found = _as_one(listed, parties, date, speaker)
            if found is None and listed and speaker is not None and not _WORDS.owned.match(line, listed[-1].end):
                others = named if number > 0 else ()
                found = _for_one_other(before, line, listed[-1], others, parties, speaker)
            if found is not None and found.group is not None and listed:
                found = _of_some(line, phrase.end(), listed[0], named, parties, date) or found
            known = found is not None and (number == 0 or parties.kind_of(found.group) == "group")
            if not known and _WORDS.only_for.match(phrase.group()):
                continue
            own_voice = partial(
                _is_said_for, spoken, text=text, parties=parties, language=language, contrasted=contrasted
            )
            # In "on behalf of the group, Belmora would like", the group's name alone is listed.
            heads = listed[:1] if listed and parties.kind_of(listed[0].codes[0]) == "group" else listed
            if found is not None and (number == 0 or own_voice(rest(heads[-1].end), found.group)):
                return found
            name = None if listed else group_written(line[phrase.end() :])
            # A name with a demonym is that of one State's body: "The Arvandian Bar Association".
            of_state = any(m.form == "demonym" and m.text in (name or "") for m in named if m.start >= phrase.end())
            if name and not of_state:
                at = line.find(name, phrase.end())
                after = at + len(name) if at >= 0 else phrase.end()
                if number == 0 or own_voice(rest(after), name):
                    # "A group of countries, namely Arvandia, Belmora and Cassivar": these States hold it.
                    members = _as_one(_listed_after(line, after, named, _WORDS.namely), parties, date, speaker)
                    if members is not None:
                        return members
                    written = written or name
        if denied:
            # Speakers who deny that they speak for a group speak for themselves.
            break
        for phrase in _WORDS.in_capacity.finditer(line):
            found = _as_one(_listed_after(line, phrase.end(), named), parties, date, speaker)
            if found is not None and found.group is not None:
                return found
        chaired = number == 0 and _of_chair(line, named, parties, text, language, speaker)
        if chaired:
            return SpokenFor(group=chaired)
        opens = (match for match in named if not _WORDS.article.sub("", line[: match.start], count=1).strip())
        first = next(opens, None)
        if number > 0 and first is not None and is_voice(line[first.end :]):
            found = _as_one([first], parties, date, speaker)
            # "The African Group wishes" counts if the speaker may be a member and the group is named often.
            may_speak = found is not None and _may_speak_for(found.group, speaker, parties, date)
            if found is not None and may_speak and _is_voice_of(found.group, text, parties, language):
                return found
    # An unknown name comes last: after "on behalf of a group of countries", the next sentence may say which ones.
    return SpokenFor(group=written)


def _of_chair(
    heading: str, named: Sequence[PartyMatch], parties: PartyTable, text: str, language: str | None,
    speaker: str | None,
) -> str | None:  # fmt: skip
    """Return the group of "Statement by Arvandia, Chair of the group", unless its words are those of a State.

    The Chair is the `speaker`: "Reply by Belmora to Arvandia, Chair of the group" is not the group's.
    """
    for chair in _WORDS.chair_of.finditer(heading):
        found = _as_one(_listed_after(heading, chair.end(), named), parties, None, None)
        before = heading[: chair.start()]
        states = [m for m in named if m.end <= len(before) and parties.kind_of(m.code) == "state"]
        by_chair = None if states else _WORDS.by_chair.search(before)
        # Between the State and its office stands a comma, or nothing.
        own = bool(states) and states[-1].code == speaker and not before[states[-1].end :].strip(" ,(（–—-")
        own = own or (by_chair is not None and not _spoken_of(before, by_chair))
        if found is None or parties.kind_of(found.group) != "group" or not own:
            continue
        if not _WORDS.own_country.search(text) and speaking_state(text, parties, language) is None:
            return found.group
    return None


def is_in_national_capacity(sentence: str) -> bool:
    """Return whether a sentence says that its speaker speaks for their own State, and no longer for a group."""
    return _WORDS.national.search(sentence) is not None


def group_written(words: str) -> str | None:
    """Read the name of a group as it is written at the beginning of some words: "the Circle of Nine, said that"."""
    found = _WORDS.group_written.match(words)
    if found is None or _WORDS.no_group.match(words, found.start("name")) or _WORDS.of_one_or_all.search(found["name"]):
        return None
    return " ".join(found["name"].split())


def capacities(
    heading: str, words: str, parties: PartyTable, language: str | None, *, date: str | None, speaker: str | None,
    group: str | None = None, fewest: int = _FEWEST_SENTENCES,
) -> list[tuple[int, int, SpokenFor]]:  # fmt: skip
    """Read the parts of a speech by the capacity in which a delegate speaks, one or more: start, end, on whose behalf.

    "I speak in my national capacity" and "I speak on behalf of the group" each begin a part, unless no more than
    `fewest` sentences follow. A mere announcement ("I shall add a few words in my national capacity") begins none: the
    group is named again after it. `group` is the one that a manifest names.
    """
    read = partial(spoken_for, parties=parties, language=language, date=date, speaker=speaker)
    flat = words.replace("\n", " ")
    spans = list(split_sentences(flat)) if _WORDS.national.search(flat) else []
    national = [
        is_in_national_capacity(flat[start:end]) and bool(_WORDS.first_person_or_this.search(flat, start, end))
        for start, end in spans
    ]
    whom = SpokenFor(group=group) if group else read(heading, words, contrasted=any(national))
    marks: list[tuple[int, SpokenFor]] = []
    for number, (start, end) in enumerate(spans):
        contrasted = any(national[number + 1 :])
        spoken = behalf_phrase(flat[start:end]) is not None
        represented = read("", flat[start:end], contrasted=contrasted) if spoken else SpokenFor()
        represented = whom if group and represented != SpokenFor() else represented
        if represented != SpokenFor() or national[number]:
            marks.append((number, represented))
    if not marks:
        return [(0, len(words), whom)]
    parts = [(0, whom)]
    for (number, represented), (after, _) in pairwise([*marks, (len(spans), whom)]):
        of_part, said = parts[-1][1].group, flat[spans[number][0] : spans[after - 1][1]]
        again = of_part is not None and (of_part in said or _WORDS.the_group.search(said) is not None)
        again = again or any(match.codes == (of_part,) for match in parties.find(said, language))
        if represented != parts[-1][1] and (represented != SpokenFor() or not again):
            parts.append((number, represented))
    kept: list[tuple[int, SpokenFor]] = []
    for (number, represented), (after, _) in pairwise([*parts, (len(spans), whom)]):
        opens = not number and after > 0
        long = (after - number > _FEWEST_SENTENCES or represented != SpokenFor()) if opens else after - number > fewest
        if long and (not kept or kept[-1][1] != represented):
            kept.append((number if kept else 0, represented))
    kept = kept or [(0, next((represented for _, represented in parts if represented != SpokenFor()), whom))]
    plain = whom if group else read(heading, words)
    if len(kept) == 1 and plain != whom:
        # No part is said in national capacity, beside which "on behalf of the group, I thank the hosts" counts.
        return [(0, len(words), plain)]
    ends = pairwise([*kept, (len(spans), whom)])
    return [(spans[number][0], spans[after - 1][1], represented) for (number, represented), (after, _) in ends]


def joint_holders(heading: str, words: str, parties: PartyTable, language: str | None) -> tuple[str, ...]:
    """Read which States hold a joint statement, in order, from its heading or from the list of its co-sponsors.

    Empty if neither the heading (in one line) nor the speaker ("I deliver this joint statement", "this joint statement"
    above a list) calls it joint. States that the title is about ("on the situation in Arvandia and Belmora") or that a
    later sentence names are not holders.
    """
    heading = " ".join(heading.split())
    paragraphs = _BLANK_LINES.split(words[:_OPENING].strip())
    opening = "\n".join((heading, *(" ".join(paragraph.split()) for paragraph in paragraphs)))
    titles = _WORDS.joint_statement.finditer(opening, 0, len(heading))
    called = next((found for found in titles if not _spoken_of(opening, found)), None)
    # A title after words in the first person is that of a further statement, unless it names who speaks.
    said = _WORDS.first_person_or_this.search(opening, len(heading))
    own = _WORDS.own_joint.finditer(opening, len(heading))
    speaking = {match.codes for match in parties.find(heading, language)}
    own_titles = (
        found for found in own
        if found["title"] is None or said is None or found.start() < said.start()
        or any(m.codes in speaking for m in parties.find(opening[found.start() : found.end() + _NEAR_NAME], language))
    )  # fmt: skip
    called = called or next(own_titles, None)
    if called is None and not (
        _WORDS.this_joint.search(opening, len(heading)) and sponsor_lists(words, parties, language)
    ):
        return ()
    rows = [row for _, _, row in _sponsors(words, parties, language)]
    if called is not None:
        stop = _WORDS.sentence_end.search(opening, max(called.end(), len(heading)))
        end = min(called.end() + _NEAR_TITLE, stop.start() if stop else len(opening))
        named = opening[called.end() : end]
        row = _first_list(named, parties, language)
        rows = [() if row and _WORDS.spoken_of.search(named[: row[0].start]) else row, *rows]
    states = dict.fromkeys(match.codes[0] for row in rows for match in row)
    return tuple(states) if len(states) > 1 else ()


def _spoken_of(text: str, called: re.Match[str]) -> bool:
    """Tell whether a joint statement is only talked about: "Statement on the joint statement by X and Y"."""
    before = list(_WORDS.answers.finditer(text, 0, called.start()))
    return bool(before) and before[-1].end() == called.start()


def sponsor_lists(text: str, parties: PartyTable, language: str | None) -> list[tuple[int, int]]:
    """Find the spans of the lists of co-sponsors that begin a line, from the label to the stop after the last State."""
    spans = ((start, after + row[-1].end) for start, after, row in _sponsors(text, parties, language))
    return [
        (start, end + text.startswith((".", ";", "。"), end))
        for start, end in spans
        if not text[text.rfind("\n", 0, start) + 1 : start].strip(" \t*_#")
    ]


def _sponsors(text: str, parties: PartyTable, language: str | None) -> Iterator[tuple[int, int, Sequence[PartyMatch]]]:
    """Yields start and end of the label of each list of co-sponsors, and the States, with offsets from that end."""
    text = without_furniture(text)
    for label in islice(_WORDS.sponsors.finditer(text), _MOST_LISTS):
        after = text[label.end() : label.end() + _LONGEST_LIST].replace("\n", " ")
        row = _first_list(after, parties, language)
        if row and _WORDS.listed.fullmatch(after, 0, row[0].start):
            yield label.start(), label.end(), row


def _first_list(text: str, parties: PartyTable, language: str | None) -> Sequence[PartyMatch]:
    """Return the States of the first list in a text: two or more, one after the other."""
    rows = in_rows(text, parties.find(text, language), _WORDS.listed)
    return next(
        (row for row in rows if len(row) > 1 and all(parties.kind_of(match.code) == "state" for match in row)), ()
    )


def _count(written: str) -> int:
    return int(written) if written.isdecimal() else number_words("cardinal").get(" ".join(written.lower().split()), 0)


def _counted_states(
    text: str, count: int, parties: PartyTable, language: str | None, speaker: str | None
) -> tuple[str, ...]:
    """Return the States of "the three African members": a list that has this number with the speaker's State added."""
    named = (match for match in parties.find(text, language) if parties.kind_of(match.code) == "state")
    for row in in_rows(text, named, _WORDS.joint):
        for length in range(2, len(row) + 1):
            states = {match.codes[0] for match in row[:length]} | ({speaker} if speaker else set())
            if len(states) == count:
                return tuple(sorted(states))
    return ()


def chairs_group(words: str, parties: PartyTable, language: str | None) -> bool:
    """Return whether words name the Chair of a group, who speaks for it, rather than the Chair of a meeting."""
    named = parties.find(words, language)
    return any(
        _as_one(_listed_after(words, chair.end(), named), parties, None, None) is not None
        for chair in _WORDS.chair_of.finditer(words)
    )


def behalf_before(before: str) -> bool:
    """Return whether the words before a name end in "on behalf of"."""
    phrases = list(_WORDS.behalf.finditer(before))
    return bool(phrases) and _WORDS.between.fullmatch(before[phrases[-1].end() :]) is not None


def opens_on_behalf(words: str) -> bool:
    """Tell whether the words before a speaker's name say on whose behalf: "Introducing the draft on behalf of …"."""
    phrase = _WORDS.behalf.search(words)
    return phrase is not None and _WORDS.before_behalf.fullmatch(words, 0, phrase.start()) is not None


def behalf_phrase(words: str) -> str | None:
    """Return the words after the last "on behalf of" that is not denied; None if there is none."""
    phrases = [phrase for phrase in _WORDS.behalf.finditer(words) if not is_denied(words[: phrase.start()])]
    return words[phrases[-1].end() :] if phrases else None


def _is_own_voice(before: str, after: str) -> bool:
    """Return whether the speaker claims to speak, in the words before or after "on behalf of the group"."""
    if re.search("[\u4e00-\u9fff]", before + after):
        clause = re.split("[，,：:]", before)[-1]
        return (not clause or _WORDS.says_i.search(clause) is not None) and _WORDS.speaks_after.match(after) is not None
    if _WORDS.speaks_before.search(before) and _WORDS.first_person_or_this.search(before):
        return True
    opens = _WORDS.speaking_first.fullmatch(before) is not None and _WORDS.i_follow.match(after) is not None
    return opens or (len(before.split()) <= _FEW and _WORDS.speaks_after.match(after) is not None)


def _is_said_for(
    before: str, after: str, group: str | None, *, text: str, parties: PartyTable, language: str | None,
    contrasted: bool,
) -> bool:  # fmt: skip
    """Return whether the speaker says "on behalf of the group", between these words, and not as a mere courtesy."""
    goes_on = contrasted and _WORDS.i_follow.match(after) is not None
    return _is_own_voice(before, after) or (
        _opens(before) and (goes_on or _is_voice_of(group, text, parties, language))
    )


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
    forms = forms or (_WORDS.between, _WORDS.following)
    if not any(form.fullmatch(line, start, following[0].start) for form in forms):
        return []
    return next(in_rows(line, following, _WORDS.joint))


def _as_one(
    listed: Sequence[PartyMatch], parties: PartyTable, date: str | None, speaker: str | None
) -> SpokenFor | None:
    """Return the holder that a list of parties stands for: a group that is first, or that its States form, or these."""
    kinds = [(match.codes[0], kind) for match in listed if (kind := parties.kind_of(match.codes[0])) is not None]
    group = next((code for code, kind in kinds[:1] if kind != "state"), None)
    if group is not None:
        return SpokenFor(group=group)
    states = tuple(code for code, kind in kinds if kind == "state")
    if len(states) < 2:
        return None
    for code in parties.codes("group"):
        members = parties.members(code, date)
        if members and set(states) <= members and members - set(states) <= {speaker}:
            return SpokenFor(group=code)
    return SpokenFor(states=states)


def _for_one_other(
    before: str, line: str, match: PartyMatch, named: Sequence[PartyMatch], parties: PartyTable, speaker: str
) -> SpokenFor | None:
    """Return the one other State that a statement is made for, or both if the sentence says so or names both."""
    code = match.codes[0]
    if code == speaker or parties.kind_of(code) != "state" or parties.kind_of(speaker) != "state":
        return None
    own_names = [other for other in named if other.codes == (speaker,)]
    of_own = _WORDS.own.search(before) or any(other.end <= len(before) for other in own_names)
    own_follows = any(
        _WORDS.and_name.fullmatch(line[: other.start], match.end) for other in own_names if other.start > match.end
    )
    both = _WORDS.also.search(before) or (_WORDS.besides.search(before) and of_own)
    both = both or own_follows or _WORDS.and_own.match(line, match.end)
    return SpokenFor(states=tuple(sorted((code, speaker))) if both else (code,))


def _of_some(
    line: str, start: int, group: PartyMatch, named: Sequence[PartyMatch], parties: PartyTable, date: str | None
) -> SpokenFor | None:
    """Return the States of a group that a statement is made for if not for all: "the group except Belmora"."""
    after = [match for match in named if match.start >= group.end]
    excepting, colon = _WORDS.excepting.match(line, group.end), re.compile(r"\s*[:：]\s*").match(line, group.end)
    if excepting is not None and after and after[0].start == excepting.end() and parties.has_members(group.codes[0]):
        without = {match.codes[0] for match in next(in_rows(line, after, _WORDS.joint))}
        return SpokenFor(states=tuple(sorted(parties.members(group.codes[0], date) - without)))
    following = _WORDS.following.fullmatch(line, start, group.start) is not None
    if following and colon is not None and after and after[0].start == colon.end():
        return SpokenFor(states=tuple(match.codes[0] for match in next(in_rows(line, after, _WORDS.listed))))
    return None


def less_than_group(line: str, parties: PartyTable, date: str | None) -> tuple[str, ...]:
    """Read which States remain of a group from which a line excepts members; empty if all members are meant."""
    named = parties.find(line)
    groups = (match for match in named if parties.kind_of(match.code) == "group")
    some = (_of_some(line, match.start, match, named, parties, date) for match in groups)
    return next((found.states for found in some if found is not None), ())


def _may_speak_for(group: str | None, speaker: str | None, parties: PartyTable, date: str | None) -> bool:
    if group is None or speaker is None or not parties.has_members(group):
        return group is not None
    return speaker in parties.members(group, date)


def _is_voice_of(group: str | None, text: str, parties: PartyTable, language: str | None) -> bool:
    if group is None or _WORDS.own_country.search(text) or speaking_state(text, parties, language) is not None:
        return False
    known = parties.get(group) is not None
    namings = sum(match.codes == (group,) for match in parties.find(text, language)) if known else text.count(group)
    return namings > 0 and namings + len(_WORDS.the_group.findall(text)) >= _OFTEN


def _opens(before: str) -> bool:
    """Return whether "on behalf of the group" opens a sentence: "Permit me to express on behalf of …"."""
    clause = before.rsplit(",", 1)[-1]
    own = _WORDS.opens_own.match(clause) is not None
    return len(before.split()) <= _FEW_BEFORE or (own and len(clause.split()) <= _FEW_OWN)


def _sentences(text: str) -> Iterator[str]:
    flat = " ".join(text.split())
    ends = [0, *(match.end() for match in _WORDS.sentence_end.finditer(flat)), len(flat)]
    return (flat[start:end] for start, end in pairwise(ends))
