import csv

import pytest

from ingest.errors import ManifestError
from ingest.metadata.manifest import MANIFEST_NAME, ManifestRow, draft_row, read_manifest, write_draft
from tests.cases import Cases
from vectorstore.records import Metadata

cases = Cases(__file__)

HEADER = "file,state,body,session,date,agenda_item,language"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "txt").mkdir()
    for name in ("a.txt", "b.txt", "é.txt"):
        (tmp_path / "txt" / name).write_text("words", encoding="utf-8")
    return tmp_path


def written(folder, text, encoding="utf-8"):
    (folder / MANIFEST_NAME).write_bytes(text.encode(encoding))
    return folder


def test_read_manifest_gives_cells_and_line_numbers(folder):
    assert read_manifest(folder) is None
    text = (
        f"{HEADER},title,kind\n"
        'txt/a.txt,XAA,CTOC/COP,tenth session,2020-10-12/2020-10-16,4,EN,"On\ntwo lines",Statement\n'
        "\n./txt\\b.txt,,,,12-16 October 2020,,,,\n"
    )
    manifest = read_manifest(written(folder, text))
    date = "2020-10-12/2020-10-16"
    first = {"state": "XAA", "body": "UNTOC COP", "session": "10", "agenda_item": "4", "language": "en"}
    assert manifest.rows == (
        ManifestRow(line=2, file="txt/a.txt", date=date, title="On\ntwo lines", kind="statement", **first),
        ManifestRow(line=5, file="txt/b.txt", date=date),
    )
    assert (manifest.problems, manifest.notes) == ((), ())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_read_manifest_as_excel_writes_it(folder, encoding, delimiter):
    text = " File ,STATE,Agenda Item,On-behalf-of\r\ntxt/é.txt,Examplia,4,G77\r\n".replace(",", delimiter)
    for prefix in ("", f"sep={delimiter}\r\n"):
        manifest = read_manifest(written(folder, prefix + text, encoding))
        row = manifest.rows[0]
        assert (row.file, row.state, row.agenda_item, row.on_behalf_of) == ("txt/é.txt", "Examplia", "4", "G77")
        assert row.line == 2 + bool(prefix)


@pytest.mark.parametrize(
    "file",
    ["../a.txt", "txt/../../a.txt", "/etc/passwd", "C:\\a.txt", "..\\a.txt", "~/a.txt", "\\\\host\\a.txt", "l.txt"],
)
def test_read_manifest_refuses_a_path_or_link_out_of_the_folder(folder, file):
    secret = folder.parent / "a.txt"
    secret.write_text("secret", encoding="utf-8")
    (folder / "l.txt").symlink_to(secret)
    manifest = read_manifest(written(folder, f"file\n{file}\n"))
    assert manifest.rows == ()
    assert [problem.result for problem in manifest.problems] == ["failed"]
    assert "out of the folder" in manifest.problems[0].reason


@cases("text", "rows", "problems")
def test_read_manifest_uses_what_it_can_and_tells_of_the_rest_by_its_line(folder, text, rows, problems):
    manifest = read_manifest(written(folder, text))
    assert manifest.rows == tuple(ManifestRow(**row) for row in rows)
    found = [*((each.result, each.reason) for each in manifest.problems), *((None, note) for note in manifest.notes)]
    for (result, reason), (expected, *told) in zip(found, problems, strict=True):
        assert result == expected and all(words in reason for words in told)


@cases("text", "message")
def test_read_manifest_that_cannot_be_used_is_an_error(folder, text, message):
    with pytest.raises(ManifestError, match=message):
        read_manifest(written(folder, text if isinstance(text, str) else text[0] + text[1] * text[2]))


def test_write_draft_reads_back_as_it_was(folder):
    metadata = Metadata(
        state="XAA", body="UNTOC COP", session="10", date="2020-10-12", title='=HYPERLINK("x")', speaker="@x"
    )
    path = write_draft(folder, [draft_row("txt/a.txt", metadata), draft_row("txt/é.txt", Metadata())])
    assert path == folder / MANIFEST_NAME
    manifest = read_manifest(folder)
    assert manifest.problems == ()
    assert manifest.rows[0] == ManifestRow(
        line=2, file="txt/a.txt", **{k: v for k, v in metadata.__dict__.items() if v is not None}
    )
    assert manifest.rows[1] == ManifestRow(line=3, file="txt/é.txt")


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@x", "'=1", "''@x", "'a'", "''", "=\t'", "a=1"])
def test_write_draft_guards_cells_that_a_spreadsheet_would_run(folder, title):
    write_draft(folder, [draft_row("txt/a.txt", Metadata(title=title))])
    with (folder / MANIFEST_NAME).open(encoding="utf-8-sig", newline="") as file:
        cells = next(csv.DictReader(file))
    assert not cells["title"].startswith(tuple("=+-@"))
    assert read_manifest(folder).rows[0].title == title


def test_write_draft_keeps_an_existing_manifest_unless_forced(folder):
    written(folder, "file,state\ntxt/a.txt,XAA\n")
    with pytest.raises(ManifestError, match="--force"):
        write_draft(folder, [])
    assert read_manifest(folder).rows[0].state == "XAA"
    write_draft(folder, [draft_row("txt/b.txt", Metadata())], force=True)
    assert [row.file for row in read_manifest(folder).rows] == ["txt/b.txt"]
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []
