"""The steps of the chain as methods of `Steps`: resolve -> retrieve -> compose -> verify.

Each step adds a record to the state, and none reads what a later one writes. Retrieval may also replace the resolution
by another reading of the question. `app/answering/chain.py` is the chain as a LangChain `Runnable`.
"""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from app.answering.abstention import abstain, must_abstain
from app.answering.answer_positions import with_positions
from app.answering.by_kind import compose_for, quotes_evidence, retrieve_for
from app.answering.compose.composition import Composition, FindWords, KindContext, ModelDraft
from app.answering.corrigenda import with_corrigenda
from app.answering.history import read_state, state_after, state_as_json
from app.answering.localization import Localization, localize
from app.answering.related_passages import related_readings
from app.answering.render import note_in_words, render
from app.answering.state_count import with_state_count
from app.answering.verify_citations import VerifiedClaims, verify_claims
from app.question.reading import read_question
from app.question.resolution import Resolution, in_language_of_topic
from app.question.turns.state import ConversationState, EarlierTurn, earlier_turns
from app.records import Answer, Claim, Timings
from app.retrieval.evidence_retriever import EvidenceRetriever
from app.retrieval.rereadings import rereadings
from app.retrieval.retrieved import Retrieved
from ingest.parties.party_table import PartyTable
from ingest.text.canonical_form import without_surrogates
from vectorstore.records import JSONValue

if TYPE_CHECKING:
    from app.answering.compose.llm_composer import ModelWriter

# The most quotations or claims of an answer asked to be shorter.
_MAX_SHORTER: Final = 2


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question with the conversation before it."""

    text: str
    """The question, in any of the six languages."""
    overrides: Mapping[str, JSONValue] = field(default_factory=dict)
    """Parts of the scope that replace what is read from the question, in the form of `Answer.scope`. Without any, a
    follow-up such as "shorter" or "in French" keeps the overrides of the question that it refers to."""
    history: Sequence[str | EarlierTurn] = ()
    """Earlier questions of the conversation, oldest first, each with the parts of its scope that were set by hand, if
    any."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", without_surrogates(self.text))

    @property
    def state_before(self) -> ConversationState | None:
        """The state of the conversation before it, where the history has it."""
        return next((turn.state for turn in earlier_turns(self.history)[-1:]), None)


@dataclass(frozen=True, kw_only=True)
class ChainState:
    """The state of a question in the chain: the records of finished steps, None for steps to come."""

    question: Question
    resolution: Resolution | None = None
    retrieved: Retrieved | None = None
    composed: Composition | None = None
    """While a model writes, the claims that passed so far (`Composition.claims_so_far`), replaced in each new state."""
    answer: Answer | None = None


