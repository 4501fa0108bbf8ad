"""Kept citations as of today: held against the store again, since a statement may be corrected or removed meanwhile.

A corrected session gives a statement another id, which its citations follow; a corrected State makes them
`misattributed`.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from app.answering.citation_spans import provenance_of
from app.answering.compose.extractive import escape, plain_line
from app.answering.localization import Localization
from app.answering.provenance import attribution
from app.answering.verify import verify_citation
from app.records import Answer, Citation
from vectorstore.catalogue import Catalogue
from vectorstore.records import SentenceId, Statement

# The number of a citation in an answer's text; one in brackets that a statement has is escaped.
MARKER: Final = re.compile(r"(?<!\\)\[(\d{1,4})\]")
Today = Callable[[Sequence[Citation]], Sequence[Citation]]


def citations_as_of_today(kept: Sequence[Citation], catalogue: Catalogue) -> tuple[Citation, ...]:
    """Returns citations, in their order, with the place, provenance and verdict that they have in the store now.

    Words of another party by now are `misattributed`, those that stand nowhere any more `not_found`.
    """
    held = catalogue.statements(list(dict.fromkeys(citation.statement_id for citation in kept)))
    moved: dict[str, list[Statement]] = {}

    def candidates(citation: Citation) -> Iterator[Statement]:
        if citation.statement_id in held:
            yield held[citation.statement_id]
            return
        if citation.file not in moved:
            documents = catalogue.documents_of_file(citation.file)
            moved[citation.file] = [each for document in documents for each in catalogue.statements_of(document)]
        yield from moved[citation.file]

    def today(citation: Citation) -> Citation:
        found = [(_at(citation, statement), statement) for statement in candidates(citation)]
        verdicts = {verify_citation(now, statement): now for now, statement in found}
        if "verified" in verdicts:
            return verdicts["verified"]
        return replace(citation, verdict="misattributed" if "misattributed" in verdicts else "not_found")

    return tuple(map(today, kept))


def _at(citation: Citation, statement: Statement) -> Citation:
    """Returns a citation as one of the same words in a statement, still of whom it names."""
    return replace(
        citation,
        **provenance_of(statement),
        sentence_ids=tuple(SentenceId(statement.statement_id, own.ordinal) for own in citation.sentence_ids),
        language=statement.language_at(citation.start),
    )


def _attributed_anew(text: str, changed: Mapping[int, tuple[Citation, Citation]], local: Localization) -> str:
    """Returns an answer's text with the attributions of today; each is that of the quotation below it."""
    lines = text.split("\n")
    below: tuple[str, str] | None = None
    for at in range(len(lines) - 1, -1, -1):
        if (number := MARKER.search(lines[at])) is not None:
            own = changed.get(int(number[1]))
            below = own and (attribution(own[0], local, escape), attribution(own[1], local, escape))
        elif below is not None and lines[at] == below[0]:
            lines[at] = below[1]
    return "\n".join(lines)


def is_otherwise_dated(was: Citation, now: Citation) -> bool:
    """Returns whether a citation is of another time by now, so that what came before or after it is open again."""
    return (was.date, was.session) != (now.date, now.session)


def answer_as_of_today(answer: Answer, today: Today, local: Localization) -> Answer:
    """Returns an answer with its citations of today; a line that cites one which does not hold says so instead.

    Claims that cite one go. The attribution above a quotation tells its provenance of today.
    """
    kept = (*answer.citations, *answer.related)
    now = {was: citation for was, citation in zip(kept, today(kept), strict=True) if citation != was}
    if not now:
        return answer
    gone = {citation.number for citation in now.values() if citation.verdict != "verified"}
    moved = {was.number for was, citation in now.items() if is_otherwise_dated(was, citation)}
    text = _attributed_anew(answer.answer, {was.number: (was, own) for was, own in now.items()}, local)
    # What comes later is open again.
    for number in gone | moved:
        later = local.say("superseded", number=number)
        for told in (f" *({later})*", f"{later}; ", f"; {later}"):
            text = text.replace(told, "")
    unsaid = {plain_line(words) for number, words in answer.translations.items() if number in gone}
    lines = (line for line in text.split("\n") if not any(words in line for words in unsaid))

    def as_it_is(citation: Citation) -> Citation:
        current = now.get(citation, citation)
        open_again = {citation.number, citation.superseded_by} & (gone | moved)
        return replace(current, superseded_by=None) if open_again else current

    def line_as_it_is(line: str) -> str:
        cited = {int(number) for number in MARKER.findall(line)}
        return local.say("withdrawn") if cited & gone else line

    return replace(
        answer,
        answer="\n".join(map(line_as_it_is, lines)),
        claims=tuple(claim for claim in answer.claims if gone.isdisjoint(claim.citations)),
        citations=tuple(map(as_it_is, answer.citations)),
        related=tuple(map(as_it_is, answer.related)),
    )
