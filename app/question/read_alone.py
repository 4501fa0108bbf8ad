"""Reading of one question by itself: from the roles of its words and its kind to scope, topic and answer type.

"What did Iran say about extradition in 2020?" has the scope Iran, 2020, "extradition", and the kind `content`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import takewhile
from typing import Any, Final

from app.question.asked_parties import AskedParties, asked_parties
from app.question.classifiers import ClassifierInput, classifier_input
from app.question.denied_topic import thing_denied
from app.question.joint_conditions import with_conditions
from app.question.kind_traits import KIND_TRAITS, WHICH_STATES
from app.question.kinds import KindReading, counts_statements, kind_chances, plausible_kind
from app.question.language import detect_language
from app.question.lexicon import lexicon_of, lexicon_of_all
from app.question.llm_reading import ProposedReading, chances_as_proposed, roles_as_proposed
from app.question.occasion import occasion_of
from app.question.question_patterns import (
    as_list_of_states,
    asks_everyone_of_topic,
    asks_for_cause,
    asks_when_first_said,
    asks_which_sessions,
    asks_who_said,
    asks_who_spoke_of,
    asks_who_was_silent,
    compares_views,
    counts_states,
    names_silence,
    noun_asked_for,
    only_corrects,
    speak_of_each_other,
    speaks_of_one_party,
)
from app.question.resolution import NamedFilter, Resolution, TopicWording
from app.question.role_corrections import correct_roles, with_places, with_thing_asked_about
from app.question.role_tagger.features import encode_question
from app.question.role_tagger.network import FILTER_ROLES, NO_ROLE, RoleReading, read_roles
from app.question.scope_fields import PARTY_FIELDS, SUBJECT_SEPARATOR, field_of
from app.question.spans.span import NARROWING, Span
from app.question.subjects import subject_clauses
from app.question.topics_left_out import LEFT_OUT, topic_left_out, with_topics_left_out
from app.question.unknown_venues import unknown_venues
from app.records import AnswerType, Note, Pick, QuestionKind, Scope, TreatyScope
from ingest.glossary.glossary import mistyped_terms
from ingest.language.detection import is_in_other_language
from ingest.metadata.on_behalf import BEHALF
from ingest.parties.party_table import PartyTable
from vectorstore.weights_file import Weights

# Kinds that a list is mistaken for: "who cited article 4 of the Convention?" does not ask for the text of article 4.
_TAKEN_FOR_LISTS: Final = ("treaty_text", "metadata", "person", "negated_which", "ambiguous")
# Kinds of questions that may leave a topic out: what was said, in all or on a topic.
_LEAVES_TOPICS_OUT: Final = ("content", "summary", "list")
# Kinds of questions that ask on a thing where their topic denies it: "that no new protocol is needed".
_DENIES_TOPICS: Final = ("content", "position", "compare", "which_states", "yes_no", "reason")
# Words before "latest statement" among which a preposition is looked for: "in Arvandia's latest statement".
_WORDS_BEFORE_PICK: Final = 3


def read_alone(
    question: str,
    parties: PartyTable,
    weights: Weights,
    *,
    before: str | None = None,
    proposed: ProposedReading | None = None,
) -> tuple[Resolution, ClassifierInput]:
    """Reads a question by itself; returns the input of its classifiers as well.

    `before` is the language of the question before a follow-up; `proposed` is the reading that a chat model proposes.
    """
    language = detect_language(question, parties, before)
    roles = read_roles(encode_question(question, language, parties, follows=before is not None), weights)
    roles = with_places(with_thing_asked_about(roles), parties)
    roles = roles if proposed is None else roles_as_proposed(roles, proposed, parties)
    inputs = classifier_input(roles, parties)
    chances = kind_chances(inputs, weights)
    chances = chances if proposed is None else chances_as_proposed(chances, proposed)
    read = _reading_of(roles, chances, parties)
    return with_conditions(read, lambda condition: read_alone(condition, parties, weights)[0]), inputs


@dataclass(frozen=True, kw_only=True)
class _QuestionParts:
    """What was read in the words of a question, of which its resolution is made."""

    roles: RoleReading
    kind: KindReading
    denies: bool
    """Whether it asks which States deny something."""
    asked: AskedParties
    filters: Mapping[Span, str]
    """The spans that narrow which statements are searched, and their words."""
    topic: str
    clauses: tuple[tuple[str, str], ...]
    """Each subject of the topic with its clause."""
    typing_errors: Mapping[str, str]
    """The mistyped words of the topic, each with the word that is meant."""

    @property
    def counts_states(self) -> bool:
        """Whether it asks how many States say something."""
        return self.kind.kind in WHICH_STATES and counts_states(self.roles)

    @property
    def provision(self) -> bool:
        """Whether it asks for the words of a treaty, not what a party said of it."""
        asked, roles = self.asked, self.roles
        of_treaty = self.kind.kind == "treaty_text" and not (asked.states or asked.groups or asked.unclear)
        # The follow-up "only under article 16" does not ask for the treaty's own words.
        return of_treaty and (not roles.follows or roles.has_word_kind("ask"))

    @cached_property
    def by_pronoun(self) -> bool:
        """Whether only a pronoun says who spoke."""
        asked, roles = self.asked, self.roles
        return not (asked.named or asked.unclear or roles.follows) and _speaks_of_someone(roles)

    @cached_property
    def asks_all(self) -> bool:
        """Whether all States are asked: by the kind, in words such as "all delegations", or because none is named.

        A follow-up with a topic of its own asks all States only by saying so: "and on piracy?" asks those asked before.
        """
        roles, kind, asked = self.roles, self.kind.kind, self.asked
        if self.by_pronoun or asked.states or asked.groups:
            return False
        if asked.members_of:
            return True
        nobody_named = kind in ("content", "date", "number", "person") and bool(self.topic) and not asked.unclear
        by_kind = kind in WHICH_STATES and not (roles.follows and {"topic", "not"} & {*roles.labels})
        in_words = not KIND_TRAITS[kind].asks_no_state and roles.has_word_kind("everyone", "states")
        anyone = not roles.follows and (bool(asked.excluded) or nobody_named)
        return not self.provision and (anyone or by_kind or in_words)


def _reading_of(roles: RoleReading, chances: Mapping[QuestionKind, float], parties: PartyTable) -> Resolution:
    """Makes a resolution from the roles of a question's words and the chances of its kinds."""
    reading, denies = _kind_of(roles, chances)
    kind, roles = reading.kind, correct_roles(roles, reading.kind)
    # "Why does it accept extradition but not the surrender of nationals?" asks about both.
    roles = with_topics_left_out(roles) if roles.follows or kind in _LEAVES_TOPICS_OUT else roles
    asked = asked_parties(roles, kind, parties)
    clauses = _subject_clauses(roles, kind, asked)
    topic = SUBJECT_SEPARATOR.join(clauses)
    if not topic and speak_of_each_other(roles):
        # What each says about the others is asked for, the first named first.
        asked = replace(asked, spoken_of={**asked.states, **asked.groups})
        topic = SUBJECT_SEPARATOR.join(parties.display(code, roles.language) for code in reversed(asked.spoken_of))
    denied = thing_denied(topic, roles.language) if kind in _DENIES_TOPICS else ""
    if denied:
        asked.notes.append(Note(kind="denied_topic", values={"topic": topic, "thing": denied}))
        topic, clauses = denied, {denied: ""}
    typing_errors = mistyped_terms(topic, roles.language)
    parts = _QuestionParts(
        roles=roles,
        kind=reading,
        denies=denies,
        asked=asked,
        filters=roles.filters(*FILTER_ROLES),
        topic=_with_corrections(topic, typing_errors),
        clauses=tuple((_with_corrections(subject, typing_errors), clause) for subject, clause in clauses.items()),
        typing_errors=typing_errors,
    )
    return _resolution_of(parts)


