import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from ingest.errors import IngestStoppedError
from ingest.indexer import Indexer, IngestOptions
from ingest.loaders.loaded import LoadLimits
from ingest.report import NO_STATE, FileResult, PartReport
from ingest.text.readable import readable
from ingest.text.splitter import SplitConfig
from tests.cases import Cases
from tests.conftest import PROJECT
from tests.fakes import HashingEmbedder
from tests.fakes_engines import only_local, open_store
from tests.fakes_files import mail_of, zip_of
from vectorstore.records import UnreadableFile

pytestmark = pytest.mark.integration

cases = Cases(__file__)

BINARY = bytes(range(256)) * 20
HEADER = "file,state,body,session,date,agenda_item,language\n"
PARTIES = "code,name,aliases,kind\nXAA,Arvandia,Arvandian,state\nXAB,Belmora,,state\n"


def text_about(topic, words="We"):
    return (
        f"Mr. President,\n\n{words} attach importance to {topic}. Our courts have applied the law on {topic} in many"
        f" cases. We call on all States to cooperate on {topic} without delay.\n\nI thank you.\n"
    )


class Desk:
    """A folder of statements, a store, and the embedder between them."""

    def __init__(self, path):
        self.folder = path / "corpus"
        self.folder.mkdir()
        self.store_path = path / "store"
        self.embedder = HashingEmbedder()
        self.store = open_store(self.store_path, self.embedder)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def speak(self, **topics):
        """Writes a statement on each topic, `a="herons"` into a.txt, and returns the path of the last one."""
        return [self.write(f"{name}.txt", text_about(topic)) for name, topic in topics.items()][-1]

    def speak_often(self, count):
        names = [f"{number:02}.txt" for number in range(count)]
        for number, name in enumerate(names):
            self.write(name, text_about(f"matter{number}"))
        return names

    def manifest(self, *rows, parties=PARTIES, **states):
        """Writes a manifest of these rows; `a="XAA"` is a row that gives a.txt this State and the date 2020."""
        rows = [*rows, *(f"{name}.txt,{state},,,2020,," for name, state in states.items())]
        self.write("statements.csv", HEADER + "".join(f"{row}\n" for row in rows))
        if parties is not None:
            self.write("parties.csv", parties)

    def indexer(self, split=None, store=None, embedder=None):
        return Indexer(store or self.store, embedder or self.embedder, split or SplitConfig(), LoadLimits())

    def ingest(self, *paths, split=None, progress=None, **options):
        report = self.indexer(split).ingest(list(paths) or [self.folder], IngestOptions(**options), progress)
        self.assert_in_step()
        return report

    def outcome(self, *paths, **options):
        return results(self.ingest(*paths, **options))

    def assert_unchanged(self, *paths, **options):
        report = self.ingest(*paths, **options)
        assert set(results(report).values()) <= {"unchanged", "not_listed"} and report.embedded_passages == 0

    def assert_in_step(self):
        assert all(check.ok for check in self.store.check()), self.store.check()
        catalogue = self.store.catalogue
        for summary in self.summaries():
            assert summary.passages == len(catalogue.passages_of([summary.document_id])) > 0

    def reopen(self):
        self.store.close()
        self.store = open_store(self.store_path, self.embedder)

    def summaries(self):
        return self.store.catalogue.documents()

    def held(self):
        return {summary.file: summary.metadata.state for summary in self.summaries()}

    def finds(self, word):
        return [identifier for identifier, _ in self.store.catalogue.search_lexical(word, None, 99)]


def results(report):
    return {file.file: file.result for file in report.files}


# Reading of files, their names and tables is the same for all engines, so its tests are `only_local`.
@pytest.fixture
def desk(engines, tmp_path):
    desk = Desk(tmp_path)
    yield desk
    desk.store.close()


# --- what comes in


def test_sample_is_a_statement_of_iran(desk):
    (result,) = desk.indexer().ingest_sample().files
    assert (result.result, result.state) == ("added", "IRN")
    (summary,) = desk.summaries()
    assert (summary.inferred, summary.metadata.date) == (("session", "state"), "2020-10-12/2020-10-16")
    statement = desk.store.catalogue.statement(summary.document_id)
    sentences = desk.store.catalogue.sentences(summary.document_id)
    (cited,) = (s for s in sentences if "article 4 of the Convention" in s.text)
    assert "infringe the provisions of the Convention" in cited.text
    assert readable(statement.source_text, statement.edits, cited.start, cited.end) == cited.text
    assert cited.paragraph is not None
    assert [s.ordinal for s in sentences] == list(range(len(sentences)))
    (mention,) = desk.store.catalogue.mentions([summary.document_id], "article", "UNTOC", ["4"])
    assert mention.sentence == cited.sentence_id
    assert desk.store.catalogue.mentions([summary.document_id], "agenda_item", values=["4"])
    desk.assert_in_step()