@dataclass(frozen=True, kw_only=True)
class Steps:
    """The chain's steps over one store; without a writer, answers are extractive: quotations alone."""

    retriever: EvidenceRetriever
    parties: Callable[[], PartyTable]
    max_citations: int
    find_words: FindWords
    writer: "ModelWriter | None" = None

    def states(self, question: str | Question) -> Iterator[ChainState]:
        """Yields the state after each step and after each claim that passes; the last one has the answer.

        All steps read the record as it was at the first, even if statements are corrected or removed meanwhile.
        """
        question = Question(text=question) if isinstance(question, str) else question
        steps = self if self.writer is None else replace(self, writer=self.writer.for_one_answer())
        with self.retriever.store.catalogue.held_snapshot() as reading:
            states = steps._states(question)
            while True:
                # Only while a state is made: whoever gets it may read what is stored since, and write.
                with reading():
                    state = next(states, None)
                if state is None:
                    return
                yield state

    def _states(self, question: Question) -> Iterator[ChainState]:
        clock = _Clock()
        with clock.of("resolve"):
            resolution = self._with_shown(question, self.resolve(question))
        state = ChainState(question=question, resolution=resolution)
        yield state
        with clock.of("retrieve"):
            resolution, retrieved = self._retrieve_or_reread(resolution)
        state = replace(state, resolution=resolution, retrieved=retrieved)
        yield state
        composed = Composition()
        for composed in clock.each("compose", self.compose(resolution, retrieved)):
            state = replace(state, composed=composed)
            yield state
        with clock.of("verify"):
            answer = self.verify(question, resolution, retrieved, composed)
        conversation = state_as_json(state_after(resolution, answer, retrieved, question.state_before))
        yield replace(state, answer=replace(answer, timings_ms=clock.timings(), conversation=conversation))

    def _with_shown(self, question: Question, resolution: Resolution) -> Resolution:
        """Adds what the answer before showed, by answering again, if a follow-up needs it and the history lacks it."""
        turns = earlier_turns(question.history)
        if resolution.act not in ("more", "about") or resolution.again or resolution.shown is not None or not turns:
            return resolution
        *before, last = turns
        earlier = Question(text=last.question, overrides=last.overrides, history=before)
        *_, state = replace(self, writer=None).states(earlier)
        assert state.answer is not None
        return replace(resolution, shown=read_state(state.answer.conversation).shown)

    def resolve(self, question: Question) -> Resolution:
        """Resolves the scope (who, when, which article, the topic) and the form of the answer ("shorter")."""
        parties = self.parties()
        return read_question(
            question.text,
            parties,
            persons=partial(self.retriever.persons, parties),
            overrides=question.overrides,
            history=question.history,
            propose=self.writer.propose if self.writer is not None and self.writer.config.reads_questions else None,
        )

    def retrieve(self, resolution: Resolution) -> Retrieved:
        """Applies the scope and finds evidence within it, per party."""
        return retrieve_for(self._context(resolution))

    def _retrieve_or_reread(self, resolution: Resolution) -> tuple[Resolution, Retrieved]:
        retrieved = self.retrieve(resolution)
        for reread, answering in rereadings(resolution, retrieved, self.parties()):
            if found := answering(self.retrieve(reread)):
                return reread, found
        return resolution, retrieved

    def compose(self, resolution: Resolution, retrieved: Retrieved) -> Iterator[Composition]:
        """Composes the answer by its kind; a model, if configured, words claims on quotations of evidence."""
        context = self._context(resolution)
        composed = compose_for(context, retrieved)
        # Without evidence there is nothing to word, and a treaty's own text is quoted, not reworded.
        quoted_only = not composed.claims or resolution.provision or resolution.scope.negated or resolution.counts
        if self.writer is None or not quotes_evidence(resolution.answered_as) or quoted_only:
            yield composed
        else:
            yield from _worded(composed, self.writer, context, retrieved)

    def _context(self, resolution: Resolution) -> KindContext:
        # Parties that answer still get one quotation each.
        limit = min(self.max_citations, _MAX_SHORTER) if resolution.style == "shorter" else self.max_citations
        return KindContext(
            resolution=in_language_of_topic(resolution),
            local=localize(self.parties(), _language(resolution)),
            retriever=self.retriever,
            find_words=self.find_words,
            limit=limit,
        )

    def verify(self, question: Question, resolution: Resolution, retrieved: Retrieved, composed: Composition) -> Answer:
        """Drops claims whose citations fail verification; builds the answer, which abstains without any."""
        checked = verify_claims(composed.claims, composed.citations, retrieved.sources.statements)
        if resolution.style == "shorter" and resolution.kind == "format_request":
            checked, composed = _shorter(checked, composed, question.state_before)
        local = localize(self.parties(), _language(resolution))
        answer = self._answer_before_claims(question, resolution, retrieved, checked, composed.draft, local)
        checked, composed = with_positions(checked, composed, resolution, retrieved, self.parties())
        if must_abstain(checked.claims, composed.quoted_groups, resolution.scope):
            return abstain(answer, resolution, retrieved, local)
        if resolution.only is not None:
            checked = _only_citation(checked, resolution.only)
        if resolution.counts_states:
            composed = with_state_count(checked, composed, retrieved, local)
        checked, corrigenda = with_corrigenda(checked, self.retriever.store.catalogue)
        in_words = dict.fromkeys(note_in_words(note, local) for note in corrigenda)
        read_otherwise = retrieved.other_readings or retrieved.unnamed_articles
        return replace(
            answer,
            scope=replace(answer.scope, notes=(*answer.scope.notes, *in_words)),
            answer=render(composed, checked.claims, checked.citations, local),
            status="partial" if composed.missing else "answered",
            missing=composed.missing,
            claims=checked.claims,
            citations=checked.citations,
            more=composed.unquoted,
            spoken_for={group: tuple(members) for group, members in composed.quoted_groups.items()},
            translations=dict(composed.translations),
            related=related_readings(retrieved, checked.citations) if read_otherwise else (),
        )

    def _answer_before_claims(
        self,
        question: Question,
        resolution: Resolution,
        retrieved: Retrieved,
        checked: VerifiedClaims,
        draft: ModelDraft | None,
        local: Localization,
    ) -> Answer:
        """Returns an answer without its claims: how the question was read, what was searched, and who composed it."""
        notes = tuple(note_in_words(note, local) for note in (*resolution.notes, *retrieved.notes))
        surest = max(retrieved.party_evidence, key=lambda party: (party.answers, party.confidence), default=None)
        answer = Answer(
            question=question.text,
            answer="",
            status="answered",
            kind=resolution.kind,
            kind_chance=resolution.kind_chance,
            other_kinds=resolution.other_kinds,
            scope=replace(resolution.scope, language=_language(resolution), notes=notes),
            coverage=retrieved.coverage(checked.citations),
            retrieved=retrieved.passages,
            confidence=0.0 if surest is None else round(surest.confidence, 4),
            confidence_source=None if surest is None else surest.confidence_source,
            prompt_version=local.version,
            dropped_claims=checked.dropped,
        )
        if draft is None or self.writer is None:
            return answer
        return replace(
            answer,
            composer="model" if draft.claims else "extractive",
            model=self.writer.name,
            prompt_version=draft.prompt_version or answer.prompt_version,
            usage=dict(draft.usage),
            dropped_claims=(*draft.dropped, *answer.dropped_claims),
        )


