"""Abstention: when a question gets silence, for what reason, and the next step to take.

If Arvandia's statements say nothing about whaling, a question on it gets the abstention `not_mentioned`, with the
number of statements searched; a question about a State without statements gets `no_statement`.

`must_abstain` decides that there is no answer, and the first of `_RULES` that applies gives the reason. A claim is left
only where a sentence answers: its chance reaches the threshold (`Relevance.is_evidence`, `app/retrieval/relevance.py`),
and it takes a position where one is asked for (`PartyEvidence.answers`). `untoc trace ID` shows the chances. The
messages are sections of `prompts/answer.*.md`, by the keys that `because` and `say` are given.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from app.answering.localization import Localization
from app.answering.provenance import occasion_in_words, occasions
from app.answering.related_passages import related
from app.answering.verify_citations import NOBODY
from app.question.kind_traits import KIND_TRAITS
from app.question.resolution import Resolution
from app.question.scope_fields import is_scoped
from app.records import Abstention, AbstentionReason, Answer, Claim, DroppedClaim, Scope
from app.retrieval.party_evidence import PartyEvidence
from app.retrieval.retrieved import Retrieved
from ingest.language.detection import is_in_other_language
from ingest.parties.persons import is_titled
from ingest.records.speaker_lines import is_office
from ingest.treaties.treaties import short_name, title_in
from vectorstore.records import DocumentSummary, StatementSummary

# Reasons that are shown with related passages; the others have none to show.
_WITH_RELATED: Final[frozenset[AbstentionReason]] = frozenset(
    ("not_mentioned", "article_not_cited", "no_position", "index_incomplete", "group_only")
)
_AFTER_A_SEARCH: Final = _WITH_RELATED | {"no_statement"}


def must_abstain(claims: Sequence[Claim], quoted_groups: Collection[str], scope: Scope) -> bool:
    """Returns whether a question gets no answer: all verified claims, if any, are of groups that were not asked about.

    `quoted_groups` are these. "Which States did not mention corruption?" is always answered by an abstention, which
    names them, as no quotation proves an absence.
    """
    return scope.negated or all(claim.state in quoted_groups for claim in claims)


def abstain(answer: Answer, resolution: Resolution, retrieved: Retrieved, local: Localization) -> Answer:
    """Returns the answer as an abstention, with its reason, the next step and related passages."""
    silent = answer.coverage.states_without_evidence
    abstention = why_silent(resolution, retrieved, local, dropped=answer.dropped_claims, without_evidence=silent)
    text = abstention.message
    if abstention.options:
        text += "\n\n" + "\n".join(f"- {option}" for option in abstention.options)
    helpful = related(retrieved) if abstention.reason in _WITH_RELATED and not resolution.scope.negated else ()
    return replace(answer, answer=text, status="abstained", abstention=abstention, related=helpful)


def why_silent(
    resolution: Resolution,
    retrieved: Retrieved,
    local: Localization,
    *,
    dropped: Sequence[DroppedClaim] = (),
    without_evidence: Sequence[str] = (),
) -> Abstention:
    """Returns why there is no answer, and the next step; `without_evidence` are parties in scope that are not cited."""
    case = _Case(
        resolution=resolution, retrieved=retrieved, local=local, dropped=dropped, without_evidence=without_evidence
    )
    abstention = next(filter(None, (rule(case) for rule in _RULES)))
    return replace(abstention, message="\n\n".join((abstention.message, *_outside_scope(case, abstention.reason))))


def _outside_scope(case: "_Case", reason: AbstentionReason) -> Iterator[str]:
    """Yields which time or meeting was kept from an earlier question, and when else the parties asked about spoke."""
    if reason not in _AFTER_A_SEARCH or case.resolution.act == "more":
        return
    kept = occasion_in_words(case.scope, case.scope.kept, case.local)
    if kept:
        yield case.local.say("kept_scope", kept=kept)
    searched = {summary.statement_id for summary in case.retrieved.statements_in_scope}
    others = [s for s in case.retrieved.statements_of_parties if s.statement_id not in searched]
    # The messages of `no_statement` list these statements themselves.
    if others and reason != "no_statement" and (kept or not searched):
        yield case.local.say("held_outside", party=case.names, held=occasions(others, case.local))


def greet(statements: Sequence[StatementSummary | DocumentSummary], local: Localization) -> Abstention:
    """Returns the reply to a greeting, whose options are questions about the States with the newest statements."""
    newest = sorted(statements, key=lambda s: s.metadata.date or "", reverse=True)
    speakers = list(dict.fromkeys(s.metadata.state for s in newest if s.metadata.state))
    names = [local.name(code) for code in speakers[:3]]
    keys = ("example_said", "example_summary", "example_list")
    options = tuple(local.say(key, party=name) for key, name in zip(keys, names, strict=False))
    return Abstention(reason="help", message=local.say("greeting"), options=options)


@dataclass(frozen=True, kw_only=True)
class _Case:
    """A question without an answer: what the rules look at."""

    resolution: Resolution
    retrieved: Retrieved
    local: Localization
    dropped: Sequence[DroppedClaim]
    without_evidence: Sequence[str]

    @property
    def scope(self) -> Scope:
        return self.resolution.scope

    @property
    def has_searchable_subject(self) -> bool:
        return bool(self.scope.topic or self.scope.treaties or self.scope.agenda_items)

    @cached_property
    def names(self) -> str:
        """The names of the parties asked about; empty for an open question, also if it asks a region or a group."""
        named = [self.local.name(code) for code in self.retrieved.asked_parties]
        # Regions and groups are added only beside named parties; by themselves they make an open question.
        sets = [self.local.sets(self.scope.members_of)] if named and self.scope.members_of else []
        return self.local.list_comma.join((*named, *sets))

    @cached_property
    def articles(self) -> str:
        """The articles asked about, each with its treaty."""
        return ", ".join(
            f"{short_name(t.treaty, self.local.language)} {number}"
            for t in self.scope.treaties
            for number in t.articles
        )

    @property
    def count(self) -> int:
        """The number of statements searched."""
        return len(self.retrieved.statements_in_scope)

    def because(
        self, reason: AbstentionReason, key: str, options: tuple[str, ...] = (), /, **values: object
    ) -> Abstention:
        """Returns an abstention with the message of a wording key, filled in with `values`."""
        return Abstention(reason=reason, message=self.local.say(key, **values), options=options)


def _failed(case: _Case) -> Abstention | None:
    """Evidence was found, but its quotations failed, or their party is unknown: "not mentioned" would be untrue."""
    if not case.dropped or case.scope.negated:
        return None
    statements = case.retrieved.sources.statements.values()
    files = ", ".join(statement.file for statement in statements if not statement.metadata.holders)
    key = "nobody_known" if all(claim.reason == NOBODY for claim in case.dropped) else "not_verified"
    return case.because("index_incomplete", key, files=files)


def _not_searched(case: _Case) -> Abstention | None:
    """The question is not about statements, does not say whom it asks, or is in a seventh language."""
    read = case.resolution
    if read.kind == "greeting":
        return greet(case.retrieved.statements_of_parties, case.local)
    # A name that may mean several known parties is asked back in any language.
    asks_nobody = read.unnamed or (read.unclear is not None and not read.known_name) or not read.is_statement_question
    foreign = is_in_other_language(read.question)
    if not (asks_nobody and foreign):
        if read.unclear is not None:
            # A name may mean several parties ("Korea"), or none is known by it.
            unknown = "office_speaker" if is_office(read.unclear) else "unknown_party"
            if is_titled(read.unclear, read.question):
                unknown = "unknown_person"
            key = "ambiguous_party" if read.known_name else "similar_party" if read.options else unknown
            return case.because("ambiguous", key, read.options, name=read.unclear)
        if not read.is_statement_question:
            return case.because("out_of_scope", "out_of_scope")
        if case.scope.negated and not case.has_searchable_subject:
            # Those who "did not speak" at all are asked for, which no search can find.
            return case.because("out_of_scope", "negated")
        if read.unnamed:
            # Someone is spoken of by a pronoun, and no earlier turn says whom.
            return case.because("ambiguous", "unnamed_party")
        if not foreign:
            return None
    # The question was not understood, so finding nothing proves nothing.
    return case.because("out_of_scope", "other_language")


def _not_held(case: _Case) -> Abstention | None:
    """What is answered from one place stands nowhere: quoted words, or a treaty's own text; or nothing is stored."""
    read, retrieved, local = case.resolution, case.retrieved, case.local
    if read.quote and read.answered_as == "source":
        return case.because("not_mentioned", "words_not_found")
    if read.provision:
        absent = [t.treaty for t in case.scope.treaties if t.treaty not in retrieved.treaties_held]
        if not absent:
            return case.because("not_mentioned", "not_in_treaty")
        names = local.semicolon.join(title_in(code, local.language) for code in absent)
        return case.because("index_incomplete", "treaty_text_absent", treaty=names)
    return case.because("index_incomplete", "empty_corpus") if retrieved.empty_corpus else None


