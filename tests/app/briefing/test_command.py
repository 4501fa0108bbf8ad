"""`untoc brief` as people call it, with models that need no weights."""

import json

import pytest

from app.cli import main

pytestmark = pytest.mark.usefixtures("scripted_models")
ASKED = ["--states", "Arvandia, Belmora", "--topic", "extradition", "--article", "18"]


def brief(capsys, store, *arguments):
    code = main(["brief", "--store", str(store), *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_table_quotations_and_coverage_are_printed(capsys, filled_store):
    code, out, _ = brief(capsys, filled_store, *ASKED)
    assert code == 0
    assert "Arvandia" in out and "Extradition" in out and "Statements searched:" in out and "[1]" in out


def test_json_has_rows_for_every_party_and_topic(capsys, filled_store):
    code, out, _ = brief(capsys, filled_store, *ASKED, "--json")
    contract = json.loads(out)
    assert code == 0
    assert [(row["state"], row["topic"].partition(" (")[0]) for row in contract["rows"]] == [
        (code, topic) for code in ("XAA", "XAB") for topic in ("Extradition", "UNTOC article 18")
    ]
    numbers = [citation["number"] for row in contract["rows"] for citation in row["citations"]]
    assert min(numbers) == 1


def test_documents_are_written_each_with_its_manifest(capsys, filled_store, tmp_path):
    outputs = [argument for name in ("a.docx", "a.md") for argument in ("-o", str(tmp_path / name))]
    code, out, _ = brief(capsys, filled_store, *ASKED, *outputs)
    assert code == 0 and out.count("written:") == 4
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "a.docx", "a.docx.manifest.json", "a.md", "a.md.manifest.json",
    ]  # fmt: skip


def test_talking_points_keep_their_number(capsys, filled_store, tmp_path):
    path = tmp_path / "points.md"
    code, _, _ = brief(capsys, filled_store, *ASKED, "--form", "talking_points", "--max-points", "2", "-o", str(path))
    assert code == 0
    assert path.read_text(encoding="utf-8").count("\n[^") == 2


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--states", "Arvandia"], 2, "nothing to brief on"),
        (["--states", "Nowhere", "--topic", "x"], 2, "'Nowhere' is no known State or group"),
        ([*ASKED, "-o", "brief.odt"], 1, "end its name in .docx"),
        ([*ASKED, "-o", "no/such/folder/brief.md"], 1, "create it first"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(capsys, filled_store, arguments, code, said):
    got, out, err = brief(capsys, filled_store, *arguments)
    assert (got, out) == (code, "")
    assert said in err and len(err.strip().splitlines()) == 1
