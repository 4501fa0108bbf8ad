"""Reading: from the text of a question to what it asks about, as filters, topic and kind.

"What did Iran say about extradition in 2020?" has the scope Iran, 2020, "extradition". Names, dates and articles are
found by lookup (`spans`); who of them speaks and what the topic is, is told by a tagger (`roles`); the kind by a
classifier (`kinds`).
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from app.errors import QuestionError
from app.question.answer_format import restyle
from app.question.kinds import Frame, KindReading, frame_of, kind_among, kind_chances, read_turn
from app.question.language import detect_language
from app.question.lexicon import lexicon_of
from app.question.overrides import override
from app.question.proposed import Propose, ProposedReading, chances_as_proposed, roles_as_proposed
from app.question.relative_time import counted_from
from app.question.replies import chosen_option
from app.question.resolution import ASKED_FOR, NamedFilter, Resolution, TopicWording
from app.question.roles import RoleReading, Word, encode_words, load_weights, may_be_name, tagger_of, words_of
from app.question.silence import asks_who_was_silent
from app.question.spans import Span, find_spans
from app.question.time_and_venue import time_and_venue_of
from app.question.topic_words import mistyped
from app.question.turn import (
    ConversationState,
    EarlierTurn,
    earlier_turns,
    in_conversation,
    in_form,
    known_before,
    slots_of,
)
from app.records import Missing, Note, Pick, QuestionKind, TreatyScope
from ingest.glossary.glossary import terms_within
from ingest.language.word_frequencies import commonness
from ingest.parties.party_table import PartyTable
from ingest.parties.regions import regions
from ingest.treaties.treaties import PROTOCOLS, article_title
from vectorstore.records import JSONValue
from vectorstore.stems import is_function_word

MAX_QUESTION: Final = 2000
_TURNS_READ: Final = 50
# Of kinds for which nothing is looked up, the chance from which a question that names something of the field has them.
_SURELY: Final = 0.7
# Below this chance a kind alone does not ask all States: "and in 2031?"; chosen on the examples, unseen.
_GUESS: Final = 0.35
# Kinds answered without a search for evidence, from this chance on: right in 93 % of the examples, unseen.
_UNSEARCHED: Final = ("list", "metadata", "summary", "source", "greeting", "format_request")
_SURELY_UNSEARCHED: Final = 0.7
# Kinds whose answer is a fact of the State named, though its name stands in the topic: "how many people in Drelnia?".
_OF_FACTS: Final = ("number", "date", "person")
# Words before what is counted: "how many members".
_COUNTED: Final = 2
# From here on it is read who was silent.
_LIKELIER_THAN_NOT: Final = 0.5
# Spans by which statements are chosen, whoever spoke.
_NARROWING: Final = ("session", "body", "agenda_item", "date", "article")
_OUTSIDE: Final = ("out_of_scope", "greeting", "format_request")
# Kinds of a first question of which a State that is named in the topic is asked, if nobody else is.
_OF_ITSELF: Final = ("reason", "position", "over_time", "yes_no")
_WHICH: Final = ("which_states", "negated_which")
# Zipf frequency: commoner words tell nothing of a topic, such as "tell", "think" and "new".
_COMMON: Final = 5.5
# Kinds that ask for something in particular.
_OF_TOPICS: Final = ("content", "position", "number", "date", "person", "reason", "yes_no", "over_time", "which_states")
_OF_SPEAKERS: Final = ("content", "position", "over_time", "compare", "yes_no", "summary", "metadata", "list", "reason")
# Kinds of words that tell what is asked; a shorter word that none is known of only joins.
_TELLING: Final = frozenset(
    {"ask", "stance", "everyone", "states", "state", "statement", "reply", "speak_verb", "shorter", "points"}
)
_LETTERS: Final = 3
# What may stand beside a number that is all that a follow-up says.
_BESIDE_NUMBER: Final = frozenset({"fill", "and", "ask", "about", "stop", "article", "session"})
_JOINING_SIGNS: Final = frozenset(",،、&'’(")
_EDGES: Final = ' \t\n,.;:!?¿¡-–—"“”«»()（），。；：？！、؟،؛《》'


@dataclass(frozen=True, kw_only=True)
class QuestionReading:
    """A question by itself: how it was read, and what asks in it."""

    resolution: Resolution
    roles: RoleReading
    frame: Frame


def resolve(
    question: str,
    parties: PartyTable,
    *,
    overrides: Mapping[str, JSONValue] | None = None,
    history: Sequence[str | EarlierTurn] = (),
    propose: Propose | None = None,
) -> Resolution:
    """Reads a question.

    Args:
        question: At most 2,000 characters.
        parties: Who can speak.
        overrides: Parts of the scope to put in place of what was read, in the form of `Answer.scope`.
        history: Earlier questions of the conversation, oldest first; a question that names no State or no topic
            takes over what the one before it asked about.
        propose: A chat model that proposes how to read it.

    Raises:
        QuestionError: The question is empty or too long.
        ScopeError: An override names something unknown.
    """
    turns = earlier_turns(history)
    state = _state_after(turns, parties)
    text = question.strip()
    if not text:
        raise QuestionError(
            "the question is empty: ask what a State said on a topic, such as `What did Iran say about article 4?`"
        )
    if len(text) > MAX_QUESTION:
        raise QuestionError(
            f"the question has {len(text)} characters, at most {MAX_QUESTION} are read: ask a shorter one"
        )
    proposed = propose(text, [turn.question for turn in turns]) if propose is not None else None
    resolved = _with_notes(override(_read_turn(state, text, parties, proposed), overrides or {}, parties))
    named = resolved.scope.states or resolved.scope.groups or resolved.all_states or resolved.unclear
    negated = resolved.negated and resolved.all_states
    scope = replace(resolved.scope, all_states=resolved.all_states, negated=negated)
    return replace(resolved, scope=scope, negated=negated, unnamed=resolved.unnamed and not named)


def _state_after(turns: Sequence[EarlierTurn], parties: PartyTable) -> ConversationState | None:
    """Returns the state after the turns of a conversation; those before a turn that has its state are not read."""
    state, unread = known_before(turns[-_TURNS_READ:])
    for turn in unread:
        read = _read_turn(state, turn.question[:MAX_QUESTION], parties)
        state = ConversationState(read=override(read, turn.overrides, parties))
    return state


def _read_turn(
    state: ConversationState | None, question: str, parties: PartyTable, proposed: ProposedReading | None = None
) -> Resolution:
    """Reads a question as a turn of its conversation; a wish for another form asks the question before again."""
    if state is None:
        return read_question(question, parties, proposed=proposed).resolution
    form = restyle(question)
    if form is not None:
        return in_form(state, form)
    before = state.read
    chosen = chosen_option(question, before.unclear, before.options, before.scope.language, parties)
    reading = read_question(chosen, parties, follows=True, proposed=proposed)
    said = _by_treaty(_by_number(reading.resolution, before), before)
    said = replace(said, scope=counted_from(question, said.scope, before.scope))
    turn = read_turn(reading.frame, slots_of(said), slots_of(before))
    if turn.act != "new" and _asks_nothing(reading.roles, before.scope.language):
        # "And article 4?" is no question of a kind of its own.
        said, turn = replace(said, kind_chance=0.0), replace(turn, keeps=turn.keeps | {"kind"})
    elif turn.act == "replace" and "who" in slots_of(said) and slots_of(said) & {"topic", "treaty"}:
        # A question with a speaker and a subject of its own, "what did Freedonia say about article 4", keeps no other.
        turn = replace(turn, keeps=turn.keeps - {"topic", "treaty"})
    return replace(in_conversation(state, said, turn), question=question)


def _asks_nothing(roles: RoleReading, language: str) -> bool:
    """Whether a question has no words beside names, times, a topic and what joins them: "and on gold?"."""
    kinds_of = lexicon_of(language).kinds_of
    words = [word.text for word in roles.of("-") if word.kind == "word"]
    shortest = 1 if language == "zh" else _LETTERS
    return bool(roles.words) and all(
        not kinds_of(word) & _TELLING and (kinds_of(word) or len(word) < shortest) for word in words
    )


def _by_number(said: Resolution, before: Resolution) -> Resolution:
    """Reads a bare number by what was asked about before: "17?" as an article, "and the eleventh?" as a session."""
    items = lexicon_of(said.scope.language).items(said.question)
    numbers = [item for item in items if item.kinds & {"number", "ordinal", "roman"}]
    bare = len(numbers) == 1 and all(item.kinds & _BESIDE_NUMBER for item in items if item not in numbers)
    # That a number asks everyone is a guess at its kind, which what it stands for goes before.
    said = replace(said, scope=replace(said.scope, all_states=False), all_states=False) if bare else said
    if not bare or slots_of(said) - {"topic"}:
        return said
    number = str(numbers[0].number("number", "ordinal", "roman"))
    treaty = next((each.treaty for each in before.scope.treaties if article_title(each.treaty, number)), None)
    if before.scope.sessions:
        scope = replace(said.scope, topic="", sessions=(number,))
    elif treaty is not None:
        scope = replace(said.scope, topic="", treaties=(TreatyScope(treaty=treaty, articles=(number,)),))
    else:
        return said
    return replace(said, scope=scope, unnamed=False)


def _by_treaty(said: Resolution, before: Resolution) -> Resolution:
    """Reads "article 4" and "the Protocol" as those of the one Protocol that the conversation is about."""
    about = {treaty.treaty for treaty in before.scope.treaties}
    named = {treaty.treaty for treaty in said.scope.treaties}
    if len(about) != 1 or not about <= set(PROTOCOLS) or not (said.assumed_treaty or named == set(PROTOCOLS)):
        return said
    (code,) = about
    numbers = dict.fromkeys(number for treaty in said.scope.treaties for number in treaty.articles)
    own = tuple(number for number in numbers if article_title(code, number))
    if numbers and not own:
        return said
    return replace(said, scope=replace(said.scope, treaties=(TreatyScope(treaty=code, articles=own),)))


def read_question(
    question: str,
    parties: PartyTable,
    *,
    follows: bool = False,
    today: date | None = None,
    proposed: ProposedReading | None = None,
) -> QuestionReading:
    """Reads a question by itself.

    Args:
        question: Its text.
        parties: Who can speak.
        follows: Whether another question came before it.
        today: What "last year" is counted from.
        proposed: How a chat model would read it.
    """
    language = detect_language(question, parties)
    words = words_of(question, find_spans(question, language, parties, today))
    roles = tagger_of(load_weights()).read(words, encode_words(question, words, language, parties, follows=follows))
    roles = roles if proposed is None else roles_as_proposed(question, roles, proposed, parties)
    frame = frame_of(question, roles, language, parties, follows=follows)
    chances: Mapping[str, float] = kind_chances(frame)
    chances = chances if proposed is None else chances_as_proposed(chances, proposed)
    return interpret(question, language, roles, frame, chances, parties, follows=follows)


def interpret(
    question: str,
    language: str,
    roles: RoleReading,
    frame: Frame,
    chances: Mapping[str, float],
    parties: PartyTable,
    *,
    follows: bool = False,
) -> QuestionReading:
    """Makes a resolution of the parts of a reading, each told by itself.

    A follow-up with a topic of its own asks everyone only in words: "and on piracy?" asks whoever was asked.
    """
    kind = _plausible(chances, question, roles, language, follows=follows)
    # "And which did not?" denies what the question before it said.
    elliptic = follows and "topic" not in roles.labels
    against = kind.kind == "negated_which" and not elliptic and not asks_who_was_silent(question)
    if against:
        # Who does not do something says so: "which States do not extradite their nationals?".
        kind = replace(kind, kind="which_states")
    if kind.kind in _OUTSIDE:
        roles = replace(roles, labels=tuple("-" for _ in roles.labels))
    roles = _with_object(_less_bare_articles(roles, language), language)
    asked = _asked_parties(question, roles, kind.kind, language, parties, follows=follows)
    provision = kind.kind == "treaty_text" and not (asked.states or asked.groups or asked.unclear)
    treaties = _treaties(roles, provision, follows=follows)
    when = time_and_venue_of(_filters(roles))
    topic = _with_joining(topic_of(question, roles, kind.kind, language), roles, language)
    # "What did they say about piracy?" may be either.
    pointing = kind.kind == "content" and "ambiguous" in kind.others
    everyone = bool(asked.members_of) or (
        not (asked.states or asked.groups or provision)
        and (
            (kind.kind in _WHICH and kind.chance >= _GUESS and not (follows and "topic" in roles.labels))
            or bool(asked.excluded)
            or _asks_everyone(roles, kind.kind, language)
            # "What was said about piracy?"
            or (kind.kind == "content" and bool(topic) and not (follows or asked.unclear or pointing))
        )
    )
    which = everyone and not (asked.states or asked.groups)
    if (
        not (topic or follows or treaties.scopes or when.scope.agenda_items or asked.unclear)
        and kind.kind in _OF_TOPICS
    ):
        topic = _content_words(roles, language)
    meant = mistyped(topic, language)
    topic = _mended(topic, meant)
    scope = replace(
        when.scope,
        states=tuple(asked.states),
        groups=tuple(asked.groups),
        members_of=tuple(asked.members_of),
        excluded=tuple(asked.excluded),
        treaties=treaties.scopes,
        topic=topic,
        language=language,
        all_states=which,
        negated=kind.kind == "negated_which" and which,
    )
    quoted = " ".join(question[mark.start : mark.end].strip(_EDGES) for mark in roles.marks() if mark.role == "quote")
    resolution = Resolution(
        scope=scope,
        question=question,
        answer_type=None
        if which
        else "state"
        if kind.kind in _WHICH
        else _missing(kind.kind, roles, language, when.scope.pick),
        all_states=which,
        unclear=asked.unclear,
        options=tuple(asked.options),
        known_name=asked.known_name,
        is_statement_question=kind.kind != "out_of_scope",
        party_notes=(*asked.notes, *(Note(kind="mended", values={"word": w, "meant": m}) for w, m in meant.items())),
        unnamed=(kind.kind == "ambiguous" or (pointing and not follows))
        and not (asked.states or asked.groups or which or asked.unclear),
        negated=scope.negated,
        denies=against and which,
        provision=provision,
        assumed_treaty=treaties.assumed,
        stance=not provision and (against or kind.kind == "position" or _has(roles, language, "stance")),
        over_time=kind.kind == "over_time" or when.named > 1,
        wording=TopicWording(
            topic=topic, text=_mended(_wording(question, roles), meant), adds=bool(_beside_topic(roles, language))
        )
        if topic
        else None,
        quote=quoted if kind.kind == "source" else "",
        kind=kind.kind,
        kind_chance=kind.chance,
        other_kinds=kind.others,
        filters=tuple(_named_filters(roles, asked.groups)),
    )
    return QuestionReading(resolution=resolution, roles=roles, frame=frame)


def _filters(roles: RoleReading) -> dict[Span, str]:
    """Returns what a question names beside its topic, with its words; an agenda item is one anywhere."""
    beside = {word.span: word.text for word in roles.of("-", "who", "not", "mention") if word.span is not None}
    return beside | {
        word.span: word.text for word in roles.words if word.span is not None and word.kind == "agenda_item"
    }


def _named_filters(roles: RoleReading, groups: Collection[str]) -> Iterator[NamedFilter]:
    """Yields the times, bodies and groups that narrow whose statements are searched, or which."""
    for span, words in _filters(roles).items():
        if span.kind == "body" or (span.kind == "party" and {*span.codes[:1]} & {*groups}):
            yield NamedFilter(code=span.codes[0], words=words)
        elif span.kind == "date" and span.interval is not None:
            yield NamedFilter(code="", words=words)


def _less_bare_articles(roles: RoleReading, language: str) -> RoleReading:
    """Takes the role of topic from articles of which nothing is said: they are filters, "its abolition" is a topic."""
    kinds_of = lexicon_of(language).kinds_of
    topical = list(roles.of("topic"))
    if not any(word.kind == "article" for word in roles.words):
        return roles
    if any(word.kind not in ("article", "treaty", "sign") and "fill" not in kinds_of(word.text) for word in topical):
        return roles
    return replace(roles, labels=tuple("-" if label == "topic" else label for label in roles.labels))


def _with_object(roles: RoleReading, language: str) -> RoleReading:
    """Takes a second party for the topic where a verb parts it from the first: "has Cuba recognised Palestine?"."""
    named = [at for at, label in enumerate(roles.labels) if label == "who" and roles.words[at].span is not None]
    if len(named) < 2 or "topic" in roles.labels:
        return roles
    content = set(_beside_topic(roles, language))
    verbs = [at for at in range(named[0], named[-1]) if roles.labels[at] == "-" and roles.words[at].text in content]
    if not verbs:
        return roles
    labels = ["topic" if verbs[0] <= at <= named[-1] else label for at, label in enumerate(roles.labels)]
    return replace(roles, labels=tuple(labels))


def topic_of(question: str, roles: RoleReading, kind: QuestionKind, language: str) -> str:
    """Returns the words of the topic, its pieces in order; quoted words are one unless their source is asked."""
    topical = ("topic",) if kind == "source" else ("topic", "quote")
    pieces = (
        _less_joint(question[mark.start : mark.end].strip(_EDGES), language)
        for mark in roles.marks()
        if mark.role in topical
    )
    return " ".join(re.sub(r"\s+", " ", piece) for piece in pieces if piece)


def _content_words(roles: RoleReading, language: str) -> str:
    """Returns what a question says beside its frame, for one in which no topic was told: "page reproduce evidence".

    Left out are words that do something in questions, function words and the commonest words of the language; Chinese
    words cannot be counted so.
    """
    found = [] if language == "zh" else _beside_topic(roles, language)
    # One such word is rather the verb that asks: "how does Peru regard it?".
    return " ".join(found) if len(found) > 1 else ""


def _beside_topic(roles: RoleReading, language: str) -> list[str]:
    kinds_of = lexicon_of(language).kinds_of
    return [
        word.text
        for word in roles.of("-")
        if word.kind == "word"
        and not kinds_of(word.text)
        and not is_function_word(word.text, language)
        and commonness(word.text, language) < _COMMON
    ]


def _mended(text: str, meant: Mapping[str, str]) -> str:
    return re.sub(r"\w+", lambda word: meant.get(word[0], word[0]), text)


def _wording(question: str, roles: RoleReading) -> str:
    """Returns a question without the parties that it asks and without time and venue, which are filters."""
    text, end = "", 0
    for word, label in zip(roles.words, roles.labels, strict=True):
        kind = word.span.kind if word.span is not None and label in ("-", "who", "not") else ""
        if kind and kind not in ("treaty", "article", "number"):
            text += question[end : word.start]
            end = word.end + 2 * question.startswith(("'s", "’s"), word.end)
    return re.sub(r"\s+", " ", text + question[end:]).strip()


def _less_joint(piece: str, language: str) -> str:
    """Takes the word off a topic that joins it to what was said before: "and piracy"."""
    first, _, rest = piece.partition(" ")
    return rest if rest and "and" in lexicon_of(language).kinds_of(first) else piece


def _with_joining(topic: str, roles: RoleReading, language: str) -> str:
    """Takes "joined" into a topic that is only a treaty: to take part in it is a topic of its own."""
    kinds_of = lexicon_of(language).kinds_of
    beside = [word for word in roles.of("topic") if word.kind == "word" and "fill" not in kinds_of(word.text)]
    if beside or not any(word.kind == "treaty" for word in roles.words):
        return topic
    joining = [word.text for word in roles.words if word.kind == "word" and "joining" in kinds_of(word.text)]
    return " ".join((*joining, topic)).strip()


def _plausible(
    chances: Mapping[str, float], question: str, roles: RoleReading, language: str, *, follows: bool
) -> KindReading:
    """Returns the likeliest kind that is plausible: what searches no statements has to be sure, since silence misleads.

    "Which steps made article 7 a reality?" is no list of documents at a chance of .54; a question that names a party or
    a term of the field is seldom out of scope, and what follows another question is not ambiguous where it may be more.
    """
    field_words = any(word.span is not None for word in roles.words) or bool(terms_within(question, language))
    alone = not follows and "quote" not in roles.labels
    # Without a topic there is little to search: "who spoke for Arvandia, and in what function?".
    needed = {"metadata": _LIKELIER_THAN_NOT} if "topic" not in roles.labels else {}
    unsure = {kind for kind in _UNSEARCHED if alone and chances.get(kind, 0.0) < needed.get(kind, _SURELY_UNSEARCHED)}
    named = [word.span for word in roles.of("who", "not") if word.span is not None]
    if named or any(span.kind in _NARROWING for span in _filters(roles)):
        # "Without Belmora", "only 2022" are no wishes for another form.
        unsure |= {"format_request", "greeting"}
    one = any(len(span.codes) == 1 for span in named) and "topic" in roles.labels
    if (follows or one) and chances.get("ambiguous", 0.0) < _SURELY:
        unsure.add("ambiguous")
    if field_words and chances.get("out_of_scope", 0.0) < _SURELY:
        unsure.add("out_of_scope")
    if any(word.span is not None and word.span.codes for word in roles.words) or not _has(
        roles, language, "everyone", "states"
    ):
        # "Which obligations are breached, in Tehran's eyes?" names who speaks.
        unsure |= {kind for kind in _WHICH if chances.get(kind, 0.0) < _GUESS}
    if chances.get("negated_which", 0.0) < _LIKELIER_THAN_NOT:
        # Who spoke is the opposite of who was silent.
        unsure.add("negated_which")
    if any(_is_owner(word, question) for word in roles.of("-")):
        unsure |= set(_WHICH)
    return kind_among({kind: chance for kind, chance in chances.items() if kind not in unsure})


# --- parties


@dataclass(kw_only=True)
class _AskedParties:
    """Whom a question asks about, as it is gathered word by word."""

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

    @property
    def somebody(self) -> bool:
        """Whether somebody is asked about, known or to be asked back."""
        return self.named or self.unclear is not None

    def add(self, word: Word, span: Span) -> None:
        """Adds a speaker; a name that may be several is asked back."""
        if span.kind == "set":
            self.members_of.update(dict.fromkeys(span.codes))
            kind = "members_of" if all(code in regions() for code in span.codes) else "members_of_group"
            self.notes.append(Note(kind=kind, values={"name": word.text, "codes": span.codes}))
        elif span.similar or len(span.codes) > 1:
            self.ask_back(word.text, span.similar or span.codes, known=not span.similar)
        else:
            party = self.parties.get(span.codes[0])
            into = self.states if party is None or party.kind == "state" else self.groups
            into[span.codes[0]] = None
            if span.form in ("capital", "former", "typed"):
                note = "former" if span.form == "former" else "read_as"
                self.notes.append(Note(kind=note, values={"name": word.text, "party": span.codes[0]}))

    def ask_back(self, name: str, codes: Sequence[str], *, known: bool) -> None:
        """Asks back whom a name means, the first that is unclear."""
        if self.unclear is None:
            self.unclear, self.known_name = name, known
            self.options = tuple(self.parties.display(code, self.language) for code in codes)


def _asked_parties(
    question: str, roles: RoleReading, kind: QuestionKind, language: str, parties: PartyTable, *, follows: bool
) -> _AskedParties:
    asked = _AskedParties(language=language, parties=parties)
    roles = _alike_in_lists(roles, language)
    unknown: list[Word] = []
    # Beside a name in capitals a word in small letters is no mistyped one: "abstain" is not Kazakhstan.
    capitals = any(word.span is not None and word.span.codes and word.text[0].isupper() for word in roles.of("who"))
    for at, (word, label) in enumerate(zip(roles.words, roles.labels, strict=True)):
        span = word.span
        if capitals and span is not None and span.similar and word.text.islower():
            continue
        if span is None or not (span.codes or span.similar) or span.kind not in ("party", "set"):
            unknown += [word] if label == "who" and word.kind == "word" else []
        elif label == "not" or (label == "who" and span.left_out):
            asked.excluded.update(dict.fromkeys(span.codes))
        elif label == "who":
            # "Within how many days must the members of the Group reply?" asks the Group, "how many members …" each.
            as_one = span.form == "group" and kind in (*_OF_FACTS, "reason") and at > _COUNTED
            asked.add(word, replace(span, kind="party") if as_one else span)
        elif label in ("mention", "topic") and span.kind == "party":
            asked.notes += [Note(kind="topic_party", values={"party": code}) for code in span.codes[:1]]
    if kind in (*_OF_SPEAKERS, *_OF_FACTS) and not asked.somebody:
        # Whoever is named in a question of this kind, and is no part of the topic, speaks.
        for word in roles.of("-"):
            if word.span is not None and (_is_name(word) or _is_owner(word, question)):
                asked.add(word, word.span)
    topical = list(roles.of("topic"))
    named = [(word, word.span) for word in topical if word.span is not None and _is_name(word)]
    alone = kind in _OF_FACTS or (kind in _OF_ITSELF and len(topical) > 1 and not follows)
    if alone and len(named) == 1 and not asked.somebody:
        # Where nobody is asked, what is asked of something of a State's asks that State: "the Palvonian scheme".
        asked.add(*named[0])
    about = [note for note in asked.notes if note.kind == "topic_party" and note.values["party"] in asked.states]
    asked.notes = [note for note in asked.notes if note not in about]
    if not asked.somebody:
        unknown = unknown or [word for word in roles.of("-") if may_be_name(word, language)]
    for run in _runs(unknown):
        _add_unknown(asked, question[run[0].start : run[-1].end], run, kind)
    return asked


def _alike_in_lists(roles: RoleReading, language: str) -> RoleReading:
    """Returns roles by which a name has that of the one that it is listed with: "Austria and Germeny"."""
    kinds_of = lexicon_of(language).kinds_of
    labels = list(roles.labels)
    before: int | None = None
    for at, word in enumerate(roles.words):
        if word.span is not None and word.span.kind in ("party", "set"):
            labels[at] = labels[before] if labels[at] == "-" and before is not None else labels[at]
            before = at
        elif word.text not in _JOINING_SIGNS and not kinds_of(word.text) & {"and", "fill"} and len(word.text) > 1:
            before = None
    return replace(roles, labels=tuple(labels))


def _runs(words: Sequence[Word]) -> list[list[Word]]:
    """Returns words in runs of neighbours."""
    runs: list[list[Word]] = []
    for word in words:
        if runs and word.start <= runs[-1][-1].end + 1:
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs


def _is_name(word: Word) -> bool:
    span = word.span
    return span is not None and span.kind in ("party", "set") and bool(span.codes) and span.form != "capital"


def _is_owner(word: Word, question: str) -> bool:
    """Whether a capital owns what follows, and so stands for its State: "in Tehran's eyes", but not "in Vienna"."""
    capital = word.span is not None and word.span.form == "capital" and bool(word.span.codes)
    return capital and question[word.end : word.end + 2].replace("’", "'") == "'s"


def _add_unknown(asked: _AskedParties, name: str, words: Sequence[Word], kind: QuestionKind) -> None:
    """Reads a name that no lookup knows: one with a typing error, a kind of States, else somebody to ask back about."""
    kinds = {each for word in words for each in lexicon_of(asked.language).kinds_of(word.text)}
    near = asked.parties.nearest(name) if not kinds else ()
    if len(near) == 1:
        asked.add(words[0], Span(start=words[0].start, end=words[-1].end, kind="party", codes=near, form="typed"))
    elif asked.named and not all(may_be_name(word, asked.language) for word in words):
        return
    elif kind in _WHICH or kinds & {"states", "state", "members"}:
        asked.notes.append(Note(kind="unknown_kind", values={"kind": name}))
    else:
        asked.ask_back(name, asked.parties.resolve(name).suggestions, known=False)


def _asks_everyone(roles: RoleReading, kind: QuestionKind, language: str) -> bool:
    """Whether the question asks who, or which States: "how many States", "anyone on firearms"."""
    return kind not in ("treaty_text", "ambiguous", "metadata", "source", *_OUTSIDE) and _has(
        roles, language, "everyone", "states"
    )


def _has(roles: RoleReading, language: str, *kinds: str) -> bool:
    """Whether a word outside the topic does one of some things."""
    kinds_of = lexicon_of(language).kinds_of
    return any(word.kind == "word" and kinds_of(word.text) & set(kinds) for word in roles.of("-"))


def _missing(kind: QuestionKind, roles: RoleReading, language: str, pick: Pick | None) -> Missing | None:
    """Returns the kind of thing that evidence must hold; the statement's date tells when something was last said."""
    if kind in _WHICH or (kind == "date" and pick is not None):
        return "state" if kind in _WHICH else None
    return ASKED_FOR.get(kind) or ("article" if kind == "content" and _has(roles, language, "article") else None)