def _worded(
    quoted: Composition, writer: "ModelWriter", context: KindContext, retrieved: Retrieved
) -> Iterator[Composition]:
    """Yields the quotations with a model's claims so far, as these pass their checks, and last the two merged."""
    from app.answering.compose.llm_composer import Task
    from app.answering.compose.merge_claims import with_claims, with_translations

    resolution, local = context.resolution, context.local
    found = (*retrieved.party_evidence, *retrieved.group_evidence)
    answering = [item for item in found if (item.answers_surely if item.spoke_for else item.answers)]
    # In the order of the quotations: groups come after the States that they spoke for.
    answering.sort(key=lambda item: bool(item.spoke_for))
    task = Task(
        question=resolution.question,
        chosen=[item.best_sentences for item in answering],
        asked=[item.party for item in answering],
        sources=retrieved.sources,
        limit=max(context.limit, len(answering)),
        style=resolution.style,
    )
    draft = ModelDraft()
    for draft in writer.write(task, local):
        text = render(Composition(claims=draft.claims), draft.claims, draft.citations, local)
        yield replace(quoted, claims_so_far=text, draft=draft)
    composed = with_claims(quoted, draft, answering, local, model=writer.name)
    composed = replace(composed, as_points=resolution.style == "points")
    if resolution.reply_language is not None:
        composed = with_translations(composed, writer, resolution.reply_language, local)
    yield composed


def _only_citation(checked: VerifiedClaims, number: int) -> VerifiedClaims:
    """Returns the claim of one citation, under its number, with what supersedes it; all claims where none cites it."""
    claims = [claim for claim in checked.claims if number in claim.citations] or checked.claims
    cited = {n for claim in claims for n in claim.citations}
    return _keeping_claims(checked, claims, {c.superseded_by for c in checked.citations if c.number in cited})


def _shorter(
    checked: VerifiedClaims, composed: Composition, before: ConversationState | None
) -> tuple[VerifiedClaims, Composition]:
    """Keeps the newest claim of each party, if all together would be no shorter than the answer before."""
    shown = before.shown.sentences if before is not None and before.shown is not None else ()
    length = sum(len(citation.sentence_ids) for citation in checked.citations)
    if not shown or length < len(shown):
        return checked, composed
    newest = dict[str | None, Claim]()
    for claim in checked.claims:
        newest.setdefault(claim.state, claim)
    kept = _keeping_claims(checked, [*newest.values()])
    left_out = length - sum(len(citation.sentence_ids) for citation in kept.citations)
    return kept, replace(composed, unquoted=composed.unquoted + left_out)


def _keeping_claims(
    checked: VerifiedClaims, claims: Sequence[Claim], others: Collection[int | None] = ()
) -> VerifiedClaims:
    numbers = {*others, *(number for claim in claims for number in claim.citations)}
    citations = tuple(citation for citation in checked.citations if citation.number in numbers)
    return replace(checked, claims=tuple(claims), citations=citations)


def _language(resolution: Resolution) -> str:
    return resolution.reply_language or resolution.scope.language


class _Clock:
    """Wall time per step, in milliseconds; what a caller does with a state in between does not count."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._taken: dict[str, float] = {}

    @contextmanager
    def of(self, step: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self._taken[step] = _milliseconds_since(began)

    def each(self, step: str, records: Iterator[Composition]) -> Iterator[Composition]:
        """Yields the records of a streaming step; its time runs until the last one."""
        began = time.perf_counter()
        for record in records:
            self._taken[step] = _milliseconds_since(began)
            if record.claims_so_far:
                self._taken.setdefault("first_claim", _milliseconds_since(self._began))
            yield record

    def timings(self) -> Timings:
        return Timings(**self._taken, total=_milliseconds_since(self._began))


def _milliseconds_since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 1)
