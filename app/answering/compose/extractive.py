"""The extractive composer: an attribution line for each party and its best quotations; no model writes a word.

"Arvandia, tenth session, 2020: “We do not support that proposal.” [1]".
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from app.answering.answer_type_check import contains_answer_type
from app.answering.citations import with_quoted_parties
from app.answering.compose.composition import Composition
from app.answering.localization import Localization
from app.answering.markdown import escape
from app.answering.quotation_context import may_be_extended
from app.answering.quoting import claim_of, comparable_words, latest_statement_first, quote, repeats
from app.answering.verify_citations import sound_citations
from app.records import AnswerType, Citation, Sources
from app.retrieval.list_context import opens
from app.retrieval.party_evidence import PartyEvidence
from ingest.parties.party_table import PartyTable
from vectorstore.records import Sentence, SentenceId

# Number of strongest sentences of a party that are extended by what follows, and in whose quotations the answer type,
# such as a number, is looked for; weaker ones contain one only by chance.
_READ_FOR_ANSWER_TYPE: Final = 2
# The most quotations of one group, beside those of the State that was asked about.
_MAX_OF_GROUP: Final = 2

_ReportingOthers = Callable[[Sequence[Sentence]], Collection[Sentence]]


def compose(
    evidence: Sequence[PartyEvidence],
    sources: Sources,
    local: Localization,
    *,
    limit: int,
    answer_type: AnswerType | None,
    quotations_per_party: int | None = None,
    extended: bool = True,
    reporting_others: _ReportingOthers = lambda _: (),
    repeat_joint_statements: bool = True,
) -> Composition:
    """Quotes the best evidence of every party that has some, and then of the groups that spoke for them.

    Groups that spoke for their members come last, if they surely answer, and only if a party answers by itself. Each
    party with evidence gets an equal share of the `limit`, at least one quotation; in lists of who said something, up
    to `quotations_per_party` instead. Unless `extended`, short quotations are continued only where sentences are
    `reporting_others`, as the party may answer them next; these, or a single one, begin with the party's latest
    statement, except in lists (`quotations_per_party`) and where an `answer_type` is asked for. If no quotation
    contains that, it is `missing`; reasons never are, since they may be given in any words. Unless
    `repeat_joint_statements`, what several parties said jointly is quoted once, naming them all.
    """
    answering = [own for own in evidence if own.answers and not own.spoke_for]
    groups = [joint for joint in evidence if joint.spoke_for and joint.answers_surely]
    if not answering:
        return Composition()
    # Each party has its share of the limit, on each subject of a question.
    speakers = list(dict.fromkeys(own.party for own in answering))
    share = quotations_per_party or max(1, limit // len(speakers))
    subjects = list(dict.fromkeys(of_party.subject for of_party in evidence))
    by_subject = sorted((*answering, *groups), key=lambda of_party: subjects.index(of_party.subject))
    latest_first = not (quotations_per_party or answer_type)
    select = partial(_select, sources=sources, share=share, latest_first=latest_first, extended=extended)
    selected = [*map(select, by_subject)]
    if not extended:
        selected = _extending_only_reports(selected, sources, reporting_others)
    quoted = [_quote_sound(selection, sources, local.parties) for selection in selected]
    cited = [*_without_repeated(quoted, repeat_joint_statements)]
    return _composition(cited, local, missing=_missing(quoted, answer_type, local.parties, speakers))


@dataclass(frozen=True, kw_only=True)
class _PartyQuotations:
    """What is quoted of a party's evidence: the records of finished stages, empty for stages to come."""

    evidence: PartyEvidence
    sentences: Sequence[Sentence]
    """Those that may be quoted, strongest first; up to `limit` are."""
    limit: int
    extendable: Sequence[Sentence]
    """Those whose quotations, if short, are extended by what follows."""
    citations: Sequence[Citation] = ()
    dropped: Sequence[Citation] = ()
    unquoted: int = 0
    numbers: Sequence[int] = ()
    """The numbers of its citations, and of earlier ones that hold the same."""


def _select(
    evidence: PartyEvidence, sources: Sources, share: int, *, latest_first: bool, extended: bool
) -> _PartyQuotations:
    limit = min(share, _MAX_OF_GROUP) if evidence.spoke_for else share
    sentences: Sequence[Sentence] = evidence.best_sentences
    if latest_first and (limit == 1 or not extended):
        sentences = latest_statement_first(sentences, sources)
    extendable = sentences[: _READ_FOR_ANSWER_TYPE if extended else limit]
    return _PartyQuotations(evidence=evidence, sentences=sentences, limit=limit, extendable=extendable)


def _extending_only_reports(
    selected: Sequence[_PartyQuotations], sources: Sources, reporting_others: _ReportingOthers
) -> list[_PartyQuotations]:
    """Leaves those sentences extendable that are short and only report what others say."""
    extendable = (sentence for selection in selected for sentence in selection.extendable)
    short = [s for s in extendable if may_be_extended(sources.sentences[s.statement_id], s.ordinal)]
    reports = reporting_others(short)
    return [replace(each, extendable=[s for s in each.extendable if s in reports]) for each in selected]


