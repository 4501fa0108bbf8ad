import json

import pytest
from docx import Document

from app.cli import main
from tests.fakes_word import new_document, saved


@pytest.fixture
def verify(workspace, scripted_models):
    """Runs `untoc verify` on a file."""
    return lambda path, *options: main(["verify", str(path), "--store", str(workspace.settings.store), *options])


@pytest.fixture
def write(tmp_path):
    def written(text, name="draft.txt"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return written


@pytest.fixture
def draft(write, spoken):
    words = spoken["XAB_08_2016"]
    return write(f"Belmora said in 2016: “{words[5]}”\n\nCassivar said: “{words[6]}”\n", "draft.md")


def test_json_is_printed_and_a_wrong_quotation_exits_1(verify, draft, capsys):
    assert verify(draft, "--json") == 1
    report = json.loads(capsys.readouterr().out)
    assert report["summary"] == {"verified": 1, "altered": 0, "misattributed": 1, "not_found": 0}
    assert [(f["attributed_to"], f["verdict"], f["found_in"][0]["state"]) for f in report["findings"]] == [
        ("XAB", "verified", "XAB"),
        ("XCS", "misattributed", "XAB"),
    ]


def test_a_document_with_true_quotations_or_none_exits_0_and_says_so(verify, write, spoken, capsys):
    assert verify(write(f"Belmora said: “{spoken['XAB_08_2016'][5]}”")) == 0
    assert "verified: 1" in " ".join(capsys.readouterr().out.split())
    assert verify(write("Nobody is quoted here.")) == 0
    assert "No quotations were found" in capsys.readouterr().out


def test_report_is_written_as_markdown_as_json_and_as_word_file(verify, draft, tmp_path, spoken):
    assert verify(draft, "-o", str(tmp_path / "report.md")) == 1
    report = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "## 2. Misattributed" in report and "words of Belmora, not of Cassivar" in report
    assert verify(draft, "-o", str(tmp_path / "report.json")) == 1
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["summary"]["misattributed"] == 1
    assert verify(draft, "-o", str(tmp_path / "report.docx")) == 1
    paragraphs = {
        paragraph.text: paragraph.style.name for paragraph in Document(str(tmp_path / "report.docx")).paragraphs
    }
    assert paragraphs["2. Misattributed (paragraph 2)"] == "Heading 2"
    assert paragraphs[" ".join(spoken["XAB_08_2016"][6].split())] == "Briefing Quotation"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["draft.md", "report.docx", "report.json", "report.md"]


def test_commented_copy_is_written_and_the_original_stays(verify, tmp_path, spoken):
    document = new_document()
    document.add_paragraph(f"Cassivar said: “{spoken['XAB_08_2016'][6]}”")
    path, copy = tmp_path / "draft.docx", tmp_path / "copy.docx"
    path.write_bytes(saved(document))
    before = path.read_bytes()
    assert verify(path, "-o", str(copy)) == 1
    assert path.read_bytes() == before
    assert [comment.text.split(".")[0] for comment in Document(str(copy)).comments] == ["MISATTRIBUTED"]


@pytest.mark.parametrize(
    ("output", "message"),
    [("draft.md", "is the document itself"), ("out.odt", "must be one of")],
)
def test_wrong_output_exits_2_and_nothing_is_written(verify, draft, tmp_path, capsys, output, message):
    before = draft.read_bytes()
    assert verify(draft, "-o", str(tmp_path / output)) == 2
    assert message in capsys.readouterr().err
    assert draft.read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["draft.md"]


def test_what_cannot_be_read_or_written_is_one_line(verify, draft, tmp_path, capsys):
    assert verify(tmp_path / "none.docx") == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "does not exist" in error
    assert verify(draft, "-o", str(tmp_path / "none" / "r.md")) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_control_characters_do_not_reach_the_terminal(verify, write, capsys):
    words = "Every \x1b[31morchard of the valley was painted yellow for a parade."
    assert verify(write(f"Belmora said: “{words}”")) == 1
    assert "\x1b[31m" not in capsys.readouterr().out