@only_local
def test_order_of_results_is_that_of_the_manifest_and_stable(desk):
    desk.speak(**{letter: f"matter {letter}" for letter in "zebra"})
    desk.manifest(**dict.fromkeys("zebra", "XAA"))
    names = [f"{letter}.txt" for letter in "zebra"]
    assert list(desk.outcome()) == names
    desk.speak(e="something else")
    again = desk.outcome()
    assert list(again) == names and again == {**dict.fromkeys(names, "unchanged"), "e.txt": "replaced"}


@cases("before", "after", "outcome", "gone")
def test_each_text_is_held_once_however_files_change(desk, before, after, outcome, gone):
    first = []
    if before:
        desk.speak(**before)
        first = desk.ingest().files
    embedded = len(desk.embedder.embedded)
    desk.speak(**after)
    found = desk.outcome()
    assert outcome is None or found == {f"{name}.txt": result for name, result in outcome.items()}
    kept = before | after
    assert sorted(desk.held()) == sorted(f"{name}.txt" for name in kept if (outcome or {}).get(name) != "duplicate")
    assert len(desk.summaries()) == len({*kept.values()}) and all(map(desk.finds, kept.values()))
    assert outcome is not None or len(desk.embedder.embedded) == embedded
    if gone is not None:
        assert desk.finds(gone) == [] and desk.store.catalogue.statement(first[0].statement_id) is None
    assert set(desk.outcome().values()) <= {"unchanged", "duplicate"}


def test_same_text_of_two_states_is_two_statements_embedded_once_though_rows_change_places(desk):
    desk.speak(a="extradition", b="extradition")
    desk.manifest(a="XAA", b="XAB")
    report = desk.ingest()
    assert set(results(report).values()) == {"added"}
    assert desk.held() == {"a.txt": "XAA", "b.txt": "XAB"}
    assert report.embedded_passages * 2 == len(desk.embedder.embedded) * 2 == report.passages
    desk.manifest(a="XAB", b="XAA")
    desk.ingest()
    assert desk.held() == {"a.txt": "XAB", "b.txt": "XAA"}
    desk.assert_unchanged()


def test_files_that_changed_places_keep_their_statements(desk):
    desk.speak(a="herons", b="badgers", c="owls")
    desk.ingest()
    before = {summary.file: (summary.document_id, summary.added) for summary in desk.summaries()}
    desk.speak(a="badgers", b="owls", c="herons")
    desk.assert_unchanged()
    after = {summary.file: (summary.document_id, summary.added) for summary in desk.summaries()}
    assert after == {"a.txt": before["b.txt"], "b.txt": before["c.txt"], "c.txt": before["a.txt"]}
    desk.assert_unchanged()


def test_files_given_one_by_one_that_changed_names_lose_no_statement(desk):
    paths = [desk.speak(**{name: topic}) for name, topic in zip("abc", ("herons", "badgers", "owls"), strict=True)]
    desk.ingest(*paths)
    paths.pop().unlink()
    desk.speak(a="badgers", b="owls")
    desk.ingest(*paths)
    assert desk.finds("badgers") and desk.finds("owls")
    assert sorted(desk.held()) == ["a.txt", "b.txt"]


def test_files_of_the_first_of_two_folders_that_changed_places_keep_their_statements(desk):
    for name, topic in (("one/a", "herons"), ("one/b", "badgers"), ("two/c", "owls")):
        desk.speak(**{name: topic})
    folders = [desk.folder / "one", desk.folder / "two"]
    desk.ingest(*folders)
    desk.speak(**{"one/a": "badgers", "one/b": "herons"})
    desk.ingest(*folders)
    assert all(map(desk.finds, ("herons", "badgers", "owls")))


def test_a_list_of_begun_files_that_was_cut_off_stops_no_ingest(desk):
    desk.speak(a="herons")
    (desk.store.path / "ingest.begun").write_bytes(b"\xc3")
    assert desk.outcome() == {"a.txt": "added"}


def test_same_text_and_metadata_under_another_name_is_a_duplicate(desk):
    desk.speak(b="extradition")
    desk.ingest()
    desk.speak(a="extradition", c="extradition")
    for _ in range(2):
        report = desk.ingest()
        assert results(report) == {"a.txt": "duplicate", "b.txt": "unchanged", "c.txt": "duplicate"}
        assert "'b.txt'" in report.files[0].reason
        # A text that is ingested again gets the same report of missing metadata as the first time.
        assert all(NO_STATE in (file.reason or "") for file in report.files)
        assert report.embedded_passages == 0
    assert desk.held() == {"b.txt": None}


@pytest.mark.parametrize("sync", [False, True])
def test_moved_file_is_the_same_statement(desk, sync):
    path = desk.speak(a="herons")
    (before,) = desk.ingest().files
    (desk.folder / "later").mkdir()
    path.rename(desk.folder / "later" / "b.txt")
    report = desk.ingest(sync=sync)
    (after,) = report.files
    assert (after.result, after.statement_id, report.embedded_passages) == ("unchanged", before.statement_id, 0)
    assert desk.held() == {"later/b.txt": None}


