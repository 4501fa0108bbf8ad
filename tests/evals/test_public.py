"""Public benchmarks: their formats are parsed and their counting rules followed, on small made-up samples."""

import gzip
import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.retrieval.relevance_features import SentenceFeatures
from app.settings import Settings, load_settings
from evals.cli import main
from evals.errors import DatasetError
from evals.measured_sentences import MeasuredSentence
from evals.public import corpus, directions, mtrag, qmsum, spans
from evals.public.corpus import records_of, silent_by_others
from evals.public.spans import Chunk, choose, marked, word_f1
from ingest.parties.party_table import PartyTable
from tests.cases import Cases
from tests.fakes import fake_workspace
from vectorstore.records import Sentence

cases = Cases(__file__)

MEETING: dict[str, Any] = cases["MEETING"]


@pytest.fixture
def fake_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus, "open_workspace", lambda settings: fake_workspace(settings.store))


def _write(path: Path, records: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(record) + "\n" for record in records).encode()
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)


def test_names_of_speakers_stand_without_title_constituency_and_office():
    names = {
        "Dr Brone Talvik AM": "Brone Talvik", "Right Hon. Cora Vesh (Prime Minister)": "Cora Vesh",
        "The Chair (Hon. Ada Quill)": "", "Some hon. members": "",
    }  # fmt: skip
    assert {name: qmsum.person(name) for name in names} == names


@pytest.mark.usefixtures("fake_models")
def test_meetings_become_records_whose_speakers_are_persons(tmp_path):
    qmsum.write_meetings([MEETING], tmp_path / "texts")
    parties = PartyTable.load(tmp_path / "texts" / "parties.csv")
    with corpus.open_texts(Settings(store=tmp_path), tmp_path / "texts") as (_, held):
        speakers = sorted(parties.display(item.metadata.state) for item in held["01.txt"] if item.metadata.state)
    assert [parties.display(code) for code in parties.codes("person")] == ["Brone Talvik", "Cora Vesh"]
    assert speakers == ["Brone Talvik", "Brone Talvik", "Cora Vesh"]


@pytest.mark.usefixtures("fake_models")
def test_qmsum_counts_turns_of_the_speaker_and_silence_of_another(tmp_path, monkeypatch):
    for file in ("train", "val"):
        _write(tmp_path / "data" / f"qmsum_committee/{file}.jsonl.gz", [MEETING] if file == "train" else [])
    monkeypatch.setattr(qmsum, "silent_speakers", lambda: {(1, 0): "Cora Vesh"})
    figures = {item.name: item for item in qmsum.run(Settings(), tmp_path / "texts", tmp_path / "data")}
    assert figures["speaker's turns: hit@5"].value == 1.0
    # Two questions have an answer and one asks a speaker who is silent; their words suffice to distinguish them.
    assert {figures[f"silence of another speaker: {rate}"].value for rate in ("precision", "recall")} == {1.0}
    assert figures["silence of another speaker: recall"].over == "3 cases, 1 silent"


def test_a_short_question_leans_on_the_one_before():
    first, _, last = turns = ["How is a garden pond in Remalia dug out?", "Keep to the plan.", "Is it deep?"]
    said = [{"speaker": who, "text": text} for who, text in zip(("user", "agent", "user"), turns, strict=True)]
    assert mtrag.topic_words({"input": said}) == f"{first} {last}"
    assert mtrag.topic_words({"input": said[:1]}) == first


@pytest.mark.usefixtures("fake_models")
def test_mtrag_refuses_without_passages_and_where_the_collection_says_nothing(tmp_path):
    pond = {"text": "A garden pond needs gravel, pumps and shade against algae in the hot months."}
    asked = {
        "garden pond gravel pumps algae": ("ANSWERABLE", [pond]),
        "violin strings rosin bridge tuning": ("UNANSWERABLE", []),
    }
    tasks = [
        {"input": [{"speaker": "user", "text": question}], "contexts": given, "answerability": [kind],
         "Collection": "home", "conversation_id": question}
        for question, (kind, given) in asked.items()
    ]  # fmt: skip
    _write(tmp_path / "data" / "mtragun/reference.jsonl.gz", tasks)
    figures = mtrag.run(Settings(), tmp_path / "texts", tmp_path / "data")
    assert [figure.value for figure in figures if "other folds" not in figure.name] == [1.0, 1.0, 1.0, 1.0]


def test_words_are_counted_over_all_chunks():
    words = "a b c d"
    gold = marked(words, [(0, 3)])
    places = np.array([marked(words, [(0, 1)]), marked(words, [(2, 7)])])
    chunks = [
        Chunk(paper="one", gold=gold, places=places, features=np.zeros((2, 1))),
        Chunk(paper="two", gold=np.zeros(4, dtype=np.bool_), places=places, features=np.zeros((2, 1))),
    ]
    # Chosen are "a" of the first chunk, which is gold, and "a" of the second, which has no gold.
    chosen = [np.array([True, False]), np.array([True, False])]
    precision, recall = 1 / 2, 1 / 2
    assert word_f1(chunks, chosen) == pytest.approx(2 * precision * recall / (precision + recall))


