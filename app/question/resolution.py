"""Resolution of a question: its scope, and what retrieval and the answer need to know besides.

"Which States did not mention corruption?" resolves to the topic "corruption", `all_states` and `negated`.
"""

from dataclasses import dataclass, replace
from typing import Final, Literal

from app.question.kind_traits import KIND_TRAITS, WHICH_STATES
from app.records import AnswerType, Direction, LanguageCode, Note, QuestionKind, Scope, Style, Year

# Minimum chance of a question's kind from which the kind decides: an answer without the number asked for is called
# partial, one without a position silence, and a follow-up's own kind overrides the one kept. Chosen on development
# questions (19 of 21 answers below it were wrongly called partial), for follow-ups by cross-validation on the examples.
_KIND_DECIDES_MIN: Final = 0.8
Act = Literal["new", "replace", "add", "remove", "correct", "more", "about"]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What an answer showed: whose words, from which statements of which years and sessions, and which sentences."""

    parties: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    years: tuple[Year, ...] = ()
    sessions: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    """Whose words the last answer showed; `parties` are those of all turns on its topic."""
    direction: Direction | None = None
    """The one direction that all parties quoted take, or None; with it "who disagrees?" asks for the others."""


@dataclass(frozen=True, kw_only=True)
class Restyle:
    """The form in which an answer is wanted, and the ISO 639-1 code of its language if one was asked for."""

    style: Style = "answer"
    language: LanguageCode | None = None


@dataclass(frozen=True, kw_only=True)
class TopicWording:
    """How a question words its topic: the question without its parties and times.

    "How many did Arvandia hand over in 2020?" has the topic "hand over" and the wording "How many did hand over?".
    """

    topic: str
    text: str
    adds: bool
    """Whether it has content words beside the topic; if so, the cross-encoder reads it instead of the topic."""
    language: LanguageCode | None = None
    """ISO 639-1 code of its language, which a follow-up in another language keeps with the topic."""


@dataclass(frozen=True, kw_only=True)
class NamedFilter:
    """A time, body or group named in a question that narrows which statements are searched, or whose."""

    code: str
    """Code of the body or group; empty for a time."""
    words: str
    """The filter as written in the question."""


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One of several conditions that the parties of a list have to meet: that they support fees but oppose tolls."""

    subject: str
    """Its topic, which is one of those of the scope."""
    question: str
    """The question for it alone: "which States oppose tolls?"."""
    stance: bool
    """Whether it asks for a position."""
    denies: bool
    """Whether it asks who denies something, as `Resolution.denies`."""
    is_denied: bool
    """Whether it must not be met: "but not tolls", "but did not mention tolls"."""


