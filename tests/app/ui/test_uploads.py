from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from app.ui.uploads import collect, safe_name, to_ingest
from tests.cases import Cases

cases = Cases(__file__)


@cases("name", "safe")
def test_name_is_kept_as_far_as_it_is_safe(name, safe):
    assert safe_name(name) == safe


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