def test_a_choice_is_fitted_to_other_chunks_than_it_chooses_from():
    random = np.random.default_rng(3)
    places = np.array([marked("1 2 3 4 5 6", [(2 * n, 2 * n + 1)]) for n in range(6)])

    def chunk(paper: str) -> Chunk:
        gold = random.random(6) < 0.4
        return Chunk(paper=paper, gold=gold, places=places, features=gold[:, None] * 4.0 + random.normal(size=(6, 1)))

    chunks = [chunk(str(number)) for number in range(40)]
    assert word_f1(chunks[30:], choose(chunks[:30], chunks[30:])) > 0.9


def test_a_sentence_is_chosen_with_a_view_to_its_neighbours():
    flat = SentenceFeatures(**dict.fromkeys(SentenceFeatures.names(), 0.0))
    read = [
        MeasuredSentence(
            Sentence(statement_id="s", ordinal=n, start=0, end=1, text="a", paragraph=1, page=None),
            replace(flat, alone=n * 1.0),
            np.zeros(0, dtype=np.float32),
        )
        for n in (4, 2, 3)
    ]
    assert spans.with_neighbours(read)[:, -2:].tolist() == [[3.0, -11.5], [-11.5, 3.0], [2.0, 4.0]]


def test_a_threshold_is_chosen_on_other_folds():
    # The best threshold is 0.5 in the first fold and 0.3 in the second; each fold is judged by the other's.
    confidence, silent = [0.4, 0.6, 0.2, 0.4], [True, False, True, False]
    assert silent_by_others(confidence, silent, [0, 0, 1, 1]) == [False, False, True, True]


def test_a_missing_folder_of_data_is_told_with_what_to_do(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv(corpus.DATA, raising=False)
    with pytest.raises(DatasetError, match="no folder is named: give the folder of public data with --data"):
        records_of("acl_verbatim/gold.json", None)
    assert main(["--store", str(tmp_path / "store"), "public", "spans", "--data", str(tmp_path)]) == 1
    assert "gold.json" in capsys.readouterr().err


def test_of_directions_told_the_contrary_ones_are_counted():
    gold = ["for", "for", "against", "mentions", "reported", "conditional"]
    told = ["for", "against", "mentions", "for", "reported", "conditional"]
    found = {each.name: each.value for each in directions.figures_of("as spoken", gold, told)}
    assert found["as spoken: right"] == pytest.approx(1 / 3)
    assert found["as spoken: contrary"] == pytest.approx(1 / 3)
    assert found["as spoken: macro F1 of four directions"] == pytest.approx((0.5 + 0 + 1 + 0.5) / 4)


def test_questions_count_by_what_they_ask_for(monkeypatch):
    told = {"who wants it?": "for", "who is against it?": "for", "who spoke?": None}
    monkeypatch.setattr(directions, "classify_question", lambda text, *_: (told[text], 1.0))
    labels = ("asks_for", "asks_against", "asks_open")
    questions = [
        directions.LabelledSentence(split="asked", topic="", label=label, text=text)
        for text, label in zip(told, labels, strict=True)
    ]
    right, contrary = directions.figures_of_questions(questions, PartyTable.load())
    assert (right.value, contrary.value) == (pytest.approx(2 / 3), pytest.approx(1 / 3))


def test_directions_are_compared_on_the_speeches_that_are_labelled(tmp_path, monkeypatch):
    text, spans = "We welcome the fund. We reject the levy.", {"the fund": (0, 20), "the levy": (21, 40)}
    rows = [("fund", "for", *spans["the fund"]), ("levy", "against", *spans["the levy"])]
    lines = [
        ",".join(map(str, (part, topic, label, "yes", "X_1", start, end, sha256(text[start:end].encode()).hexdigest())))
        for part in ("thresholds", "held")
        for topic, label, start, end in rows
    ]
    labels = tmp_path / "labels.csv"
    labels.write_text("\n".join(("# head", "split,topic,label,sure,speech,start,end,sha256", *lines)), encoding="utf-8")
    monkeypatch.setattr(directions, "LABELS", labels)
    monkeypatch.setattr(directions, "WRITTEN", tmp_path)
    for name, record in (("ungdc_2010s", {"id": "X_1", "text": text}), ("ungdc_2020s", {"id": "X_2", "text": ""})):
        (tmp_path / f"{name}.jsonl.gz").write_bytes(gzip.compress(json.dumps(record).encode()))
    found = directions.run(load_settings(store=tmp_path), tmp_path, tmp_path)
    assert [each.value for each in found if each.name.endswith("right")] == [1.0, 1.0]
    (tmp_path / "ungdc_2010s.jsonl.gz").write_bytes(gzip.compress(json.dumps({"id": "X_1", "text": text[1:]}).encode()))
    with pytest.raises(DatasetError, match="not those that the labels are about"):
        directions.run(load_settings(store=tmp_path), tmp_path, tmp_path)
