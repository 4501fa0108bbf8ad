"""Words that are not the speaker's: what minutes tell in their own words, and what others say in a statement.

Minutes tell before and after turns such as "Arvandia: wants lamps."; a statement may hold the questions of an
interview, or annexed comments and proposals.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from itertools import takewhile
from typing import Final

import regex

from ingest.language.own_voice import speaks_in_first_person, speaks_in_own_voice
from ingest.language.sentences import split_sentences
from ingest.metadata.heading import find_heading
from ingest.metadata.on_behalf import BEHALF
from ingest.parties.party_table import in_rows
from ingest.records.interventions import SpeakerTurn
from ingest.records.record_text import WORDS, RecordParagraph, RecordText
from ingest.records.speaker_identification import SpeakerLookup
from ingest.records.speaker_lines import speaker_line
from ingest.records.summary_records import TELLS, TOLD_VIEW
from ingest.text.layout import ends_sentence
from ingest.text.whole_quotations import begins_in_lower_case
from vectorstore.records import Block

_LONGEST_NAME: Final = 120  # characters
# What heads a part of the minutes: "2. Preamble", "Paragraph 5 – bracketed", "OP4 (lamps)".
_LABEL: Final = regex.compile(r"(?P<word>\p{L}{1,12})\s?\p{N}{1,3}\s*(?:$|[(（–—:：-])\s*")


def end_at_narration(record: RecordText, lookup: SpeakerLookup, turns: Sequence[SpeakerTurn]) -> Iterator[SpeakerTurn]:
    """Ends the turns of a record of the form "State: words" where it goes on in its own words.

    These begin under a heading like those before the turns; in minutes also with a paragraph that tells what another
    party or an office said or did. After them, nobody speaks in the first person. Minutes tell so before the first turn
    as well, or begin turns in lower case, "wants lamps" (in capitals "WANTS LAMPS"), which are themselves the record's
    words; transcripts do not.
    """
    starts = {turn.start for turn in turns}
    before = [
        one for one, other in zip(record.paragraphs, record.paragraphs[1:], strict=False) if other.line.start in starts
    ]
    marks = {_mark(paragraph) for paragraph in before} - {""}
    ends = [*(turn.start for turn in turns[1:]), len(record.text)]
    summarised = [
        (begins_in_lower_case(words) or (words.isupper() and TOLD_VIEW.match(words.lstrip())))
        and not speaks_in_own_voice(words)
        for turn, limit in zip(turns, ends, strict=True)
        for words in [record.words[turn.words.start : limit]]
    ]
    opening = (each for each in record.paragraphs if turns and each.line.start < turns[0].start)
    are_minutes = any(summarised) or any(_narrates(each, turns[0], lookup) for each in opening)
    for turn, limit, is_summarised in zip(turns, ends, summarised, strict=True):
        after = [each for each in record.paragraphs if turn.start < each.line.start < limit]
        own = max((n for n, each in enumerate(after, start=1) if speaks_in_own_voice(each.whole)), default=0)
        told = after[own:]
        ending = (
            n for n, each in enumerate(told) if _mark(each) in marks or (are_minutes and _narrates(each, turn, lookup))
        )
        end = next(ending, None)
        if end is not None:
            # The heading above belongs to what is told.
            end -= sum(1 for _ in takewhile(is_title, reversed(told[:end])))
            turn = replace(turn, end=told[end].line.start)
        if turn.words.role == "party" and is_summarised:
            turn = replace(turn, words=replace(turn.words, summarised=True))
        yield turn


def words_of_others(
    text: str, blocks: tuple[Block, ...], holders: Set[str], lookup: SpeakerLookup
) -> Iterator[tuple[int, int]]:
    """Yields the spans of paragraphs that a line gives to an office or to another party than the `holders`.

    A mere list, "Arvandia: 12 cases", is the holders': others speak in the first person, or under a heading such as
    "Comments received", where they go on until the next heading; a person until the quotation ends, or else until a
    paragraph names a holder. Questions count where answers are marked, too.
    """
    record, begin = RecordText(text, blocks), find_heading(text, blocks).end
    paragraphs = [each for each in record.paragraphs if each.line.start >= begin]
    is_interview = any(WORDS.answer.match(each.whole) for each in paragraphs)
    under_heading = goes_on = is_person = False
    for each in paragraphs:
        marked = not {":", "："}.isdisjoint(each.whole[:_LONGEST_NAME])
        line = speaker_line(record.words, each.line.start, len(record.words)) if marked else None
        words = lookup.intervention(line, trusted=True) if line is not None and not line.summarised else None
        if words is None and is_title(each):
            under_heading, goes_on = WORDS.heading_of_others.search(each.whole) is not None, False
            continue
        if words is not None:
            # "Arvandia: our friend and neighbour" is what the holders say of it.
            said = text[words.start : each.end]
            own = (words.speaker or speaks_in_first_person(said)) and not begins_in_lower_case(said)
            speaks = words.role == "office" or under_heading or own
            goes_on = speaks and words.role != "unknown" and holders.isdisjoint((words.state, *words.states))
            is_person = bool(words.speaker) and not (said.lstrip()[:1] in "“«„" and said.rstrip()[-1:] in "”»“")
        elif not under_heading and each.apart:
            names_holder = WORDS.answer.match(each.whole) or any(one.code in holders for one in lookup.find(each.whole))
            goes_on = goes_on and is_person and not names_holder
            goes_on = goes_on or (is_interview and WORDS.question.match(each.whole) is not None)
        if goes_on:
            yield each.line.start, each.end


def is_title(paragraph: RecordParagraph) -> bool:
    """Returns whether a paragraph may be a heading: it stands alone, and ends no sentence."""
    return paragraph.stands_alone and not ends_sentence(paragraph.whole)


def _mark(paragraph: RecordParagraph) -> str:
    """Returns how a heading is numbered or labelled; empty for any other paragraph."""
    label = _LABEL.match(paragraph.whole)
    if label is not None:
        return label["word"].casefold()
    return "number" if is_title(paragraph) and WORDS.enumerator.match(paragraph.whole) else ""


def _narrates(paragraph: RecordParagraph, turn: SpeakerTurn, lookup: SpeakerLookup) -> bool:
    """Returns whether a sentence of a paragraph tells what an office or another party than the speaker said or did."""
    for start, end in split_sentences(paragraph.whole):
        label = _LABEL.match(paragraph.whole, start, end)
        sentence = paragraph.whole[start if label is None else label.end() : end]
        line = speaker_line(sentence, 0, len(sentence))
        if line is not None and line.who == "office" and line.summarised and line.understood and line.says:
            return True
        named = lookup.find(sentence)
        row = next(in_rows(sentence, named, BEHALF.joint), [])
        others = any(turn.words.state not in match.codes for match in row)
        if others and BEHALF.article.sub("", sentence[: row[0].start]) == "" and TELLS.match(sentence, row[-1].end):
            return True
    return False