def _subject_clauses(roles: RoleReading, kind: QuestionKind, asked: AskedParties) -> dict[str, str]:
    """Returns each subject of a question with its clause; a topic may be parted where known parties are asked on it."""
    # Quoted words belong to the topic, unless their source is asked for.
    topic_roles = ("topic",) if kind == "source" else ("topic", "quote")
    traits = KIND_TRAITS[kind]
    listed = traits.asks_which_states or traits.of_whole_statement or traits.of_named_statements
    return subject_clauses(roles, topic_roles, several=asked.named and not listed)


def _resolution_of(parts: _QuestionParts) -> Resolution:
    """Puts the parts of a question together."""
    roles, kind, asked, filters = parts.roles, parts.kind.kind, parts.asked, parts.filters
    treaties, assumed = _treaties(roles, parts.provision)
    scope = _scope_of(parts, treaties)
    without, not_left_out = _left_out(roles, filters)
    anybody = asked.states or asked.groups or asked.unclear or parts.asks_all
    return Resolution(
        scope=scope,
        question=roles.text,
        answer_type=None if parts.asks_all else _answer_type(kind, roles, scope.pick),
        unclear=asked.unclear,
        options=asked.options,
        option_codes=asked.option_codes,
        known_name=asked.known_name,
        is_statement_question=kind != "out_of_scope",
        party_notes=tuple(_party_notes(parts, not_left_out)),
        without=without,
        topic_left_out=topic_left_out(roles),
        topic_parties=tuple(asked.spoken_of),
        unnamed=parts.by_pronoun or (kind == "ambiguous" and not anybody),
        denies=parts.denies and parts.asks_all,
        corrects=only_corrects(roles),
        counts_states=parts.counts_states,
        provision=parts.provision,
        national=bool(asked.states and BEHALF.national.search(roles.text)),
        assumed_treaty=assumed,
        stance=not parts.provision and (parts.denies or kind == "position" or _asks_stance(roles)),
        over_time=kind == "over_time" or _compares_times(filters),
        wording=_topic_wording(parts) if parts.topic else None,
        clauses=parts.clauses if len(parts.clauses) > 1 else (),
        of_picked=any(_is_of_picked(roles, span) for span in filters if span.pick is not None),
        quote=roles.text_of("quote") if kind == "source" else "",
        kind=kind,
        kind_chance=parts.kind.chance,
        other_kinds=parts.kind.others,
        filters=tuple(_named_filters(parts)),
    )


