"""The command line: every command, the shapes of its JSON, exit codes, and bad input in one clear line."""

import json
import logging
import os
import resource
import shutil
import socket
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from filelock import FileLock

import ingest.incremental.document_writer
from app.answering.localization import localize
from app.cli import printing
from tests.app.cli.conftest import QUESTION, SCRIPTED, Run, process
from tests.app.conftest import SAMPLE, nobody_writes, obey_permissions
from tests.app.test_records import ANSWER
from tests.cases import Cases
from tests.fakes import HashingEmbedder
from tests.fakes_corpora import write_corpus
from tests.made import citation

pytestmark = pytest.mark.integration

cases = Cases(__file__)

SILENT = "What did Switzerland say about extradition?"
HOSTILE = "<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1)) \x1b[2J\x1b]0;owned\x07"


def of_iran(run: Run) -> dict:
    [entry] = [entry for entry in run("list", "--json").json if entry["state"] == "IRN"]
    return entry


def test_ask_json_is_the_contract_and_its_offsets_can_be_checked_with_show(run):
    ran = run("ask", QUESTION, "--json").done()
    assert ran.err == "" and list(ran.json) == ANSWER
    assert ran.json["status"] == "answered" and ran.json["scope"]["states"] == ["IRN"]
    citation = ran.json["citations"][0]
    assert "under article 4" in citation["quote"]
    text = run("show", citation["statement_id"], "--json").json["source_text"]
    assert text[citation["start"] : citation["end"]] == citation["source_quote"]
    traced = run("trace", ran.json["trace_id"], "--json").done().json
    assert traced["question"] == QUESTION and traced["citations"] == ran.json["citations"]


def test_ask_prints_quotation_reference_and_coverage(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    run("ask", QUESTION).done(
        "unilateral coercive measures", "[1]", "verified", "12–16 October 2020", "Statements searched: 1",
        "article 4 read as UNTOC article 4, Protection of sovereignty",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        (QUESTION, "verified"), ("Que dit l'Iran sur l'article 4 ?", "vérifiée"),
        ("¿Qué dijo Irán sobre el artículo 4?", "verificada"), ("Что сказал Иран о статье 4?", "подтверждена"),
        ("ماذا قالت إيران عن المادة 4؟", "مؤكد"), ("伊朗对第4条说了什么?", "已核实"),
    ],
)  # fmt: skip
def test_ask_says_the_verdict_in_the_language_of_the_question(question, verdict, run):
    assert f".txt · {verdict}\n" in run("ask", question).out
    # JSON is for programs, which get the same word in every language.
    assert {cited["verdict"] for cited in run("ask", question, "--json").json["citations"]} == {"verified"}


def test_a_reference_names_other_statements_with_the_same_words_in_its_language(parties):
    cited = citation("We support it.", also_in=("s1", "s2"))
    for language, words in (("en", "verified · also in: s1, s2"), ("fr", "vérifiée · aussi dans : s1, s2")):
        assert str(printing._reference(cited, localize(parties, language))).endswith(f" · {words}")


def test_ask_takes_a_scope(run):
    ran = run("ask", "What was said about article 4?", "--scope", '{"states": ["XAA"], "sessions": ["10"]}', "--json")
    citations = ran.done().json["citations"]
    assert {c["session"] for c in citations} == {"10"}
    # Arvandia's own words, or those of a group for it.
    assert {c["state"] for c in citations if not c["on_behalf_of"]} == {"XAA"}


@cases("turn", "article", "kept", tuples=True)
def test_ask_takes_earlier_turns(turn, article, kept, run, tmp_path):
    (tmp_path / "turns.txt").write_text(f"{turn}\n", encoding="utf-8")
    scope = run("ask", "And Galdoria?", "--history", tmp_path / "turns.txt", "--json").json["scope"]
    assert scope["states"] == ["XGA"] and set(scope["kept"]) == set(kept)
    assert scope["treaties"] == [{"treaty": "UNTOC", "articles": [article]}]
    assert scope["sessions"] == (["10"] if "sessions" in set(kept) else [])


