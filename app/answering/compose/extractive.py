"""The extractive composer: an attribution line for each party and its best quotations; no model writes a word.

"Arvandia, tenth session, 2020: “We do not support that proposal.” [1]".
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from typing import Final

from app.answering.answer_type_check import contains_answer_type
from app.answering.citations import with_quoted_parties
from app.answering.compose.composition import Composition
from app.answering.localization import Localization
from app.answering.markdown import escape
from app.answering.quotation_context import may_be_extended
from app.answering.quoting import claim_of, comparable_words, latest_statement_first, quote, repeats
from app.answering.verify_citations import sound_citations
from app.records import AnswerType, Citation, Claim, Sources
from app.retrieval.list_context import opens
from app.retrieval.party_evidence import PartyEvidence
from vectorstore.records import Sentence, SentenceId

# Number of strongest sentences of a party that are extended by what follows, and in whose quotations the answer type,
# such as a number, is looked for; weaker ones contain one only by chance.
_READ_FOR_ANSWER_TYPE: Final = 2
# The most quotations of one group, beside those of the State that was asked about.
_MAX_OF_GROUP: Final = 2


def compose(
    evidence: Sequence[PartyEvidence],
    sources: Sources,
    local: Localization,
    *,
    limit: int,
    answer_type: AnswerType | None,
    of_each: int | None = None,
    extended: bool = True,
    reporting_others: Callable[[Sequence[Sentence]], Collection[Sentence]] = lambda _: (),
    of_each_holder: bool = True,
) -> Composition:
    """Quotes the best evidence of every party that has some, and then of the groups that spoke for them.

    Groups that spoke for their members come last, if they surely answer, and only if a party answers by itself. Each
    party with evidence gets an equal share of the `limit`, at least one quotation; in lists of who said something, up
    to `of_each` instead. Unless `extended`, short quotations are continued only where sentences are `reporting_others`,
    as the party may answer them next; these, or a single one, begin with the party's latest statement, except in lists
    (`of_each`) and where an `answer_type` is asked for. If no quotation contains that, it is `missing`; reasons never
    are, since they may be given in any words. Unless `of_each_holder`, what several parties said jointly is quoted
    once, naming them all.
    """
    answering = [item for item in evidence if item.answers and not item.spoke_for]
    groups = [item for item in evidence if item.spoke_for and item.answers_surely]
    if not answering:
        return Composition()
    # Each party has its share of the limit, on each subject of a question.
    speakers = list(dict.fromkeys(item.party for item in answering))
    of_party = of_each or max(1, limit // len(speakers))
    claims: list[Claim] = []
    citations: list[Citation] = []
    missing = None if answer_type == "reason" else answer_type
    introductions: dict[int, str] = {}
    subjects_of: dict[int, list[str]] = {}
    quoted_before: dict[str, dict[SentenceId, int]] = {}
    quoted_groups: dict[str, tuple[str, ...]] = {}
    unquoted = 0
    dropped: list[tuple[str, Citation]] = []
    subjects = list(dict.fromkeys(item.subject for item in evidence))
    quoted: list[tuple[PartyEvidence, Sequence[Sentence], int]] = []
    for item in sorted((*answering, *groups), key=lambda item: subjects.index(item.subject)):
        strong: Sequence[Sentence] = item.best_sentences
        allowed = min(of_party, _MAX_OF_GROUP) if item.spoke_for else of_party
        if (allowed == 1 or not extended) and not (of_each or answer_type):
            strong = latest_statement_first(strong, sources)
        quoted.append((item, strong, allowed))
    first_of_all = (sentence for _, strong, allowed in quoted for sentence in strong[:allowed])
    short = [s for s in first_of_all if not extended and may_be_extended(sources.sentences[s.statement_id], s.ordinal)]
    continued = reporting_others(short)
    for item, strong, allowed in quoted:
        extendable = strong[:_READ_FOR_ANSWER_TYPE] if extended else [s for s in strong[:allowed] if s in continued]
        first = len(citations) + 1
        strong, quotations, unsound = _quote_sound(strong, sources, allowed, first_number=first, extendable=extendable)
        dropped += [(item.party, citation) for citation in unsound]
        if answer_type and not item.spoke_for:
            strongest = {sentence.sentence_id for sentence in strong[:_READ_FOR_ANSWER_TYPE]}
            read = (citation.quote for citation in quotations if not strongest.isdisjoint(citation.sentence_ids))
            if any(contains_answer_type(answer_type, words, local.parties, speakers) for words in read):
                missing = None
        unquoted_here = _count_unquoted(strong, quotations)
        # What a party said on another subject, or jointly with one before it, is not repeated; it stands under both.
        quoted_before_by = quoted_before.setdefault(item.party if of_each_holder else "", {})
        quotations, numbers = _without_repeated(quotations, strong, quoted_before_by)
        for number in numbers if item.subject else ():
            subjects_of.setdefault(number, []).append(item.subject)
        if not quotations:
            continue
        unquoted += unquoted_here
        quotations = with_quoted_parties(quotations, sources, local.parties)
        citations += quotations
        if item.spoke_for:
            introductions |= {citation.number: introduction(item, local) for citation in quotations}
            quoted_groups[item.party] = tuple(dict.fromkeys((*quoted_groups.get(item.party, ()), *item.spoke_for)))
        claims += [claim_of(item.party, local, *together) for together in _with_openings(quotations)]
    for number, names in subjects_of.items():
        line = local.say("on_subject", topic=local.list_comma.join(map(escape, dict.fromkeys(names))))
        introductions[number] = "\n\n".join(filter(None, (line, introductions.get(number))))
    for number, (party, failing) in enumerate(dropped, len(citations) + 1):
        citations.append(replace(failing, number=number))
        claims.append(claim_of(party, local, citations[-1]))
    return Composition(
        claims=tuple(claims),
        citations=tuple(citations),
        unquoted=unquoted,
        missing=missing,
        quoted_groups=quoted_groups,
        introductions=introductions,
    )


def _quote_sound(
    strong: Sequence[Sentence], sources: Sources, limit: int, *, first_number: int, extendable: Sequence[Sentence]
) -> tuple[Sequence[Sentence], list[Citation], list[Citation]]:
    """Returns the sentences that may be quoted, their quotations, and those dropped, which would fail verification.

    A quotation that is dropped gives its place to the next best one, if there is any.
    """
    dropped: list[Citation] = []
    while True:
        quotations = quote(strong, sources, limit, first_number=first_number, newest_first=True, extendable=extendable)
        sound = sound_citations(quotations, sources.statements)
        unsound = [citation for citation in quotations if citation not in sound]
        failed = {identifier for citation in unsound for identifier in citation.sentence_ids}
        rest = tuple(sentence for sentence in strong if sentence.sentence_id not in failed)
        if len(rest) in (0, len(strong)):
            return strong, quotations, dropped
        dropped += unsound
        strong = rest


def _without_repeated(
    quotations: Sequence[Citation], strong: Sequence[Sentence], quoted_before: dict[SentenceId, int]
) -> tuple[list[Citation], list[int]]:
    """Returns the quotations that hold more than those before, and the numbers of all that hold these.

    `quoted_before` has the citation of each sentence that was quoted before, to which theirs are added.
    """
    chosen, first = {sentence.sentence_id for sentence in strong}, quotations[0].number if quotations else 0
    new: list[Citation] = []
    numbers: list[int] = []
    for citation in quotations:
        keys = chosen.intersection(citation.sentence_ids) or {*citation.sentence_ids}
        if keys <= quoted_before.keys():
            numbers += [quoted_before[key] for key in keys]
        else:
            new.append(replace(citation, number=first + len(new)))
            numbers.append(new[-1].number)
    quoted_before |= {key: citation.number for citation in new for key in citation.sentence_ids}
    return new, numbers


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


def introduction(item: PartyEvidence, local: Localization) -> str:
    """Returns the line that says for which States a group spoke: its members, or others that aligned themselves."""
    names = local.list_comma.join(escape(local.name(code)) for code in item.spoke_for)
    group = escape(local.name(item.party))
    return local.say("as_aligned" if item.aligned else "as_member", group=group, party=names)