def _scope_of(parts: _QuestionParts, treaties: tuple[TreatyScope, ...]) -> Scope:
    """Returns who, when, where and what a question asks about."""
    roles, kind, asked, when = parts.roles, parts.kind.kind, parts.asked, occasion_of(parts.filters)
    if kind == "date" and when.pick is None and asked.named and asks_when_first_said(roles):
        when = replace(when, pick="earliest")
    whom: dict[str, Any] = {name: tuple(getattr(asked, name)) for name in (*PARTY_FIELDS, "excluded")}
    return replace(
        when,
        **whom,
        treaties=treaties,
        topic=parts.topic,
        # A question in a seventh language is read in the nearest of the six, and answered in English.
        language="en" if is_in_other_language(roles.text) else roles.language,
        all_states=parts.asks_all,
        negated=parts.asks_all and kind == "negated_which",
    )


def _topic_wording(parts: _QuestionParts) -> TopicWording:
    """Returns how a question words its topic, without typing errors."""
    roles, text = parts.roles, _with_corrections(_wording(parts.roles), parts.typing_errors)
    text = as_list_of_states(text, roles.language) if parts.counts_states else text
    return TopicWording(topic=parts.topic, text=text, adds=_says_more(roles), language=roles.language)


def _named_filters(parts: _QuestionParts) -> Iterator[NamedFilter]:
    """Yields the times and bodies that narrow which statements are searched, and the groups asked about."""
    for span, words in parts.filters.items():
        is_group = span.kind == "party" and {*span.codes[:1]} & {*parts.asked.groups}
        if is_group or (span.kind in ("body", "date") and span.date_form != "yearless"):
            yield NamedFilter(code="" if span.kind == "date" else span.codes[0], words=words)


def _says_more(roles: RoleReading) -> bool:
    """Returns whether a question says more than who speaks of its topic, unlike "which States mentioned piracy?"."""
    items = (
        *lexicon_of_all("who_was_silent").items(roles.text, correct_typos=False),
        *lexicon_of(roles.language).items(roles.text, correct_typos=False),
    )
    plain = [item for item in items if item.kinds & {"saying", "everyone", "states"}]
    return any(not any(item.start <= word.start < item.end for item in plain) for word in roles.beside_topic())