def test_ask_from_a_file_answers_line_by_line_keeps_ids_and_goes_on_after_bad_lines(run, tmp_path):
    path = tmp_path / "questions.jsonl"
    path.write_text(f"{SILENT}\n", encoding="utf-8")
    # An abstention is an answer, so the exit code is 0.
    assert run("ask", "--from", path).code == run("ask", SILENT).code == 0
    lines = [
        json.dumps({"id": "q1", "question": QUESTION, "answer": "ignored"}),
        '{"id": "q2", "question":',
        json.dumps({"id": "q3"}),
        json.dumps({"id": "q4", "question": "  "}),
        json.dumps({"id": "q5", "question": "x" * 20_000}),
        json.dumps({"id": "q6", "question": "Lone \ud800 surrogate about article 4"}),
        json.dumps({"id": 7, "question": "And Arvandia?", "history": [QUESTION]}),
        f"\n{SILENT}",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    ran = run("ask", "--from", path)
    assert ran.code == 1
    assert [line.get("id") for line in ran.lines] == ["q1", None, "q3", "q4", "q5", "q6", "7", None]
    assert [i for i, line in enumerate(ran.lines, start=1) if "error" in line] == [2, 3, 4, 5]
    assert ran.lines[5]["question"] == "Lone \ufffd surrogate about article 4"
    assert list(ran.lines[0]) == ["id", *ANSWER] and list(ran.lines[-1]) == ANSWER
    assert ran.lines[-2]["scope"]["states"] == ["XAA"] and ran.lines[-1]["status"] == "abstained"
    errors = ran.err.splitlines()
    assert len(errors) == 4 and all(error.startswith("untoc: ") for error in errors) and "line 2" in errors[0]


def test_list_and_show(run, monkeypatch):
    listed = run("list", "--json").done().json
    assert len(listed) == 36
    identifier = of_iran(run)["statement_id"]
    shown = run("show", identifier, "--json").done().json
    assert {*"statement_id state on_behalf_of metadata inferred file sha256 source_text".split()} <= shown.keys()
    assert shown["source_text"].encode("utf-8") == SAMPLE.read_bytes()
    group = next(entry for entry in listed if entry["state"] == "XGR")
    assert group["on_behalf_of"] == "XGR"
    monkeypatch.setenv("COLUMNS", "200")
    out = run("list").out
    assert "36 statements" in out
    assert any("Iran (Islamic Republic of)" in line and identifier in line for line in out.splitlines())
    assert "unilateral coercive measures" in " ".join(run("show", identifier).out.split())


def test_edit_moves_a_statement_to_another_state(run):
    before = of_iran(run)
    # The new id is printed only where the edit changes it.
    assert "id is now" not in run("edit", before["statement_id"], f"title={before['metadata']['title'] or ''}").out
    ran = run("edit", before["statement_id"], "state=XAA", "session=", "--json")
    assert ran.code == 0 and ran.json["state"] == "XAA" and ran.json["metadata"]["session"] is None
    assert "state" not in ran.json["inferred"] and ran.json["statement_id"] != before["statement_id"]
    assert run("ask", QUESTION, "--json").json["abstention"]["reason"] == "no_statement"
    assert run("show", before["statement_id"]).code == 1
    assert "id is now" in run("edit", ran.json["statement_id"], "session=12").out


@cases("change", "says")
def test_edit_refuses_what_is_not_valid_and_changes_nothing(change, says, run):
    before = of_iran(run)
    run("edit", before["statement_id"], change).refused(1, says)
    assert before in run("list", "--json").json


def test_remove_takes_one_statement_out(run):
    before = of_iran(run)
    ran = run("remove", before["statement_id"], "--json")
    assert (ran.code, ran.json) == (0, {"removed": before["statement_id"]})
    assert len(run("list", "--json").json) == 35
    assert run("doctor", "--json").json["ok"] is True


@cases("command")
def test_an_id_that_is_not_there_is_1(command, run):
    run(*command).refused(1, command[1])


def test_doctor_finds_a_sound_store_and_rebuilds(run):
    ran = run("doctor", "--json")
    assert ran.code == 0 and list(ran.json) == ["ok", "checks"] and ran.json["ok"] is True
    assert {"name", "ok", "detail"} == set(ran.json["checks"][0])
    assert run("doctor", "--rebuild").code == 0


def test_commands_that_doctor_and_the_log_name_are_for_the_same_store(run, store, monkeypatch):
    for index in store.glob("index-*"):
        shutil.rmtree(index)
    ran = run("doctor")
    assert ran.code == 1 and f"run `untoc doctor --rebuild --store {store}`" in ran.out
    # JSON is for programs, which know the store that they named.
    assert "--store" not in run("doctor", "--json").out
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    monkeypatch.setattr("app.wiring.Store.without_second", lambda self: {"p1": "Arvandia ..."})
    assert f"`untoc doctor --rebuild --store {store}`" in run("list").err


def test_config_shows_settings_and_flags_unknown_variables(run, monkeypatch):
    monkeypatch.setenv("UNTOC_STOER", "x")
    ran = run("config", "--json")
    assert ran.code == 0 and list(ran.json) == ["settings", "unknown"]
    assert ran.json["unknown"] == ["UNTOC_STOER"] and ran.json["settings"]["UNTOC_SERVER__PORT"] == 7860
    assert ran.json["settings"]["UNTOC_DATABASE__URL"] is None
    assert "UNTOC_STOER" in run("config").out
    monkeypatch.setenv("UNTOC_SERVER__PORT", "99999")
    run("list").refused(2, "UNTOC_SERVER__PORT")


def test_ingest_again_embeds_nothing(run, tmp_path):
    fresh = tmp_path / "fresh"
    first = run("ingest", "--sample", "--json", at=fresh)
    assert first.code == 0 and first.json["embedded_passages"] > 0
    assert {"file", "result", "reason", "statement_id", "state", "family"} == set(first.json["files"][0])
    again = run("ingest", "--sample", "--json", at=fresh)
    assert (again.code, again.json["embedded_passages"]) == (0, 0)
    assert [file["result"] for file in again.json["files"]] == ["unchanged"]
    skipped = run("ingest", "--sample", "--if-empty", at=fresh)
    assert (skipped.code, skipped.out) == (0, "")


def test_manifest_drafts_without_a_store_and_does_not_overwrite(run, tmp_path):
    folder, place = tmp_path / "texts", tmp_path / "none"
    folder.mkdir()
    shutil.copy(SAMPLE, folder)
    ran = run("manifest", folder, "--json", at=place)
    assert ran.code == 0 and Path(ran.json["manifest"]).read_text(encoding="utf-8-sig").startswith("file,state,")
    assert not place.exists()
    run("manifest", folder).refused(1, "--force")
    assert run("manifest", folder, "--force").code == 0


def _folder(tmp_path: Path, table: str = "", manifest: str = "", **texts: str | bytes) -> Path:
    files = {f"{name}.txt": text for name, text in texts.items()}
    rows = manifest and f"file,state,body,session,date,agenda_item,language\n{manifest}"
    return write_corpus(tmp_path / "folder", files, rows, table and f"code,name,aliases,kind\n{table}")


FICTION = "Mr. Chair,\n\nArvandia supports article 4 of the Convention in {0}. It thanks the Secretariat.\n"


def test_ingest_reports_every_bad_file_and_keeps_the_good_ones(run, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")
    folder = _folder(
        tmp_path,
        manifest="good.txt,XAA,,,2020,,\nempty.txt,XAA,,,2020,,\nbinary.txt,XAA,,,2020,,\n"
        "who.txt,Wakanda,,,2020,,\ngone.txt,XAA,,,2020,,\n",
        good=FICTION.format("peace"),
        empty="",
        binary=bytes(range(256)) * 8,
        who=FICTION.format("war").replace("Arvandia", "The delegation"),
        unlisted=FICTION.format("time"),
    )
    ran = run("ingest", folder, tmp_path / "missing.txt", "--json")
    assert ran.code == 1 and "Traceback" not in ran.err
    results = {Path(file["file"]).name: file for file in ran.json["files"]}
    assert {name: file["result"] for name, file in results.items()} == {
        "good.txt": "added", "empty.txt": "skipped", "binary.txt": "failed", "gone.txt": "missing",
        "missing.txt": "failed", "unlisted.txt": "not_listed", "who.txt": "added",
    }  # fmt: skip
    for name in results.keys() - {"good.txt"}:
        reason = results[name]["reason"]
        assert reason and "\n" not in reason, name
    assert "line 6" in results["gone.txt"]["reason"] and "Wakanda" in results["who.txt"]["reason"]
    assert results["who.txt"]["state"] is None
    table = run("ingest", folder, tmp_path / "missing.txt")
    assert table.code == 1 and "missing.txt" in table.out and "Traceback" not in table.err
    assert len(run("list", "--json").json) == 38


def test_ingest_names_every_statement_without_a_state_and_how_to_set_it(run, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setattr("app.cli.printing._NAMELESS", 2)
    texts = {name: FICTION.format(name).replace("Arvandia", "The delegation") for name in ("war", "time", "tide")}
    out = run("ingest", _folder(tmp_path, **texts), at=tmp_path / "store").out
    ids = {Path(each["file"]).stem: each["statement_id"] for each in run("list", "--json", at=tmp_path / "store").json}
    at = f"--store {tmp_path / 'store'}`"
    told = [name for name in texts if f"set the State of {name}.txt by `untoc edit {ids[name]} state=CODE {at}" in out]
    assert len(told) == 2 and f"1 more have no State: `untoc list {at}" in out


@pytest.mark.slow
def test_ingest_that_waits_too_long_for_another_prints_what_it_stored(run, tmp_path, monkeypatch):
    monkeypatch.setenv("UNTOC_WAIT_SECONDS", "0")
    folder = _folder(tmp_path, **{f"a{number}": FICTION.format(f"lamps {number}") for number in range(4)})
    with ExitStack() as held:
        load = ingest.incremental.document_writer.load

        def load_beside(path, *rest):
            if path.name == "a3.txt":
                held.enter_context(FileLock(tmp_path / "store" / "write.lock"))
            return load(path, *rest)

        monkeypatch.setattr(ingest.incremental.document_writer, "load", load_beside)
        ran = run("ingest", folder, "--json", at=tmp_path / "store")
    assert ran.code == 1 and ran.err.startswith("untoc: another process writes")
    assert "added" in {file["result"] for file in ran.json["files"]} and len(ran.json["files"]) < 4


@pytest.mark.parametrize("question", ["", "   \n ", "x" * 2001, "What did Iran say? " * 1053])
def test_ask_refuses_empty_and_overlong_questions(question, run):
    assert len(run("ask", question, "--json").refused(2, "question")) < 300


@cases("arguments")
def test_ask_refuses_scopes_and_histories_that_are_none(arguments, run):
    run("ask", QUESTION, *arguments).refused(2)
    run("ask", "--from", "/no/questions.txt").refused(2, "questions.txt")


@pytest.mark.slow
def test_markup_and_control_characters_are_shown_and_not_acted_on(run, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")
    text = FICTION.format(HOSTILE + " zeppelins")
    folder = _folder(tmp_path, manifest="hostile.txt,XMR,UNTOC COP <b>,,2020,*4*,\n", hostile=text)
    assert run("ingest", folder).code == 0
    ran = run("ask", "What did Maravel say about article 4?", "--json")
    assert ran.code == 0 and HOSTILE in ran.json["citations"][0]["source_quote"]
    assert "\\<script\\>" in ran.json["answer"] and "\x1b" not in ran.out
    shown = run("ask", "What did Maravel say about article 4?")
    assert shown.code == 0 and "\x1b" not in shown.out and "\x07" not in shown.out
    # Reading repair may insert spaces between words that are glued together.
    assert "<script>alert(1)</script>" in shown.out and "[x](javascript:alert(1))" in "".join(shown.out.split())
    identifier = ran.json["citations"][0]["statement_id"]
    assert "\x1b" not in run("show", identifier).out and "\x1b" not in run("list").out
    asked = run("ask", f"What did {HOSTILE} say about {HOSTILE}?")
    assert asked.code == 0 and "\x1b" not in asked.out


def test_a_store_of_another_model_is_refused_and_can_be_embedded_again(run, monkeypatch):
    class Other(HashingEmbedder):
        name = "other"
        dimension = 32

    for name in ("SentenceTransformerEmbedder", "question_embedder"):
        monkeypatch.setattr(f"app.wiring.{name}", lambda config: Other())
    run("ask", QUESTION).refused(1, "'hashing'", "'other'", "--reembed")
    assert run("doctor", "--reembed").code == 0
    assert run("ask", QUESTION, "--json").json["status"] == "answered"
    assert len(run("list", "--json").json) == 36


@pytest.mark.parametrize("empty", [False, True])
@cases("command")
def test_a_store_that_is_not_there_is_refused_and_not_made(command, empty, run, tmp_path):
    place = tmp_path / "none"
    if empty:
        place.mkdir()
    run(*command, at=place).refused(1, "untoc ingest", str(place))
    assert not any(place.iterdir()) if empty else not place.exists()


@pytest.mark.parametrize("option", [[], ["--rebuild"], ["--reembed"]])
def test_doctor_says_that_there_is_no_store(option, run, tmp_path):
    ran = run("doctor", *option, "--json", at=tmp_path / "none")
    assert ran.code == 1 and ran.err == "" and ran.json["ok"] is False
    [check] = ran.json["checks"]
    assert check["name"] == "store" and str(tmp_path / "none") in check["detail"]
    out = run("doctor", *option, at=tmp_path / "none").out
    assert "no store" in out and f"run `untoc ingest --store {tmp_path / 'none'}` first" in out
    assert not (tmp_path / "none").exists()


def test_chat_makes_the_store_that_is_not_there(run, tmp_path, monkeypatch):
    monkeypatch.setattr("app.ui.server.serve", lambda workspace, on_ready: None)
    assert run("chat", at=tmp_path / "new").code == 0
    assert run("list", "--json", at=tmp_path / "new").json == []


def test_a_store_that_is_a_file_or_damaged_is_refused(run, store, tmp_path):
    (tmp_path / "file").write_text("precious", encoding="utf-8")
    for command in (["ask", QUESTION], ["list"], ["ingest", "--sample"]):
        run(*command, at=tmp_path / "file").refused(1, "file")
    assert (tmp_path / "file").read_text(encoding="utf-8") == "precious"
    (store / "catalogue.sqlite3").write_bytes(b"no database at all" * 1000)
    for leftover in store.glob("catalogue.sqlite3-*"):
        leftover.unlink()
    run("list").refused(1, "damaged")


def test_chat_refuses_a_host_that_others_reach(call, tmp_path, monkeypatch):
    said = (2, "'0.0.0.0'", "a server with accounts is needed")
    call("chat", "--store", tmp_path, "--host", "0.0.0.0").refused(*said)
    monkeypatch.setenv("UNTOC_SERVER__HOST", "0.0.0.0")
    call("chat", "--store", tmp_path).refused(*said)


def test_chat_says_that_its_port_is_taken_or_none(run):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        run("chat", "--port", port).refused(1, "--port", port)
    for none in ("-1", "70000"):
        ran = run("chat", "--port", none)
        ran.refused(ran.code, none)
        assert ran.code in (1, 2)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="takes a capability from root, which Linux has")
def test_a_read_only_store_is_one_clear_line_and_keeps_everything(store):
    options = {"code": SCRIPTED, "preexec_fn": obey_permissions}
    before = {each: each.read_bytes() for each in store.rglob("*") if each.is_file()}
    with nobody_writes(store):
        ran = process("ingest", "--store", store, "--sample", **options)
        listed = process("list", "--store", store, "--json", **options)
        asked = process("ask", QUESTION, "--store", store, "--json", **options)
    error = ran.stderr.decode()
    assert ran.returncode == 1 and error.count("\n") == 1 and "--store" in error, error
    assert listed.returncode == 0 and len(json.loads(listed.stdout)) == 36, listed.stderr
    assert asked.returncode in (0, 1) and b"Traceback" not in asked.stderr
    assert {each: each.read_bytes() for each in store.rglob("*") if each.is_file()} == before


@pytest.mark.slow
def test_a_full_disk_is_one_clear_line_and_loses_nothing(store, tmp_path):
    matters = "\n\n".join(FICTION.format(f"matter number {n}") for n in range(1500))
    folder = _folder(tmp_path, manifest="big.txt,XAA,,,2020,,\n", big=f"Mr. Chair,\n\n{matters}")

    def fill() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    ran = process("ingest", "--store", store, folder, code=SCRIPTED, preexec_fn=fill)
    error = ran.stderr.decode()
    assert ran.returncode == 1 and error.count("\n") == 1 and "free space" in error, error[-3000:]
    listed = process("list", "--store", store, "--json", code=SCRIPTED)
    assert listed.returncode == 0 and len(json.loads(listed.stdout)) == 36
    checked = process("doctor", "--store", store, "--json", code=SCRIPTED)
    assert json.loads(checked.stdout)["ok"] is True, checked.stdout


@pytest.mark.slow
def test_bytes_that_are_no_text_are_asked_as_they_can_be(store):
    ran = process("ask", b"\xff\xfe article 4", "--store", store, "--json", code=SCRIPTED)
    assert ran.returncode == 0 and json.loads(ran.stdout)["question"] == "\ufffd\ufffd article 4", ran.stderr


@pytest.mark.slow
def test_json_is_valid_where_the_output_holds_ascii_only(filled_store):
    ascii_only = {**os.environ, "PYTHONIOENCODING": "ascii"}
    ran = process("list", "--store", filled_store, "--json", code=SCRIPTED, env=ascii_only)
    assert ran.returncode == 0 and "岚海关于国际合作的发言" in {e["metadata"]["title"] for e in json.loads(ran.stdout)}


@pytest.mark.slow
def test_a_reader_that_has_enough_ends_a_command_quietly(filled_store):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as closed:
        ran = process("list", "--store", filled_store, "--json", code=SCRIPTED, stdout=closed)
    # 128 and the signal's number, as a shell reports programs that SIGPIPE ends: 1 would be a wrong quotation.
    assert (ran.returncode, ran.stderr) == (141, b"")


PARTIES = "XQA,Quillonia,Quillonian,state\nXQB,Quarrel Isles,,state\n"


def test_parties_that_folders_added_are_listed_and_taken_back(run, tmp_path):
    folder = _folder(tmp_path, PARTIES, a="Statement by Quillonia\n\nWe support it.\n")
    assert run("ingest", folder, "--json").json["files"][0]["state"] == "XQA"
    added = {party["code"]: party["name"] for party in run("parties", "--json").json}
    assert added["XQA"] == "Quillonia" and added["XQB"] == "Quarrel Isles" and "XAA" in added
    assert run("parties", "remove", "XQA", "--json").json == {"removed": "XQA", "duplicates": []}
    assert "XQA" not in {party["code"] for party in run("parties", "--json").json}
    (statement,) = [s for s in run("list", "--json").json if s["file"] == "a.txt"]
    assert statement["state"] is None
    assert "Quarrel Isles" in run("parties").out
    run("parties", "remove", "XQA").refused(1, "no folder added a party 'XQA'")
    assert "XQB removed" in run("parties", "remove", "XQB").out
    assert not any(line.startswith("XQB\t") for line in run("parties").out.splitlines())
    (folder / "parties.csv").unlink()
    assert run("ingest", folder, "--json").json["files"][0]["state"] is None


def test_statements_that_are_equal_without_their_parties_are_held_once_and_the_other_is_named(run, tmp_path):
    manifest = "a.txt,XQA,,,,,\nb.txt,XQB,,,,,\nc.txt,XQB,,,,,\n"
    alike = dict.fromkeys("ab", "We support it.\n")
    folder = _folder(tmp_path, PARTIES, manifest, **alike, c="Quarrel Isles has spoken.\n")
    assert [file["state"] for file in run("ingest", folder, "--json").json["files"]] == ["XQA", "XQB", "XQB"]
    assert run("parties", "remove", "XQA").code == 0
    removed = run("parties", "remove", "XQB", "--json")
    assert (removed.code, removed.json) == (0, {"removed": "XQB", "duplicates": ["b.txt"]})
    states = {s["file"]: s["state"] for s in run("list", "--json").json if s["file"] in ("a.txt", "b.txt", "c.txt")}
    assert states == {"a.txt": None, "c.txt": None}


def test_interventions_of_a_party_that_is_taken_back_are_nobodys_at_once(run, tmp_path):
    record = "Mr. Ilvane (Quillonia): We support it.\n\nMs. Orsk (Quarrel Isles): We oppose it.\n"
    (ingested,) = run("ingest", _folder(tmp_path, PARTIES, record=record), "--json").json["files"]
    assert run("parties", "remove", "XQA").code == 0
    spoken = run("show", ingested["statement_id"], "--json").json["interventions"]
    assert [words["state"] for words in spoken] == [None, "XQB"]
