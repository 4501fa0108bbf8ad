"""Directions of sentences of real speeches, for or against a topic: the program's classification against labels.

The labels are in `evals/datasets/directions.csv`, the speeches outside; sentences that were written in six languages
are in `evals/datasets/argued`, topics in braces; those of `contrast` end, restrain or replace their topic, many of them
beside a near twin of another label; those of `predicates` come after their topic as people ask ("funding the review
from the budget"), which they say as a predicate ("the review should be paid from the budget"); in `articles`
an article is the topic, and what breaches it is often condemned; those of `practice` tell what a State does or does not
do ("we try our nationals at home"); in `passages` one sentence decides what another means;
those of `unnamed` are passages, each after its topic, which it names in other words; those of `asked` are questions
after States, with what they ask for. A reversed direction is worse than none, so it is a figure of its own: `contrary`
is the share of predictions `for` or `against` whose label is the opposite.
Source of the speeches: Jankin, Baturo and Dasandi, UN General Debate Corpus, doi:10.7910/DVN/0TJX8Y.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from operator import eq
from pathlib import Path
from typing import Final

from sklearn.metrics import f1_score

from app.retrieval.positions.asked_direction import ASKED, classify_question
from app.retrieval.positions.direction import read_passage, read_sentence
from app.settings import Settings
from evals.errors import DatasetError
from evals.files import EVALS, load_yaml, shipped_rows, tracked
from evals.public.corpus import Figure, records_of
from ingest.parties.party_table import PartyTable
from vectorstore.records import text_sha256

LABELS: Final = EVALS / "datasets" / "directions.csv"
WRITTEN: Final = EVALS / "datasets" / "argued"
_SPEECHES: Final = ("ungdc_2010s.jsonl.gz", "ungdc_2020s.jsonl.gz")
# Splits that nothing is trained on, with the names of their figures.
_PARTS: Final = {
    "thresholds": "as spoken", "held": "drawn to be hard", "dev en": "written", "dev": "written, other languages",
    "held_out en": "written, held out", "held_out": "written, held out, other languages",
    "contrast en": "contrast sets, held out", "contrast": "contrast sets, held out, other languages",
    "predicates en": "topic said as a predicate, held out",
    "predicates": "topic said as a predicate, held out, other languages",
    "articles en": "articles that are upheld or rejected, held out",
    "articles": "articles that are upheld or rejected, held out, other languages",
    "practice en": "practice, held out", "practice": "practice, held out, other languages",
    "passages en": "passages, held out", "passages": "passages, held out, other languages",
    "unnamed en": "topic worded otherwise", "unnamed": "topic worded otherwise, other languages",
}  # fmt: skip
_OPPOSED: Final = {"for": "against", "against": "for"}


@dataclass(frozen=True, kw_only=True)
class LabelledSentence:
    """A sentence, passage or question on a topic, with the label of its direction, of a part of the examples."""

    split: str
    topic: str
    label: str
    text: str
    language: str = "en"


def labelled_sentences(data: Path | None = None) -> Iterator[LabelledSentence]:
    """Yields the labelled sentences, from speeches in the folder `data`, by default `scale` in `UNTOC_TEST_DATA`."""
    texts = {each["id"]: each["text"] for file in _SPEECHES for each in records_of(file, data, "scale")}
    for row in shipped_rows(LABELS):
        span = texts[row["speech"]][int(row["start"]) : int(row["end"])]
        if text_sha256(span) != row["sha256"]:
            raise DatasetError("the speeches are not those that the labels are about")
        text = " ".join(span.split())
        yield LabelledSentence(split=row["split"], topic=row["topic"], label=row["label"], text=text)


def written_sentences(folder: Path) -> Iterator[LabelledSentence]:
    """Yields sentences of YAML files, by label, in which braces mark the topic; the split is the name of the folder."""
    for path in sorted(folder.rglob("*.yaml")):
        for label, entries in load_yaml(path).items():
            for entry in entries:
                topic, text = re.findall(r"\{+(.*?)\}", entry)[0], re.sub(r"\{\{.*?\}\} |[{}]", "", entry)
                yield LabelledSentence(split=path.parent.name, topic=topic, label=label, text=text, language=path.stem)


def figures_of(part: str, gold: Sequence[str], told: Sequence[str]) -> Iterator[Figure]:
    """Yields the agreement of predicted directions, `told`, with labels; `reported` counts as `mentions`."""
    merged = {"reported": "mentions"}
    pairs = [(merged.get(label, label), merged.get(guess, guess)) for label, guess in zip(gold, told, strict=True)]
    names = ["for", "against", "conditional", "mentions"]
    value = f1_score(*zip(*pairs, strict=True), labels=names, average="macro", zero_division=0.0)
    yield Figure(name=f"{part}: macro F1 of four directions", value=float(value), over=f"{len(pairs)} sentences")
    directed = [(label, guess) for label, guess in pairs if guess in _OPPOSED]
    for name, count in (
        ("right", sum(label == guess for label, guess in directed)),
        ("contrary", sum(label == _OPPOSED[guess] for label, guess in directed)),
    ):
        over = f"{len(directed)} told for or against"
        yield Figure(name=f"{part}: {name}", value=count / max(1, len(directed)), over=over)


def run(_: Settings, __: Path, data: Path | None) -> list[Figure]:
    """Classifies the labelled sentences and compares with the labels; `data` is the folder of the speeches."""
    written = (replace(s, split=f"{s.split} en") if s.language == "en" else s for s in written_sentences(WRITTEN))
    sentences = [*labelled_sentences(data), *written]
    parties = PartyTable.load()
    found: list[Figure] = []
    for part, name in _PARTS.items():
        sentences_of_part = [each for each in sentences if each.split == part]
        if not sentences_of_part:
            continue
        read_text = read_passage if part.startswith(("unnamed", "passages")) else read_sentence
        read = [
            read_text(each.text, each.topic, each.language, parties).reading
            for each in tracked(sentences_of_part, name)
        ]
        found += figures_of(name, [each.label for each in sentences_of_part], read)
    questions = [each for each in sentences if each.split.startswith("asked")]
    return [*found, *figures_of_questions(questions, parties)] if questions else found


def figures_of_questions(questions: Sequence[LabelledSentence], parties: PartyTable) -> Iterator[Figure]:
    """Yields how often it is read right what questions after States ask for, and how often as the opposite direction.

    The topic of a follow-up is empty, since an earlier turn names it.
    """
    told = [
        classify_question(each.text, each.topic, each.language, parties)[0] for each in tracked(questions, "questions")
    ]
    asked = [ASKED[each.label] for each in questions]
    right = sum(map(eq, asked, told))
    contrary = sum({*pair} == {*_OPPOSED} for pair in zip(asked, told, strict=True))
    for name, count in (("right", right), ("contrary", contrary)):
        over = f"{len(questions)} questions"
        yield Figure(name=f"what a question asks for, held out: {name}", value=count / len(questions), over=over)
