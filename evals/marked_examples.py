"""Questions with their reading in a plain mark-up, which the small models of `app/question` are trained on.

"what did {who:Iran} say about {topic:extradition}" marks the speaker and the topic. Training and evals read them.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, cast

from app.question.resolution import Act
from app.question.role_tagger.network import WordRole
from app.question.role_tagger.words import Word
from app.records import QuestionKind
from evals.files import load_yaml
from vectorstore.records import text_sha256

FOLDS: Final = 3
_MARK: Final = re.compile(r"\{(who|not|mention|topic|quote):([^{}]*)\}")


@dataclass(frozen=True, kw_only=True)
class Mark:
    """The role of the span `[start, end)` of a question."""

    start: int
    end: int
    role: WordRole


@dataclass(frozen=True, kw_only=True)
class MarkedExample:
    """A question with the reading that is expected of it."""

    text: str
    """The question without its mark-up."""
    marks: tuple[Mark, ...]
    kind: QuestionKind
    language: str
    register: str = "plain"
    after: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    """What a follow-up takes over from the turn before it: who, topic, when, where, treaty, kind."""
    turn: Act | None = None
    group: str = ""
    """A key shared by examples that differ only in their marked words, which must be in the same fold."""
    expect: Mapping[str, Any] = field(default_factory=dict)
    """The whole expected scope, if the example gives it, in the form of `Answer.scope`, with `status` if not `read`."""

    def marked(self, role: WordRole) -> tuple[str, ...]:
        """Returns the words that have a role, in order."""
        return tuple(self.text[mark.start : mark.end] for mark in self.marks if mark.role == role)


def load_examples() -> tuple[MarkedExample, ...]:
    """Loads the examples of all languages."""
    return tuple(example for path in _files() for example in read_examples(path))


def read_examples(path: Path) -> tuple[MarkedExample, ...]:
    """Reads a file of examples; their language is the beginning of its name, unless an example gives its own."""
    return tuple(_example({"language": path.name[:2]} | entry) for entry in load_yaml(path))


def examples_hash() -> str:
    """Returns the SHA-256 of the files of examples, which is stored with the weights that are trained on them."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in _files())).hexdigest()


def folds_of(examples: Sequence[MarkedExample]) -> list[int]:
    """Returns the fold of each example, which examples of one wording and the follow-ups to any of them share."""
    groups = {example.group: example.group for example in examples}

    def root(group: str) -> str:
        return group if groups[group] == group else root(groups[group])

    groups_by_text: dict[str, list[str]] = defaultdict(list)
    for example in examples:
        groups_by_text[_plain(example.text)].append(example.group)
    for example in examples:
        for group in (group for text in example.after for group in groups_by_text.get(_plain(text), ())):
            one, other = sorted((root(example.group), root(group)))
            groups[other] = one
    return [int(text_sha256(root(example.group)), 16) % FOLDS for example in examples]


def labels_of(words: Sequence[Word], marks: Sequence[Mark]) -> list[str]:
    """Returns the label of each word of a marked example: the role of the mark that covers most of it, or "-"."""
    labels = []
    for word in words:
        shares = [(min(word.end, mark.end) - max(word.start, mark.start), mark.role) for mark in marks]
        share, role = max(shares, default=(0, "-"))
        labels.append(role if share > 0 else "-")
    return labels


def _files() -> list[Path]:
    return sorted(Path(str(files("app.question") / "training")).glob("*.yaml"))


def _example(entry: dict[str, Any]) -> MarkedExample:
    marked, text, marks, end = str(entry["text"]), "", [], 0
    for found in _MARK.finditer(marked):
        text += marked[end : found.start()]
        marks.append(Mark(start=len(text), end=len(text) + len(found[2]), role=cast(WordRole, found[1])))
        text, end = text + found[2], found.end()
    frame = _MARK.sub(lambda found: f"<{found[1]}>", marked)
    lists = {name: tuple(entry.get(name) or ()) for name in ("after", "keeps")}
    group = _plain(frame)
    return MarkedExample(**(entry | lists | {"text": text + marked[end:], "marks": tuple(marks), "group": group}))


def _plain(text: str) -> str:
    return re.sub(r"[\W\d_]+", " ", text).strip().lower()
