"""Reading: from the text of a question to what it asks about, as filters, topic and kind.

"What did Iran say about extradition in 2020?" has the scope Iran, 2020, "extradition". Names, dates and articles are
found by lookup (`spans`); a tagger (`roles`) decides who is asked about and what the topic is, a classifier (`kinds`)
the kind of question.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, takewhile
from typing import Any, Final

from app.errors import QuestionError
from app.question.conversation import (
    PARTIES,
    ConversationState,
    EarlierTurn,
    earlier_turns,
    in_conversation,
    in_form,
    slots_of,
)
from app.question.follow_ups import (
    by_number,
    by_treaty,
    chosen_option,
    citation_asked,
    counted_from,
    restyle,
    time_note,
)
from app.question.kind_traits import ASIDES, KIND_TRAITS, WHICH_STATES
from app.question.kinds import (
    Frame,
    KindReading,
    asks_who_was_silent,
    frame_of,
    kind_among,
    kind_chances,
    names_silence,
    read_turn,
)
from app.question.language import detect_language
from app.question.lexicon import PAUSES, lexicon_of
from app.question.model_reading import Propose, ProposedReading, chances_as_proposed, roles_as_proposed
from app.question.overrides import override
from app.question.resolution import (
    NamedFilter,
    Resolution,
    Restyle,
    TopicWording,
)
from app.question.roles import RoleReading, Weights, Word, encode_question, load_weights, read_roles
from app.question.spans import NAMED, POSSESSIVE, Span, time_and_venue_of
from app.records import Missing, Note, Pick, QuestionKind, TreatyScope
from ingest.glossary.glossary import mistyped_terms, terms_within
from ingest.language.lexicons import RegexPatterns
from ingest.parties.party_table import PartyTable
from ingest.parties.regions import regions
from ingest.records.speaker_lines import WORDS as OFFICES
from ingest.records.speaker_lines import is_office
from ingest.treaties.treaties import article_title
from vectorstore.records import JSONValue
from vectorstore.stems import is_function_word

MAX_QUESTION: Final = 2000
_TURNS_READ: Final = 50
# Minimum chance of a kind for which no statements are searched, where the question names something of the field.
_SURELY: Final = 0.7
# Spans that select statements independently of the speaker.
_NARROWING: Final = ("session", "body", "agenda_item", "date", "article")
# Minimum number of content words that become the topic where the tagger found none.
_TOPIC_WORDS: Final = 2
# Zipf frequency from which words say nothing about a topic, such as "tell", "think" and "new".
_COMMON: Final = 5.5
# Roles in which a span is a filter; in "2019 instead of 2018", 2018 has the role `not`.
_FILTER_ROLES: Final = ("-", "who", "mention")
_ARTICLE: Final = RegexPatterns("common").article
_EDGES: Final = ' \t\n,.;:!?¿¡-–—"“”«»()（），。；：？！、؟،؛《》'


def resolve(
    question: str,
    parties: PartyTable,
    *,
    overrides: Mapping[str, JSONValue] | None = None,
    history: Sequence[str | EarlierTurn] = (),
    propose: Propose | None = None,
    weights: Weights | None = None,
) -> Resolution:
    """Reads a question.

    Args:
        question: At most 2,000 characters.
        parties: The parties that can speak.
        overrides: Parts of the scope to put in place of what was read, in the form of `Answer.scope`.
        history: Earlier questions of the conversation, oldest first; a question that names no State or no topic
            takes over what the one before it asked about.
        propose: A chat model that proposes how to read it.
        weights: Weights of the tagger and the classifiers; the packaged ones by default.

    Raises:
        QuestionError: The question is empty or too long.
        ScopeError: An override names something unknown.
    """
    turns, weights = earlier_turns(history), weights or load_weights()
    state = _state_after(turns[-_TURNS_READ:], parties, weights)
    text = question.strip()
    if not text:
        raise QuestionError(
            "the question is empty: ask what a State said on a topic, such as `What did Iran say about article 4?`"
        )
    if (size := len(text)) > MAX_QUESTION:
        raise QuestionError(f"the question has {size} characters, at most {MAX_QUESTION} are read: ask a shorter one")
    proposed = propose(text, [turn.question for turn in turns]) if propose is not None else None
    resolved = _with_notes(override(_read_turn(state, text, parties, weights, proposed), overrides or {}, parties))
    scope = replace(resolved.scope, negated=resolved.scope.negated and resolved.scope.all_states)
    named = scope.states or scope.groups or scope.all_states or resolved.unclear
    return replace(resolved, scope=scope, unnamed=resolved.unnamed and not named)


def _state_after(turns: Sequence[EarlierTurn], parties: PartyTable, weights: Weights) -> ConversationState | None:
    """Returns the state after the turns of a conversation; turns before one that holds its state are not read."""
    if not turns or turns[-1].state is not None:
        return turns[-1].state if turns else None
    *before, turn = turns
    earlier = _state_after(before, parties, weights)
    read = _read_turn(earlier, turn.question[:MAX_QUESTION], parties, weights, None)
    return ConversationState(read=override(read, turn.overrides, parties))


def _read_turn(
    state: ConversationState | None,
    question: str,
    parties: PartyTable,
    weights: Weights,
    proposed: ProposedReading | None,
) -> Resolution:
    """Reads a question as a turn of its conversation; a wish for another form repeats the previous question."""
    if state is None:
        return _read_alone(question, parties, weights, follows=False, proposed=proposed)[0]
    if (only := citation_asked(question, state.read, state.shown)) is not None:
        # The same answer, with its citations found as before.
        return replace(in_form(state, Restyle()), act=state.read.act, only=only)
    if (form := restyle(question)) is not None:
        return in_form(state, form)
    state = _with_found_speakers(state, parties)
    before = state.read
    chosen = chosen_option(question, before.unclear, before.options, before.scope.language, parties)
    said, frame = _read_alone(chosen, parties, weights, follows=True, proposed=proposed)
    said = by_treaty(by_number(said, before), before)
    shown = state.shown.years if state.shown is not None else ()
    scope = counted_from(question, said.scope, before.scope, shown)
    # "Two years later?" only shifts the time and has no kind of its own.
    asks = scope == said.scope or any("ask" in item.kinds for item in lexicon_of(scope.language).items(question))
    told = time_note(question, said.scope, scope)
    notes = said.party_notes if told is None else (*said.party_notes, told)
    said = replace(said, scope=scope, party_notes=notes, kind_chance=said.kind_chance if asks else 0.0)
    turn = read_turn(frame, slots_of(said), slots_of(before), before.goes_on_as, weights, everyone=scope.all_states)
    turn = turn if turn.act == "new" or said.kind_chance else replace(turn, keeps=turn.keeps | {"kind"})
    return replace(in_conversation(state, said, turn), question=question)


def _with_found_speakers(state: ConversationState, parties: PartyTable) -> ConversationState:
    """Returns the state in which those found to have said the quoted words are asked, unless others were asked."""
    read, scope = state.read, state.read.scope
    if not read.quote or state.shown is None or scope.states or scope.groups:
        return state
    states = tuple(code for code in state.shown.parties if parties.kind_of(code) == "state")
    groups = tuple(code for code in state.shown.parties if code not in states)
    return replace(state, read=replace(read, scope=replace(scope, states=states, groups=groups)))


def _read_alone(
    question: str, parties: PartyTable, weights: Weights, *, follows: bool, proposed: ProposedReading | None
) -> tuple[Resolution, Frame]:
    """Reads a question by itself; returns its frame as well.

    `follows` marks a follow-up; `proposed` is the reading that a chat model proposes, if any.
    """
    language = detect_language(question, parties)
    roles = read_roles(encode_question(question, language, parties, follows=follows), weights)
    roles = roles if proposed is None else roles_as_proposed(roles, proposed, parties)
    frame = frame_of(roles, parties)
    chances = kind_chances(frame, weights)
    chances = chances if proposed is None else chances_as_proposed(chances, proposed)
    return interpret(roles, chances, parties), frame


def interpret(roles: RoleReading, chances: Mapping[QuestionKind, float], parties: PartyTable) -> Resolution:
    """Makes a resolution from the roles of a question's words and the chances of its kinds.

    A follow-up with a topic of its own asks all States only if it says so: "and on piracy?" asks those asked before.
    """
    question, language, follows = roles.text, roles.language, roles.follows
    kind = _plausible(chances, roles)
    if kind.kind == "which_states" and names_silence(roles):
        kind = replace(kind, kind="negated_which")
    # "And which did not?" has no topic of its own: it negates the question before it.
    has_topic = not follows or "topic" in roles.labels
    denies = kind.kind == "negated_which" and has_topic and not asks_who_was_silent(question)
    sets = (word.span for word in roles.words if word.kind == "set")
    if denies and any(span is not None and span.left_out for span in sets):
        # In "what did non-African States say", the negation is part of the set.
        denies, kind = False, replace(kind, kind="content")
    if denies:
        # Searched are statements that deny something, not who was silent: "which States do not extradite nationals?".
        kind = replace(kind, kind="which_states")
    if kind.kind in (*ASIDES, "format_request"):
        roles = replace(roles, labels=tuple("-" for _ in roles.labels))
    roles = _correct_roles(roles, kind.kind)
    for widened in (_with_object, _with_state_spoken_of, _with_content, _with_whole_clause):
        roles = widened(roles, kind.kind)
    asked = _asked_parties(roles, kind.kind, parties)
    provision = kind.kind == "treaty_text" and not (asked.states or asked.groups or asked.unclear)
    # The follow-up "only under article 16" does not ask for the treaty's own words.
    provision = provision and (not follows or _has(roles, "ask"))
    treaties, assumed = _treaties(roles, provision)
    filters = _filters(roles, *_FILTER_ROLES)
    when = time_and_venue_of(filters)
    # Several years or sessions that are named one by one are compared, which is a question about change over time.
    years = sum(span.kind == "date" and span.form == "year" for span in filters)
    sessions = sum(span.kind == "session" and len(span.codes) == 1 for span in filters)
    beside = _beside_topic(roles)
    # Quoted words belong to the topic, unless their source is asked for.
    topic = _words_of(roles, "topic", *(("quote",) if kind.kind != "source" else ()))
    anyone = not follows and (bool(asked.excluded) or (kind.kind == "content" and bool(topic) and not asked.unclear))
    asks_all = not (asked.states or asked.groups) and (
        bool(asked.members_of) or (not provision and (anyone or _asks_everyone(roles, kind.kind)))
    )
    meant = mistyped_terms(topic, language)
    topic, wording = (re.sub(r"\w+", lambda w: meant.get(w[0], w[0]), text) for text in (topic, _wording(roles)))
    notes = [*asked.notes, *(Note(kind="mended", values={"word": w, "meant": m}) for w, m in meant.items())]
    without = replace(time_and_venue_of(_filters(roles, "not")), treaties=_treaties(roles, False, True)[0])
    kept_kinds = {word.kind for word in roles.of(*_FILTER_ROLES)}
    excluded = [word for word in roles.of("not") if word.kind in _NARROWING]
    only_excluded = [word for word in excluded if word.kind not in kept_kinds]
    # "In 2019 but not in October 2019" is searched in all of 2019.
    vain = (w for w in excluded if w in only_excluded or (w.span is not None and any(map(w.span.shares, filters))))
    notes += [Note(kind="not_left_out", values={"words": word.text}) for word in vain]
    whom: dict[str, Any] = {name: tuple(getattr(asked, name)) for name in (*PARTIES, "excluded")}
    negated = asks_all and kind.kind == "negated_which"
    scope = replace(
        when, **whom, treaties=treaties, topic=topic, language=language, all_states=asks_all, negated=negated
    )
    return Resolution(
        scope=scope,
        question=question,
        answer_type=None if asks_all else _answer_type(kind.kind, roles, when.pick),
        unclear=asked.unclear,
        options=tuple(asked.options),
        known_name=asked.known_name,
        is_statement_question=kind.kind != "out_of_scope",
        party_notes=tuple(notes),
        without=without if only_excluded and follows else None,
        unnamed=kind.kind == "ambiguous" and not (asked.states or asked.groups or asks_all or asked.unclear),
        denies=denies and asks_all,
        provision=provision,
        assumed_treaty=assumed,
        stance=not provision and (denies or kind.kind == "position" or _asks_stance(roles)),
        over_time=kind.kind == "over_time" or max(years, sessions) > 1,
        wording=TopicWording(topic=topic, text=wording, adds=bool(beside)) if topic else None,
        quote=_words_of(roles, "quote") if kind.kind == "source" else "",
        kind=kind.kind,
        kind_chance=kind.chance,
        other_kinds=kind.others,
        filters=tuple(
            NamedFilter(code="" if span.kind == "date" else span.codes[0], words=words)
            for span, words in filters.items()
            if span.kind in ("body", "date") or (span.kind == "party" and {*span.codes[:1]} & {*asked.groups})
        ),
    )


def _asks_everyone(roles: RoleReading, kind: QuestionKind) -> bool:
    """Returns whether a question asks all States by its kind or in words: "which States", "all delegations"."""
    by_kind = kind in WHICH_STATES and not (roles.follows and {"topic", "not"} & {*roles.labels})
    return by_kind or (not KIND_TRAITS[kind].asks_no_state and _has(roles, "everyone", "states"))


def _answer_type(kind: QuestionKind, roles: RoleReading, pick: Pick | None) -> Missing | None:
    """Returns the answer type that evidence must contain; none for "when last", which the statement's date answers."""
    article: Missing | None = "article" if kind == "content" and _has(roles, "article") else None
    if kind in WHICH_STATES:
        return "state"
    return None if kind == "date" and pick else KIND_TRAITS[kind].answer_type or article