def test_file_given_by_itself_twice_or_with_its_folder_is_one_statement(desk):
    path = desk.speak(a="herons")
    report = desk.ingest(path, path, desk.folder)
    assert [file.result for file in report.files] == ["added", "unchanged", "unchanged"]
    deep = desk.write("deep/b.txt", text_about("owls"))
    for path in (deep, desk.folder, deep):
        report = desk.ingest(path)
        assert len(desk.summaries()) == 2
    assert report.files[0].result == "unchanged"


def test_sync_removes_what_is_gone_from_the_folder_only(desk, tmp_path):
    gone = [desk.speak(a="herons"), tmp_path / "other" / "c.txt"]
    desk.speak(b="badgers")
    gone[1].parent.mkdir()
    gone[1].write_text(text_about("otters"), encoding="utf-8")
    desk.ingest(desk.folder, gone[1].parent)
    for path in gone:
        path.unlink()
    assert desk.outcome() == {"b.txt": "unchanged"}, "without --sync all stays"
    assert desk.outcome(sync=True) == {"b.txt": "unchanged", "a.txt": "removed"}
    assert sorted(desk.held()) == ["b.txt", "c.txt"]
    assert desk.finds("herons") == []


@only_local
def test_sync_of_an_empty_folder_removes_nothing_since_a_share_may_not_be_mounted(desk):
    path = desk.speak(b="badgers")
    desk.ingest()
    path.unlink()
    for _ in range(2):
        report = desk.ingest(sync=True)
        assert any("is it mounted?" in note for note in report.notes)
        assert desk.held()
        # What marks a share that is not mounted is hidden, and no statement.
        (desk.folder / ".nomount.txt").write_text("not mounted")


@only_local
def test_unlisted_files_are_reported_and_taken_with_all_and_sync_keeps_them(desk):
    desk.speak(a="herons", b="badgers")
    desk.manifest(a="XAA")
    report = desk.ingest()
    assert results(report) == {"a.txt": "added", "b.txt": "not_listed"}
    assert "does not list" in report.files[1].reason
    assert desk.outcome(include_unlisted=True) == {"a.txt": "unchanged", "b.txt": "added"}
    assert desk.outcome(sync=True) == {"a.txt": "unchanged", "b.txt": "not_listed"}
    assert sorted(desk.held()) == ["a.txt", "b.txt"]


def test_text_removed_by_sync_may_come_back_in_the_same_run(desk, tmp_path):
    path, other = desk.speak(a="herons"), tmp_path / "other"
    desk.ingest()
    other.mkdir()
    path.rename(other / "a.txt")
    desk.ingest(desk.folder, other, sync=True)
    assert desk.finds("herons")
    assert len(desk.summaries()) == 1


def test_new_passage_size_cuts_anew(desk):
    desk.write("a.txt", text_about("herons") * 3)
    desk.manifest(a="XAA")
    desk.ingest()
    before = desk.summaries()[0]
    small = SplitConfig(passage_tokens=16)
    assert desk.outcome(split=small) == {"a.txt": "updated"}
    after = desk.summaries()[0]
    assert after.passages > before.passages
    assert after.document_id == before.document_id
    desk.assert_unchanged(split=small)


def test_new_annotation_is_stored_without_embedding_anything_again(desk, monkeypatch):
    desk.speak(a="the Firearms Protocol", b="extradition")
    desk.manifest("a.txt,XAA,UNTOC COP,12,2024,,", "b.txt,XAB,UNTOC COP,12,2024,,")
    desk.ingest()
    catalogue = desk.store.catalogue
    ids = [summary.document_id for summary in desk.summaries()]
    before = catalogue.mentions(ids, "treaty", "FIREARMS")
    assert before
    with monkeypatch.context() as older:
        older.setattr("ingest.annotate.ANNOTATION_VERSION", -1)
        older.setattr("ingest.annotate.find_mentions", lambda *_: ())
        assert desk.ingest().embedded_passages == 0
    assert catalogue.mentions(ids, "treaty", "FIREARMS") == ()
    report = desk.ingest()
    assert set(results(report).values()) == {"updated"}
    assert (report.embedded_passages, report.passages) == (0, catalogue.count_passages())
    assert catalogue.mentions(ids, "treaty", "FIREARMS") == before
    assert [summary.document_id for summary in desk.summaries()] == ids


