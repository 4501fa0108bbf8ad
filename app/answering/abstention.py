"""Abstention: when a question gets silence, for what reason, and the next step to take.

If Arvandia's statements say nothing about whaling, a question on it gets the abstention `not_mentioned`, with the
number of statements searched; a question about a State without statements gets `no_statement`.

`is_silent` decides that there is no answer, and the first of `_RULES` that applies gives the reason. A claim is left
only where a sentence answers: its chance reaches the threshold (`Relevance.is_evidence`, `app/retrieval/relevance.py`),
and it takes a position where one is asked for (`PartyEvidence.answers`). `untoc trace ID` shows the chances.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from app.answering.by_kind import is_scoped
from app.answering.localization import Localization
from app.answering.provenance import occasions
from app.answering.related_passages import related
from app.answering.verify_citations import NOBODY
from app.question.kind_traits import KIND_TRAITS
from app.question.resolution import Resolution
from app.records import Abstention, AbstentionReason, Answer, Claim, Scope
from app.retrieval.party_evidence import PartyEvidence
from app.retrieval.retrieved import Retrieved
from ingest.language.detection import is_in_other_language
from ingest.records.speaker_lines import is_office
from ingest.treaties.treaties import short_name, title_in
from prompts.wording import load_wording
from vectorstore.records import DocumentSummary, StatementSummary

# Reasons that are shown with related passages; the others have none to show.
_WITH_RELATED: Final[frozenset[AbstentionReason]] = frozenset(
    ("not_mentioned", "article_not_cited", "no_position", "index_incomplete", "group_only")
)


def is_silent(claims: Sequence[Claim], spoken_for: Collection[str], scope: Scope) -> bool:
    """Returns whether a question gets no answer: no verified claim is left but of groups that were not asked about.

    `spoken_for` are these groups. "Which States did not mention corruption?" is always answered by an abstention, which
    names them, as no quotation proves an absence.
    """
    return scope.negated or all(claim.state in spoken_for for claim in claims)


def abstain(answer: Answer, resolution: Resolution, retrieved: Retrieved, local: Localization) -> Answer:
    """Returns the answer as an abstention, with its reason, the next step and related passages."""
    case = _Case(answer=answer, resolution=resolution, retrieved=retrieved, local=local)
    abstention = next(reason for rule in _RULES if (reason := rule(case)) is not None)
    text = abstention.message
    if abstention.options:
        text += "\n\n" + "\n".join(f"- {option}" for option in abstention.options)
    helpful = related(retrieved) if abstention.reason in _WITH_RELATED and not case.scope.negated else ()
    return replace(answer, answer=text, status="abstained", abstention=abstention, related=helpful)


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

    answer: Answer
    resolution: Resolution
    retrieved: Retrieved
    local: Localization

    @property
    def scope(self) -> Scope:
        return self.resolution.scope

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
        return ", ".join(f"{short_name(t.treaty)} {number}" for t in self.scope.treaties for number in t.articles)

    @property
    def count(self) -> int:
        """The number of statements searched."""
        return len(self.retrieved.statements_in_scope)

    def because(self, reason: AbstentionReason, key: str, **values: object) -> Abstention:
        """Returns an abstention with the message of a wording key, filled in with `values`."""
        return Abstention(reason=reason, message=self.local.say(key, **values))


def _claims_dropped(case: _Case) -> Abstention | None:
    """Evidence was found, but its quotations failed, or their party is unknown: "not mentioned" would be untrue."""
    dropped = case.answer.dropped_claims
    if not dropped or case.scope.negated:
        return None
    statements = case.retrieved.sources.statements.values()
    files = ", ".join(statement.file for statement in statements if not statement.metadata.holders)
    key = "nobody_known" if all(claim.reason == NOBODY for claim in dropped) else "not_verified"
    return case.because("index_incomplete", key, files=files)


def _greeting(case: _Case) -> Abstention | None:
    return greet(case.retrieved.statements_of_parties, case.local) if case.resolution.kind == "greeting" else None


def _unread_in_other_language(case: _Case) -> Abstention | None:
    """Nobody is named, or only by a name that no table knows, in a question in a seventh language."""
    read = case.resolution
    unknown = read.unnamed or (read.unclear is not None and not read.known_name)
    return _in_other_language(case) if unknown or not read.is_statement_question else None


def _unclear_name(case: _Case) -> Abstention | None:
    """A name may mean several parties ("Korea"), or none is known by it."""
    read = case.resolution
    if read.unclear is None:
        return None
    key = "similar_party" if read.options else "unknown_party"
    key = "office_speaker" if is_office(read.unclear) and not read.options else key
    message = case.local.say("ambiguous_party" if read.known_name else key, name=read.unclear)
    return Abstention(reason="ambiguous", message=message, options=read.options)


def _no_statement_question(case: _Case) -> Abstention | None:
    return None if case.resolution.is_statement_question else case.because("out_of_scope", "out_of_scope")


def _negated_without_subject(case: _Case) -> Abstention | None:
    """Those who "did not speak" at all are asked for, which no search can find."""
    return case.because("out_of_scope", "negated") if case.scope.negated and not _has_subject(case.scope) else None


def _pronoun_alone(case: _Case) -> Abstention | None:
    """Someone is spoken of by a pronoun, and no earlier turn says whom."""
    return case.because("ambiguous", "unnamed_party") if case.resolution.unnamed else None


def _in_other_language(case: _Case) -> Abstention | None:
    """A question in a seventh language was not understood, so finding nothing proves nothing."""
    if not is_in_other_language(case.resolution.question):
        return None
    # In English, since language detection only knows the six languages and is wrong about a question in a seventh.
    return Abstention(reason="out_of_scope", message=load_wording("en").say("other_language"))


def _quoted_words_absent(case: _Case) -> Abstention | None:
    """Words whose source is asked for occur nowhere."""
    sought = case.resolution.quote and case.resolution.answered_as == "source"
    return case.because("not_mentioned", "words_not_found") if sought else None


def _provision_absent(case: _Case) -> Abstention | None:
    """A treaty's own words are asked for, which come only from its ingested text."""
    if not case.resolution.provision:
        return None
    wanted = [treaty.treaty for treaty in case.scope.treaties]
    absent = [code for code in wanted if code not in case.retrieved.treaties_held]
    if absent:
        names = case.local.semicolon.join(title_in(code, case.local.language) for code in absent)
        return case.because("index_incomplete", "treaty_text_absent", treaty=names)
    return case.because("not_mentioned", "not_in_treaty")


