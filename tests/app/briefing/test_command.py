"""`untoc brief` as people call it, with models that need no weights."""

import json
from dataclasses import replace

import pytest

from app.briefing.table_builder import TableBuilder
from app.cli import main
from app.cli.print_documents import print_briefing
from app.export.briefing_lines import arrange
from tests.cases import Cases
from tests.fakes_briefing import EXTRADITION, crowded_briefing, with_cells, worded_briefing
from tests.fakes_chat import writer

cases = Cases(__file__)

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("scripted_models", "one_picture")]
ASKED = ["--states", "Arvandia, Belmora", "--topic", "extradition", "--article", "18"]


def brief(capsys, store, *arguments):
    code = main(["brief", "--store", str(store), *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_table_quotations_and_coverage_are_printed(capsys, filled_store):
    code, out, _ = brief(capsys, filled_store, *ASKED)
    assert code == 0
    assert "Arvandia" in out and "Extradition" in out and "Statements searched:" in out and "[1]" in out


def test_whose_words_are_quoted_is_printed_with_them(capsys):
    briefing = with_cells(worded_briefing(), "XAA", EXTRADITION, superseded={2: 1})
    quoted = replace(briefing.citations[0], summarised=True)
    print_briefing(arrange(replace(briefing, citations=(quoted, *briefing.citations[1:]))), ())
    out = capsys.readouterr().out
    leads = [line for line in out.splitlines() if "XAA_2024.txt" in line or "XGR_2020.txt" in line]
    assert any("summarised" in line for line in leads) and any("delivered by Belmora" in line for line in leads)
    assert "superseded by [1]" in out


@pytest.mark.parametrize("options", [[], ["--manifest"]])
def test_documents_are_written_with_a_manifest_where_it_is_asked_for(capsys, filled_store, tmp_path, options):
    outputs = [argument for name in ("a.docx", "a.md") for argument in ("-o", str(tmp_path / name))]
    code, out, _ = brief(capsys, filled_store, *ASKED, *outputs, *options)
    beside = ["a.docx.manifest.json", "a.md.manifest.json"] if options else []
    assert code == 0 and out.count("written:") == 2 + len(beside)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["a.docx", "a.md", *beside])


@pytest.mark.parametrize("most", [1, 2])
def test_talking_points_keep_their_number_and_are_numbered_as_in_json(capsys, filled_store, tmp_path, most):
    path = tmp_path / "points.md"
    short = ("--form", "talking_points", "--max-points", str(most), "-o", str(path), "--json")
    code, out, _ = brief(capsys, filled_store, *ASKED, *short)
    numbers = {citation["number"] for row in json.loads(out)["rows"] for citation in row["citations"]}
    assert code == 0 and len(numbers) == path.read_text(encoding="utf-8").count("\n[^") == most


def test_json_numbers_quotations_as_the_page_on_which_not_all_fit(capsys, filled_store, tmp_path, monkeypatch):
    monkeypatch.setattr(TableBuilder, "build", lambda *given, **limits: crowded_briefing())
    path = tmp_path / "points.md"
    _, out, _ = brief(capsys, filled_store, *ASKED, "--form", "talking_points", "-o", str(path), "--json")
    numbers = {citation["number"] for row in json.loads(out)["rows"] for citation in row["citations"]}
    assert len(numbers) == path.read_text(encoding="utf-8").count("\n[^") < len(crowded_briefing().citations)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--states", "Arvandia"], 2, "nothing to brief on"),
        (["--states", "Nowhere", "--topic", "x"], 2, "'Nowhere' is no known State or group"),
        ([*ASKED, "-o", "brief.odt"], 1, "end its name in .docx"),
        ([*ASKED, "-o", "no/such/folder/brief.md"], 1, "create it first"),
        ([*ASKED, "--composer", "model"], 2, "UNTOC_LLM__MODEL"),
        ([*ASKED, "--form", "one_pager"], 2, "--form one_pager needs -o FILE.docx"),
        ([*ASKED, "--form", "one_pager", "-o", "a.md", "-o", "a.xlsx"], 2, "--form one_pager has no .xlsx"),
        ([*ASKED, "--template", "house.docx", "-o", "brief.docx"], 1, "the template 'house.docx' cannot be used"),
        ([*ASKED, "--bodies", "COPP"], 2, "'COPP' is no body"),
        ([*ASKED, "--template", "house.docx"], 2, "--template needs -o FILE.docx"),
        ([*ASKED, "--template", "house.docx", "-o", "brief.md"], 2, "--template needs -o FILE.docx"),
        ([*ASKED, "--manifest", "--json"], 2, "--manifest needs -o FILE"),
        ([*ASKED, "--max-points", "3"], 2, "need -o FILE or --json"),
        ([*ASKED, "--max-tokens", "300"], 2, "need -o FILE or --json"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(capsys, filled_store, arguments, code, said):
    got, out, err = brief(capsys, filled_store, *arguments)
    assert (got, out) == (code, "")
    assert said in err and len(err.strip().splitlines()) == 1


def scripted(system, user):
    """Claims of every sentence in the prompt that Arvandia said it, which holds only for its own."""
    return [(f"Arvandia says that {line.partition('] ')[2]}", [line[1 : line.index("]")]])
            for line in user.splitlines() if line.startswith("[S")]  # fmt: skip


@cases("arguments", "composer")
def test_the_model_of_the_settings_words_the_cells_unless_told_otherwise(
    capsys, filled_store, monkeypatch, arguments, composer
):
    monkeypatch.setattr("app.wiring.build_writer", lambda config: writer(scripted))
    code, out, _ = brief(capsys, filled_store, *ASKED, *arguments, "--json")
    contract = json.loads(out)
    assert (code, contract["composer"]) == (0, composer)
    assert contract["model"] == (None if composer == "extractive" else "scripted:test")
    assert any(row["claims"] for row in contract["rows"]) == (composer == "model")
