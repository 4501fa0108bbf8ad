"""Rereadings of a question that nothing answers: a filter that no statement fits, a time, or alternatives in a topic.

"How many reports did Arvandia receive in 2023?" is answered from its statement of 2024, by a sentence that names 2023;
"what should UNODC publish, according to Esquaria?" asks Esquaria alone, since nothing in the store is UNODC's; "Belmora
on tolls or fees" is answered by what it said on fees, with a note that nothing was found on tolls.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

from app.question.lexicon import lexicon_of
from app.question.resolution import NamedFilter, Resolution
from app.question.scope_fields import SUBJECT_SEPARATOR
from app.question.subjects import alternatives_in
from app.records import Note, Scope
from app.retrieval.list_context import with_column_heads
from app.retrieval.party_evidence import PartyEvidence, ScoredSentence
from app.retrieval.retrieved import Retrieved
from ingest.parties.party_table import PartyTable
from ingest.text.layout import cells_of


def rereadings(
    resolution: Resolution, retrieved: Retrieved, parties: PartyTable
) -> Iterator[tuple[Resolution, Callable[[Retrieved], Retrieved | None]]]:
    """Yields other readings of a question, each with what keeps evidence that answers.

    A group without statements is read as its members, a filter that no statement fits as spoken of, likewise the time
    of a number or a date, and a topic on which nobody said anything as the alternatives in it.
    """
    if (of_members := as_members(resolution, retrieved, parties)) is not None:
        yield of_members, lambda found: found if found.statements_in_scope else None
    if unfit := unfit_filters(resolution, retrieved):
        yield as_spoken_of(resolution, unfit), lambda found: speaking_of(found, resolution.scope, unfit)
    if times := times_of_fact(resolution, retrieved):
        yield as_spoken_of(resolution, times), lambda found: speaking_of(found, resolution.scope, times, whole=True)
    if (of_group := as_told_by_group(resolution, retrieved, parties)) is not None:
        yield of_group, lambda found: naming_asked(found, resolution.scope.states, parties)
    if (of_parts := as_alternatives(resolution, retrieved)) is not None:
        # A part says less of what is asked than the whole, so that only sure evidence answers.
        yield of_parts, lambda found: found if _is_answered(found, surely=True) else None


def unfit_filters(resolution: Resolution, retrieved: Retrieved) -> tuple[NamedFilter, ...]:
    """Returns the question's filters that no statement of the parties asked fits; none if they hold no statements."""
    holders = {code for summary in retrieved.statements_of_parties for code in summary.metadata.holders}
    if not holders:
        # "Who supports a seat for Japan in the Security Council?" is asked of everyone, where nothing is the Council's.
        return tuple(named for named in resolution.filters if named.code and named.code in resolution.scope.bodies)
    silent = {code for code in resolution.scope.groups if code not in holders}
    nothing = not retrieved.statements_in_scope
    return tuple(
        named
        for named in resolution.filters
        if named.code in silent or (nothing and not resolution.scope.pick and named.code not in retrieved.asked_parties)
    )


def times_of_fact(read: Resolution, retrieved: Retrieved) -> tuple[NamedFilter, ...]:
    """Returns the times of a question on a number or a date, where no statement made then answers.

    "How many did Mali surrender between 2010 and 2021?" may be told in 2022.
    """
    searched = retrieved.statements_in_scope and not read.scope.pick
    if read.answer_type not in ("number", "date") or not searched or _is_answered(retrieved):
        return ()
    return tuple(named for named in read.filters if not named.code)


def as_members(read: Resolution, retrieved: Retrieved, parties: PartyTable) -> Resolution | None:
    """Returns the question as asked of the members of a group that holds no statements; None if it is no such set.

    "The Nordic countries", a name with a noun for States, may be the group or each of its members.
    """
    scope, sets = read.scope, dict[str, str]()
    for named in read.filters if not (scope.states or retrieved.statements_of_parties) else ():
        kinds = (item.kinds for item in lexicon_of(scope.language).items(named.words, correct_typos=False))
        if named.code in scope.groups and parties.has_members(named.code) and any("states" in each for each in kinds):
            sets[named.code] = named.words
    if not sets or len(sets) < len(scope.groups):
        return None
    note = Note(kind="members_of_group", values={"name": ", ".join(sets.values()), "codes": tuple(sets)})
    scope = replace(scope, groups=(), members_of=(*scope.members_of, *sets), all_states=True)
    filters = tuple(named for named in read.filters if named.code not in sets)
    return replace(read, scope=scope, filters=filters, notes=(*read.notes, note), party_notes=(*read.party_notes, note))


def as_told_by_group(read: Resolution, retrieved: Retrieved, parties: PartyTable) -> Resolution | None:
    """Returns a question on a fact of a State and a group as asked of the group, if the State's words do not tell it.

    "When did Mali join the G77?" may be told by the G77; what Mali said of the G77, only by Mali.
    """
    scope = read.scope
    groups = tuple(code for code in read.topic_parties if parties.kind_of(code) == "group")
    items = lexicon_of(scope.language).items(read.question, correct_typos=False)
    # "As supplied by Mali" asks for its own words, as verbs of saying do.
    starts = [match.start for match in parties.find(read.question) if {*match.codes} & {*scope.states}]
    before = [next((item for item in reversed(items) if item.end <= start), None) for start in starts]
    led = any(item is not None and "by" in item.kinds for item in before)
    says = led or any("speak_verb" in item.kinds for item in items)
    if says or read.answer_type not in ("number", "date") or not (groups and scope.states) or scope.groups:
        return None
    if any(item.answers for item in retrieved.party_evidence):
        return None
    names = ", ".join(parties.display(code, scope.language) for code in scope.states)
    note = Note(kind="told_by_group", values={"names": names, "party": groups[0]})
    kept = tuple(each for each in read.notes if each.kind != "topic_party")
    asked = replace(scope, states=(), groups=groups[:1], topic=f"{names} {scope.topic}")
    return replace(read, scope=asked, topic_parties=scope.states, notes=(*kept, note))


