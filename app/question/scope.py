"""Scope resolution: who is asked about, when, where, which article, and the topic that remains.

"What did Iran say about extradition in 2020?" has the scope Iran, 2020, "extradition". Everything is found by lookup
and rules over the question's own words, never by a model.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from wordfreq import zipf_frequency

from app.errors import QuestionError
from app.question.answer_format import restyle
from app.question.answer_type import find_answer_type
from app.question.dialogue_acts import chosen_option, relative_year, without_negated
from app.question.followup import read_turn
from app.question.followup_cues import CUES
from app.question.frames import Frames, fold_accents, frames_of
from app.question.language import detect_language
from app.question.negation import strip_negation
from app.question.overrides import override
from app.question.party_roles import AskedParties, resolve_parties
from app.question.resolution import Resolution
from app.question.rewording import reword
from app.question.time_and_venue import FIRST_YEAR, LAST_YEAR, Occasion, find_body_mentions, find_occasions
from app.question.topic_extraction import Span, blank, topic_of
from app.question.treaty_text_questions import NamedTreaties, asks_provision, find_named_treaties, without_joints
from app.question.turn import ConversationState, EarlierTurn, earlier_turns, fold, in_form, known_before
from app.records import Interval, Missing, Note, QuestionKind, Scope
from ingest.parties.party_table import PartyTable
from ingest.parties.regions import regions
from ingest.treaties.references import find_agenda_items
from ingest.treaties.treaties import article_title
from prompts.wording import LANGUAGES
from vectorstore.records import JSONValue

MAX_QUESTION = 2000
_TURNS_READ = 50
_LONGEST_NAME = 3
_STRANDED: Final = re.compile(
    r"\b(?:about|on|concerning|regarding)\W*$|^\W*(?:de\s+quoi\s+(?:parle|parlait|traite)|(?:de|sobre)\s+qu[eé]\s+(?:trata|habla|trat[oó]|era|es)"
    r"|о\s+ч[её]м(?:\s+(?:говорится|говорилось|было))?|عم[ّ]?ا?\s+(?:ت?تحدث\w*|يدور)|(?:م|ع)اذا\s+ت?ناول\w*)(?!\w)|是?(?:关于|有关)什么的?\W*$",
    re.IGNORECASE,
)
# Words whose source is asked: three at least, since fewer are a term.
_QUOTED: Final = re.compile(r"[“«„「『\"]\s*(\S+(?:\s+\S+){2,}?|\S{6,}?)\s*[”»“」』\"]")
# Per billion words as a power of ten: rarer ones are typing errors or names.
_RARE = 2.5


def resolve(
    question: str,
    parties: PartyTable,
    *,
    overrides: Mapping[str, JSONValue] | None = None,
    history: Sequence[str | EarlierTurn] = (),
) -> Resolution:
    """Reads a question.

    Args:
        question: At most 2,000 characters.
        parties: Who can speak.
        overrides: Parts of the scope to put in place of what was read, in the form of `Answer.scope`.
        history: Earlier questions of the conversation, oldest first; a question that names no State or no topic
            takes over what the one before it asked about.

    Raises:
        QuestionError: The question is empty or too long.
        ScopeError: An override names something unknown.
    """
    state = _state_after(earlier_turns(history), parties)
    text = question.strip()
    if not text:
        raise QuestionError(
            "the question is empty: ask what a State said on a topic, such as `What did Iran say about article 4?`"
        )
    if len(text) > MAX_QUESTION:
        raise QuestionError(
            f"the question has {len(text)} characters, at most {MAX_QUESTION} are read: ask a shorter one"
        )
    current = _read_turn(state, text, parties)
    resolved = _without_speaker(_with_notes(override(current, overrides or {}, parties)), text)
    scope = replace(resolved.scope, all_states=resolved.all_states, negated=resolved.negated)
    told = resolved.again or "kind" in (overrides or {})
    return replace(resolved, scope=scope, kind=resolved.kind if told else _kind(resolved))


def _state_after(turns: Sequence[EarlierTurn], parties: PartyTable) -> ConversationState | None:
    """Returns the state after the turns of a conversation; those before a turn that has its state are not read."""
    state, unread = known_before(turns[-_TURNS_READ:])
    for turn in unread:
        read = _read_turn(state, turn.question[:MAX_QUESTION], parties)
        state = ConversationState(read=override(read, turn.overrides, parties))
    return state


def _read_turn(state: ConversationState | None, question: str, parties: PartyTable) -> Resolution:
    """Reads a question as a turn of its conversation; a wish for another form asks the question before again."""
    if state is None:
        return _read(question, parties)
    known = replace(state, read=replace(state.read, kind=state.read.again or _kind(state.read)))
    form = restyle(question)
    if form is not None:
        return in_form(known, form)
    said, turn = read_turn(_read_after(state.read, question, parties), state.read)
    return replace(fold(known, said, turn), question=question)


def _kind(read: Resolution) -> QuestionKind:
    """Returns the kind of question as far as its parts tell it."""
    asked: dict[Missing, QuestionKind] = {"number": "number", "date": "date", "name": "person", "reason": "reason"}
    signs: tuple[tuple[object, QuestionKind], ...] = (
        (read.quote, "source"),
        (read.unclear or read.unnamed, "ambiguous"),
        (not read.is_statement_question or read.to_assistant, "out_of_scope"),
        (read.provision, "treaty_text"),
        (read.negated, "negated_which"),
        (read.asked in asked, asked.get(read.asked or "state", "content")),
        (read.all_states, "which_states"),
        (read.over_time, "over_time"),
        (len(read.scope.states) + len(read.scope.groups) > 1, "compare"),
        (read.stance, "position"),
    )
    return next((kind for sign, kind in signs if sign), "content")


def _interval(years: Sequence[str]) -> Interval | None:
    """Returns the first and last of years in a row; an end that the question leaves open is None."""
    if len(years) < 2 or len(years) != int(max(years)) - int(min(years)) + 1:
        return None
    first, last = min(years), max(years)
    return (None if int(first) == FIRST_YEAR else first, None if int(last) == LAST_YEAR else last)


def _read_after(previous: Resolution, question: str, parties: PartyTable) -> Resolution:
    """Reads a question of a conversation: what it takes back is left out, and a mistyped name is asked back."""
    shifted = relative_year(question, previous.scope.years)
    if shifted is not None:
        read = _read(shifted[0], parties)
        return replace(read, scope=replace(read.scope, years=(shifted[1],)))
    said = without_negated(question)
    if previous.unclear is not None:
        said = chosen_option(said, previous.unclear, previous.options, parties)
    read = _read(said, parties)
    scope = read.scope
    name = CUES[scope.language].bare(scope.topic)
    if (
        scope.states
        or scope.groups
        or read.all_states
        or read.unclear
        or not CUES[scope.language].is_fragment(question)
    ):
        return read
    unknown = len(name.split()) <= _LONGEST_NAME and _is_no_word(name, scope.language)
    similar = parties.resolve(name).suggestions if unknown else ()
    if not similar:
        return read
    options = tuple(parties.display(code, scope.language) for code in similar)
    return replace(read, scope=replace(scope, topic=""), unclear=name, options=options, known_name=False)


def _is_no_word(name: str, language: str) -> bool:
    # Chinese words are counted only with a dictionary that is not installed.
    return (
        bool(name)
        and language != "zh"
        and all(zipf_frequency(word, language) < _RARE for word in re.findall(r"[^\W\d_]+", name))
    )


def _read(question: str, parties: PartyTable) -> Resolution:
    """Reads a question by itself; who did not say something is searched for as who did."""
    language = detect_language(question, parties)
    without = strip_negation(question, language)
    if without is not None:
        read = _read_as(without, language, parties)
        scope = read.scope
        # "And which did not?" asks so of those asked about before.
        short = not (scope.topic or scope.treaties or scope.agenda_items)
        if read.all_states or (short and not (scope.states or scope.groups or read.unclear)):
            return replace(read, question=question, negated=True)
    return _read_as(question, language, parties)


def _read_as(question: str, language: str, parties: PartyTable) -> Resolution:
    """Reads a question in a language: each step takes what it finds out of the text that the next one sees."""
    frames = frames_of(language)
    text = reword(question, language)
    agenda = find_agenda_items(text)
    spans: list[Span] = [(found.start, found.end) for found in agenda]
    # "the Conference of the Parties to the Convention" names a body and no treaty.
    bodies = find_body_mentions(blank(text, spans))
    named = find_named_treaties(blank(text, [*spans, *((body.start, body.end) for body in bodies)]))
    occasion = find_occasions(blank(text, [*spans, *named.places]))
    when = [span for span in occasion.spans if span not in occasion.picked]
    asked = resolve_parties(blank(text, [*spans, *named.places, *when]), parties, frames, language)
    provision: tuple[Span, ...] = ()
    if not (asked.speakers or asked.topical or asked.unclear):
        named, provision = asks_provision(blank(text, spans), named, frames)
    spans += [*without_joints(text, named.places if provision else named.spans), *occasion.spans]
    spans += [*asked.spans, *asked.places]
    if occasion.pick:
        # "What is its latest statement about?" asks for the whole of it.
        spans += [found.span() for found in _STRANDED.finditer(text)]
    asking = list(provision) if provision else [asked.everyone_at] if asked.everyone_at else []
    topic = topic_of(text, spans, asking, frames, scenes=asked.scenes)
    quoted = _QUOTED.search(question)
    quote = quoted[1] if quoted and _words(topic) <= _words(quoted[1]) and not asked.speakers else ""
    items = tuple(dict.fromkeys(found.item for found in agenda))
    is_open = not provision and asked.everyone and not asked.speakers
    scope = Scope(
        states=tuple(code for code in asked.speakers if _is_state(code, parties)),
        groups=tuple(code for code in asked.speakers if not _is_state(code, parties)),
        members_of=asked.members_of,
        excluded=tuple(dict.fromkeys(asked.excluded)),
        treaties=named.scopes,
        bodies=occasion.bodies,
        sessions=occasion.sessions,
        years=occasion.years,
        interval=_interval(occasion.years),
        months=occasion.months,
        pick=occasion.pick,
        agenda_items=items,
        topic="" if quote else topic,
        language=language,
    )
    return Resolution(
        named_at=min((start for start, _ in asked.spans), default=None),
        scope=scope,
        question=question,
        asked=None if is_open else find_answer_type(text),
        all_states=is_open,
        unclear=asked.unclear,
        options=asked.options,
        known_name=asked.known_name,
        party_notes=tuple(_party_notes(asked)),
        is_statement_question=bool(items or provision) or _has_frame(text, asked, named, occasion, frames),
        provision=bool(provision),
        quote=quote,
        assumed_treaty=named.bare,
        stance=not provision and frames.stance.search(fold_accents(text)) is not None,
        over_time=frames.over_time.search(fold_accents(text)) is not None or occasion.named > 1,
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", fold_accents(text).lower()))


def _has_frame(text: str, asked: AskedParties, named: NamedTreaties, occasion: Occasion, frames: Frames) -> bool:
    """Whether a question is about statements at all; a year alone does not make it so."""
    if asked.speakers or asked.unclear or named.places or occasion.bodies or occasion.sessions:
        return True
    if frames.off_topic.search(fold_accents(text)):
        return False
    if asked.everyone or occasion.spans or frames.speech.search(fold_accents(text)):
        return True
    # Mere keywords, such as "mutual legal assistance", ask about statements where a sentence may ask anything.
    return frames.lead.match(fold_accents(text)) is None and any(char.isalpha() for char in text)


def _without_speaker(resolution: Resolution, question: str) -> Resolution:
    """Says whether a question that names nobody speaks of someone by a pronoun, or asks for another kind of work."""
    text, frames = fold_accents(question), frames_of(resolution.scope.language)
    named = resolution.scope.states or resolution.scope.groups or resolution.all_states or resolution.unclear
    return replace(
        resolution,
        negated=resolution.negated and resolution.all_states,
        unnamed=not named and not resolution.provision and frames.pronoun.search(text) is not None,
        # A command is often too short to tell its language.
        to_assistant=any(frames_of(language).other_work.search(text) for language in LANGUAGES),
    )


def _is_state(code: str, parties: PartyTable) -> bool:
    party = parties.get(code)
    return party is None or party.kind == "state"


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


def _party_notes(asked: AskedParties) -> list[Note]:
    notes = [
        Note(kind=form, values={"place" if form == "capital" else "name": name, "party": code})
        for name, code, form in asked.read_as
    ]
    notes += [_note_set(name, codes) for name, codes in asked.sets]
    unknown = "unknown_kind_beside" if asked.members_of else "unknown_kind"
    notes += [Note(kind=unknown, values={"kind": kind}) for kind in asked.kinds]
    notes += [Note(kind="topic_party", values={"party": code}) for code in asked.topical]
    return notes


def _note_set(name: str, codes: Sequence[str]) -> Note:
    """Says whom words for a set of States were read as: "African States" as the 54 States of Africa."""
    only_regions = all(code in regions() for code in codes)
    return Note(kind="members_of" if only_regions else "members_of_group", values={"name": name, "codes": tuple(codes)})
