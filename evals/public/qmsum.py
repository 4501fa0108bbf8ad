"""QMSum, committee meetings: finding what a speaker said, and silence on a question that is about another speaker.

Meetings are ingested as records, speakers as parties of the kind `person`. Silence was established by reading all that
the speaker said (`silent_speakers.csv`). Source: Zhong et al., QMSum: A New Benchmark for Query-based Multi-domain
Meeting Summarization (NAACL 2021).
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from app.question.reading import read_question
from app.retrieval.party_evidence import PartyEvidence
from app.settings import Settings
from evals.files import shipped_rows, tracked
from evals.public.corpus import Figure, open_texts, records_of, silence_figures, write_texts

_FILES: Final = ("qmsum_committee/train.jsonl.gz", "qmsum_committee/val.jsonl.gz")
_TITLES: Final = re.compile(r"^(?:(?:The|Right|Rt|Hon|Mr|Mrs|Ms|Dr|Professor|Prof)\b\.?\s*)+|\s+(?:AM|AC|MS|MP)$")
# The separator of turns in a record.
_BREAK: Final = "\n\n"
_TURNS: Final = 5
_PASSAGES: Final = 50
_FOLDS: Final = 5


@dataclass(frozen=True, kw_only=True)
class SpeakerQuestion:
    """A question, by meeting (from 1) and number (from 0), on what one speaker said, with the turns that answer."""

    meeting: int
    number: int
    query: str
    speaker: str
    turns: frozenset[int]


def person(speaker: str) -> str:
    """Returns a speaker's name without title, constituency and office; empty where nobody is named."""
    name = _TITLES.sub("", speaker.split("(")[0].strip()).strip()
    return name if len(name.split()) > 1 and not name.startswith("Some ") and "Chair" not in name else ""


def write_meetings(meetings: Sequence[Mapping[str, Any]], folder: Path) -> None:
    """Writes meetings as records, with a manifest and a `parties.csv`."""
    speakers = [[person(turn["speaker"]) for turn in meeting["meeting_transcripts"]] for meeting in meetings]
    texts = {}
    for number, (meeting, names) in enumerate(zip(meetings, speakers, strict=True), start=1):
        words = (" ".join(turn["content"].split()) for turn in meeting["meeting_transcripts"])
        turns = (f"{name or 'The Chair'}: {said}" for name, said in zip(names, words, strict=True))
        texts[_file(number)] = _BREAK.join(turns)
    count = len(texts)
    write_texts(folder, texts, {"kind": ["record"] * count, "session": range(1, count + 1)})
    known = dict.fromkeys(name for names in speakers for name in names if name)
    persons = ((f"P{number:03}", name, "", "person") for number, name in enumerate(known, start=1))
    with (folder / "parties.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("code", "name", "aliases", "kind"), *persons])


def questions(meetings: Sequence[Mapping[str, Any]]) -> Iterator[SpeakerQuestion]:
    """Yields the questions that name a speaker of their meeting by full name, and are answered by that speaker."""
    for meeting, record in enumerate(meetings, start=1):
        speakers = [person(turn["speaker"]) for turn in record["meeting_transcripts"]]
        for number, asked in enumerate(record["specific_query_list"]):
            query = asked["query"]
            named = sorted({name for name in speakers if name and name in query}, key=query.index)
            spans = [range(int(first), int(last) + 1) for first, last in asked["relevant_text_span"]]
            turns = frozenset(turn for span in spans for turn in span)
            if named and any(speakers[turn] == named[0] for turn in turns):
                yield SpeakerQuestion(meeting=meeting, number=number, query=query, speaker=named[0], turns=turns)


def silent_speakers() -> dict[tuple[int, int], str]:
    """Returns, by meeting and question, a speaker who says nothing on a question that is about another speaker."""
    rows = shipped_rows("public/silent_speakers.csv")
    return {(int(row["meeting"]), int(row["question"])): row["speaker"] for row in rows}


def run(settings: Settings, folder: Path, data: Path | None) -> list[Figure]:
    """Measures retrieval for the speaker asked about, and silence; texts are kept in `folder`, the store beside it."""
    meetings = [meeting for file in _FILES for meeting in records_of(file, data)]
    asked, other_speakers = list(questions(meetings)), silent_speakers()
    write_meetings(meetings, folder)
    hits, bm25_hits = 0, 0
    read: list[tuple[PartyEvidence, bool, int]] = []
    with open_texts(settings, folder) as (workspace, by_file):
        parties, catalogue = workspace.corpus.parties(), workspace.store.catalogue
        codes = {parties.display(code): code for code in parties.codes("person")}
        for question in tracked(asked, "QMSum"):
            text = (folder / _file(question.meeting)).read_text("utf-8")
            asked_about = read_question(question.query, parties)
            wording = asked_about.wording
            topic = workspace.ranker.topic(asked_about.scope.topic or question.query, "en", wording)
            other = other_speakers.get((question.meeting, question.number))
            for speaker in (question.speaker, *([other] if other else [])):
                statements = [s for s in by_file[_file(question.meeting)] if s.metadata.state == codes[speaker]]
                evidence = workspace.ranker.rank_by_topic(codes[speaker], statements, topic)
                read.append((evidence, speaker == other, question.meeting % _FOLDS))
                if speaker == question.speaker:
                    words = question.query.replace(speaker, "")
                    lexical = catalogue.search_lexical(words, [s.statement_id for s in statements], _PASSAGES)
                    passages = catalogue.passages([identifier for identifier, _ in lexical])
                    best = [item.sentence.start for item in evidence.sentences]
                    best += [item.passage.start for item in evidence.passages]
                    hits += bool(question.turns & _first_turns(text, best))
                    bm25_hits += bool(question.turns & _first_turns(text, (passages[n].start for n, _ in lexical)))
    found, silent, folds = zip(*read, strict=True)
    over = f"{len(asked)} questions, {len(meetings)} meetings"
    return [
        Figure(name="speaker's turns: hit@5", value=hits / len(asked), over=over, others="BM25 of 139 questions .81"),
        Figure(name="the same by BM25 alone", value=bm25_hits / len(asked), over=over),
        *silence_figures("silence of another speaker", found, silent, folds, ("", "")),
    ]


def _file(meeting: int) -> str:
    return f"{meeting:02}.txt"


def _first_turns(text: str, offsets: Iterable[int]) -> set[int]:
    """Returns the numbers of the first `_TURNS` different turns of a record in which the offsets lie."""
    return {*list(dict.fromkeys(text.count(_BREAK, 0, offset) for offset in offsets))[:_TURNS]}