def _quote_sound(selection: _PartyQuotations, sources: Sources, parties: PartyTable) -> _PartyQuotations:
    """Quotes the strongest sentences, without quotations that would fail verification, which are `dropped`.

    A quotation that is dropped gives its place to the next best one, if there is any.
    """
    strong, dropped = selection.sentences, list[Citation]()
    limit, extendable = selection.limit, selection.extendable
    while True:
        citations = quote(strong, sources, limit, first_number=1, newest_first=True, extendable=extendable)
        sound = sound_citations(citations, sources.statements)
        unsound = [citation for citation in citations if citation not in sound]
        failed = {identifier for citation in unsound for identifier in citation.sentence_ids}
        rest = tuple(sentence for sentence in strong if sentence.sentence_id not in failed)
        if len(rest) in (0, len(strong)):
            unquoted = _count_unquoted(strong, citations)
            citations = with_quoted_parties(citations, sources, parties)
            return replace(selection, sentences=strong, citations=citations, dropped=dropped, unquoted=unquoted)
        dropped += unsound
        strong = rest


def _missing(
    quoted: Sequence[_PartyQuotations], answer_type: AnswerType | None, parties: PartyTable, speakers: Sequence[str]
) -> AnswerType | None:
    if answer_type is None or answer_type == "reason":
        return None
    for quotations in (q for q in quoted if not q.evidence.spoke_for):
        strongest = {sentence.sentence_id for sentence in quotations.sentences[:_READ_FOR_ANSWER_TYPE]}
        read = (citation.quote for citation in quotations.citations if not strongest.isdisjoint(citation.sentence_ids))
        if any(contains_answer_type(answer_type, words, parties, speakers) for words in read):
            return None
    return answer_type


def _without_repeated(quoted: Sequence[_PartyQuotations], repeat_joint_statements: bool) -> Iterator[_PartyQuotations]:
    """Numbers the quotations that hold more than those before, and leaves out the others."""
    count = 0
    numbers_by_party: dict[str, dict[SentenceId, int]] = {}
    for quotations in quoted:
        # What a party said on another subject, or jointly with one before it, is not repeated; it stands under both.
        number_of = numbers_by_party.setdefault(quotations.evidence.party if repeat_joint_statements else "", {})
        chosen = {sentence.sentence_id for sentence in quotations.sentences}
        new: list[Citation] = []
        numbers: list[int] = []
        for citation in quotations.citations:
            keys = chosen.intersection(citation.sentence_ids) or {*citation.sentence_ids}
            if keys <= number_of.keys():
                numbers += [number_of[key] for key in keys]
            else:
                count += 1
                numbers.append(count)
                new.append(replace(citation, number=count))
        number_of |= {key: citation.number for citation in new for key in citation.sentence_ids}
        yield replace(quotations, citations=new, numbers=numbers)


def _composition(cited: Sequence[_PartyQuotations], local: Localization, *, missing: AnswerType | None) -> Composition:
    """Returns the claims on all citations; those that are dropped come last, so that no number is missing."""
    citations = [citation for q in cited for citation in q.citations]
    claims = [claim_of(q.evidence.party, local, *together) for q in cited for together in _with_openings(q.citations)]
    dropped = [(q.evidence.party, citation) for q in cited for citation in q.dropped]
    for number, (party, citation) in enumerate(dropped, len(citations) + 1):
        citations.append(replace(citation, number=number))
        claims.append(claim_of(party, local, citations[-1]))
    quoted_groups: dict[str, tuple[str, ...]] = {}
    for group in (q.evidence for q in cited if q.citations and q.evidence.spoke_for):
        states = (*quoted_groups.get(group.party, ()), *group.spoke_for)
        quoted_groups[group.party] = tuple(dict.fromkeys(states))
    return Composition(
        claims=tuple(claims),
        citations=tuple(citations),
        unquoted=sum(q.unquoted for q in cited if q.citations),
        missing=missing,
        quoted_groups=quoted_groups,
        introductions=_introductions(cited, local),
    )


def _introductions(cited: Sequence[_PartyQuotations], local: Localization) -> dict[int, str]:
    """Returns, by number, the subjects of a citation, where a question has several, and for whom a group spoke."""
    introductions: dict[int, str] = {}
    subjects_of: dict[int, list[str]] = {}
    for quotations in cited:
        evidence = quotations.evidence
        if evidence.spoke_for:
            introductions |= {citation.number: introduction(evidence, local) for citation in quotations.citations}
        for number in quotations.numbers if evidence.subject else ():
            subjects_of.setdefault(number, []).append(evidence.subject)
    for number, subjects in subjects_of.items():
        line = local.say("on_subject", topic=local.list_comma.join(map(escape, dict.fromkeys(subjects))))
        introductions[number] = "\n\n".join(filter(None, (line, introductions.get(number))))
    return introductions


def _with_openings(citations: Sequence[Citation]) -> Iterator[list[Citation]]:
    """Yields citations one by one, but an item of a long list with the citation of the words that open it."""
    # As one claim, neither is shown without the other.
    waiting: list[Citation] = []
    for citation in citations:
        waiting.append(citation)
        if not opens(citation.quote):
            yield waiting
            waiting = []
    yield from ([citation] for citation in waiting)


def _count_unquoted(strong: Sequence[Sentence], quotations: Sequence[Citation]) -> int:
    quoted = {identifier for citation in quotations for identifier in citation.sentence_ids}
    known = [comparable_words(citation.quote) for citation in quotations]
    count = 0
    for sentence in strong:
        words = comparable_words(sentence.text)
        if sentence.sentence_id not in quoted and not repeats(words, known):
            count += 1
            known.append(words)
    return count


def introduction(evidence: PartyEvidence, local: Localization) -> str:
    """Returns the line that says for which States a group spoke: its members, or others that aligned themselves."""
    names = local.list_comma.join(escape(local.name(code)) for code in evidence.spoke_for)
    group = escape(local.name(evidence.party))
    return local.say("as_aligned" if evidence.aligned else "as_member", group=group, party=names)
