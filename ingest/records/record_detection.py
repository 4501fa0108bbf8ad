"""Whether a text that nothing declares a record is one, or holds the words of several parties."""

import re
from collections.abc import Sequence, Set
from typing import Final

from ingest.metadata.heading import is_first_person, is_salutation
from ingest.records.compilations import form_of
from ingest.records.interventions import Intervention
from ingest.records.record_text import WORDS
from ingest.records.speaker_lines import SPEAKER
from ingest.text.layout import holds_sentence_end
from ingest.text.page_furniture import notes_start

# Interventions of this many parties make a text a record.
_FEWEST_PARTIES: Final = 2
_FEWEST_SECTIONS: Final = 3  # of offices, or under headings
# Lines of records: a name with brackets · "The representative of …" · "Arvandia:" · reported speech.
_LINES_OF_RECORDS: Final = (
    re.compile(r"^[^\n(（]{2,100}[(（][^\n()（）]{2,80}[)）]", re.MULTILINE),
    WORDS.delegation_line,
    # A name, with a time code before or after it; within one line, since a long text may hold many empty ones.
    re.compile(r"^(?:[^\w\n]*\d[\d:]{1,20}[^\w\n]+)?[^\n:.,]{3,50}(?:\W\d[\d:]{1,20}\W)?\**:[ \n]", re.MULTILINE),
    WORDS.reported_line,
)
# One heading between paragraphs is enough for a record, since another may stand at the text's beginning.
_HEADING_LINE: Final = re.compile(r"(?<=[.。!?؟])\s*\n\s*\n[^\n]{2,59}[^\s.。!?؟:;,]\s*\n")
# With which a line of a programme begins: "10:00", "[10.00]".
_TIME: Final = re.compile(r"[(\[]?\d{1,2}[:.h]\d{2}(?!\d)")


def may_be_record(text: str) -> bool:
    """Returns, by a quick check, whether a text has lines that may be speaker lines or headings by State."""
    several = any(len(lines.findall(text)) >= _FEWEST_PARTIES for lines in _LINES_OF_RECORDS)
    rows = sum(SPEAKER.row.match(line) is not None for line in text.splitlines()) if not several else 0
    return several or rows >= _FEWEST_PARTIES or _HEADING_LINE.search(text) is not None


def is_record(interventions: Sequence[Intervention], text: str, *, named: bool = True, is_held: bool = False) -> bool:
    """Returns whether a text that nothing declares a record is one: several parties speak in it.

    Where its heading names a speaker (`named`), interventions must make up a third of it, or half if under headings.
    It `is_held` where anything in it tells whose it is.
    """
    parties = {item.state for item in interventions if item.state is not None}
    offices = {item.named for item in interventions if item.role == "office" and not item.summarised}
    # A heading that no lookup knows counts as a part of the record, too.
    headings = (len(item.named) for item in interventions if item.role == "unknown" and item.is_section)
    spoken = sum(item.end - item.start for item in interventions) + sum(headings)
    length = len(text[: notes_start(text)].strip())
    if not parties and not named and len(offices) >= _FEWEST_PARTIES and len(interventions) >= _FEWEST_SECTIONS:
        return 2 * spoken >= length
    # Lines such as "Arvandia: wants lamps" count as sections, although the record tells these words.
    labels = [item.speaker is None and text[: item.start].rstrip()[-1:] in (":", "：") for item in interventions]
    sections = all(item.is_section or label for item, label in zip(interventions, labels, strict=True))
    heads = [WORDS.enumerator.sub("", item.named) for item in interventions if item.role == "party"]
    forms = {form_of(head) for head in heads}
    alike = (len(forms) == 1 and "" not in forms) or all(map(WORDS.heading_of_speech.match, heads))
    has_sentences = any(holds_sentence_end(text[item.start : item.end]) for item in interventions)
    opening = text[: interventions[0].start] if interventions else ""
    own = [item for item in interventions if is_first_person(text[item.start : item.end])]
    is_programme = any(map(WORDS.programme.match, opening.splitlines())) and len(own) < len(interventions)
    if (is_programme or not has_sentences) and any(map(_TIME.match, text.splitlines())):
        # A programme, "10:00 Arvandia: Opening remarks", is nobody's words.
        return False
    told = [item for item in interventions if item.summarised]
    addressed = any(map(is_salutation, opening.splitlines()))
    if told and (addressed or ((named or is_held) and any(item in own for item in told))):
        # "Mr. President, … The representative of Belmora said that the fund is empty. We disagree." is a statement.
        return False
    if named and (addressed or is_first_person(opening)) and (any(labels) or not sections):
        # "Statement by Quenza … We heard this: Mr. Olm (Belmora): “We shall never pay.”" is one as well.
        return False
    if named and sections and len(parties) >= _FEWEST_PARTIES and alike:
        # "Statement by Arvandia … Statement by Belmora": headings of one form each open a statement.
        return True
    labelled = bool(heads) and all(map(WORDS.label_of_party.match, heads))
    # "The President: …", beside parties in the first person, shows a meeting.
    is_meeting = offices and all(item in own for item in interventions if item.role == "party")
    few = not sections or labelled or is_meeting
    enough = len(parties) >= (_FEWEST_PARTIES if few else _FEWEST_SECTIONS)
    return enough and (not (named or labelled) or (2 if sections else 3) * spoken >= length)


def sections_of_others(interventions: Sequence[Intervention], holders: Set[str]) -> tuple[str, ...]:
    """Returns the parties with sections in a text whose title attributes it to others (`holders`).

    A bare name may head a text about that State, so it counts only if a holder has a section as well.
    """
    sections = [item for item in interventions if item.is_section]
    both = any(item.state in holders for item in sections)
    headed = (item for item in sections if both or form_of(item.named) or WORDS.label_of_party.match(item.named))
    others = (item.state for item in headed if item.state not in holders)
    return tuple(dict.fromkeys(filter(None, others)))
