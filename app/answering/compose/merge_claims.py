"""Merging a model's claims with the extractive answer: a party without a claim keeps its quotations.

Asked about Arvandia and Belmora, where the model worded only Arvandia's position, the answer has a claim for Arvandia
and quotations of Belmora.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from app.answering.answer_type_check import contains_answer_type
from app.answering.compose.composition import Composition, ModelDraft
from app.answering.compose.extractive import introduction
from app.answering.compose.llm_composer import ModelWriter
from app.answering.compose.llm_stream import add_usage
from app.answering.localization import Localization
from app.records import AnswerType, Citation, Claim
from app.retrieval.party_evidence import PartyEvidence


def with_claims(
    quoted: Composition, draft: ModelDraft, evidence: Sequence[PartyEvidence], local: Localization, *, model: str
) -> Composition:
    """Puts a model's checked claims in place of the quotations of the parties that they are about."""
    asked = dict.fromkeys(claim.state for claim in quoted.claims)
    worded: dict[str | None, list[Claim]] = {state: [] for state in asked}
    for claim in draft.claims:
        if (state := _party_of(claim, asked, draft)) in worded:
            worded[state].append(replace(claim, state=state))
    if draft.claims and not any(worded.values()):
        draft = replace(draft, claims=(), problem="nothing")
    notes = _notes(draft, local, model)
    if not draft.claims:
        return replace(quoted, notes=(*quoted.notes, *notes), draft=draft)
    claims: list[Claim] = []
    citations: list[Citation] = []
    introductions: dict[int, str] = {}
    # A group may speak for other States in each of its statements, as its members change.
    spoken: dict[tuple[str, str], str] = {}
    for item in evidence:
        if item.spoke_for and item.party in quoted.quoted_groups:
            keys = ((item.party, scored.sentence.statement_id) for scored in item.sentences)
            spoken |= dict.fromkeys(keys, introduction(item, local))
    for state, own in worded.items():
        said = own or [claim for claim in quoted.claims if claim.state == state]
        numbers = _append(claims, citations, said, draft.citations if own else quoted.citations)
        lines = quoted.introductions
        if own:
            lines = {c.number: spoken.get((state or "", c.statement_id), "") for c in draft.citations}
        introductions |= {numbers[old]: line for old, line in lines.items() if line and old in numbers}
    shown = {identifier for citation in citations for identifier in citation.sentence_ids}
    strong = {sentence.sentence_id for item in evidence if item.answers for sentence in item.best_sentences}
    missing = quoted.missing
    return replace(
        quoted,
        claims=tuple(claims),
        citations=tuple(citations),
        unquoted=len(strong - shown),
        missing=None if missing is not None and _holds(missing, quoted, draft, local) else missing,
        introductions=introductions,
        notes=(*quoted.notes, *notes),
        draft=draft,
    )


def _party_of(claim: Claim, asked: Collection[str | None], draft: ModelDraft) -> str | None:
    """Returns under which party asked about a claim is shown; of a joint statement, under the first that holds it."""
    holders = [citation.holders for citation in draft.citations if citation.number in claim.citations]
    of_all = (state for state in asked if all(state in each for each in holders))
    return claim.state if claim.state in asked else next(of_all, None)


def _holds(kind: AnswerType, quoted: Composition, draft: ModelDraft, local: Localization) -> bool:
    """Returns whether a citation of the model holds what no quotation does, such as a number, apart from groups."""
    speakers = [code for citation in draft.citations for code in citation.holders]
    cited = {n for claim in draft.claims if claim.state not in quoted.quoted_groups for n in claim.citations}
    own = (citation.quote for citation in draft.citations if citation.number in cited)
    return any(contains_answer_type(kind, words, local.parties, speakers) for words in own)


def with_translations(composed: Composition, writer: ModelWriter, language: str, local: Localization) -> Composition:
    """Adds translations of the quotations that are in another language, as far as the translations pass."""
    if composed.draft is None:
        return composed
    texts, usage = writer.translate(composed.citations, language, local.parties)
    draft = replace(composed.draft, usage=add_usage(composed.draft.usage, usage))
    return replace(composed, translations=texts, draft=draft)


def _append(
    claims: list[Claim], citations: list[Citation], new: Sequence[Claim], cited: Sequence[Citation]
) -> dict[int, int]:
    """Appends claims and their citations, which are renumbered to follow those already there; returns new by old."""
    by_number = {citation.number: citation for citation in cited}
    numbers: dict[int, int] = {}
    for claim in new:
        for number in claim.citations:
            if number not in numbers:
                numbers[number] = len(citations) + 1
                citations.append(replace(by_number[number], number=len(citations) + 1))
        claims.append(replace(claim, citations=tuple(numbers[number] for number in claim.citations)))
    return numbers


def _notes(draft: ModelDraft, local: Localization, model: str) -> tuple[str, ...]:
    notes = []
    if draft.problem is not None and not draft.claims:
        notes.append(local.say(f"model_{draft.problem}", model=model))
    if draft.claims:
        notes.append(local.say("model_checked", model=model))
    if draft.left_out:
        notes.append(local.say("model_left_out", count=draft.left_out))
    return tuple(notes)