@only_local
def test_a_covering_mail_is_nobodys_unless_a_title_or_row_says_whose_it_is(desk):
    letter = "Dear colleague,\n\nplease find attached our text. Between us: my country, Arvandia, dislikes visits.\n"
    speech = "Statement by Arvandia\n\nMr. Chair,\n\nMy country, Arvandia, welcomes visits. The list is annexed.\n"
    inside = b"Statement by Arvandia\n\nMr. Chair,\n\nArvandia will think about visits of every kind.\n"
    desk.write("letter.eml", mail_of(letter, {"text.txt": inside}))
    desk.write("speech.eml", mail_of(speech, {"list.txt": b"Herons, lamps and rivers are on this list."}))
    desk.write("given.eml", mail_of(letter.replace("visits", "envoys"), {"list.pdf": b"x"}))
    desk.manifest("given.eml,XAA,,,2020,,")
    report = desk.ingest(include_unlisted=True)
    held = {each.file: each.metadata.state for each in desk.store.catalogue.documents()}
    mails = ("letter.eml", "letter.eml/text.txt", "speech.eml", "given.eml")
    assert [held[name] for name in mails] == [None, "XAA", "XAA", "XAA"]
    (reason,) = (each.reason for each in report.files if each.file == "letter.eml")
    assert "a covering mail, and so nobody's" in reason


def test_mentions_of_treaties_articles_and_groups_are_looked_up(desk):
    desk.write(
        "a.txt",
        "Mr. Chair,\n\nArvandia aligns itself with the statement made on behalf of the European Union. We ratified the"
        " Convention against Transnational Organized Crime and its Protocols. We apply article 5 of the Firearms"
        " Protocol. We thank the States that aligned themselves with the African Group's statement.\n",
    )
    desk.write(
        "eu.txt",
        "Mr. Chair,\n\nI speak on behalf of the European Union. We align ourselves with the statement of the Arab"
        " Group. I thank you.\n",
    )
    desk.manifest("a.txt,XAA,UNTOC COP,12,2024,,", "eu.txt,XAB,UNTOC COP,12,2024,,")
    desk.ingest()
    by_state = {summary.metadata.state: summary.document_id for summary in desk.summaries()}
    assert set(by_state) == {"XAA", "EU"}

    def named(kind, treaty=None, *values):
        mentions = desk.store.catalogue.mentions([by_state["XAA"]], kind, treaty, values)
        return [(mention.sentence.ordinal, mention.value) for mention in mentions]

    assert named("alignment") == [(1, "EU")]
    assert desk.store.catalogue.mentions([by_state["EU"]], "alignment") == (), "a group's statement stays the group's"
    assert named("treaty", "UNTOC") == [(2, "")] and named("treaty", "TIP") == []
    assert named("thereto", "TIP") == named("thereto", "SOM") == named("thereto", "FIREARMS") == [(2, "")]
    assert named("treaty", "FIREARMS") == [(3, "")]
    assert named("article", "FIREARMS") == named("article", "FIREARMS", "5") == [(3, "5")]


# --- parties and manifests


@only_local
def test_unknown_state_is_ingested_reported_and_never_attributed(desk):
    desk.speak(a="herons")
    desk.manifest(a="Nowhereland")
    (result,) = desk.ingest().files
    assert (result.result, result.state) == ("added", None)
    assert "line 2" in result.reason and "Nowhereland" in result.reason
    assert desk.held() == {"a.txt": None}
    (again,) = desk.ingest().files
    assert again.result == "unchanged" and "set its State" in again.reason


@cases("first", "second", "states", "outcome", tuples=True)
def test_corrected_tables_take_the_place_of_the_older_ones_without_embedding(desk, first, second, states, outcome):
    desk.speak(a="herons")
    results = []
    for tables in (first, second):
        desk.manifest(**tables)
        report = desk.ingest()
        results += report.files
    assert tuple(result.state for result in results) == states and desk.held() == {"a.txt": states[1]}
    assert (results[1].result, report.embedded_passages, report.notes) == (outcome, 0, ())
    assert (results[0].statement_id == results[1].statement_id) == (states[0] == states[1])
    assert len(desk.store.party_files.paths()) == 1


@only_local
@cases("text", "state", "first", "second", "before", "after")
def test_what_a_corrected_table_says_of_a_party_holds_for_what_it_said(text, state, first, second, before, after, desk):
    desk.write("a.txt", text)
    for table, held in ((first, before), (second, after)):
        desk.manifest(f"a.txt,{state},,,2020,,", parties=f"code,name,kind,members\n{table}\n")
        report = desk.indexer().ingest([desk.folder], IngestOptions())
        (summary,) = desk.summaries()
        stored = desk.store.catalogue.statements_of(desk.store.catalogue.document(summary.document_id))
        assert [[each.metadata.state, each.metadata.on_behalf_of] for each in stored] == held
    assert results(report) == {"a.txt": "updated"}


@only_local
def test_parties_file_that_contradicts_the_built_in_table_is_a_note(desk):
    desk.speak(a="herons")
    desk.manifest(a="", parties="code,name,aliases,kind\nXAA,Iran,,state\n")
    report = desk.ingest()
    assert results(report) == {"a.txt": "added"}
    assert "parties.csv" in " ".join(report.notes)
    assert desk.store.party_files.paths() == ()