def _nothing_more(case: _Case) -> Abstention | None:
    """All that answers was shown; "what else?" is answered so, "who else?" also by who takes another direction."""
    read = case.resolution
    if read.act != "more" or read.shown is None or not read.shown.sentences or not case.count:
        return None
    others = _in_other_direction(case) if read.scope.all_states or read.scope.members_of else []
    message = "\n\n".join((case.local.say("nothing_more", count=case.count), *others))
    return Abstention(reason="not_mentioned", message=message)


def _no_party_meets_all(case: _Case) -> Abstention | None:
    """Each of several conditions is met by some parties, whom notes name, and all of them by none."""
    alone = any(note.kind == "one_condition" for note in case.retrieved.notes)
    return case.because("no_position", "no_party_meets_all") if alone else None


def _no_such_position(case: _Case) -> Abstention | None:
    """The parties take another direction than asked for, or take none, or only groups spoke for them."""
    if case.scope.negated:
        return None
    retrieved, names = case.retrieved, case.local.names
    if parts := _in_other_direction(case):
        message = "\n\n".join((case.local.say("no_such_direction"), *parts))
        return Abstention(reason="no_position", message=message)
    if neutral := [item.party for item in retrieved.party_evidence if item.takes_no_position]:
        return case.because("no_position", "no_position", party=names(neutral))
    # Groups spoke on this, or, where the States asked about have no statement, on anything.
    on_this = [group for group in retrieved.group_evidence if group.answers_surely]
    groups: Sequence[PartyEvidence] = on_this or (() if retrieved.statements_in_scope else retrieved.group_evidence)
    if not groups:
        return None
    members = names(code for group in groups for code in group.spoke_for)
    key = "group_only" if on_this else "group_only_elsewhere"
    return case.because("group_only", key, party=members, group=names(group.party for group in groups))


