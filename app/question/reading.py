"""Reading: from the text of a question, and the turns before it, to what it asks about, as filters, topic and kind.

"What did Iran say about extradition in 2020?" has the scope Iran, 2020, "extradition". Names, dates and articles are
found by lookup (`spans`); a tagger (`role_tagger`) decides who is asked about and what the topic is, a classifier
(`kinds`) the kind of question. `read_alone` makes one reading of them, and `turns` merges it with the conversation.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from app.errors import QuestionError
from app.question.llm_reading import Propose, ProposedReading
from app.question.overrides import override
from app.question.resolution import Resolution
from app.question.role_tagger.network import reading_weights
from app.question.turns.read_turn import read_turn
from app.question.turns.state import ConversationState, EarlierTurn, earlier_turns
from app.records import Note
from ingest.parties.party_table import PartyTable
from ingest.parties.persons import Persons
from ingest.treaties.treaties import article_title, last_article
from vectorstore.records import JSONValue
from vectorstore.weights_file import Weights

MAX_QUESTION: Final = 2000
_TURNS_READ: Final = 50
FindPersons = Callable[[], Persons]


def read_question(
    question: str,
    parties: PartyTable,
    *,
    overrides: Mapping[str, JSONValue] | None = None,
    history: Sequence[str | EarlierTurn] = (),
    propose: Propose | None = None,
    persons: FindPersons | None = None,
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
        persons: Returns the speakers of the stored statements, for a name that is no party's.
        weights: Weights of the tagger and the classifiers; the packaged ones by default.

    Raises:
        QuestionError: The question is empty or too long.
        ScopeError: An override names something unknown.
    """
    turns, weights = earlier_turns(history), weights or reading_weights()
    read_one = partial(_read, parties=parties, weights=weights, persons=persons)
    state = _state_after(turns[-_TURNS_READ:], parties, read_one)
    text = question.strip()
    if not text:
        raise QuestionError(
            "the question is empty: ask what a State said on a topic, such as `What did Iran say about article 4?`"
        )
    if (size := len(text)) > MAX_QUESTION:
        raise QuestionError(f"the question has {size} characters, at most {MAX_QUESTION} are read: ask a shorter one")
    proposed = propose(text, [turn.question for turn in turns]) if propose is not None else None
    resolved = _with_notes(override(read_one(state, text, proposed=proposed), overrides or {}, parties))
    scope = replace(resolved.scope, negated=resolved.scope.negated and resolved.scope.all_states)
    named = scope.named_parties or scope.all_states or resolved.unclear
    return replace(resolved, scope=scope, unnamed=resolved.unnamed and not named)


def _read(
    state: ConversationState | None,
    text: str,
    *,
    parties: PartyTable,
    weights: Weights,
    persons: FindPersons | None,
    proposed: ProposedReading | None = None,
) -> Resolution:
    """Reads a turn; a name that no lookup knows may be a person's, and then asks the parties that the person spoke for.

    Only statements that name the person as their speaker are in scope then.
    """
    read = read_turn(state, text, parties, weights, proposed)
    if persons is None or read.unclear is None or read.known_name:
        return read
    known = persons()
    # "Did Ms. Renn speak?": the first word has a capital wherever it stands.
    for found in (*known.find(text), *known.find(text[:1].lower() + text[1:])):
        names = ", ".join(parties.display(code, read.scope.language) for code in found.codes)
        of_parties = read_turn(state, f"{text[: found.start]}{names}{text[found.end :]}", parties, weights, None)
        if {*found.codes} <= {*of_parties.scope.named_parties}:
            note = Note(kind="person", values={"name": "; ".join(found.speakers), "parties": found.codes})
            notes = (*of_parties.party_notes, note)
            return replace(of_parties, question=text, speakers=found.speakers, party_notes=notes)
    return read


def _state_after(
    turns: Sequence[EarlierTurn], parties: PartyTable, read_one: Callable[[ConversationState | None, str], Resolution]
) -> ConversationState | None:
    """Returns the state after the turns of a conversation; turns before one that holds its state are not read."""
    if not turns or turns[-1].state is not None:
        return turns[-1].state if turns else None
    *before, turn = turns
    read = read_one(_state_after(before, parties, read_one), turn.question[:MAX_QUESTION])
    return ConversationState(read=override(read, turn.overrides, parties))


def _with_notes(resolution: Resolution) -> Resolution:
    """Adds notes on how the question was read, after overrides, so that each note is about the final scope."""
    scope, notes = resolution.scope, []
    for treaty, number in ((each.treaty, number) for each in scope.treaties for number in each.articles):
        values = {"article": number, "treaty": treaty}
        title, last = article_title(treaty, number), last_article(treaty)
        known = {"title": title} if title or last is None else {"last": last}
        notes.append(Note(kind="article" if "title" in known else "no_such_article", values=values | known))
    notes += [Note(kind="agenda_item", values={"item": item}) for item in scope.agenda_items]
    notes += [Note(kind="excluded", values={"parties": scope.excluded})] if scope.excluded else []
    notes += [Note(kind="national")] if resolution.national else []
    left_out = resolution.topic_left_out
    notes += [Note(kind="left_out", values={"words": left_out})] if left_out else []
    return replace(resolution, notes=(*notes, *resolution.party_notes))