@only_local
def test_row_without_a_file_is_missing_with_its_line(desk):
    desk.speak(a="herons")
    too_long = "x" * 5000
    desk.manifest(**{"gone": "XAA", too_long: "XAA", "a": "XAA"})
    report = desk.ingest()
    assert results(report) == {"gone.txt": "missing", f"{too_long}.txt": "missing", "a.txt": "added"}
    assert all(told in report.files[0].reason for told in ("line 2", "'gone.txt'"))
    assert [file.file for file in report.failed] == ["gone.txt", f"{too_long}.txt"]


@only_local
def test_manifest_that_cannot_be_read_fails_and_other_paths_go_on(desk, tmp_path):
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "statements.csv").write_text("name,country\nx,y\n", encoding="utf-8")
    report = desk.ingest(desk.speak(a="herons"), bad, desk.speak(b="badgers"))
    assert results(report) == {"a.txt": "added", "statements.csv": "failed", "b.txt": "added"}
    assert "no column 'file'" in report.failed[0].reason


# --- what cannot be read


def test_bad_files_never_stop_the_batch(desk):
    bad = {
        "binary.txt": (BINARY, "failed"),
        "broken.pdf": (b"%PDF-1.7 nothing follows", "failed"),
        "broken.docx": (b"PK\x03\x04 no archive", "failed"),
        "empty.txt": (b"", "skipped"),
        "blank.txt": (b" \n\t\n", "skipped"),
        "zip.txt": (b"PK\x03\x04 an archive by its first bytes", "failed"),
    }
    for name, (data, _) in bad.items():
        desk.write(name, data)
    desk.speak(a="herons", z="badgers")
    report = desk.ingest()
    assert results(report) == {"a.txt": "added", "z.txt": "added"} | {name: result for name, (_, result) in bad.items()}
    assert all(file.reason for file in report.files if file.result in ("failed", "skipped"))
    failed = sorted(name for name, (_, result) in bad.items() if result == "failed")
    assert [each.file for each in desk.store.catalogue.unreadable()] == failed


def test_unreadable_file_is_forgotten_when_fixed_or_gone(desk):
    desk.write("a.txt", BINARY)
    gone = desk.write("b.txt", BINARY)
    desk.ingest()
    assert len(desk.store.catalogue.unreadable()) == 2
    desk.speak(a="herons")
    gone.unlink()
    assert desk.outcome() == {"a.txt": "added"}
    assert desk.store.catalogue.unreadable() == ()


def test_file_that_became_unreadable_keeps_what_was_stored(desk):
    desk.speak(a="herons")
    desk.ingest()
    desk.write("a.txt", BINARY)
    assert desk.outcome(sync=True) == {"a.txt": "failed"}
    assert desk.finds("herons")


@only_local
@pytest.mark.parametrize("name", ["absent.txt", "absent/", "x" * 5000, "nul\0byte"])
def test_missing_path_fails_and_the_others_go_on(desk, name):
    report = desk.ingest(Path(name), desk.speak(a="herons"))
    assert [file.result for file in report.files] == ["failed", "added"]
    assert "check the path" in report.files[0].reason


@only_local
def test_table_in_a_folder_below_is_not_used_which_a_note_says(desk):
    desk.speak(a="herons")
    desk.write("below/b.txt", text_about("lamps"))
    desk.write("below/statements.csv", f"{HEADER}b.txt,XAB,,,,,\n")
    assert [note.partition(":")[0] for note in desk.ingest().notes] == ["below/statements.csv is not used"]


def test_format_that_no_loader_reads_is_skipped_and_a_folder_of_it_is_a_note(desk):
    assert desk.outcome(desk.write("a.xyz", text_about("herons"))) == {"a.xyz": "skipped"}
    assert "no supported file" in desk.ingest(Path("absent"), desk.folder).notes[0]


@only_local
def test_name_that_is_not_utf_8_fails_and_the_others_go_on(desk):
    try:
        (desk.folder / b"caf\xe9.txt".decode("utf-8", "surrogateescape")).write_bytes(text_about("herons").encode())
    except OSError:
        pytest.skip("this file system takes names in UTF-8 only")
    desk.speak(z="badgers")
    report = desk.ingest()
    assert [file.result for file in report.files] == ["failed", "added"]
    assert "rename" in report.files[0].reason
    report.files[0].file.encode("utf-8")
    assert len(desk.store.catalogue.unreadable()) == 1