def _in_other_direction(case: _Case) -> list[str]:
    """Returns who took the direction asked for only earlier, and who takes another one or did not change."""
    other = [evidence for evidence in case.retrieved.party_evidence if evidence.other_direction]
    unlike = "unchanged" if case.retrieved.direction_asked == "change" else "other_direction"
    parties = {
        "earlier_direction": [evidence.party for evidence in other if evidence.earlier],
        unlike: [evidence.party for evidence in other if not evidence.earlier],
    }
    return [case.local.say(key, parties=case.local.names(codes)) for key, codes in parties.items() if codes]


def _no_statement(case: _Case) -> Abstention | None:
    """The scope has no statements; those that its parties made at other times are named."""
    if KIND_TRAITS[case.resolution.answered_as].of_named_statements and not is_scoped(case.scope):
        # A statement is asked about, as by "who delivered it?", without a party or an occasion.
        return case.because("ambiguous", "unnamed_party")
    if case.retrieved.statements_in_scope:
        return None
    if case.scope.members_of:
        region = case.names or case.local.sets(case.scope.members_of)
        return case.because("no_statement", "no_statement_of_members", region=region)
    if not case.names:
        return case.because("no_statement", "no_statement_at_all")
    if case.retrieved.statements_of_parties:
        held = occasions(case.retrieved.statements_of_parties, case.local)
        return case.because("no_statement", "no_statement_in_scope", party=case.names, held=held)
    return case.because("no_statement", "no_statement", party=case.names)