def _empty_corpus(case: _Case) -> Abstention | None:
    return case.because("index_incomplete", "empty_corpus") if case.retrieved.empty_corpus else None


def _other_direction(case: _Case) -> Abstention | None:
    """No party takes the direction asked for; the message names who did earlier and who takes another."""
    parts = _in_other_direction(case)
    if not parts or case.scope.negated:
        return None
    return Abstention(reason="no_position", message="\n\n".join((case.local.say("no_such_direction"), *parts)))


def _in_other_direction(case: _Case) -> list[str]:
    other = [evidence for evidence in case.retrieved.party_evidence if evidence.other_direction]
    parts: list[str] = []
    for key, changed in (("earlier_direction", True), ("other_direction", False)):
        parties = dict.fromkeys(evidence.party for evidence in other if bool(evidence.earlier) == changed)
        if parties:
            parts.append(case.local.say(key, parties=case.local.names(parties)))
    return parts


def _no_position(case: _Case) -> Abstention | None:
    """A position is asked for, and the parties speak of the topic without taking one."""
    neutral = dict.fromkeys(item.party for item in case.retrieved.party_evidence if item.takes_no_position)
    if not neutral or case.scope.negated:
        return None
    return case.because("no_position", "no_position", party=case.local.names(neutral))


def _group_only(case: _Case) -> Abstention | None:
    """Only groups spoke for the States asked about: on this, or, where these have no statement, on anything."""
    on_this = [group for group in case.retrieved.spoken_for if group.answers_surely]
    groups: Sequence[PartyEvidence] = on_this or (
        () if case.retrieved.statements_in_scope else case.retrieved.spoken_for
    )
    if not groups or case.scope.negated:
        return None
    members = case.local.names(code for group in groups for code in group.members)
    key = "group_only" if on_this else "group_only_elsewhere"
    return case.because("group_only", key, party=members, group=case.local.names(group.party for group in groups))


def _statement_unnamed(case: _Case) -> Abstention | None:
    """A statement is asked about, as by "who delivered it?", without a party or an occasion."""
    of_statement = KIND_TRAITS[case.resolution.answered_as].of_named_statements
    return case.because("ambiguous", "unnamed_party") if of_statement and not is_scoped(case.resolution) else None


def _no_statement(case: _Case) -> Abstention | None:
    """The scope has no statements; those that its parties made at other times are named."""
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


def _nothing_more(case: _Case) -> Abstention | None:
    """All that answers was shown; "what else?" is answered so, "who else?" also by who takes another direction."""
    read = case.resolution
    if read.act != "more" or read.shown is None or not read.shown.sentences or not case.count:
        return None
    others = _in_other_direction(case) if read.scope.all_states or read.scope.members_of else []
    message = "\n\n".join((case.local.say("nothing_more", count=case.count), *others))
    return Abstention(reason="not_mentioned", message=message)


