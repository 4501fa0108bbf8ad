"""Ground truth by which answers are judged: read from files and manifest, independently of what the product reads."""

from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.errors import SettingsError
from app.settings import Settings
from evals.case_sets import CONFERENCE, FOLDERS, SAMPLE, cases_hash, corpus_of, folder_name, open_set
from evals.cases.case import Case, Evidence
from evals.cases.documents import Document, located, read_documents
from evals.errors import DatasetError, RunError
from evals.eval_environment import changed, described, open_environment
from evals.files import EvalPaths
from ingest.loaders.loaded import LoadLimits
from tests.evals.made import case, documents


def _case(*spans: Evidence) -> Case:
    return case("c", evidence=spans)


def test_facts_come_from_the_manifest_and_empty_cells_say_nothing() -> None:
    read = read_documents([CONFERENCE, SAMPLE])
    arvandia = read.by_file["txt/XAA_08_2016.txt"]
    assert (arvandia.state, arvandia.facts["session"], arvandia.facts["date"]) == ("XAA", "8", "2016-10-17/2016-10-21")
    assert read.by_file["txt/XPV_09_2018.txt"].state is None
    assert "session" not in read.by_file["txt/XAA_10_2020.txt"].facts
    assert read.by_file["txt/XGR_10_2020.txt"].facts["on_behalf_of"] == "XGR"
    assert (read.parties.display("XAA"), read.sessions()["2016"]) == ("Arvandia", "8")
    assert "000_6237221ecf9e9373.txt" in read.by_file


def test_gold_tells_the_speaker_where_the_manifest_does_not() -> None:
    corpus = documents(Document(file="told.txt", text="", state="XAA"), Document(file="untold.txt", text=""))
    spans = [Evidence(id=file, file=file, state="XAB", start=0, end=5) for file in corpus.by_file]
    informed = corpus.informed_by([_case(*spans)]).by_file
    assert informed["untold.txt"].state == "XAB"
    assert informed["told.txt"].state == "XAA", "the manifest comes first"


def test_the_hash_follows_texts_and_facts(tmp_path: Path) -> None:
    hashes = []
    row = "file,state,body,session,date,agenda_item,language\na.txt,NOR,,,,,\n"
    for name, text in (("a.txt", "One."), ("a.txt", "One."), ("statements.csv", row), ("a.txt", "Two.")):
        (tmp_path / name).write_text(text, encoding="utf-8")
        hashes.append(read_documents([tmp_path]).sha256)
    assert hashes[0] == hashes[1] and len({*hashes}) == 3


def test_folders_that_are_none_or_clash_are_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no folder"):
        read_documents([tmp_path / "none"])
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text("Words.", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"'a\.txt' stands in two"):
        read_documents([tmp_path / "one", tmp_path / "two"])


def test_words_alone_are_located(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("We sup-\nport   it.", encoding="utf-8")
    read = read_documents([tmp_path])

    def place(file: str, quote: str) -> tuple[int, int]:
        (found,) = located([_case(Evidence(id="e1", file=file, quote=quote))], read)
        return found.evidence[0].start, found.evidence[0].end

    assert place("a.txt", "support it.") == (3, 18)
    with pytest.raises(DatasetError, match="cannot read"):
        read_documents([tmp_path], limits=LoadLimits(max_bytes=3))
    with pytest.raises(DatasetError, match="case 'c'"):
        place("a.txt", "oppose it.")
    with pytest.raises(DatasetError, match=r"no file 'b\.txt'"):
        place("b.txt", "it.")


def test_shipped_sets_open_by_name(tmp_path: Path) -> None:
    smoke, folders = open_set("smoke", (), EvalPaths(tmp_path)), corpus_of("smoke", (), EvalPaths(tmp_path))
    assert folders == (CONFERENCE, SAMPLE)
    assert [FOLDERS.get(name := folder_name(folder), Path(name)) for folder in folders] == [*folders]
    assert cases_hash(smoke) == cases_hash(smoke[::-1]) != cases_hash(smoke[1:])
    with pytest.raises(DatasetError, match="smoke, typed, held, held_speeches, dev, asked, asked_meeting, saved"):
        open_set("nothing", (), EvalPaths(tmp_path))


def test_settings_are_changed_by_name(tmp_path: Path) -> None:
    settings = changed(Settings(store=tmp_path), ["retrieval.lexical_weight=0", "rerank.model=none"])
    assert (settings.retrieval.lexical_weight, settings.rerank.model) == (0, "none")
    shown = described(settings)
    assert shown["UNTOC_RETRIEVAL__LEXICAL_WEIGHT"] == 0
    assert not [name for name, value in shown.items() if str(tmp_path) in str(value)]
    for change in ("retrieval.fetch_k=0", "retrieval=1", "fetch_k=1", "retrieval.none=1", "retrieval.fetch_k"):
        with pytest.raises(SettingsError):
            changed(Settings(store=tmp_path), [change])


def test_a_folder_that_was_taken_in_whole_is_not_looked_at_again(tmp_path, monkeypatch):
    """A change that affects a store's content, such as to a cell of the manifest, makes another store."""
    folder, now, taken = tmp_path / "texts", {"told": ""}, list[str]()
    folder.mkdir()
    (folder / "a.txt").write_text("We thank the Chair.", encoding="utf-8")

    @contextmanager
    def opened(settings):
        settings.store.mkdir(parents=True, exist_ok=True)
        unread = ["a.txt"] if now["told"] == "in part" else []
        yield SimpleNamespace(store=SimpleNamespace(catalogue=SimpleNamespace(unreadable=lambda: unread)))

    def take_in(workspace, folders, say):
        taken.append(now["told"])
        if now["told"] == "stopped":
            raise RunError("not all was taken in")

    monkeypatch.setattr("evals.eval_environment.open_workspace", opened)
    monkeypatch.setattr("evals.eval_environment.take_in", take_in)
    for told in ("stopped", "in part", "whole", "again", "corrected"):
        now["told"] = told
        language = "fr" if told == "corrected" else "en"
        (folder / "statements.csv").write_text(f"file,language\na.txt,{language}\n", encoding="utf-8")
        settings = Settings(store=tmp_path / "store")
        with suppress(RunError), open_environment(settings, [folder], read_documents([folder])):
            pass
    assert taken == ["stopped", "in part", "whole", "corrected"]