def _party_notes(parts: _QuestionParts, not_left_out: Sequence[Note]) -> Iterator[Note]:
    """Yields notes on parties, typing errors, and sessions, days and venues that do not narrow the search."""
    filters, kind = parts.filters, parts.kind.kind
    yield from parts.asked.notes
    for word, meant in parts.typing_errors.items():
        yield Note(kind="mended", values={"word": word, "meant": meant})
    yield from not_left_out
    sessions = (words for span, words in filters.items() if span.kind == "session" and not span.codes)
    yield from (Note(kind="unknown_sessions", values={"words": words}) for words in sessions)
    days = (words for span, words in filters.items() if span.date_form == "yearless")
    # Statements of a day of any year can be listed.
    yield from (Note(kind="not_counted", values={"words": words}) for words in days if parts.topic or kind != "list")
    yield from () if KIND_TRAITS[kind].is_aside else unknown_venues(parts.roles)


def _kind_of(roles: RoleReading, chances: Mapping[QuestionKind, float]) -> tuple[KindReading, bool]:
    """Returns the kind of a question, and whether it asks which States deny something.

    "Which States do not extradite nationals?" is `which_states`, for statements that deny something are searched;
    "which States did not mention corruption?" asks who was silent, and is `negated_which`.
    """
    kind = plausible_kind(chances, roles)
    if only_corrects(roles):
        return KindReading(kind="content", chance=0.0), False
    if kind.kind in ("number", "list", "metadata") and counts_states(roles):
        return replace(kind, kind="which_states"), False
    listed = kind.kind == "metadata" and asks_which_sessions(roles)
    if listed or (kind.kind in ("metadata", "number") and counts_statements(chances, roles)):
        return replace(kind, kind="list"), False
    if kind.kind == "over_time" and roles.follows and asks_for_cause(roles):
        return replace(kind, kind="reason", chance=1.0), False
    of_treaty = kind.kind == "treaty_text" and asks_who_said(roles)
    if of_treaty or (kind.kind in _TAKEN_FOR_LISTS and asks_who_spoke_of(roles)):
        return replace(kind, kind="which_states"), False
    if kind.kind == "ambiguous" and asks_everyone_of_topic(roles):
        return replace(kind, kind="which_states"), False
    if kind.kind == "content" and speaks_of_one_party(roles):
        return replace(kind, kind="which_states"), False
    if kind.kind == "position" and noun_asked_for(roles) is not None:
        return replace(kind, kind="content"), False
    if kind.kind in ("position", "yes_no") and compares_views(roles):
        return replace(kind, kind="compare"), False
    if kind.kind == "which_states" and names_silence(roles):
        return replace(kind, kind="negated_which"), False
    # "And which did not?" negates the question before it (`merge.py`), "and which of them refuse?" does not.
    negates = roles.follows and "topic" not in roles.labels and not roles.beside_topic()
    if kind.kind != "negated_which" or negates or asks_who_was_silent(roles.text):
        return kind, False
    sets = (word.span for word in roles.words if word.kind == "set")
    if any(span is not None and span.excluded for span in sets):
        # In "what did non-African States say", the negation is part of the set.
        return replace(kind, kind="content"), False
    return replace(kind, kind="which_states"), True


def _with_corrections(text: str, typing_errors: Mapping[str, str]) -> str:
    """Returns a text with its mistyped words in place."""
    return re.sub(r"\w+", lambda word: typing_errors.get(word[0], word[0]), text)


def _left_out(roles: RoleReading, filters: Mapping[Span, str]) -> tuple[Scope | None, list[Note]]:
    """Returns the times, meetings and articles that a question leaves out, and notes on those that it searches.

    "But not in 2020" names no other time, and of "since 2016, but not in 2018" the year is a part; "2019, not 2018"
    leaves nothing out.
    """
    named_kinds = {word.kind for word in roles.of(*FILTER_ROLES)}
    excluded = [word for word in roles.of("not") if word.kind in NARROWING]
    only_excluded = [word for word in excluded if word.kind not in named_kinds]
    searched = [
        word
        for word in excluded
        if word in only_excluded or (word.span is not None and any(map(word.span.shares, filters)))
    ]
    notes = [Note(kind="not_left_out", values={"words": word.text}) for word in searched]
    if not searched:
        return None, notes
    without = occasion_of(word.span for word in searched if word.span is not None)
    return replace(without, treaties=_treaties(roles, False, True)[0]), notes


def _compares_times(filters: Iterable[Span]) -> bool:
    """Returns whether several years or sessions are named one by one, which is a question about change over time."""
    spans = list(filters)
    years = sum(span.kind == "date" and span.date_form == "year" for span in spans)
    sessions = sum(span.kind == "session" and len(span.codes) == 1 for span in spans)
    return max(years, sessions) > 1