@only_local
def test_link_that_leads_out_of_the_folder_is_refused(desk, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text(text_about("secrets"), encoding="utf-8")
    (desk.folder / "link.txt").symlink_to(secret)
    (desk.folder / "linked").symlink_to(tmp_path)
    desk.speak(a="herons")
    desk.manifest(**{"link": "XAA", "../secret": "XAA", "linked/secret": "XAA", "a": "XAA"})
    assert [file.result for file in desk.ingest().failed] == ["failed"] * 3
    desk.manifest(a="XAA")
    desk.ingest(include_unlisted=True)
    assert desk.finds("secrets") == []


# --- interruptions


class StoppingEmbedder(HashingEmbedder):
    """Is interrupted when it embeds the second batch."""

    def embed_documents(self, texts, progress=None):
        if self.embedded:
            raise KeyboardInterrupt
        return super().embed_documents(texts, progress)


def test_interrupted_ingest_is_completed_by_the_next(desk):
    names = desk.speak_often(40)
    with pytest.raises(KeyboardInterrupt):
        desk.indexer(embedder=StoppingEmbedder()).ingest([desk.folder], IngestOptions())
    first = len(desk.summaries())
    assert 0 < first < len(names)
    desk.reopen()
    assert list(desk.outcome().values()).count("unchanged") == first
    assert sorted(desk.held()) == names
    assert len(set(desk.store.catalogue.passage_ids())) == desk.store.catalogue.count_passages()
    assert all(desk.finds(f"matter{number}") for number in range(40))


@only_local
@pytest.mark.slow
def test_terminated_command_ends_in_order_and_keeps_what_it_stored(desk):
    desk.speak_often(60)
    desk.store.close()
    process = subprocess.Popen(
        [sys.executable, "-c", cases["COMMAND"], str(desk.store_path), str(desk.folder)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=PROJECT,
    )  # fmt: skip
    assert [process.stdout.readline() for _ in range(2)] == ["embedding\n"] * 2
    process.terminate()
    _, complaint = process.communicate(timeout=60)
    assert process.returncode == 130
    assert complaint.startswith("interrupted: what was stored before is kept") and complaint.count("\n") == 1
    desk.reopen()
    assert 0 < len(desk.summaries()) < 60
    desk.ingest()
    assert len(desk.summaries()) == 60


@only_local
def test_progress_counts_up_to_all_files(desk):
    count, heard = len(desk.speak_often(6)), []
    desk.ingest(progress=heard.append)
    assert [event.done for event in heard] == sorted(event.done for event in heard)
    assert (heard[-1].done, heard[-1].total) == (count, count)
    assert {event.step for event in heard} == {"load", "embed", "store"}


# --- concurrent ingests, and ingests that are stopped again and again


class Stopped(Exception):
    pass


def test_ingest_that_is_stopped_after_a_few_files_again_and_again_gets_on(desk):
    desk.speak_often(12)
    runs = 0
    while len(desk.summaries()) < 12:
        runs += 1
        assert runs < 30, "no progress"
        read = []

        def stop(event, read=read):
            read += [event.file] if event.step == "load" else []
            if len(read) > 3:
                raise Stopped

        # The last run completes.
        with suppress(Stopped):
            desk.ingest(progress=stop)


@only_local
def test_new_file_is_stored_before_those_are_looked_at_that_are_in_the_store(desk):
    class LateEmbedder(HashingEmbedder):
        def embed_documents(self, texts, progress=None):
            time.sleep(0.3)
            return super().embed_documents(texts, progress)

    desk.speak_often(4)
    desk.ingest()
    desk.speak(z="herons")
    read = []

    def stop(event):
        read.extend([event.file] * (event.step == "load"))
        if len(read) > 2:
            raise Stopped

    with pytest.raises(Stopped):
        desk.indexer(embedder=LateEmbedder()).ingest([desk.folder], IngestOptions(), stop)
    assert read[0] == "z.txt" and desk.finds("herons")


@only_local
def test_file_on_which_ingests_were_stopped_does_not_keep_others_from_being_stored(desk):
    desk.speak_often(6)

    def stop_at_first(event):
        if event.step == "load" and event.file == "00.txt":
            # As if the file took long, and the user ended the ingest.
            (desk.store.path / "ingest.begun").write_text(f"{desk.folder / '00.txt'}\n")
            raise Stopped

    for _ in range(2):
        with suppress(Stopped):
            desk.ingest(progress=stop_at_first)
    # The batch that was being embedded may be stored or not; the batch before it is stored.
    assert "01.txt" in desk.held()


def test_two_ingests_of_one_folder_at_once_store_each_file_once(desk):
    names = desk.speak_often(9)
    other = open_store(desk.store.path, desk.embedder)
    reports = []

    def ingest_beside(event):
        if event.step == "load" and event.file == "05.txt" and not reports:
            reports.append(desk.indexer(store=other).ingest([desk.folder], IngestOptions()))

    reports.insert(0, desk.ingest(progress=ingest_beside))
    other.close()
    assert sorted(summary.file for summary in desk.summaries()) == names
    outcomes = [file.result for report in reports for file in report.files]
    assert outcomes.count("added") == 9 and outcomes.count("unchanged") == 9
    desk.assert_in_step()


def test_ingest_that_waits_too_long_for_another_tells_what_it_stored(desk):
    names = desk.speak_often(4)
    patient, desk.store = desk.store, open_store(desk.store.path, desk.embedder, wait_seconds=0.0)
    with ExitStack() as held:

        def write_beside(event):
            if event.step == "load" and event.file == names[-1]:
                held.enter_context(patient.writer(sync=False))

        with pytest.raises(IngestStoppedError, match=r"process .* writes to") as caught:
            desk.indexer().ingest([desk.folder], IngestOptions(), write_beside)
        stored = desk.held()
    desk.store.close()
    desk.store = patient
    assert stored and len(stored) < len(names)
    assert results(caught.value.report) == dict.fromkeys(sorted(stored), "added")
    assert desk.outcome() == {name: "unchanged" if name in stored else "added" for name in names}


# --- tables inside archives, and names whose folders a browser dropped


def zipped(path, texts):
    path.write_bytes(zip_of({name: text.encode() for name, text in texts.items()}))
    return path


@only_local
@pytest.mark.parametrize("top", ["", "mission/"])
def test_tables_inside_an_archive_are_used_as_in_a_folder(desk, top):
    texts = {
        "statements.csv": "file,state,body,session,date\nen/a.txt,XAA,UNTOC COP,10,2020-10-12\nc.txt,Arvandia,,,2019\n",
        "parties.csv": PARTIES,
        "en/a.txt": text_about("herons"),
        "b.txt": text_about("badgers"),
        "c.txt": text_about("owls"),
    }
    archive = zipped(desk.folder / "a.zip", {top + name: text for name, text in texts.items()})
    inside = f"a.zip/{top}"
    expected = {"b.txt": "not_listed", "en/a.txt": "added", "c.txt": "added"}
    assert desk.outcome(archive) == {inside + name: result for name, result in expected.items()}
    stored = {s.file: s.metadata for s in desk.summaries()}
    assert {file: metadata.state for file, metadata in stored.items()} == dict.fromkeys(
        (inside + "en/a.txt", inside + "c.txt"), "XAA"
    )
    first = stored[inside + "en/a.txt"]
    assert (first.body, first.session, first.date) == ("UNTOC COP", "10", "2020-10-12")
    desk.assert_unchanged(archive)


@only_local
@pytest.mark.parametrize("include_unlisted", [False, True])
def test_rows_of_some_files_of_an_archive_leave_the_others_unlisted(desk, include_unlisted):
    texts = {"statements.csv": "file,state\nb.txt,XAC\n", "parties.csv": "code,name\nXAC,Corvia\n"}
    texts |= {"a.txt": text_about("herons"), "b.txt": text_about("owls")}
    zipped(desk.folder / "a.zip", texts)
    desk.manifest("a.zip/a.txt,XAA,,,2020,,")
    options = IngestOptions(include_unlisted=include_unlisted)
    part = desk.indexer().ingest_part([desk.folder], options, only=["a.zip"])
    states = {"a.zip/a.txt": "XAA"} | ({"a.zip/b.txt": "XAC"} if include_unlisted else {})
    assert desk.held() == states
    outcome = {"a.zip/a.txt": "added", "a.zip/b.txt": "added" if include_unlisted else "not_listed"}
    assert results(desk.indexer().ingest([desk.folder], options, parts=[part])) == outcome
    desk.assert_unchanged(include_unlisted=include_unlisted)
    assert desk.held() == states


@only_local
@cases("members", "rows", "by_base_name", "outcome", "held")
def test_tables_of_an_archive_and_of_its_folder_are_used_together(desk, members, rows, by_base_name, outcome, held):
    desk.speak(c="badgers")
    zipped(desk.folder / "a.zip", {name: text if "csv" in name else text_about(text) for name, text in members.items()})
    if rows is not None:
        desk.manifest(*(f"{row},,,2020,," for row in rows))
    assert desk.outcome(by_base_name=by_base_name) == outcome
    assert desk.held() == held


@only_local
def test_single_file_has_the_parties_of_the_folder_whose_manifest_lists_it(desk):
    path = desk.write("en/a.txt", text_about("herons"))
    desk.manifest("en/a.txt,XAA,,,2020,,")
    assert desk.outcome(path) == {"en/a.txt": "added"}
    assert desk.held() == {"en/a.txt": "XAA"}


@only_local
def test_an_archive_that_is_repaired_is_unreadable_no_more(desk):
    archive = zipped(desk.folder / "a.zip", {"a.txt": text_about("herons")})
    whole = archive.read_bytes()
    archive.write_bytes(whole[:40])
    assert desk.outcome(archive) == {"a.zip": "failed"}
    assert [each.file for each in desk.store.catalogue.unreadable()] == ["a.zip"]
    archive.write_bytes(whole)
    assert desk.outcome(archive) == {"a.zip/a.txt": "added"}
    assert desk.store.catalogue.unreadable() == ()


@only_local
def test_an_archive_that_a_row_names_is_taken_in_beside_a_foreign_table(desk):
    archive = zipped(desk.folder / "a.zip", {"statements.csv": "amount,balance\n1,2\n", "a.txt": text_about("herons")})
    desk.manifest("a.zip,XAA,,,2020,,")
    report = desk.ingest()
    assert results(report) == {"a.zip/a.txt": "added"} and desk.held() == {"a.zip/a.txt": "XAA"}
    assert any("statements.csv" in note for note in report.notes)
    archive.write_bytes(archive.read_bytes()[:40])
    desk.manifest("a.zip/a.txt,XAA,,,2020,,")
    assert "not_listed" not in desk.outcome().values()


@only_local
def test_table_of_parties_alone_says_what_it_did(desk):
    desk.write("parties.csv", PARTIES)
    assert desk.ingest().notes == ("parties.csv: can be named from now on: Arvandia, Belmora",)


@only_local
def test_a_refused_alias_leaves_the_other_names_of_its_table(desk, caplog):
    desk.write("a.txt", f"Statement by Belmora\n\n{text_about('herons')}")
    desk.write(
        "parties.csv", "code;name;aliases;kind\nXAA;Arvandia;We|Arvandian;state\nXAB;Belmora;the Compact|group;group\n"
    )
    logged = []
    report = desk.ingest(progress=lambda _: logged.append(tuple(caplog.messages)))
    (refused,) = report.notes
    # Told before the first file is read.
    assert refused in logged[0]
    assert "line 2: the name 'We' is an everyday word; line 3: the name 'the Compact'" in refused
    assert report.files[0].state == "XAB"
    (kept,) = desk.store.party_files.paths()
    assert kept.read_text() == "code,name,aliases,kind\nXAA,Arvandia,Arvandian,state\nXAB,Belmora,,group\n"
    assert desk.ingest().files[0].result == "unchanged"


@only_local
def test_archive_of_a_part_that_was_given_up_is_not_read_again(desk):
    archive = zipped(desk.folder / "a.zip", {"in.txt": text_about("firearms")})
    given_up = FileResult(file="a.zip", result="failed", reason="given up (killed)")
    part = PartReport(results={str(archive): given_up}, embedded_passages=0, passages=0)
    (file,) = desk.indexer().ingest([desk.folder], IngestOptions(), parts=[part]).files
    assert (file.file, file.result, file.reason) == ("a.zip/in.txt", "failed", "given up (killed)")
    assert desk.held() == {}


def test_files_that_changed_places_across_parts_keep_their_statements(desk):
    desk.speak(a="firearms", b="extradition")
    desk.ingest()
    before = {summary.file: summary.document_id for summary in desk.summaries()}
    desk.speak(a="extradition", b="firearms")
    indexer = desk.indexer()
    parts = [indexer.ingest_part([desk.folder], IngestOptions(), only=[name]) for name in ("a.txt", "b.txt")]
    assert [dict(part.results) for part in parts] == [{}, {}]
    assert {summary.file: summary.document_id for summary in desk.summaries()} == before
    report = indexer.ingest([desk.folder], IngestOptions(), parts=parts)
    # As in one process: each takes over the statement of the other, with a person's corrections.
    assert results(report) == {"a.txt": "unchanged", "b.txt": "unchanged"} and report.embedded_passages == 0
    after = {summary.file: summary.document_id for summary in desk.summaries()}
    assert after == {"a.txt": before["b.txt"], "b.txt": before["a.txt"]}


def test_file_that_another_folder_could_not_read_is_no_failure_of_its_namesake(desk, tmp_path):
    desk.speak(a="firearms")
    damaged = UnreadableFile(file="a.txt", reason="damaged")
    with desk.store.writer(sync=False):
        desk.store.catalogue.record_unreadable("/elsewhere", failed=[damaged], read=[])
    indexer = desk.indexer()
    part = indexer.ingest_part([desk.folder], IngestOptions(), only=["a.txt"])
    indexer.ingest([desk.folder], IngestOptions(), parts=[part])
    assert desk.store.catalogue.unreadable(str(desk.folder)) == ()
    assert desk.store.catalogue.unreadable("/elsewhere") == desk.store.catalogue.unreadable() == (damaged,)


@only_local
@cases("said", "row", "before", "after")
def test_a_name_that_is_learnt_later_gives_a_statement_that_nobody_known_held_to_whom_it_names(
    said, row, before, after, desk
):
    text = text_about("extradition")
    desk.write("a.txt", f"Statement by Arvandia\n\nTenth session\n\nMr. President,\n\n{said}{text}")
    if row is not None:
        desk.manifest(parties=PARTIES)
        desk.write("statements.csv", f"file,state,on_behalf_of\n{row}\n")
    desk.ingest()
    assert desk.held() == {"a.txt": before}
    desk.assert_unchanged()
    desk.write("parties.csv", PARTIES + "XAG,Coral Circle,,group\n")
    report = desk.ingest()
    assert results(report)["a.txt"] == "updated" and report.embedded_passages == 0
    assert desk.held() == {"a.txt": after}
    assert "that no lookup knows" not in str(report.files)
    # A statement that has a State keeps its input key, so names that are added later do not affect it.
    desk.write("parties.csv", PARTIES + "XAG,Coral Circle,,group\nXAD,Dunmere,,state\n")
    desk.assert_unchanged()