def _filters(roles: RoleReading, *wanted: str) -> dict[Span, str]:
    """Returns the spans with these roles and their words; an agenda item is a filter even inside the topic."""
    items = [word for word in roles.of("topic", "quote") if "-" in wanted and word.kind == "agenda_item"]
    return {word.span: word.text for word in (*roles.of(*wanted), *items) if word.span is not None}


def _correct_roles(roles: RoleReading, kind: QuestionKind) -> RoleReading:
    """Corrects roles of the tagger that no word of the question supports.

    A time or meeting is excluded only if the question has a word such as "except". An article is a filter if the topic
    has nothing else ("article 18"), and else part of the topic ("the abolition of article 18").
    """
    has_except = any("except" in word.does for word in roles.words)
    bare = ("article", "treaty", "sign")
    has_content = any(word.kind not in bare and "fill" not in word.does for word in roles.of("topic"))
    filters = not has_content and any(word.kind == "article" for word in roles.words)

    # Both sides of a comparison are asked about: "put Corvia next to Belmora".
    other = "who" if kind == "compare" and "who" in roles.labels else "mention"

    def role(word: Word, label: str) -> str:
        if word.kind in _NARROWING and word.span is not None and word.span.left_out:
            return "not"
        unsaid = label == "not" and not has_except and word.kind in _NARROWING
        if label == "mention" or (label == "not" and not (has_except or roles.follows or word.kind in _NARROWING)):
            return other
        return "-" if unsaid or (filters and label == "topic") else label

    labels = (role(word, label) for word, label in zip(roles.words, roles.labels, strict=True))
    return replace(roles, labels=tuple(labels))


