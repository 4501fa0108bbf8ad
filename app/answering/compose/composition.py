"""Input and output of composing: `KindContext`, what an answer is made with; `Composition`, claims with citations.

The extractive composer makes one of quotations alone; where a model was asked, its `ModelDraft` is part of it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.answering.localization import Localization
from app.question.resolution import Resolution
from app.records import AnswerType, Citation, Claim, DroppedClaim, WordsFound
from app.retrieval.evidence_retriever import EvidenceRetriever
from app.retrieval.retrieved import Retrieved
from vectorstore.records import Sentence

# Why a model has no claims: it failed, was too slow, wrote nothing that passed, or was no longer asked (briefings).
WriterProblem = Literal["failed", "slow", "nothing", "not_asked"]
# Tokens, requests and cost of a model's work, as in `Answer.usage`.
Used = Mapping[str, int | float | bool]


FindWords = Callable[[str], Sequence[WordsFound]]


@dataclass(frozen=True, kw_only=True)
class KindContext:
    """A resolved question, and what the answer to its kind is made with."""

    resolution: Resolution
    local: Localization
    """Messages and names in the language of the answer."""
    retriever: EvidenceRetriever
    find_words: FindWords
    """Finds where quoted words occur in the corpus."""
    limit: int
    """The most quotations of the answer."""

    def in_scope(self, resolution: Resolution | None = None) -> Retrieved:
        """Returns the statements in the scope of the question, or of another reading of it, without evidence."""
        return self.retriever.in_scope(resolution or self.resolution, self.local.parties)

    @property
    def has_topic_or_treaty(self) -> bool:
        """Whether the question is on a topic or a treaty, and not on whole statements."""
        return bool(self.resolution.scope.topic or self.resolution.scope.treaties)


@dataclass(frozen=True, kw_only=True)
class ModelDraft:
    """A model's draft so far: claims that passed, which cite `citations` by number, and those dropped, with reasons."""

    claims: tuple[Claim, ...] = ()
    citations: tuple[Citation, ...] = ()
    dropped: tuple[DroppedClaim, ...] = ()
    left_out: int = 0
    """Sentences of the evidence that the model did not get for want of room."""
    problem: WriterProblem | None = None
    """Why there are no claims, or no more."""
    detail: str = ""
    prompt_version: str = ""
    """Hash of the instructions."""
    usage: Used = field(default_factory=dict)
    evidence: Mapping[int, Sentence] = field(default_factory=dict)
    """The sentences in its prompt, by number."""
    reply: str = ""


@dataclass(frozen=True, kw_only=True)
class Composition:
    """A composed answer before verification."""

    claims: tuple[Claim, ...] = ()
    citations: tuple[Citation, ...] = ()
    unquoted: int = 0
    """Evidence sentences beyond those quoted."""
    missing: AnswerType | None = None
    """The kind of thing asked for that the quotations do not hold."""
    quoted_groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Groups that are quoted for States asked about, with the codes of these States."""
    introductions: Mapping[int, str] = field(default_factory=dict)
    """By citation number, the line that says for whom a group spoke."""
    as_points: bool = False
    """Whether claims are shown as a list."""
    shows_quotations: bool = True
    """Whether quotations are shown under the claims; a list of statements has their numbers alone."""
    opening: str = ""
    """What is said before the claims; empty for nothing."""
    translations: Mapping[int, str] = field(default_factory=dict)
    """Translations of quotations, by citation number, for reading only."""
    shows_directions: bool = False
    """Whether the direction of each claim is shown."""
    earlier: frozenset[int] = frozenset()
    """Numbers of citations for which a later statement of the same party is cited as well."""
    notes: tuple[str, ...] = ()
    """How the answer was made, such as which model worded it; Markdown."""
    draft: ModelDraft | None = None
    """The draft of a model, where one was asked; its claims that passed are among `claims`."""
    claims_so_far: str | None = None
    """While a model still writes, the claims checked so far as Markdown; None when the composition is done."""
