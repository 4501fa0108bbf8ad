"""Rechecking: stored citations are verified anew, since a statement may have been corrected or removed meanwhile.

A corrected session gives a statement another id, under which its citations are found again; a corrected State makes
them `misattributed`. The text of a stored answer is edited line by line, as the composition that it was rendered from
is not stored.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from app.answering.citations import provenance_of
from app.answering.localization import Localization
from app.answering.markdown import plain_line
from app.answering.provenance import attribution
from app.answering.superseding import earlier_than_latest
from app.answering.verify_citations import verify_citation
from app.records import Answer, Citation
from vectorstore.catalogue import Catalogue
from vectorstore.records import SentenceId, Statement

# The number of a citation in an answer's text, as "[3]"; bracketed numbers that a statement itself has are escaped.
MARKER: Final = re.compile(r"(?<!\\)\[(\d{1,4})\]")
# A quotation's line with its remarks, as "> “We support it.” [2] *(for; earlier)*".
_REMARKS: Final = re.compile(r"(?P<quoted>> .*\[(?P<number>\d{1,4})\]) \*\((?P<remarks>.*)\)\*")
Recheck = Callable[[Sequence[Citation]], Sequence[Citation]]


def recheck_citations(kept: Sequence[Citation], catalogue: Catalogue) -> tuple[Citation, ...]:
    """Returns citations, in their order, with the place, provenance and verdict that they have in the store now.

    A citation whose words now belong to another party is `misattributed`; one whose words are gone is `not_found`.
    """
    stored = catalogue.statements(list(dict.fromkeys(citation.statement_id for citation in kept)))
    by_file: dict[str, list[Statement]] = {}

    def candidates(citation: Citation) -> Iterator[Statement]:
        if citation.statement_id in stored:
            yield stored[citation.statement_id]
            return
        if citation.file not in by_file:
            documents = catalogue.documents_of_file(citation.file)
            by_file[citation.file] = [each for document in documents for each in catalogue.statements_of(document)]
        yield from by_file[citation.file]

    def recheck(citation: Citation) -> Citation:
        moved = [(_at(citation, statement), statement) for statement in candidates(citation)]
        verdicts = {verify_citation(now, statement): now for now, statement in moved}
        if "verified" in verdicts:
            return verdicts["verified"]
        return replace(citation, verdict="misattributed" if "misattributed" in verdicts else "not_found")

    return tuple(map(recheck, kept))


def _at(citation: Citation, statement: Statement) -> Citation:
    """Returns a citation moved to a statement: with that statement's provenance, but still naming its own party."""
    return replace(
        citation,
        **provenance_of(statement),
        sentence_ids=tuple(SentenceId(statement.statement_id, each.ordinal) for each in citation.sentence_ids),
        language=statement.language_at(citation.start),
    )


def _attributed_anew(text: str, changed: Mapping[int, tuple[Citation, Citation]], local: Localization) -> str:
    """Returns an answer's text with the current attribution line above each changed citation, given (old, new)."""
    lines = text.split("\n")
    old_and_new: tuple[str, str] | None = None
    for at in range(len(lines) - 1, -1, -1):
        if (number := MARKER.search(lines[at])) is not None:
            pair = changed.get(int(number[1]))
            old_and_new = pair and (attribution(pair[0], local), attribution(pair[1], local))
        elif old_and_new is not None and lines[at] == old_and_new[0]:
            lines[at] = old_and_new[1]
    return "\n".join(lines)


def is_otherwise_dated(was: Citation, now: Citation) -> bool:
    """Returns whether a citation's date or session has changed, so that what it supersedes must be decided anew."""
    return (was.date, was.session) != (now.date, now.session)


def recheck_answer(answer: Answer, recheck: Recheck, local: Localization) -> Answer:
    """Returns an answer with rechecked citations; each line that cites a failed one is replaced by a note saying so.

    Claims that cite a failed one are removed; without any left, its status is `abstained`. The attribution line above a
    quotation shows its current provenance.
    """
    shown = (*answer.citations, *answer.related)
    now = {was: citation for was, citation in zip(shown, recheck(shown), strict=True) if citation != was}
    if not now:
        return answer
    # The text cites no related passages, which answers of earlier releases number from 1 as well.
    changed = {was.number: (was, now[was]) for was in answer.citations if was in now}
    gone = {number for number, (_, citation) in changed.items() if citation.verdict != "verified"}
    moved = {number for number, (was, citation) in changed.items() if is_otherwise_dated(was, citation)}
    text = _attributed_anew(answer.answer, changed, local)
    open_again = gone | moved
    outdated = {local.say("superseded", number=number) for number in open_again}
    asked = {claim.state for claim in answer.claims if claim.state}
    left = [now.get(was, was) for was in answer.citations if was.number not in gone]
    not_earlier = (earlier_than_latest(answer.citations, asked) | moved) - earlier_than_latest(left, asked)

    def rechecked_line(line: str) -> str:
        """Returns a line without remarks that a failed or redated citation leaves open, or a note for a failed one."""
        if found := _REMARKS.fullmatch(line):
            remarks = re.split(f"; |{re.escape(local.semicolon)}", found["remarks"])
            dropped = outdated | ({local.say("earlier")} if int(found["number"]) in not_earlier else set())
            kept = local.semicolon.join(remark for remark in remarks if remark not in dropped)
            line = f"{found['quoted']} *({kept})*" if kept else found["quoted"]
        return line if gone.isdisjoint(map(int, MARKER.findall(line))) else local.say("withdrawn")

    withdrawn = {plain_line(words) for number, words in answer.translations.items() if number in gone}
    lines = (line for line in text.split("\n") if not any(words in line for words in withdrawn))

    def rechecked(citation: Citation) -> Citation:
        current = now.get(citation, citation)
        is_open = {citation.number, citation.superseded_by} & open_again
        return replace(current, superseded_by=None) if is_open else current

    claims = tuple(claim for claim in answer.claims if gone.isdisjoint(claim.citations))
    return replace(
        answer,
        answer="\n".join(map(rechecked_line, lines)),
        status="abstained" if answer.claims and not claims else answer.status,
        claims=claims,
        citations=tuple(map(rechecked, answer.citations)),
        related=tuple(map(rechecked, answer.related)),
    )