def naming_asked(found: Retrieved, states: Collection[str], parties: PartyTable) -> Retrieved | None:
    """Keeps the sentences that name one of these States; None if nothing that is kept answers."""

    def names(item: ScoredSentence) -> bool:
        return any({*states} & {*match.codes} for match in parties.find(item.sentence.text))

    kept = tuple(replace(each, sentences=tuple(filter(names, each.sentences))) for each in found.party_evidence)
    found = replace(found, party_evidence=kept)
    return found if _is_answered(found) else None


def as_alternatives(read: Resolution, retrieved: Retrieved) -> Resolution | None:
    """Returns the question on each alternative of its topic, such as tolls and fees, where nothing answers on both."""
    scope = read.scope
    # Who said nothing on both is told by that; so is what a treaty does not provide.
    if scope.negated or read.provision or SUBJECT_SEPARATOR in scope.topic:
        return None
    if _is_answered(retrieved) or not retrieved.statements_in_scope:
        return None
    parts = alternatives_in(scope.topic, scope.language)
    return replace(read, scope=replace(scope, topic=SUBJECT_SEPARATOR.join(parts))) if parts else None


def _is_answered(retrieved: Retrieved, *, surely: bool = False) -> bool:
    evidence = (*retrieved.party_evidence, *retrieved.group_evidence)
    return any(item.answers_surely if surely else item.answers for item in evidence)


def as_spoken_of(read: Resolution, filters: Collection[NamedFilter]) -> Resolution:
    """Returns the question with these filters removed from its scope; the words of bodies and groups join the topic.

    "What should UNODC publish, according to Peru?" asks Peru alone. A time does not join the topic: `speaking_of`
    checks whether a sentence names 2023.
    """
    scope, codes = read.scope, {named.code for named in filters}
    if "" in codes:
        scope = replace(scope, years=(), months=(), interval=None)
    words = [named.words for named in filters if named.code]
    scope = replace(
        scope,
        bodies=tuple(body for body in scope.bodies if body not in codes),
        groups=tuple(group for group in scope.groups if group not in codes),
        topic=" ".join(filter(None, (scope.topic, *words))),
    )
    return replace(read, scope=scope, over_time=read.over_time and "" not in codes)


def speaking_of(
    retrieved: Retrieved, scope: Scope, filters: Sequence[NamedFilter], *, whole: bool = False
) -> Retrieved | None:
    """Keeps the evidence that names a year of the times among these filters, and adds a note on how they were read.

    With `whole`, the first and the last year have to be named. Returns None if nothing that is kept answers, as of a
    time without a year ("in recent years").
    """
    if not all(named.code for named in filters):
        named_years = sorted({*scope.years, *(end[:4] for end in scope.interval or () if end)})
        if not named_years:
            return None
        both = "".join(f"(?s:(?=.*{year}))" for year in {named_years[0], named_years[-1]})
        years = re.compile(both if whole else "|".join(named_years))
        found = (retrieved.party_evidence, retrieved.group_evidence)
        naming = tuple(tuple(_naming(item, retrieved, years) for item in each) for each in found)
        # Of several subjects, the time narrows those that it is named with: "… and how many did it get in 2019?".
        timed = {"", *(item.subject for item in naming[0] if item.answers)}
        of_parties, of_groups = (
            tuple(new if new.subject in timed else old for new, old in zip(*each, strict=True))
            for each in zip(naming, found, strict=True)
        )
        retrieved = replace(retrieved, party_evidence=of_parties, group_evidence=of_groups)
        if not any(item.answers and item.subject in timed for item in of_parties):
            return None
    if not any(evidence.answers for evidence in retrieved.party_evidence):
        return None
    words = ", ".join(named.words for named in filters)
    return replace(retrieved, notes=(*retrieved.notes, Note(kind="spoken_of", values={"words": words})))


def _naming(evidence: PartyEvidence, retrieved: Retrieved, years: re.Pattern[str]) -> PartyEvidence:
    """Keeps passages that name one of these years, and sentences that do, themselves or in an adjacent sentence.

    A row of figures does by itself or by the heads of its columns.
    """

    def names(item: ScoredSentence) -> bool:
        sentences, at = retrieved.sources.sentences[item.sentence.statement_id], item.sentence.ordinal
        # Each row of a table is on a year of its own.
        around = 0 if cells_of(item.sentence.text) else 1
        texts = with_column_heads(sentences)[max(0, at - around) : at + around + 1]
        return any(years.search(sentence.text) for sentence in texts)

    # Where the party speaks of the topic, a sentence that names the year and may answer gets its highest relevance.
    surest = evidence.relevance if evidence.has_evidence else None
    naming = (
        replace(item, relevance=surest)
        if surest is not None and item.relevance.may_answer and item.relevance.source == "calibrated"
        else item
        for item in filter(names, evidence.sentences)
    )
    earlier = tuple(filter(names, evidence.earlier))
    passages = tuple(item for item in evidence.passages if years.search(item.passage.text))
    return replace(evidence, sentences=tuple(naming), passages=passages, earlier=earlier)