def _parties_not_mentioning(case: _Case) -> Abstention | None:
    """Answers which States did not say something, by naming the parties in whose statements nothing was found."""
    if not case.scope.negated:
        return None
    local, evidence = case.local, case.retrieved.party_evidence
    without_evidence = case.answer.coverage.states_without_evidence
    undecidable = {item.party for item in evidence if item.silence_unproven and not item.answers}
    silent = [code for code in without_evidence if code not in undecidable]
    searched = (item.party for item in evidence if item.statements and item.party)
    spoke = dict.fromkeys(code for code in searched if code not in without_evidence)
    if not silent and not spoke:
        return case.because("index_incomplete", "index_incomplete")
    parts = []
    if silent:
        count = sum(len(item.statements) for item in evidence if item.party in silent)
        parts.append(local.say("silent_parties", count=count, parties=local.names(silent)))
    if spoke:
        parts.append(local.say("spoke_as_well" if silent else "spoke_everyone", parties=local.names(spoke)))
    return Abstention(reason="not_mentioned", message="\n\n".join((*parts, local.say("silence_is_not_proof"))))


def _article_unnamed(case: _Case) -> Abstention | None:
    """An article is cited without its treaty: it may be the one asked about, which is neither claimed nor denied."""
    if not case.retrieved.unnamed_articles:
        return None
    numbers = ", ".join(case.retrieved.unnamed_articles)
    values = {"number": numbers, "article": case.articles, "count": case.count}
    return case.because("article_not_cited", "article_unnamed", **values)


def _article_not_cited(case: _Case) -> Abstention | None:
    """The article is not cited, but its subject is spoken of, or the article of that number in another treaty."""
    if not case.articles or not any(evidence.answers for evidence in case.retrieved.related_evidence):
        return None
    elsewhere = tuple(
        case.local.say("option_article", article=number, treaty=short_name(reading.treaty))
        for reading in case.retrieved.other_readings
        for number in reading.articles
    )
    key = "article_elsewhere" if elsewhere else "article_not_cited"
    message = case.local.say(key, party=case.names or "—", article=case.articles, count=case.count)
    return Abstention(reason="article_not_cited", message=message, options=elsewhere)


def _article_absent(case: _Case) -> Abstention | None:
    """An article is asked about alone; its mentions are found in every language, so finding none proves absence."""
    if not case.articles or case.scope.topic:
        return None
    values = {"party": case.names or "—", "article": case.articles, "count": case.count}
    return case.because("not_mentioned", "article_absent", **values)


def _silence_unproven(case: _Case) -> Abstention | None:
    """Finding nothing proves nothing, for one of the parties named, or for all of an open question."""
    uncertain = [evidence.silence_unproven for evidence in case.retrieved.party_evidence if evidence.statements]
    unproven = any(uncertain) if case.names else bool(uncertain) and all(uncertain)
    return case.because("index_incomplete", "index_incomplete") if unproven else None


def _without_subject(case: _Case) -> Abstention | None:
    return None if _has_subject(case.scope) else case.because("out_of_scope", "out_of_scope")


def _not_mentioned(case: _Case) -> Abstention | None:
    """The statements searched do not mention the topic; a passage that comes near is said to do so."""
    if not case.names:
        return case.because("not_mentioned", "not_mentioned_anywhere", count=case.count)
    near = any(scored.relevance.may_answer for item in case.retrieved.party_evidence for scored in item.sentences)
    key = "nearest_passage" if near else "not_mentioned"
    return case.because("not_mentioned", key, party=case.names, count=case.count)


def _has_subject(scope: Scope) -> bool:
    return bool(scope.topic or scope.treaties or scope.agenda_items)


# The rules in order: the first that applies gives the reason, and the last one always applies.
_RULES: Final[tuple[Callable[[_Case], Abstention | None], ...]] = (
    # Evidence that failed its checks comes before every other reason.
    _claims_dropped,
    # Questions that were not searched, since they are none on statements or do not say whom they ask. A name that may
    # mean several known parties is asked back in any language, so the language is looked at twice.
    _greeting,
    _unread_in_other_language,
    _unclear_name,
    _no_statement_question,
    _negated_without_subject,
    _pronoun_alone,
    _in_other_language,
    # Questions that are answered from one place, where nothing was found.
    _quoted_words_absent,
    _provision_absent,
    _empty_corpus,
    # Evidence on the topic that does not answer: all of it was shown, another direction, no position, a group's words.
    _nothing_more,
    _other_direction,
    _no_position,
    _group_only,
    # No statements to search.
    _statement_unnamed,
    _no_statement,
    # Statements were searched, and nothing was found in them that answers.
    _parties_not_mentioning,
    _article_unnamed,
    _article_not_cited,
    _article_absent,
    _silence_unproven,
    _without_subject,
    _not_mentioned,
)