def _with_object(roles: RoleReading, kind: QuestionKind) -> RoleReading:
    """Makes a party part of the topic if a verb separates it from who is asked: "has Cuba recognised Palestine?"."""
    which = ("mention",) if kind in WHICH_STATES else ()
    named = [word.start for word in roles.of("who", *which) if word.span is not None]
    if which and len(named) == 1:
        named = [word.start for word in roles.of("-") if word.does & {"everyone", "states"}][:1] + named
    verbs = [each.start for each in _beside_topic(roles) if named and named[0] < each.start < named[-1]]
    if not verbs or "topic" in roles.labels:
        return roles
    return _as_topic(roles, range(verbs[0], named[-1] + 1))


def _with_state_spoken_of(roles: RoleReading, kind: QuestionKind) -> RoleReading:
    """Makes States part of the topic if States are asked for: "who spoke of Israel leaving the Golan?".

    A list of named States is seldom asked for, so a State after the verb is what was spoken of. In "which States did
    Iran thank?" it is before the verb, and in "which States are to blame, in Mali's view?" its view is asked.
    """
    asked = [word for word in roles.of("who") if word.span is not None]
    spans = [word.span for word in asked if word.span is not None]
    only_states = spans and all(span.kind == "party" and span.form != "group" for span in spans)
    if kind not in WHICH_STATES or not only_states or _gives_view(roles, asked[0]):
        return roles
    state, topic = asked[0], [*roles.of("topic")]
    asking = [word for word in roles.of("-") if word.end <= state.start and word.does & {"ask", "everyone", "states"}]
    begin = next((word.end for word in asking if word.does & {"everyone", "states"}), asking[0].end if asking else -1)
    between = [word for word in roles.words if 0 <= begin <= word.start < state.start]
    if not any(word in topic or "speak_verb" in word.does or _is_content(word) for word in between):
        return roles
    named = [*asked, *topic, *(word for word in between if word.kind == "party")]
    return _as_topic(roles, range(min(word.start for word in named), max(word.end for word in named)))