@dataclass(frozen=True, kw_only=True)
class Resolution:
    """How a question was read; stored as JSON with conversations, so its field names must not change.

    What is denied or left out: `scope.excluded` are parties ("States other than Chile"), and `without` is what else it
    leaves out ("but not in 2020"). `scope.negated` asks who was silent ("who did not mention …?"),
    `denies` who says that it does not ("which States do not extradite?"), and `negates` for the opposite of the
    position asked for before ("and who does not?").
    """

    scope: Scope
    question: str
    answer_type: AnswerType | None = None
    """The kind of thing asked for where the question names one, such as a number."""
    unclear: str | None = None
    """A name that is asked back, since it may mean several States, or no table knows it."""
    options: tuple[str, ...] = ()
    """What that name may have meant."""
    option_codes: tuple[str, ...] = ()
    """The codes of these parties, since an option may be ambiguous itself: of two Congos, one is called "Congo"."""
    known_name: bool = True
    """Whether the name in `unclear` is one that a table knows, for several parties."""
    is_statement_question: bool = True
    """Whether it may be answered from statements: it is not out of scope, and no greeting within a conversation."""
    party_notes: tuple[Note, ...] = ()
    """How names, typing errors and relative times were read, and what could not be left out or put in another form."""
    notes: tuple[Note, ...] = ()
    """All notes on how the question was read: on its articles, agenda items and exclusions, then `party_notes`."""
    topic_parties: tuple[str, ...] = ()
    """Codes of the parties that the topic is about, not its speakers: Rimalia in "the crisis in Rimalia"."""
    without: Scope | None = None
    """Times, meetings and articles that a question leaves out without naming others in their place."""
    topic_left_out: str = ""
    """What is left out of what the parties asked said: "extradition" in "what did Arvandia say other than on that?"."""
    unnamed: bool = False
    """The question speaks of someone by a pronoun only, and no earlier turn says whom."""
    denies: bool = False
    """The question asks which States say that they do not do something, or do not want it."""
    counts_states: bool = False
    """The question asks how many States say something."""
    provision: bool = False
    """The question asks what a treaty itself says, not what a State said of it."""
    national: bool = False
    """The question asks for what States said in their national capacity, and not for what groups said for them."""
    speakers: tuple[str, ...] = ()
    """The persons asked about, as statements name their speaker; the statements of others are not searched."""
    assumed_treaty: bool = False
    """The articles asked about were named without their treaty, which was assumed."""
    stance: bool = False
    """The question asks for a position, such as whether a State supports something."""
    stance_from: str = ""
    """The earlier question whose position a follow-up such as "not Belmora" asks for; empty if its own words ask."""
    position_shown: Direction | None = None
    """The direction of the position that a follow-up such as "who disagrees?" refers to; None if none was shown."""
    negates: bool = False
    """A follow-up such as "and who does not?" asks for the opposite of the position that `stance_from` asks for."""
    over_time: bool = False
    """The question asks how something changed, or names several occasions."""
    years_before: tuple[Year, ...] = ()
    """The years of the question before, from which this one differs in time alone: "compare the two" is of both."""
    counts: bool = False
    """A follow-up such as "how many is that?" asks how many parties the list before it names."""
    corrects: bool = False
    """A follow-up such as "not the group" only puts the scope right, and is of the kind of the question before it."""
    act: Act = "new"
    """What the question does to the conversation before it: `new` begins anew, `about` asks about the answer shown."""
    shown: Shown | None = None
    """What has been shown before, where the question continues from it or is about it."""
    shown_in_all: Shown | None = None
    """For thanks after a turn such as "what else?": `shown`, as it was before that turn, and what that turn showed."""
    wording: TopicWording | None = None
    """How the topic was asked about; None where it was set by hand or joined to another topic."""
    clauses: tuple[tuple[str, str], ...] = ()
    """Each subject of the topic with its clause, where the question has several: "… on tolls, and why did it go?"."""
    conditions: tuple[Condition, ...] = ()
    """What all parties of a list have to meet, or must not: "which States support fees but oppose tolls?"."""
    subject: str = ""
    """The one of several subjects for which it is searched; empty for a question with one."""
    of_picked: bool = False
    """What the latest or earliest statement itself says is asked for ("in its latest statement"), or said at a meeting;
    not the latest or earliest statement that speaks of the topic."""
    quote: str = ""
    """Quoted words whose source is asked for; empty if there are none."""
    style: Style = "answer"
    """The form in which the answer is wanted."""
    reply_language: LanguageCode | None = None
    """The language in which it is wanted, where one was asked for."""
    only: int | None = None
    """The number of the one citation that is wanted; None for all."""
    kind: QuestionKind = "content"
    kind_chance: float = 1.0
    """Calibrated chance that this is its kind, 0 to 1."""
    other_kinds: tuple[QuestionKind, ...] = ()
    """Other kinds that it may be, likeliest first; only where the chance is low."""
    again: QuestionKind | None = None
    """For a wish for another form, and for the date of a quotation, the kind of the question that is answered again."""
    earlier_kind: QuestionKind | None = None
    """For an aside, such as thanks, the kind of the question before it, which later turns continue."""
    filters: tuple[NamedFilter, ...] = ()
    """The times, bodies and groups that the question itself names as filters."""

    @property
    def answered_as(self) -> QuestionKind:
        """The kind of answer that is given: "in French" after a summary asks for the summary."""
        return self.again or self.kind

    @property
    def lists_parties(self) -> bool:
        """Whether the answer lists parties, each with few quotations; "why?" about such a list has more of each."""
        return self.scope.all_states and self.act != "about"

    @property
    def sure_of_kind(self) -> bool:
        """Whether the kind is sure enough to decide, such as to reject evidence without what this kind asks for."""
        return self.kind_chance >= _KIND_DECIDES_MIN

    @property
    def repeated_kind(self) -> QuestionKind:
        """The kind of question that a follow-up such as "and Iraq?" repeats."""
        return self.again or self.earlier_kind or self.kind


def in_language_of_topic(read: Resolution) -> Resolution:
    """Returns a question as it is searched: in the language in which its topic is worded.

    After "Qu'a dit Cuba sur la remise ?", "and Iraq?" is answered in English, and "remise" searched as French.
    """
    language = read.wording.language if read.wording is not None and read.wording.topic == read.scope.topic else None
    return replace(read, scope=replace(read.scope, language=language or read.scope.language))


def with_kind(read: Resolution, kind: QuestionKind) -> Resolution:
    """Returns the resolution with this kind as certain; `unnamed` stays as it was read."""
    named = read.scope.named_parties
    if kind == "treaty_text" and (named or read.scope.members_of or read.scope.all_states):
        # A question that names or asks parties is about what they said, not about the treaty's text.
        kind = "content"
    # "Which of those …?" asks a list of named parties.
    everyone = read.scope.all_states or (kind in WHICH_STATES and not named)
    # Quoted words belong to the topic, unless their source is asked for.
    topic = read.scope.topic if kind == "source" else read.scope.topic or read.quote
    return replace(
        read,
        scope=replace(read.scope, topic=topic, all_states=everyone, negated=kind == "negated_which"),
        kind=kind,
        kind_chance=1.0,
        other_kinds=(),
        # The date of the latest statement is its own, and needs no date in its words.
        answer_type=None if everyone or (kind == "date" and read.scope.pick) else KIND_TRAITS[kind].answer_type,
        stance=kind == "position",
        over_time=kind == "over_time",
        provision=kind == "treaty_text",
        is_statement_question=kind != "out_of_scope",
        denies=read.denies and kind == "which_states",
        quote=read.quote if kind == "source" else "",
    )
