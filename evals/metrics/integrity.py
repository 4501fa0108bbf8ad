"""Integrity: whether quotations are exact, stand where they are said to stand, and are put into the right mouth."""

from collections.abc import Iterable
from typing import Final

from app.answer import Citation
from app.verify import reads_as
from evals.golden.documents import FACTS, Document
from evals.metrics.judged import Judged
from ingest.furniture import running_heads

# Types of cases whose expected States are those that the question names.
ABOUT_NAMED: Final = frozenset(
    {"single_state", "unanswerable", "partial", "compare", "multi_state", "temporal", "follow_up"}
)


def _shown(judged: Judged) -> tuple[Citation, ...]:
    return (*judged.answer.citations, *judged.answer.related)


def quotes(judged: Judged) -> tuple[float, float] | None:
    """Returns (quotations that read as the text at their offsets, all quotations shown).

    The words at the offsets are taken from the file, not from the answer.
    """
    shown = _shown(judged)
    return (float(sum(_is_exact(citation, judged) for citation in shown)), float(len(shown))) if shown else None


def _is_exact(citation: Citation, judged: Judged) -> bool:
    text = _text(citation, judged)
    return reads_as(citation.quote, text[citation.start : citation.end], heads=running_heads(text))


def pointers(judged: Judged) -> tuple[float, float] | None:
    """Returns (citations whose file exists and holds `source_quote` exactly at the offsets, all shown)."""
    shown = _shown(judged)
    sound = [
        citation.start < citation.end
        and _text(citation, judged)[citation.start : citation.end] == citation.source_quote
        for citation in shown
    ]
    return (float(sum(sound)), float(len(shown))) if shown else None


def _text(citation: Citation, judged: Judged) -> str:
    document = judged.documents.get(citation.file)
    return "" if document is None else document.text


def attribution(judged: Judged) -> tuple[float, float] | None:
    """Returns (citations whose State is the one that spoke the span, those whose speaker is known)."""
    known = [(citation, speaker) for citation, speaker in _with_speakers(judged) if speaker is not None]
    return (float(sum(c.state == speaker for c, speaker in known)), float(len(known))) if known else None


def _with_speakers(judged: Judged) -> Iterable[tuple[Citation, str | None]]:
    for citation in _shown(judged):
        document = judged.documents.get(citation.file)
        yield citation, None if document is None or _for_a_group(citation, document) else document.state


def _for_a_group(citation: Citation, document: Document) -> bool:
    """Whether a State is said to have spoken for a group, of which the manifest says neither yes nor no."""
    delivered = citation.speaker is not None and citation.state == citation.on_behalf_of
    return delivered and "on_behalf_of" not in document.facts


def misattributed(judged: Judged) -> tuple[float]:
    """Returns (number of citations in the wrong mouth,).

    Wrong is a State other than the one that spoke the span; a State that was not asked about, among the citations that
    support the answer; and a claim under another State than its citation's. What a group said for a State that was
    asked about counts as right where every claim on it names the group.
    """
    spoken_by_other = {
        (c.file, c.start) for c, speaker in _with_speakers(judged) if speaker is not None and c.state != speaker
    }
    wrong = spoken_by_other | {(c.file, c.start) for c in judged.answer.citations if _in_wrong_mouth(c, judged)}
    return (float(len(wrong)),)


def _in_wrong_mouth(citation: Citation, judged: Judged) -> bool:
    answer, case = judged.answer, judged.case
    claimed = {claim.state for claim in answer.claims if citation.number in claim.citations}
    if claimed - {citation.state, citation.on_behalf_of}:
        return True
    asked = set(case.expect.states) if case.type in ABOUT_NAMED else set()
    wanted = asked or set(answer.scope.states) | set(answer.scope.groups)
    if not wanted or citation.state in wanted:
        return False
    labelled = {group for group, members in answer.spoken_for.items() if set(members) <= wanted}
    return not (citation.state in labelled and citation.on_behalf_of == citation.state and claimed == {citation.state})


def metadata(judged: Judged) -> tuple[float, float] | None:
    """Returns (facts of citations that are as the manifest has them, facts that it has)."""
    right = known = 0
    for citation in _shown(judged):
        document = judged.documents.get(citation.file)
        for name, value in ({} if document is None else _facts(document)).items():
            known += 1
            right += getattr(citation, name) == value
    return (float(right), float(known)) if known else None


def _facts(document: Document) -> dict[str, str]:
    return {name: value for name, value in document.facts.items() if name in FACTS}


def forbidden(judged: Judged) -> tuple[float, float] | None:
    """Returns (citations of States that do not answer, citations) of cases that say which do not.

    Each is in the right mouth; but whoever merely quotes another, or speaks beside the question, is no answer to it.
    """
    states, citations = judged.case.expect.states_forbidden, judged.answer.citations
    return (float(sum(c.state in states for c in citations)), float(len(citations))) if states and citations else None