def _gives_view(roles: RoleReading, state: Word) -> bool:
    """Returns whether a State is named as the one whose view is asked, or as the one that speaks.

    "…, in Mali's eyes", "according to Mali", "in the opinion of Mali", "which delegates of Mali spoke …".
    """
    before = [word for word in roles.words if word.end <= state.start]
    # "…, as Mali sees it": only words such as "in" and "as" stand between a pause and the State.
    led = list(takewhile(lambda word: not _is_content(word) and word.text not in PAUSES, reversed(before)))
    rest = before[: len(before) - len(led)]
    # A pause after another party only lists them: "thanked Peru, Mali and Chad".
    paused = bool(rest) and rest[-1].text in PAUSES and not any(word.kind == "party" for word in rest[-2:-1])
    # "According to" is one item of the lexicon, but two words.
    items = lexicon_of(roles.language).items(roles.text)
    ahead, behind = ([i for i in items if i.end <= state.start], [i for i in items if i.start >= state.end])
    cited = any("by" in item.kinds and "fill" not in item.kinds for item in ahead[-2:])
    viewed = any(item.kinds & {"stance", "eyes"} for item in (*ahead[-3:-1], *behind[:2]))
    return paused or cited or viewed or any("speak_verb" in item.kinds for item in behind[:1])