def _speaks_of_someone(roles: RoleReading) -> bool:
    """Returns whether only a pronoun says who spoke: "what did they say on article 4?"."""
    items = lexicon_of(roles.language, "unnamed_parties").items(roles.text)
    topic, others = [*roles.of("topic")], [*roles.of(NO_ROLE)]
    beside = [item for item in items if not any(word.start <= item.start < word.end for word in topic)]
    kinds = frozenset[str]().union(*(item.kinds for item in beside))
    # In "did delegates say whether they support it?", the pronoun stands for a noun before it.
    before = [*takewhile(lambda item: "pronoun" not in item.kinds, beside)]
    unknown = (item.start for item in before if not item.kinds)
    has_noun = any(word.start <= start < word.end for start in unknown for word in others)
    return not has_noun and {"pronoun", "speak_verb"} <= kinds and kinds.isdisjoint({"everyone", "states", "state"})


def _answer_type(kind: QuestionKind, roles: RoleReading, pick: Pick | None) -> AnswerType | None:
    """Returns the answer type that evidence must contain; none for "when last", which the statement's date answers."""
    article: AnswerType | None = "article" if kind == "content" and roles.has_word_kind("article") else None
    if kind in WHICH_STATES:
        return "state"
    return None if kind == "date" and pick else KIND_TRAITS[kind].answer_type or article


def _is_of_picked(roles: RoleReading, pick: Span) -> bool:
    """Returns whether words such as "in its latest statement" follow the topic, or name a meeting ("the last COP")."""
    items = lexicon_of(roles.language).items(roles.text)
    named = frozenset[str]().union(*(item.kinds for item in items if pick.start <= item.start < pick.end))
    before = [item.kinds for item in items if item.start < pick.start][-_WORDS_BEFORE_PICK:]
    follows = any(start < pick.start for start, _ in roles.pieces("topic"))
    adjunct = follows and "pick_alone" not in named and any(kinds & {"place", "fill"} for kinds in before)
    return adjunct or bool(named & {"session", "body", "conference", "meeting"})


def _asks_stance(roles: RoleReading) -> bool:
    """Returns whether an expression without a role asks for a stance: "反对", "point de vue", no name of a treaty."""
    starts = [item.start for item in lexicon_of(roles.language).items(roles.text) if "stance" in item.kinds]
    return any(word.span is None and word.start <= start < word.end for word in roles.of(NO_ROLE) for start in starts)


def _treaties(roles: RoleReading, provision: bool, excluded: bool = False) -> tuple[tuple[TreatyScope, ...], bool]:
    """Returns the treaties and articles asked about, or excluded, and whether a treaty was assumed.

    Beside an article, "the Convention" only names its treaty. "A new convention" is a topic, "the Convention" UNTOC.
    """
    spans = [
        word.span
        for word, label in zip(roles.words, roles.labels, strict=True)
        if word.span is not None
        and word.span.excluded == excluded
        and not (word.span.treaty_form == "short" and label == "topic" and not word.text[0].isupper())
    ]
    articles = [span for span in spans if span.kind == "article"]
    parts: list[tuple[str, str, str]] = []
    for span in spans:
        only_names = (span.treaty_form == "short" and articles) or (span.treaty_form == "one" and not provision)
        if span.kind == "treaty" and not only_names:
            parts += [(code, "", "") for code in span.codes]
    parts += [named for span in articles for named in span.articles]
    if provision and not (parts or roles.follows):
        parts = [("UNTOC", "", "")]
    convention = any(span.treaty_form == "short" and span.codes == ("UNTOC",) for span in spans)
    return field_of("treaties", parts), any(span.treaty_form == "bare" for span in articles) and not convention


def _wording(roles: RoleReading) -> str:
    """Returns a question without the parties asked and without time and venue, all of which are filters."""
    question, text, end = roles.text, "", 0
    for word, label in zip(roles.words, roles.labels, strict=True):
        kind = word.span.kind if word.span is not None and label in (NO_ROLE, "who", "not") else ""
        if label == LEFT_OUT or (kind and kind not in ("treaty", "article")):
            text += question[end : word.start]
            end = word.end + 2 * question.startswith(("'s", "’s"), word.end)
    return re.sub(r"\s+", " ", text + question[end:]).strip()
