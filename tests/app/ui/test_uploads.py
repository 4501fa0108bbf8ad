from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.briefing.cells import Subject
from app.briefing.request import BriefingRequest
from app.corpus.upload_names import file_name, safe_name, to_ingest
from app.ui.ingest_tab import _IngestTabController
from app.ui.uploads import collect
from tests.cases import Cases
from tests.fakes import fake_workspace
from tests.fakes_ui import ingested

pytestmark = pytest.mark.integration

cases = Cases(__file__)
# Long enough that a copy with one more sentence counts as a correction of it.
LONG = "Mr. Chair,\n\n" + " ".join(f"The lamps of harbour {number} were lit by night." for number in range(30))


@cases("name", "safe")
def test_name_is_kept_as_far_as_it_is_safe(name, safe):
    assert safe_name(name) == safe


@cases("title", "name")
def test_title_is_no_path(title, name):
    assert file_name(title, ".docx") == name


@given(st.text(max_size=400))
def test_any_name_becomes_one_plain_file_name(name):
    safe = safe_name(name)
    assert safe not in ("", ".", "..") and Path(safe).name == safe
    assert len(safe.encode("utf-8", "surrogatepass")) <= 255
    assert safe.isprintable() or "\u200c" in safe or safe == safe_name(safe)


def test_equal_names_are_both_kept(tmp_path):
    source = tmp_path / "source.txt"
    source.write_text("words", encoding="utf-8")
    folder = tmp_path / "folder"
    folder.mkdir()
    collected = collect([(str(source), "a.txt"), (str(source), "../a.txt")], folder)
    assert [path.name for path in collected] == ["a.txt", "a (2).txt"]
    assert all(path.parent == folder for path in collected)


def test_files_are_ingested_as_one_folder_so_that_progress_counts_them_all(tmp_path):
    files = [tmp_path / "a.txt", tmp_path / "statements.csv"]
    assert to_ingest(files, tmp_path) == to_ingest(files[:1], tmp_path) == [tmp_path]
    assert to_ingest([tmp_path / "~$a.docx"], tmp_path) == [tmp_path / "~$a.docx"], "which a folder passes over"


def test_table_of_parties_makes_the_folder_the_input_and_no_file_goes_unreported(tmp_path):
    files = [tmp_path / name for name in ("a.txt", "parties.csv", "other.csv")]
    assert to_ingest(files, tmp_path) == [tmp_path, files[2]]


def sent(*paths: Path) -> list[dict[str, str]]:
    """Returns the data that a browser sends for files."""
    return [(str(path), path.name) for path in paths]


def test_uploads_of_a_mission_one_after_the_other(tmp_path):
    archive, table = tmp_path / "mission.zip", tmp_path / "statements.csv"
    with ZipFile(archive, "w") as packed:
        packed.writestr("m/statements.csv", "file,state,body,session,date\ntxt/a.txt,XAA,UNTOC COP,10,2020-10-12\n")
        packed.writestr("m/parties.csv", "code,name,aliases,kind\nXAA,Arvandia,,state\n")
        packed.writestr("m/txt/a.txt", "Mr. Chair,\n\nWe oppose the fund of the harbour.")
    # The row names a folder, which a browser drops from the name of an uploaded file.
    table.write_text("file,state,date\nstatements/b.txt,Arvandia,2018\n")
    first, again = tmp_path / "b.txt", tmp_path / "again" / "b.txt"
    again.parent.mkdir()
    first.write_text(LONG)
    again.write_text(f"{LONG} We thank the keepers.")
    damaged = tmp_path / "scan3.pdf"
    damaged.write_bytes(b"%PDF-1.7\nnothing that a reader knows")
    with fake_workspace(tmp_path / "store") as workspace:
        controller = _IngestTabController(workspace.corpus)
        for files in ([archive], [table, first], [again]):
            _, _, emptied, report, *_ = ingested(controller, controller.ingest(sent(*files), False, None))
            assert emptied is None and {file.result for file in report.files} <= {"added", "replaced"}
        stored = {Path(s.file).name: s.metadata for s in workspace.corpus.documents()}
        assert {name: (m.state, m.body, m.session, m.date) for name, m in stored.items()} == {
            "a.txt": ("XAA", "UNTOC COP", "10", "2020-10-12"),
            "b.txt": ("XAA", None, None, "2018"),
        }
        texts = [workspace.corpus.show(document.document_id).source_text for document in workspace.corpus.documents()]
        assert len(texts) == 2 and sum("thank the keepers" in text for text in texts) == 1
        assert "scan3.pdf" in ingested(controller, controller.ingest(sent(damaged), False, None))[0]
        assert not [*(tmp_path / "store" / "uploads").rglob("scan3.pdf")], "nothing came from it"
        request = BriefingRequest(subjects=(Subject(label="lamps", topic="lamps"),), parties=("XAA",))
        briefing = workspace.briefings.build(request)
        assert briefing.coverage.unreadable_files == ("scan3.pdf",)


def test_tables_alone_say_what_they_did_and_a_correction_without_a_state_is_asked_for(tmp_path):
    parties, table, first = (tmp_path / name for name in ("parties.csv", "statements.csv", "one.txt"))
    again = tmp_path / "again" / "one.txt"
    again.parent.mkdir()
    parties.write_text("code,name,aliases,kind\nXAA,Arvandia,,state\n")
    table.write_text("file,state\nmissing.txt,Arvandia\n")
    first.write_text(LONG)
    again.write_text(f"{LONG} We thank the keepers.")
    with fake_workspace(tmp_path / "store") as workspace:
        controller = _IngestTabController(workspace.corpus)

        def told(*files: Path) -> tuple[str, bool]:
            words, _, _, _, form, *_ = ingested(controller, controller.ingest(sent(*files), False, None))
            return str(words), form.visible

        said, _ = told(parties)
        assert "can be named from now on: Arvandia" in said and "No files chosen" not in said
        assert [party.name for party in workspace.corpus.added_parties()] == ["Arvandia"]
        said, _ = told(table)
        assert "there is no file" in said and str(tmp_path) not in said
        assert [asked for _, asked in map(told, (first, again))] == [True, True]