def _is_content(word: Word) -> bool:
    """Returns whether a word is none of the lexicon, no name and no sign."""
    return word.kind == "word" and not word.does


def _with_content(roles: RoleReading, kind: QuestionKind) -> RoleReading:
    """Makes the other content words the topic if a list or a position is asked for and the tagger found no topic.

    "Is any delegation against mining the ocean floor, or asking for a moratorium on it?"
    """
    named = any(word.kind in (*_NARROWING, "treaty", "set") for word in roles.words)
    if roles.follows or named or {"topic", "quote"} & {*roles.labels} or kind not in (*WHICH_STATES, "position"):
        return roles
    # The topic follows the words that ask: "is any delegation openly against", "what is Cuba's official position".
    begin = max((word.end for word in roles.words if word.does & {"everyone", "states", "stance"}), default=0)
    said = [word for word in _beside_topic(roles) if word.start >= begin]
    if names_silence(roles) or len(said) < _TOPIC_WORDS:
        return roles
    return _as_topic(roles, range(said[0].start, said[-1].end), ("-",))


def _with_whole_clause(roles: RoleReading, kind: QuestionKind) -> RoleReading:
    """Makes words between words of the topic part of it if States are asked for: "who spared peoples a long war?".

    A word that asks begins another question ("who tore up Peru's offer, and who the plan to dam the river?"), and a
    time or meeting is none of the topic.
    """
    if kind in WHICH_STATES and not roles.follows:
        asking = [word.start for word in roles.of("-") if word.does & {"ask", "everyone", "states"}]
        parting = [*asking, *(word.start for word in roles.of(*_FILTER_ROLES) if word.kind in _NARROWING)]
        for one, other in pairwise(roles.of("topic")):
            if not any(one.end <= start < other.start for start in parting):
                roles = _as_topic(roles, range(one.end, other.start), ("-",))
    return roles


