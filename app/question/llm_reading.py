"""Proposed reading: how a chat model, if configured to do so, reads a question, checked against the lookups.

It can add nothing: a party that the lookups did not find in the question is dropped, and so is anything else that the
question does not contain in these words.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from pydantic import BaseModel, Field

from app.question.role_tagger.network import NO_ROLE, RoleReading
from app.question.role_tagger.words import Word
from app.question.spans.span import NAMED
from app.records import QuestionKind
from ingest.parties.name_tokens import fold_token, tokens_of
from ingest.parties.party_table import PartyTable

# Weight of the proposed kind; the classifier's chances share the rest.
_PROPOSED_KIND_WEIGHT = 0.9


class ProposedReading(BaseModel, frozen=True, extra="ignore"):
    """What a question asks for, in its own words."""

    speakers: tuple[str, ...] = Field(default=(), description="States, groups or regions whose words are asked for")
    left_out: tuple[str, ...] = Field(default=(), description="States or groups that are excluded")
    topic: str = Field(default="", description="what they are to have spoken of")
    filters: tuple[str, ...] = Field(default=(), description="dates, sessions, meetings, agenda items, articles")
    kind: QuestionKind | None = Field(default=None, description="what is asked for")


# Takes a question and the earlier ones of its conversation; None where the model has nothing to propose.
Propose = Callable[[str, Sequence[str]], ProposedReading | None]


def roles_as_proposed(roles: RoleReading, proposed: ProposedReading, parties: PartyTable) -> RoleReading:
    """Returns the roles of a question's words as proposed, as far as the proposal is found in the question."""
    topic = list(_places([proposed.topic], roles.text))
    filters = list(_places(proposed.filters, roles.text))
    named = {at for at, word in enumerate(roles.words) if word.span is not None and word.span.kind in NAMED}
    who, left_out = (
        {at for at in named for name in names if _is_named(roles.words[at], name, parties)}
        for names in (proposed.speakers, proposed.left_out)
    )
    labels = list(roles.labels)
    for at, (word, label) in enumerate(zip(roles.words, roles.labels, strict=True)):
        within = any(start <= word.start and word.end <= end for start, end in topic)
        if at in left_out:
            labels[at] = "not"
        elif at in who:
            labels[at] = "who"
        elif word.span is not None and any(start <= word.start and word.end <= end for start, end in filters):
            labels[at] = NO_ROLE
        elif within and label != "quote":
            labels[at] = "topic"
        elif at in named and who:
            labels[at] = "mention"
        elif topic and label == "topic":
            labels[at] = NO_ROLE
    return replace(roles, labels=tuple(labels))


def chances_as_proposed(chances: dict[QuestionKind, float], proposed: ProposedReading) -> dict[QuestionKind, float]:
    """Returns the chances of the kinds of question with most of the weight on the proposed one."""
    if proposed.kind is None:
        return chances
    shared = {kind: chance * (1 - _PROPOSED_KIND_WEIGHT) for kind, chance in chances.items()}
    return {**shared, proposed.kind: shared.get(proposed.kind, 0.0) + _PROPOSED_KIND_WEIGHT}


def _places(parts: Sequence[str], question: str) -> Iterator[tuple[int, int]]:
    """Yields the offsets of proposed words in a question, ignoring case and accents."""
    tokens = tokens_of(question)
    for part in parts:
        wanted = [token.folded for token in tokens_of(part)]
        for at in range(len(tokens) - len(wanted) + 1 if wanted else 0):
            window = tokens[at : at + len(wanted)]
            if [token.folded for token in window] == wanted:
                yield window[0].start, window[-1].end
                break


def _is_named(word: Word, name: str, parties: PartyTable) -> bool:
    """Returns whether a proposed name is that of a word, as written or as another name of the same party."""
    same = word.span is not None and bool(word.span.codes) and parties.resolve(name).codes == word.span.codes
    return same or fold_token(name) == fold_token(word.text)