# --- treaties


@dataclass(frozen=True, kw_only=True)
class _Treaties:
    scopes: tuple[TreatyScope, ...]
    assumed: bool


def _treaties(roles: RoleReading, provision: bool, *, follows: bool) -> _Treaties:
    """Returns the treaties and articles asked about; beside an article "the Convention" only says whose it is."""
    # "A new convention" is a topic, "the Convention" is ours there as well.
    spans = [
        word.span
        for word, label in zip(roles.words, roles.labels, strict=True)
        if word.span is not None
        and label != "quote"
        and not (word.span.form == "short" and label == "topic" and not word.text[0].isupper())
    ]
    articles = [span for span in spans if span.kind == "article"]
    numbers: dict[str, dict[str, None]] = {}
    for span in spans:
        short = span.kind == "treaty" and span.form == "short"
        one = span.kind == "treaty" and span.form == "one"
        if span.kind == "treaty" and not (short and articles) and not (one and not provision):
            numbers.update({code: {} for code in span.codes if code not in numbers})
    for span in articles:
        for treaty, article in span.articles:
            numbers.setdefault(treaty, {})[article] = None
    if provision and not numbers and not follows:
        numbers = {"UNTOC": {}}
    convention = any(span.form == "short" and span.codes == ("UNTOC",) for span in spans)
    assumed = any(span.form == "bare" for span in articles) and not convention
    return _Treaties(
        scopes=tuple(TreatyScope(treaty=code, articles=tuple(named)) for code, named in numbers.items()),
        assumed=assumed,
    )


def _with_notes(resolution: Resolution) -> Resolution:
    """Says how the question was read; after overrides, so that no note outlives what it is about."""
    scope = resolution.scope
    notes = [
        Note(
            kind="article",
            values={
                "article": number,
                "treaty": treaty.treaty,
                "title": article_title(treaty.treaty, number) or "?",
            },
        )
        for treaty in scope.treaties
        for number in treaty.articles
    ]
    notes += [Note(kind="agenda_item", values={"item": item}) for item in scope.agenda_items]
    notes += [Note(kind="excluded", values={"parties": scope.excluded})] if scope.excluded else []
    return replace(resolution, notes=(*notes, *resolution.party_notes))