def _as_topic(roles: RoleReading, chars: range, wanted: Sequence[str] = ("-", "who", "mention")) -> RoleReading:
    """Makes the words in a range of characters part of the topic, if their role is one of those `wanted`."""

    def role(word: Word, label: str) -> str:
        return "topic" if word.start in chars and label in wanted and word.kind not in _NARROWING else label

    return replace(roles, labels=tuple(map(role, roles.words, roles.labels)))


def _words_of(roles: RoleReading, *wanted: str) -> str:
    """Returns the words with these roles, as pieces in their order, without signs at the edges."""
    pieces = (roles.text[start:end].strip(_EDGES) for start, end in roles.pieces(*wanted))
    return " ".join(re.sub(r"\s+", " ", piece) for piece in pieces if piece)


def _beside_topic(roles: RoleReading) -> list[Word]:
    """Returns the content words outside the topic, without question words and the commonest words."""
    words = (word for word in roles.of("-") if word.kind == "word" and not word.does and word.common < _COMMON)
    return [word for word in words if not is_function_word(word.text, roles.language)]


def _wording(roles: RoleReading) -> str:
    """Returns a question without the parties asked and without time and venue, all of which are filters."""
    question, text, end = roles.text, "", 0
    for word, label in zip(roles.words, roles.labels, strict=True):
        kind = word.span.kind if word.span is not None and label in ("-", "who", "not") else ""
        if kind and kind not in ("treaty", "article", "number"):
            text += question[end : word.start]
            end = word.end + 2 * question.startswith(("'s", "’s"), word.end)
    return re.sub(r"\s+", " ", text + question[end:]).strip()


def _plausible(chances: Mapping[QuestionKind, float], roles: RoleReading) -> KindReading:
    """Returns the likeliest plausible kind; one that searches no statements must be sure, since silence misleads.

    `metadata` at a chance of .54 is not taken, for example. A question that names a party
    or a term of the field is seldom out of scope, and a follow-up is ambiguous only if it cannot be anything else.
    """
    field_words = any(word.span is not None for word in roles.words) or bool(terms_within(roles.text, roles.language))
    # Without a topic there is little to search, so `metadata` stays: "who spoke for Arvandia, in what function?".
    alone = not roles.follows and "quote" not in roles.labels and "topic" in roles.labels
    unsure: set[QuestionKind] = {"metadata"} if alone and chances.get("metadata", 0.0) < _SURELY else set()
    named = [word.span for word in roles.of("who", "not") if word.span is not None]
    if named or any(span.kind in _NARROWING for span in _filters(roles, *_FILTER_ROLES)):
        # "Without Belmora" and "only 2022" are not wishes for another form.
        unsure |= {"format_request", "greeting"}
    if roles.follows or _has(roles, "everyone", "states"):
        unsure.add("ambiguous")
    if field_words or roles.follows:
        asides = ASIDES if roles.follows else ASIDES - {"greeting"}
        unsure |= {kind for kind in asides if chances.get(kind, 0.0) < _SURELY}
    return kind_among({kind: chance for kind, chance in chances.items() if kind not in unsure})


@dataclass(kw_only=True)
class _AskedParties:
    """The parties that a question asks about, collected name by name."""

    language: str
    parties: PartyTable
    states: dict[str, None] = field(default_factory=dict)
    groups: dict[str, None] = field(default_factory=dict)
    members_of: dict[str, None] = field(default_factory=dict)
    excluded: dict[str, None] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    unclear: str | None = None
    options: tuple[str, ...] = ()
    known_name: bool = True

    @property
    def named(self) -> bool:
        """Whether somebody is known to be asked about."""
        return bool(self.states or self.groups or self.members_of)

    def add(self, name: str, span: Span) -> None:
        """Adds a party asked about; an ambiguous name is asked back."""
        if span.kind == "set":
            self.members_of.update(dict.fromkeys(span.codes))
            kind = "members_of" if all(code in regions() for code in span.codes) else "members_of_group"
            self.notes.append(Note(kind=kind, values={"name": name, "codes": span.codes}))
        elif span.similar or len(span.codes) > 1:
            self.ask_back(name, span.similar or span.codes, known=not span.similar)
        else:
            party = self.parties.get(span.codes[0])
            into = self.states if party is None or party.kind == "state" else self.groups
            into[span.codes[0]] = None
            if span.form in ("capital", "former", "typed"):
                note = "former" if span.form == "former" else "read_as"
                self.notes.append(Note(kind=note, values={"name": name, "party": span.codes[0]}))

    def ask_back(self, name: str, codes: Sequence[str], *, known: bool) -> None:
        """Records a name for a counter-question on whom it means, if it is the first unclear one."""
        if self.unclear is None:
            self.unclear, self.known_name = name, known
            self.options = tuple(self.parties.display(code, self.language) for code in codes)


