"""Summary records, press summaries and bulletins, which tell in their own words who said what.

Summary records do so after speaker lines, and where a turn begins inside a paragraph ("On this item, Ms. Ferro
(Belmora) said"); press summaries and bulletins in any sentence: "Malawi's Minister said that …" · "France, on behalf of
the European Union, asked …" · "…, stated the representative of Pakistan, …". Sentences are recognised by their form.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ingest.language.lexicons import RegexPatterns
from ingest.language.own_voice import speaks_in_own_voice
from ingest.metadata.on_behalf import BEHALF, behalf_before, behalf_phrase, opens_on_behalf
from ingest.parties.party_table import PartyMatch, in_rows
from ingest.records.interventions import Intervention, SpeakerTurn, of_party, of_unknown
from ingest.records.record_text import RecordText, tells_decision
from ingest.records.speaker_identification import SpeakerLookup
from ingest.records.speaker_lines import SPEAKER, SpeakerLine, speaker_line

_WORDS: Final = RegexPatterns("summary_records")
TELLS: Final = _WORDS.tells
"""What follows the name of a party where minutes tell what it did: "objected", "was against"."""
TOLD_VIEW: Final = _WORDS.told_view
"""What minutes tell of a party in the present: "opposes", "is against"."""
_FEWEST_PARTIES: Final = 3
# Characters of a sentence that are searched for "in his national capacity", and for the name of its speaker.
_LONGEST_NATIONAL, _LONGEST_LEAD = 100, 240
# A report has at most one sentence in the first person for this many turns of parties.
_TURNS_PER_FIRST_PERSON: Final = 5


def reported_turns(record: RecordText, lookup: SpeakerLookup) -> list[SpeakerTurn]:
    """Returns the turns of a report, sentence by sentence; none where somebody often speaks in the first person.

    A statement reports others as well ("Arvandia proposed …, and we agree"), but its speaker uses the first person.
    """
    turns: list[SpeakerTurn] = []
    in_first_person = 0
    for paragraph in record.sentences():
        # Whether the next sentences join the last one that reports somebody; None after a sentence that reports nobody.
        goes_on: bool | None = None
        for start, end, sentence in paragraph:
            in_first_person += speaks_in_own_voice(sentence)
            if (reported := _reported_turn(sentence, start, end, lookup)) is not None:
                turns.append(replace(reported, end=end))
                goes_on = reported.end is None
            # "She added that …" goes on with the speaker of the sentence before.
            elif goes_on is not None and (
                _WORDS.same_speaker.match(sentence) or (goes_on and not tells_decision(sentence))
            ):
                turns[-1] = replace(turns[-1], end=end)
            else:
                goes_on = None
    enough = len({turn.words.state for turn in turns}) >= _FEWEST_PARTIES
    return turns if enough and in_first_person * _TURNS_PER_FIRST_PERSON <= len(turns) else []


def _reported_turn(sentence: str, start: int, end: int, lookup: SpeakerLookup) -> SpeakerTurn | None:
    """Returns the turn that a sentence, in one line, opens by reporting a party; None where it reports none.

    Where it names a delegate or official, the rest of the paragraph reports them as well, and the turn has no end; a
    State by its bare name is reported in this sentence only.
    """
    named = [match for match in lookup.find(sentence) if match.code is not None]
    for number, match in enumerate(named):
        before, after = sentence[: match.start], sentence[match.end :]
        inserted = list(_WORDS.inserted.finditer(before))
        if inserted and inserted[-1].end() == len(before) and after.startswith(","):
            return _turn(start, None, [match], "", lookup)
        if number == 1 and _WORDS.its_delegate.fullmatch(sentence, named[0].end, match.start) is not None:
            group = sentence[: named[0].start]
            said = _WORDS.then_said.match(after)
            if said is not None and (_WORDS.speaking_for.fullmatch(group) or behalf_before(group)):
                clause = f", on behalf of {named[0].text}{said['clause'] or ''}"
                return _turn(start, None, [match], clause, lookup)
        lead = _WORDS.lead.match(before)
        # A party named second needs a delegate: "In reply to Arvandia, the representative of Belmora said".
        if lead is None or (number > 0 and not lead["delegate"]):
            continue
        if (official := _WORDS.official_said.match(after)) is not None:
            return _turn(start, None, [match], official["clause"] or "", lookup)
        run = next(in_rows(sentence, named[number:], BEHALF.joint))
        saying, clause, joint = _WORDS.then_said.match(sentence, run[-1].end), "", run[1:]
        whom = next(in_rows(sentence, named[number + 1 :], BEHALF.joint), run)
        before = sentence[match.end : whom[0].start]
        if len(run) == 1 and before.startswith(",") and opens_on_behalf(before) and behalf_before(before):
            # In "Arvandia, on behalf of the Riparian Group, Belmora and Drelnia said" the last two join the group.
            joint = whom[1:] if lookup.kind_of(whom[0].codes[0]) == "group" else []
            after_whom = whom[-1].end + sentence.startswith(",", whom[-1].end)
            said = _WORDS.then_said.match(sentence, after_whom)
            # A comma after the verb: "Arvandia, on behalf of the Group, Belmora said, had misread it" reports Belmora.
            if said is not None and not sentence.startswith(",", said.end()):
                saying, clause = said, sentence[match.end : (whom[0] if joint else whom[-1]).end]
        if saying is not None:
            clause += saying["clause"] or ""
            # Several States that deliver a group's statement do not hold it beside the group.
            joint = [] if run[1:] and behalf_phrase(clause) else joint
            return _turn(start, None if lead["delegate"] else end, [match, *joint], clause, lookup)
    return None


def _turn(
    start: int, end: int | None, row: Sequence[PartyMatch], clause: str, lookup: SpeakerLookup
) -> SpeakerTurn | None:
    """Returns the turn of reported parties; after one that speaks for a group, come those that join the group."""
    codes = tuple(dict.fromkeys(code for match in row for code in match.codes))
    held = [code for code in codes if lookup.kind_of(code) in ("state", "group")]
    if held[:1] != [codes[0]]:
        return None
    words = replace(of_unknown(f"{row[0].text}{clause}".rstrip(", "), start), summarised=True)
    return SpeakerTurn(start=start, words=of_party(replace(words, clause=clause.strip(" ,")), *held), end=end)


def summarised_turns(record: RecordText, lookup: SpeakerLookup, turns: Sequence[SpeakerTurn]) -> list[SpeakerTurn]:
    """Adds the turns that begin inside the paragraphs of a summary record, and ends those that a decision follows."""
    if not any(turn.words.role == "party" for turn in turns):
        return []
    found = {turn.start: turn for turn in turns}
    apart = {paragraph.line.start for paragraph in record.paragraphs if paragraph.apart}
    stops: list[int] = []
    speaking: Intervention | None = None
    for paragraph in record.sentences():
        for number, (start, end, sentence) in enumerate(paragraph):
            if number and tells_decision(sentence) and _reported_turn(sentence, start, end, lookup) is None:
                stops.append(start)
            elif start not in found or found[start].words.role == "unknown":
                turn = _turn_at(start, end, record, lookup, speaking, opens=not number, apart=start in apart)
                # Known ones replace an unknown speaker: "The representatives of Arvandia and Belmora agreed".
                if turn is not None and (start not in found or turn.words.role == "party"):
                    found[start] = turn
            speaking = found[start].words if start in found else speaking
    turns = sorted(found.values(), key=lambda turn: turn.start)
    return [replace(turn, end=turn.end or next((at for at in stops if at > turn.start), None)) for turn in turns]


def _turn_at(
    start: int, end: int, record: RecordText, lookup: SpeakerLookup, speaking: Intervention | None, *, opens: bool,
    apart: bool,
) -> SpeakerTurn | None:  # fmt: skip
    """Returns the turn that a sentence of a summary record opens where no speaker line names its speaker.

    The first sentence of a paragraph (`opens`; `apart` if layout shows it) may begin as press summaries do. The
    current speaker (`speaking`) may go on "in his national capacity".
    """
    # The number of a paragraph is not part of its first sentence.
    mark = SPEAKER.before.match(record.text, start, end)
    first = mark.end() if opens and mark is not None else start
    sentence = " ".join(record.text[first:end].split())
    head = sentence[:_LONGEST_NATIONAL]
    state = None if speaking is None else speaking.state
    national = state and (BEHALF.national.search(head) or lookup.named_after(SPEAKER.told_capacity, head)[1] == state)
    if speaking is not None and national:
        resumed = replace(speaking, start=start, end=start, clause="", named=speaking.named.partition(",")[0])
        return SpeakerTurn(start=start, words=resumed)
    reported = _reported_turn(sentence, first, end, lookup)
    if reported is not None and (opens or (reported.end is None and not _WORDS.same_speaker.match(sentence))):
        return replace(reported, start=start)
    line = None if opens else speaker_line(record.text, start, end)
    if line is None or line.who == "official":
        words = _named_later(sentence, lookup, opens=opens, apart=apart)
        return None if words is None else SpeakerTurn(start=start, words=replace(words, start=first, end=first))
    others = {match.code for match in lookup.find(head) if match.code} - {state}
    understood = line.understood or (line.who == "delegation" and others)
    # "The representative also reported" names no party, only lower-case words: the same speaker goes on.
    if (line.party or "")[:1].islower() or not (line.summarised and understood and _takes_floor(line)):
        return None
    words = lookup.intervention(line, trusted=False)
    return None if words is None else SpeakerTurn(start=start, words=words)


def _named_later(sentence: str, lookup: SpeakerLookup, *, opens: bool, apart: bool) -> Intervention | None:
    """Returns the intervention of a sentence that names its speaker late: "On this item, Ms. Ferro (Belmora) said".

    A sentence inside a paragraph stays with its speaker if it begins with an aside ("At the tenth session,"). Else
    a party gets the words only if they open a paragraph (`opens`) without an aside, or announce a turn ("On this
    item,"); otherwise they are nobody's, as where the verb of a paragraph's first sentence (`apart`) is not known.
    """
    aside = SPEAKER.aside.match(sentence) is not None
    if SPEAKER.pronoun.match(sentence) or (aside and not opens):
        return None
    takes_floor = not aside and (opens or SPEAKER.announces.match(sentence) is not None)
    found = [comma.end() for comma in SPEAKER.lead.finditer(sentence, 0, _LONGEST_LEAD)]
    within = SPEAKER.within.search(sentence, 0, _LONGEST_LEAD) if apart else None
    if within is not None and within.start() and not SPEAKER.governs.search(sentence, 0, within.start()):
        found.append(within.start())
    for at in sorted(found):
        lead, rest = sentence[:at], sentence[at:]
        # Capitalised, since inside a sentence French or Spanish begin "the representative" in lower case.
        line = speaker_line(lead + rest[:1].upper() + rest[1:], at, len(sentence))
        recalls = SPEAKER.recalls.search(SPEAKER.of_others.sub(",", lead))
        if recalls and line is not None and line.understood and apart and not SPEAKER.pronoun.search(lead):
            return of_unknown(line.head, at)
        if recalls or line is None or not (line.summarised and line.titled and (opens or _takes_floor(line))):
            continue
        words = lookup.intervention(line, trusted=False)
        if line.understood:
            if words is not None and words.role == "party" and not takes_floor:
                return of_unknown(words.named, words.start)
            clause = f"{lead}{line.clause}".strip(" ,") if opens_on_behalf(lead) else line.clause
            return words and replace(words, clause=clause)
        goes_on = SPEAKER.pronoun.search(lead) or SPEAKER.pronoun_after.search(rest) or SPEAKER.recalls.search(rest)
        if apart and not goes_on:
            return words
    return None


def _takes_floor(line: SpeakerLine) -> bool:
    """Returns whether a line inside a paragraph may begin a turn; "the Secretariat should" is about an office."""
    return line.titled and (line.who != "office" or line.says)