def _parties_not_mentioning(case: _Case) -> Abstention | None:
    """Answers which States did not say something, by naming the parties in whose statements nothing was found."""
    if not case.scope.negated:
        return None
    local, evidence = case.local, case.retrieved.party_evidence
    undecidable = {item.party for item in evidence if item.silence_unproven and not item.answers}
    unsure = [item.party for item in evidence if item.may_answer and item.party not in undecidable]
    silent = [code for code in case.without_evidence if code not in {*undecidable, *unsure}]
    searched = (item.party for item in evidence if item.statements and item.party)
    spoke = dict.fromkeys(code for code in searched if code not in case.without_evidence)
    if not silent and not spoke and not unsure:
        return case.because("index_incomplete", "index_incomplete")
    parts = []
    if silent:
        count = len({s.statement_id for item in evidence if item.party in silent for s in item.statements})
        parts.append(local.say("silent_parties", count=count, parties=local.names(silent)))
        for item in evidence:
            dates = {s.metadata.date for s in item.statements} if item.party in spoke else ()
            members = {code for date in dates for code in local.parties.members(item.party, date)}
            if of_group := [code for code in silent if code in members]:
                group = local.name(item.party)
                parts.append(local.say("silent_members", group=group, parties=local.names(of_group)))
    if spoke:
        parts.append(local.say("spoke_as_well" if silent or unsure else "spoke_everyone", parties=local.names(spoke)))
    if unsure:
        parts.append(local.say("unsure_parties", parties=local.names(unsure)))
    return Abstention(reason="not_mentioned", message="\n\n".join((*parts, local.say("silence_is_not_proof"))))


def _article_not_cited(case: _Case) -> Abstention | None:
    """An article is asked about that is cited without its treaty, or not at all, or as one of another treaty."""
    retrieved, articles = case.retrieved, case.articles
    asked = {"party": case.names or "—", "article": articles, "count": case.count}
    if retrieved.unnamed_articles:
        # It may be the one asked about, which is neither claimed nor denied.
        numbers = ", ".join(retrieved.unnamed_articles)
        return case.because("article_not_cited", "article_unnamed", **asked, number=numbers)
    # A list on an article and a topic has what comes nearest to the topic of those that cite the article.
    cited = case.scope.all_states and any(item.sentences for item in retrieved.party_evidence)
    if articles and not cited and any(evidence.answers for evidence in retrieved.related_evidence):
        # Its subject is spoken of, or the article of that number in another treaty.
        elsewhere = tuple(
            case.local.say("option_article", article=number, treaty=short_name(reading.treaty, case.local.language))
            for reading in retrieved.other_readings
            for number in reading.articles
        )
        key = "article_elsewhere" if elsewhere else "article_not_cited"
        return case.because("article_not_cited", key, elsewhere, **asked)
    # Mentions of an article alone are found in every language, so finding none proves absence.
    return case.because("not_mentioned", "article_absent", **asked) if articles and not case.scope.topic else None


def _not_mentioned(case: _Case) -> Abstention:
    """Statements were searched, and nothing was found; a passage that comes near is said to do so."""
    evidence = case.retrieved.party_evidence
    # Finding nothing proves nothing, for one of the parties named, or for all of an open question.
    uncertain = [item.silence_unproven for item in evidence if item.statements]
    if any(uncertain) if case.names else bool(uncertain) and all(uncertain):
        return case.because("index_incomplete", "index_incomplete")
    if not case.has_searchable_subject:
        return case.because("out_of_scope", "out_of_scope")
    if not case.names:
        return case.because("not_mentioned", "not_mentioned_anywhere", count=case.count)
    key = "nearest_passage" if any(item.may_answer for item in evidence) else "not_mentioned"
    return case.because("not_mentioned", key, party=case.names, count=case.count)


# The rules in order: the first that applies gives the reason, and the last one always applies. Evidence on the topic
# that does not answer comes before the lack of statements, as groups may have spoken for a State that has none.
_RULES: Final[tuple[Callable[[_Case], Abstention | None], ...]] = (
    _failed,
    _not_searched,
    _not_held,
    _nothing_more,
    _no_party_meets_all,
    _no_such_position,
    _no_statement,
    _parties_not_mentioning,
    _article_not_cited,
    _not_mentioned,
)