def _asked_parties(roles: RoleReading, kind: QuestionKind, parties: PartyTable) -> _AskedParties:
    asked = _AskedParties(language=roles.language, parties=parties)
    names = [
        (word.text, word.span, label)
        for word, label in zip(roles.words, roles.labels, strict=True)
        if word.span is not None and word.span.kind in NAMED and (word.span.codes or word.span.similar)
    ]
    for name, span, label in names:
        if label == "not" or (label in ("who", "mention") and span.left_out):
            asked.excluded.update(dict.fromkeys(span.codes))
            if span.similar:
                asked.ask_back(name, span.similar, known=False)
        elif label == "who":
            if span.form == "group" and kind in WHICH_STATES and parties.has_members(span.codes[0]):
                span = replace(span, kind="set")
            asked.add(name, span)
    # A capital may be part of a treaty's name: "the Quillane Convention" is not about Belmora.
    named = [span for _, span, label in names if label in ("mention", "topic") and span.kind == "party"]
    spoken_of = [span for span in named if span.form != "capital"]
    about = (span.codes[0] for span in spoken_of if not {*span.codes[:1]} <= {*asked.states, *asked.excluded})
    asked.notes += [Note(kind="topic_party", values={"party": code}) for code in about]
    unknown = [word for word in roles.of("who") if word.kind in ("word", "others")]
    speaker = "" if unknown else _unknown_speaker(roles)
    if speaker:
        options = () if is_office(speaker) else parties.resolve(speaker).suggestions
        asked.ask_back(speaker, options, known=False)
    if not (unknown or asked.named or asked.unclear):
        unknown = [word for word in roles.of("-") if word.may_be_name]
    while unknown:
        run = [unknown.pop(0)]
        while unknown and unknown[0].start <= run[-1].end + 1:
            run.append(unknown.pop(0))
        _add_unknown(asked, roles.text[run[0].start : run[-1].end], run, kind)
    return asked


def _unknown_speaker(roles: RoleReading) -> str:
    """Returns an office, or a capitalised name that no lookup knows, in the position of a speaker; empty if none.

    Its places: before a verb of saying ("X said"), between the verb and "about" ("said X about"), before a noun ("X's
    statement"), and for an office alone also first, before "about" ("Secretariat about corruption?").
    """

    def name_in(run: Sequence[Word], *, alone: bool = False) -> str:
        plain = [word for word in run if word.kind == "word" and not word.does]
        name = roles.text[plain[0].start : run[-1].end] if plain else ""
        if any(is_function_word(word.text, roles.language) for word in plain) and roles.language != "zh":
            return ""
        proper = not alone and any(word.text[0].isupper() and word.start > opening for word in plain)
        return name if proper or (OFFICES.is_office.fullmatch(name) if alone else is_office(name)) else ""

    def up_to_about(start: int) -> list[Word]:
        run = list(takewhile(_may_name_speaker, words[start:]))
        led = run and words[start].does and not _ARTICLE.fullmatch(words[start].text)
        return run if not led and any("about" in each.does for each in words[start + len(run) :][:1]) else []

    words = roles.words
    # The first word has a capital wherever it stands: "¿Cuántas veces habló …".
    opening = next((word.start for word in words if word.kind != "sign"), 0)
    names = [name_in(up_to_about(0), alone=True)]
    for at, word in enumerate(words):
        owner = at - 2 if word.does & {"statement", "stance"} and roles.text[: word.start].endswith(POSSESSIVE) else at
        says = owner < at or "speak_verb" in word.does
        if roles.labels[at] != "topic" and says and not any(each.kind in NAMED for each in words[:at]):
            before = list(takewhile(_may_name_speaker, reversed(words[:owner])))
            # "Which States mentioned the Legislative Guide on firearms?" names its speakers before the verb only.
            asked = any(each.does & {"everyone", "states"} for each in words[:at])
            names += [name_in(before[::-1]), "" if asked else name_in(up_to_about(at + 1))]
    return next(filter(None, names), "")


