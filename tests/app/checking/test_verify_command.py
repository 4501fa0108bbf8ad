import json

import pytest
from docx import Document

from app.cli import main
from tests.fakes_word import new_document, saved


@pytest.fixture
def store(workspace, scripted_models):
    return str(workspace.settings.store)


@pytest.fixture
def draft(tmp_path, spoken):
    path = tmp_path / "draft.md"
    path.write_text(
        f"Belmora said in 2016: “{spoken['XAB_08_2016'][5]}”\n\nCassivar said: “{spoken['XAB_08_2016'][6]}”\n",
        encoding="utf-8",
    )
    return path


def test_json_is_printed_and_a_wrong_quotation_exits_1(store, draft, capsys):
    assert main(["verify", str(draft), "--store", store, "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["summary"] == {"verified": 1, "altered": 0, "misattributed": 1, "not_found": 0}
    assert [(f["attributed_to"], f["verdict"], f["found_in"][0]["state"]) for f in report["findings"]] == [
        ("XAB", "verified", "XAB"),
        ("XCS", "misattributed", "XAB"),
    ]


def test_a_document_with_true_quotations_exits_0(store, tmp_path, spoken, capsys):
    path = tmp_path / "good.txt"
    path.write_text(f"Belmora said: “{spoken['XAB_08_2016'][5]}”", encoding="utf-8")
    assert main(["verify", str(path), "--store", store]) == 0
    assert "verified: 1" in " ".join(capsys.readouterr().out.split())


def test_a_document_without_quotations_says_so_and_exits_0(store, tmp_path, capsys):
    path = tmp_path / "none.txt"
    path.write_text("Nobody is quoted here.", encoding="utf-8")
    assert main(["verify", str(path), "--store", store]) == 0
    assert "No quotations were found" in capsys.readouterr().out


def test_report_is_written_as_markdown_and_as_json(store, draft, tmp_path, capsys):
    assert main(["verify", str(draft), "--store", store, "-o", str(tmp_path / "report.md")]) == 1
    report = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "## 2. Misattributed" in report and "words of Belmora, not of Cassivar" in report
    assert main(["verify", str(draft), "--store", store, "-o", str(tmp_path / "report.json")]) == 1
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["summary"]["misattributed"] == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["draft.md", "report.json", "report.md"]


def test_commented_copy_is_written_and_the_original_stays(store, tmp_path, spoken, capsys):
    document = new_document()
    document.add_paragraph(f"Cassivar said: “{spoken['XAB_08_2016'][6]}”")
    path, copy = tmp_path / "draft.docx", tmp_path / "copy.docx"
    path.write_bytes(saved(document))
    before = path.read_bytes()
    assert main(["verify", str(path), "--store", store, "-o", str(copy)]) == 1
    assert path.read_bytes() == before
    assert [comment.text.split(".")[0] for comment in Document(str(copy)).comments] == ["MISATTRIBUTED"]


@pytest.mark.parametrize(
    ("output", "message"),
    [("draft.md", "is the document itself"), ("out.pdf", "must be one of"), ("out.docx", "only a .docx file")],
)
def test_wrong_output_exits_2_and_nothing_is_written(store, draft, tmp_path, capsys, output, message):
    before = draft.read_bytes()
    assert main(["verify", str(draft), "--store", store, "-o", str(tmp_path / output)]) == 2
    assert message in capsys.readouterr().err
    assert draft.read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["draft.md"]


def test_unreadable_file_is_one_line(store, tmp_path, capsys):
    assert main(["verify", str(tmp_path / "none.docx"), "--store", store]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "does not exist" in error


def test_output_in_a_missing_folder_is_one_line(store, draft, tmp_path, capsys):
    assert main(["verify", str(draft), "--store", store, "-o", str(tmp_path / "none" / "r.md")]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_control_characters_do_not_reach_the_terminal(store, tmp_path, capsys):
    path = tmp_path / "a.txt"
    path.write_text(
        "Belmora said: “Every \x1b[31morchard of the valley was painted yellow for a parade.”", encoding="utf-8"
    )
    assert main(["verify", str(path), "--store", store]) == 1
    assert "\x1b[31m" not in capsys.readouterr().out
