"""Requests and responses of the API: models with examples, from which the OpenAPI document is made.

Answers, statements, checks and briefings are the JSON of `untoc … --json`, which docs/python.md describes.
"""

import json
from typing import Annotated, Any, Final, Generic, Literal, TypeVar

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from app.briefing.cells import Composer
from app.records import Answer
from app.server.accounts import LONGEST_PASSWORD, SHORTEST_PASSWORD, Key
from app.server.user_roles import Permission, Role
from prompts.wording import Language

Text = Annotated[str, Field(min_length=1, max_length=20_000)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
PersonName = Annotated[str, Path(max_length=200, examples=["amina"])]
Names = Annotated[list[Name], Field(max_length=250)]
Value = Annotated[str, Field(max_length=200)]
Offset = Annotated[int, Field(ge=0, le=10_000_000)]
Limit = Annotated[int, Field(ge=1, le=500)]
Item = TypeVar("Item")
# Characters of the questions in a history together.
_LONGEST_HISTORY: Final = 20_000


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _is_text(cls, sent: object) -> object:
        """Refuses what no file or database can hold, however deep: half of a surrogate pair."""
        try:
            json.dumps(sent, ensure_ascii=False, default=str).encode()
        except UnicodeEncodeError as exc:
            raise ValueError(f"{exc.object[exc.start]!r} is half a character: send whole ones") from exc
        return sent


class Identified(_Sent):
    """A statement, by its id."""

    statement_id: Annotated[str, Field(max_length=100)] = Field(examples=["685815eed2f2fa70"])


class Turn(_Sent):
    """A question of a conversation, with parts of its scope to set."""

    question: Text = Field(examples=["What did Iran say about article 4?"])
    scope: dict[str, Any] = Field(default_factory=dict, examples=[{"states": ["IRN"]}])


class Question(Turn):
    """A question, with parts of its scope to set and the questions before it."""

    history: list[str | dict[str, Any]] = Field(default_factory=list, max_length=100, examples=[[]])

    @field_validator("history")
    @classmethod
    def _is_bounded(cls, history: list[str | dict[str, Any]]) -> list[str | dict[str, Any]]:
        """Refuses a history that takes minutes to read: every question in it is read anew."""
        written = sum(len(turn if isinstance(turn, str) else str(turn.get("question", ""))) for turn in history)
        if written > _LONGEST_HISTORY:
            raise ValueError(f"its questions have more than {_LONGEST_HISTORY} characters: send the last ones")
        return history


class Search(_Sent):
    """A search for passages in the scope of a question."""

    words: Text
    limit: Limit = 10


class SearchQuery(_Sent):
    """A search for passages, as the parameters of an address."""

    q: Text
    limit: Limit = 10


class Filters(_Sent):
    """Filters of a list of statements: values of metadata, a year in their date, and words in their text."""

    state: Value = ""
    body: Value = ""
    session: Value = ""
    agenda_item: Value = ""
    language: Value = ""
    year: Value = ""
    words: Annotated[str, Field(max_length=1000)] = ""
    offset: Offset = 0
    limit: Limit = 50


class Draft(_Sent):
    """A text whose quotations are checked."""

    text: Annotated[str, Field(min_length=1, max_length=500_000)] = Field(
        examples=['Iran said: "International cooperation is essential."']
    )


class BriefingWish(_Sent):
    """A request for a briefing on at least one topic or article."""

    topics: Names = Field(default_factory=list, examples=[["extradition"]])
    articles: Names = Field(default_factory=list, examples=[["18"]])
    states: Names = Field(default_factory=list, examples=[["Iran"]])
    groups: Names = Field(default_factory=list, examples=[[]])
    sessions: Names = Field(default_factory=list, examples=[[]])
    years: Names = Field(default_factory=list, examples=[[]])
    bodies: Names = Field(default_factory=list, examples=[[]])
    by_session: bool = False
    title: Value = ""
    language: Language = "en"
    quotations: Annotated[int, Field(ge=1, le=20)] | None = None
    composer: Composer | None = None


class Correction(_Sent):
    """Metadata to set; an empty value clears a field."""

    changes: Annotated[dict[Name, Annotated[str, Field(max_length=2000)]], Field(min_length=1, max_length=20)] = Field(
        examples=[{"session": "10"}]
    )


class Title(_Sent):
    """A new title."""

    title: Name = Field(examples=["Extradition, tenth session"])


class Share(_Sent):
    """How a work is shared."""

    may_change: bool = Field(default=False, examples=[False])


class Verdict(_Sent):
    """A reader's verdict on an answer."""

    verdict: Literal["right", "wrong"] = Field(examples=["right"])
    should_be: Annotated[str, Field(max_length=2000)] = ""


class ReviewWish(_Sent):
    """A decision on a cell of a briefing, by the cell's key."""

    key: Name
    state: Name = Field(examples=["accepted"])
    kind: Name | None = Field(default=None, examples=["supports"])
    note: Annotated[str, Field(max_length=2000)] = ""


class NewAccount(_Sent):
    """An account; without a password a proxy or a provider signs the person in."""

    name: Name = Field(examples=["amina"])
    role: Role = Field(examples=["reader"])
    password: Annotated[str, Field(min_length=SHORTEST_PASSWORD, max_length=LONGEST_PASSWORD)] | None = None


class RoleWish(_Sent):
    """A new role."""

    role: Role = Field(examples=["editor"])


class PersonWish(_Sent):
    """The identity at the provider to which an account is bound."""

    sub: Name = Field(examples=["00u1a2b3c4"])


class NewKey(_Sent):
    """An API key for a program, with at least one scope."""

    label: Name = Field(examples=["nightly briefing"])
    scopes: Annotated[list[Permission], Field(min_length=1)] = Field(examples=[["read", "ask"]])
    days: Annotated[int, Field(ge=1, le=3650)] | None = Field(default=365, examples=[365])


class Page(BaseModel, Generic[Item]):
    """A page of a list; `next` is the `offset` of the page after it, null on the last."""

    items: list[Item]
    total: int = Field(examples=[1])
    next: int | None = Field(examples=[None])


class Found(BaseModel):
    """Passages, best first, of several parties in turns; scores of different searches do not compare."""

    items: list[dict[str, Any]]


class WorkItem(BaseModel):
    """A conversation, briefing or case."""

    id: str
    title: str
    changed: str = Field(examples=["2031-05-02T10:00:00.000+00:00"])
    mine: bool


class Turned(BaseModel):
    """An answer in a conversation: the id of the conversation, and the number of the turn in it."""

    id: str
    number: int
    answer: Answer


class Made(BaseModel):
    """The id of a new briefing."""

    id: str


class NewKeyItem(BaseModel):
    """A key with its secret, which is shown only this once."""

    key: Key
    secret: str


class Me(BaseModel):
    """The caller, and what they may do."""

    name: str = Field(examples=["amina"])
    role: Role
    may: list[Permission]


class About(BaseModel):
    """The version, and the store and models in use."""

    version: str = Field(examples=["0.1.0"])
    statements: int
    store: str
    generation: int
    models: dict[str, str | None]