def _may_name_speaker(word: Word) -> bool:
    joins = word.kind == "body" or word.text in "-‑’'"
    return joins or (word.kind == "word" and "about" not in word.does and (not word.does or "fill" in word.does))


def _add_unknown(asked: _AskedParties, name: str, words: Sequence[Word], kind: QuestionKind) -> None:
    """Reads a name that no lookup knows: one with a typing error, a kind of States, else somebody to ask back about."""
    kinds = {each for word in words for each in word.does}
    near = asked.parties.nearest(name) if not kinds else ()
    if len(near) == 1:
        asked.add(name, Span(start=words[0].start, end=words[-1].end, kind="party", codes=near, form="typed"))
    elif asked.named and not all(word.may_be_name for word in words):
        return
    elif kind in WHICH_STATES or kinds & {"states", "state", "members"}:
        asked.notes.append(Note(kind="unknown_kind", values={"kind": name}))
    else:
        asked.ask_back(name, asked.parties.resolve(name).suggestions, known=False)


def _has(roles: RoleReading, *kinds: str) -> bool:
    """Returns whether a word without a role is of one of these kinds in the lexicon."""
    return any(word.does & set(kinds) for word in roles.of("-"))


def _asks_stance(roles: RoleReading) -> bool:
    """Returns whether an expression without a role asks for a stance: "反对", "point de vue", no name of a treaty."""
    found = [item.start for item in lexicon_of(roles.language).items(roles.text) if "stance" in item.kinds]
    return any(word.span is None and word.start <= start < word.end for word in roles.of("-") for start in found)


def _treaties(roles: RoleReading, provision: bool, left_out: bool = False) -> tuple[tuple[TreatyScope, ...], bool]:
    """Returns the treaties and articles asked about, or left out, and whether a treaty was assumed.

    Beside an article, "the Convention" only names its treaty. "A new convention" is a topic, "the Convention" UNTOC.
    """
    spans = [
        word.span
        for word, label in zip(roles.words, roles.labels, strict=True)
        if word.span is not None
        and word.span.left_out == left_out
        and not (word.span.form == "short" and label == "topic" and not word.text[0].isupper())
    ]
    articles = [span for span in spans if span.kind == "article"]
    numbers: dict[str, dict[str, None]] = {}
    for span in spans:
        only_names = (span.form == "short" and articles) or (span.form == "one" and not provision)
        if span.kind == "treaty" and not only_names:
            numbers.update({code: {} for code in span.codes if code not in numbers})
    for treaty, article in (each for span in articles for each in span.articles):
        numbers.setdefault(treaty, {})[article] = None
    if provision and not (numbers or roles.follows):
        numbers = {"UNTOC": {}}
    convention = any(span.form == "short" and span.codes == ("UNTOC",) for span in spans)
    scopes = tuple(TreatyScope(treaty=code, articles=tuple(named)) for code, named in numbers.items())
    return scopes, any(span.form == "bare" for span in articles) and not convention


def _with_notes(resolution: Resolution) -> Resolution:
    """Adds notes on how the question was read, after overrides, so that each note is about the final scope."""
    scope, notes = resolution.scope, []
    for treaty, number in ((each.treaty, number) for each in scope.treaties for number in each.articles):
        title = article_title(treaty, number) or "?"
        notes.append(Note(kind="article", values={"article": number, "treaty": treaty, "title": title}))
    notes += [Note(kind="agenda_item", values={"item": item}) for item in scope.agenda_items]
    notes += [Note(kind="excluded", values={"parties": scope.excluded})] if scope.excluded else []
    return replace(resolution, notes=(*notes, *resolution.party_notes))
