"""What others say in one party's statement: questions in an interview, annexed comments and proposals."""

from collections.abc import Iterator, Set

from ingest.metadata.heading import find_heading, speaks_in_first_person
from ingest.parties.party_table import PartyTable
from ingest.records.narration import is_title
from ingest.records.record_text import WORDS, RecordText
from ingest.records.speaker_identification import SpeakerLookup
from ingest.records.speaker_lines import speaker_line
from ingest.text.whole_quotations import begins_in_lower_case
from vectorstore.records import Block

_LONGEST_NAME = 120  # characters


def words_of_others(
    text: str, blocks: tuple[Block, ...], holders: Set[str], parties: PartyTable, *, language: str | None
) -> Iterator[tuple[int, int]]:
    """Yields the spans of paragraphs that a line gives to an office or to another party than the `holders`.

    A mere list, "Arvandia: 12 cases", is the holders': others speak in the first person, or under a heading such as
    "Comments received", where they go on until the next heading; a person until the quotation ends, or else until a
    paragraph names a holder. Questions count where answers are marked, too.
    """
    lookup = SpeakerLookup(parties=parties, language=language)
    page, begin = RecordText(text, blocks), find_heading(text, blocks).end
    paragraphs = [each for each in page.paragraphs if each.line.start >= begin]
    is_interview = any(WORDS.answer.match(each.whole) for each in paragraphs)
    under_heading = goes_on = is_person = False
    for each in paragraphs:
        marked = not {":", "："}.isdisjoint(each.whole[:_LONGEST_NAME])
        line = speaker_line(page.words, each.line.start, len(page.words)) if marked else None
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
