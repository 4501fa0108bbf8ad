import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from zipfile import ZipFile

import pytest

from ingest.indexer import Indexer, IngestOptions, PartReport
from ingest.loaders.loaded import LoadLimits
from ingest.report import NO_STATE, FileResult
from ingest.text.readable import readable
from ingest.text.splitter import SplitConfig
from tests.cases import Cases
from tests.fakes import HashingEmbedder
from tests.fakes_engines import only_local, open_store
from vectorstore.records import UnreadableFile

cases = Cases(__file__)

HEADER = "file,state,body,session,date,agenda_item,language\n"
PARTIES = "code,name,aliases,kind\nXAA,Arvandia,Arvandian,state\nXAB,Belmora,,state\n"
TOPICS = ("extradition", "confiscation", "witness protection", "smuggling of migrants", "firearms", "training")


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

    def manifest(self, *rows, parties=PARTIES):
        self.write("statements.csv", HEADER + "".join(f"{row}\n" for row in rows))
        if parties is not None:
            self.write("parties.csv", parties)

    def ingest(self, *paths, split=None, progress=None, **options):
        indexer = Indexer(self.store, self.embedder, split or SplitConfig(), LoadLimits())
        report = indexer.ingest(list(paths) or [self.folder], IngestOptions(**options), progress)
        self.assert_in_step()
        return report

    def assert_in_step(self):
        assert all(check.ok for check in self.store.check()), self.store.check()
        catalogue = self.store.catalogue
        for summary in self.summaries():
            assert summary.passages == len(catalogue.passages_of([summary.document_id])) > 0

    def summaries(self):
        return self.store.catalogue.documents()

    def held(self):
        return {summary.file: summary.metadata.state for summary in self.summaries()}

    def finds(self, word):
        return [identifier for identifier, _ in self.store.catalogue.search_lexical(word, None, 99)]


def results(report):
    return {file.file: file.result for file in report.files}


@pytest.fixture
def desk(engines, tmp_path):
    desk = Desk(tmp_path)
    yield desk
    desk.store.close()


# --- what comes in


def test_sample_is_a_statement_of_iran(desk):
    indexer = Indexer(desk.store, desk.embedder, SplitConfig(), LoadLimits())
    (result,) = indexer.ingest_sample().files
    assert (result.result, result.state) == ("added", "IRN")
    (summary,) = desk.summaries()
    assert "state" in summary.inferred
    assert (summary.metadata.agenda_item, summary.metadata.body) == ("4", "UNTOC COP")
    assert summary.metadata.date == "2020-10-12/2020-10-16"
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


def test_source_text_equals_the_decoded_file(desk):
    text = "Mr. Chair,\r\n\r\nWe thank   you all\tfor coming.\r\nÉtat 国家.\r\n"
    desk.write("a.txt", text)
    desk.ingest()
    assert desk.store.catalogue.statement(desk.summaries()[0].document_id).source_text == text


@pytest.mark.slow
def test_parties_of_a_folder_are_learnt(desk, conference):
    report = desk.ingest(conference)
    assert report.failed == ()
    added = [file for file in report.files if file.result == "added"]
    assert len(added) == 35
    for file in added:
        assert file.state is not None
        if "/X" in file.file and not file.file.startswith(("txt/XIC", "txt/XGR")):
            assert file.state == Path(file.file).name[:3] or file.state in ("XIC", "XGR")
    again = desk.ingest(conference)
    assert again.embedded_passages == 0
    assert {file.result for file in again.files} == {"unchanged", "not_listed"}


def test_order_of_results_is_that_of_the_manifest_and_stable(desk):
    names = [f"{letter}.txt" for letter in "zebra"]
    for index, name in enumerate(names):
        desk.write(name, text_about(f"matter {index}"))
    desk.manifest(*(f"{name},XAA,,,2020,," for name in names))
    assert [file.file for file in desk.ingest().files] == names
    desk.write("e.txt", text_about("something else"))
    report = desk.ingest()
    assert [file.file for file in report.files] == names
    assert results(report) == {**dict.fromkeys(names, "unchanged"), "e.txt": "replaced"}


def test_unchanged_folder_is_not_embedded_again(desk):
    for topic in TOPICS:
        desk.write(f"{topic}.txt", text_about(topic))
    first = desk.ingest()
    embedded = len(desk.embedder.embedded)
    assert first.embedded_passages == embedded == first.passages > 0
    again = desk.ingest()
    assert set(results(again).values()) == {"unchanged"}
    assert again.embedded_passages == 0 == len(desk.embedder.embedded) - embedded


def test_corrected_manifest_row_updates_without_embedding(desk):
    desk.write("a.txt", text_about("extradition"))
    desk.manifest("a.txt,XAA,,,2020,4,en")
    first = desk.ingest()
    desk.manifest("a.txt,XAB,,,2020,4,en")
    report = desk.ingest()
    (result,) = report.files
    assert (result.result, result.state, report.embedded_passages) == ("updated", "XAB", 0)
    assert result.statement_id != first.files[0].statement_id
    assert desk.held() == {"a.txt": "XAB"}


def test_same_text_of_two_states_is_two_statements_embedded_once(desk):
    desk.write("a.txt", text_about("extradition"))
    desk.write("b.txt", text_about("extradition"))
    desk.manifest("a.txt,XAA,,,2020,,", "b.txt,XAB,,,2020,,")
    report = desk.ingest()
    assert set(results(report).values()) == {"added"}
    assert desk.held() == {"a.txt": "XAA", "b.txt": "XAB"}
    assert report.embedded_passages * 2 == report.passages


def test_same_text_and_metadata_under_another_name_is_a_duplicate(desk):
    desk.write("b.txt", text_about("extradition"))
    desk.ingest()
    desk.write("a.txt", text_about("extradition"))
    desk.write("c.txt", text_about("extradition"))
    for _ in range(2):
        report = desk.ingest()
        assert results(report) == {"a.txt": "duplicate", "b.txt": "unchanged", "c.txt": "duplicate"}
        assert "'b.txt'" in report.files[0].reason
        # Whoever sends it again is told what is missing, and asked for it, as the first time.
        assert all(NO_STATE in (file.reason or "") for file in report.files)
        assert report.embedded_passages == 0
    assert desk.held() == {"b.txt": None}


def test_duplicates_of_one_run_are_one_statement(desk):
    for name in ("a.txt", "b.txt", "c/d.txt"):
        desk.write(name, text_about("extradition"))
    assert results(desk.ingest()) == {"a.txt": "added", "b.txt": "duplicate", "c/d.txt": "duplicate"}
    assert len(desk.summaries()) == 1


def test_changed_text_replaces_and_its_old_passages_are_gone(desk):
    desk.write("a.txt", text_about("herons"))
    (old,) = desk.ingest().files
    desk.write("a.txt", text_about("badgers"))
    (new,) = desk.ingest().files
    assert (old.result, new.result) == ("added", "replaced")
    assert desk.finds("herons") == []
    assert desk.finds("badgers") != []
    assert desk.store.catalogue.statement(old.statement_id) is None


def test_file_that_took_the_text_of_another_is_its_duplicate(desk):
    desk.write("a.txt", text_about("herons"))
    desk.write("b.txt", text_about("badgers"))
    desk.ingest()
    desk.write("a.txt", text_about("badgers"))
    assert results(desk.ingest()) == {"a.txt": "duplicate", "b.txt": "unchanged"}
    assert desk.held() == {"b.txt": None}
    assert desk.finds("herons") == []


def test_files_that_changed_places_lose_nothing(desk):
    names = ["a.txt", "b.txt", "c.txt"]
    texts = [text_about("herons"), text_about("badgers"), text_about("otters")]
    for name, text in zip(names, texts, strict=True):
        desk.write(name, text)
    desk.ingest()
    embedded = len(desk.embedder.embedded)
    for name, text in zip(names, [*texts[1:], texts[0]], strict=True):
        desk.write(name, text)
    desk.ingest()
    for word in ("herons", "badgers", "otters"):
        assert desk.finds(word)
    assert sorted(desk.held()) == names
    assert len(desk.embedder.embedded) == embedded
    assert set(results(desk.ingest()).values()) == {"unchanged"}


def test_rows_that_changed_places_lose_nothing(desk):
    desk.write("a.txt", text_about("herons"))
    desk.write("b.txt", text_about("herons"))
    desk.manifest("a.txt,XAA,,,2020,,", "b.txt,XAB,,,2020,,")
    desk.ingest()
    desk.manifest("a.txt,XAB,,,2020,,", "b.txt,XAA,,,2020,,")
    desk.ingest()
    assert desk.held() == {"a.txt": "XAB", "b.txt": "XAA"}
    assert set(results(desk.ingest()).values()) == {"unchanged"}


def test_text_that_moves_to_a_new_file_while_its_own_changes_is_kept(desk):
    desk.write("b.txt", text_about("herons"))
    desk.ingest()
    desk.write("a.txt", text_about("herons"))
    desk.write("b.txt", text_about("badgers"))
    assert results(desk.ingest()) == {"a.txt": "added", "b.txt": "replaced"}
    assert desk.finds("herons") and desk.finds("badgers")


@pytest.mark.parametrize("sync", [False, True])
def test_moved_file_is_the_same_statement(desk, sync):
    path = desk.write("a.txt", text_about("herons"))
    (before,) = desk.ingest().files
    (desk.folder / "later").mkdir()
    path.rename(desk.folder / "later" / "b.txt")
    report = desk.ingest(sync=sync)
    (after,) = report.files
    assert (after.result, after.statement_id, report.embedded_passages) == ("unchanged", before.statement_id, 0)
    assert desk.held() == {"later/b.txt": None}


def test_file_ingested_by_itself_and_with_its_folder_is_one_statement(desk):
    path = desk.write("deep/a.txt", text_about("herons"))
    for paths in ((path,), (desk.folder,), (path,)):
        report = desk.ingest(*paths)
        assert len(desk.summaries()) == 1
    assert report.files[0].result == "unchanged"


def test_path_given_twice_is_taken_once(desk):
    path = desk.write("a.txt", text_about("herons"))
    report = desk.ingest(path, path, desk.folder)
    assert [file.result for file in report.files] == ["added", "unchanged", "unchanged"]


def test_sync_removes_what_is_gone_from_the_folder_only(desk, tmp_path):
    desk.write("a.txt", text_about("herons"))
    desk.write("b.txt", text_about("badgers")).rename(desk.folder / "b.txt")
    other = tmp_path / "other"
    other.mkdir()
    (other / "c.txt").write_text(text_about("otters"), encoding="utf-8")
    desk.ingest(desk.folder, other)
    (desk.folder / "a.txt").unlink()
    (other / "c.txt").unlink()
    assert results(desk.ingest()) == {"b.txt": "unchanged"}, "without --sync all stays"
    assert results(desk.ingest(sync=True)) == {"b.txt": "unchanged", "a.txt": "removed"}
    assert sorted(desk.held()) == ["b.txt", "c.txt"]
    assert desk.finds("herons") == []


def test_sync_of_an_empty_folder_removes_nothing_since_a_share_may_not_be_mounted(desk):
    desk.write("a.txt", text_about("herons")).unlink()
    desk.write("b.txt", text_about("badgers"))
    desk.ingest()
    for file in desk.folder.iterdir():
        file.unlink()
    report = desk.ingest(sync=True)
    assert any("is it mounted?" in note for note in report.notes)
    assert desk.held()


def test_sync_keeps_a_file_that_is_there_but_not_listed(desk):
    desk.write("a.txt", text_about("herons"))
    desk.write("b.txt", text_about("badgers"))
    desk.manifest("a.txt,XAA,,,2020,,")
    desk.ingest(include_unlisted=True)
    assert results(desk.ingest(sync=True)) == {"a.txt": "unchanged", "b.txt": "not_listed"}
    assert sorted(desk.held()) == ["a.txt", "b.txt"]


def test_text_removed_by_sync_may_come_back_in_the_same_run(desk, tmp_path):
    path = desk.write("a.txt", text_about("herons"))
    desk.ingest()
    other = tmp_path / "other"
    other.mkdir()
    path.rename(other / "a.txt")
    desk.ingest(desk.folder, other, sync=True)
    assert desk.finds("herons")
    assert len(desk.summaries()) == 1


def test_new_passage_size_cuts_anew(desk):
    desk.write("a.txt", text_about("herons") * 3)
    desk.manifest("a.txt,XAA,,,2020,,")
    desk.ingest()
    before = desk.summaries()[0]
    report = desk.ingest(split=SplitConfig(passage_tokens=16))
    after = desk.summaries()[0]
    assert results(report) == {"a.txt": "updated"}
    assert after.passages > before.passages
    assert after.document_id == before.document_id
    assert results(desk.ingest(split=SplitConfig(passage_tokens=16))) == {"a.txt": "unchanged"}


def test_new_annotation_is_stored_without_embedding_anything_again(desk, monkeypatch):
    desk.write("a.txt", text_about("the Firearms Protocol"))
    desk.write("b.txt", text_about("extradition"))
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


def test_unknown_state_is_ingested_reported_and_never_attributed(desk):
    desk.write("a.txt", text_about("herons"))
    desk.manifest("a.txt,Nowhereland,,,2020,,")
    (result,) = desk.ingest().files
    assert (result.result, result.state) == ("added", None)
    assert "line 2" in result.reason and "Nowhereland" in result.reason
    assert desk.held() == {"a.txt": None}
    (again,) = desk.ingest().files
    assert again.result == "unchanged" and "set its State" in again.reason


def test_state_that_a_later_parties_file_names_is_attributed(desk):
    desk.write("a.txt", text_about("herons"))
    desk.manifest("a.txt,XAA,,,2020,,", parties=None)
    assert desk.ingest().files[0].state is None
    desk.manifest("a.txt,XAA,,,2020,,")
    report = desk.ingest()
    (result,) = report.files
    assert (result.result, result.state, report.embedded_passages) == ("updated", "XAA", 0)


def test_corrected_parties_file_takes_the_place_of_the_older_one(desk):
    desk.write("a.txt", text_about("herons"))
    desk.manifest("a.txt,XAA,,,2020,,", parties="code,name,aliases,kind\nXAA,Arvanda,,state\n")
    desk.ingest()
    desk.manifest("a.txt,Arvandia,,,2020,,")
    report = desk.ingest()
    assert report.notes == ()
    assert report.files[0].state == "XAA"
    assert len(desk.store.party_files()) == 1


def test_parties_file_that_contradicts_the_built_in_table_is_a_note(desk):
    desk.write("a.txt", text_about("herons"))
    desk.manifest("a.txt,,,,2020,,", parties="code,name,aliases,kind\nXAA,Iran,,state\n")
    report = desk.ingest()
    assert results(report) == {"a.txt": "added"}
    assert "parties.csv" in " ".join(report.notes)
    assert desk.store.party_files() == ()


def test_row_without_a_file_is_missing_with_its_line(desk):
    desk.write("a.txt", text_about("herons"))
    desk.manifest("gone.txt,XAA,,,2020,,", "a.txt,XAA,,,2020,,")
    report = desk.ingest()
    assert results(report) == {"gone.txt": "missing", "a.txt": "added"}
    assert "line 2" in report.files[0].reason
    assert [file.file for file in report.failed] == ["gone.txt"]


def test_unlisted_files_are_reported_and_taken_with_all(desk):
    desk.write("a.txt", text_about("herons"))
    desk.write("b.txt", text_about("badgers"))
    desk.manifest("a.txt,XAA,,,2020,,")
    report = desk.ingest()
    assert results(report) == {"a.txt": "added", "b.txt": "not_listed"}
    assert "does not list" in report.files[1].reason
    assert results(desk.ingest(include_unlisted=True)) == {"a.txt": "unchanged", "b.txt": "added"}


def test_manifest_that_cannot_be_read_fails_and_other_paths_go_on(desk, tmp_path):
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "statements.csv").write_text("name,country\nx,y\n", encoding="utf-8")
    good = desk.write("a.txt", text_about("herons"))
    late = desk.write("b.txt", text_about("badgers"))
    report = desk.ingest(good, bad, late)
    assert results(report) == {"a.txt": "added", "statements.csv": "failed", "b.txt": "added"}
    assert "no column 'file'" in report.failed[0].reason


# --- what cannot be read


def test_bad_files_never_stop_the_batch(desk):
    desk.write("a.txt", text_about("herons"))
    desk.write("binary.txt", bytes(range(256)) * 20)
    desk.write("broken.pdf", b"%PDF-1.7 nothing follows")
    desk.write("broken.docx", b"PK\x03\x04 no archive")
    desk.write("empty.txt", b"")
    desk.write("blank.txt", b" \n\t\n")
    desk.write("zip.txt", b"PK\x03\x04 an archive by its first bytes")
    desk.write("z.txt", text_about("badgers"))
    report = desk.ingest()
    assert results(report) == {
        "a.txt": "added", "binary.txt": "failed", "broken.pdf": "failed", "broken.docx": "failed",
        "empty.txt": "skipped", "blank.txt": "skipped", "zip.txt": "failed", "z.txt": "added",
    }  # fmt: skip
    assert all(file.reason for file in report.files if file.result in ("failed", "skipped"))
    assert [each.file for each in desk.store.catalogue.unreadable()] == [
        "binary.txt", "broken.docx", "broken.pdf", "zip.txt",
    ]  # fmt: skip


def test_unreadable_file_is_forgotten_when_fixed_or_gone(desk):
    desk.write("a.txt", bytes(range(256)) * 20)
    gone = desk.write("b.txt", bytes(range(256)) * 20)
    desk.ingest()
    assert len(desk.store.catalogue.unreadable()) == 2
    desk.write("a.txt", text_about("herons"))
    gone.unlink()
    assert results(desk.ingest()) == {"a.txt": "added"}
    assert desk.store.catalogue.unreadable() == ()


def test_file_that_became_unreadable_keeps_what_was_stored(desk):
    desk.write("a.txt", text_about("herons"))
    desk.ingest()
    desk.write("a.txt", bytes(range(256)) * 20)
    assert results(desk.ingest(sync=True)) == {"a.txt": "failed"}
    assert desk.finds("herons")


@pytest.mark.parametrize("name", ["absent.txt", "absent/", "x" * 5000, "nul\0byte"])
def test_missing_path_fails_and_the_others_go_on(desk, name):
    path = desk.write("a.txt", text_about("herons"))
    report = desk.ingest(Path(name), path)
    assert [file.result for file in report.files] == ["failed", "added"]
    assert "check the path" in report.files[0].reason


def test_format_that_no_loader_reads_is_skipped(desk):
    report = desk.ingest(desk.write("a.xyz", text_about("herons")))
    assert results(report) == {"a.xyz": "skipped"}


def test_folder_without_any_supported_file_is_a_note(desk):
    desk.write("picture.gif", b"GIF89a")
    first = desk.ingest(Path("absent"), desk.folder)
    assert "no supported file" in first.notes[0]


def test_name_that_is_not_utf_8_fails_and_the_others_go_on(desk):
    try:
        (desk.folder / b"caf\xe9.txt".decode("utf-8", "surrogateescape")).write_bytes(text_about("herons").encode())
    except OSError:
        pytest.skip("this file system takes names in UTF-8 only")
    desk.write("z.txt", text_about("badgers"))
    report = desk.ingest()
    assert [file.result for file in report.files] == ["failed", "added"]
    assert "rename" in report.files[0].reason
    report.files[0].file.encode("utf-8")
    assert len(desk.store.catalogue.unreadable()) == 1


def test_link_that_leads_out_of_the_folder_is_refused(desk, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text(text_about("secrets"), encoding="utf-8")
    (desk.folder / "link.txt").symlink_to(secret)
    (desk.folder / "linked").symlink_to(tmp_path)
    desk.write("a.txt", text_about("herons"))
    desk.manifest("link.txt,XAA,,,2020,,", "../secret.txt,XAA,,,2020,,", "linked/secret.txt,XAA,,,,,",
                  "a.txt,XAA,,,2020,,")  # fmt: skip
    report = desk.ingest()
    assert [file.result for file in report.failed] == ["failed"] * 3
    desk.write("statements.csv", HEADER + "a.txt,XAA,,,2020,,\n")
    desk.ingest(include_unlisted=True)
    assert desk.finds("secrets") == []


# --- interruptions


class StoppingEmbedder(HashingEmbedder):
    """Is interrupted when it embeds the second group."""

    def embed_documents(self, texts, progress=None):
        if self.embedded:
            raise KeyboardInterrupt
        return super().embed_documents(texts, progress)


def test_interrupted_ingest_is_completed_by_the_next(desk):
    names = [f"{number:02}.txt" for number in range(40)]
    for number, name in enumerate(names):
        desk.write(name, text_about(f"matter{number}"))
    stopping = Indexer(desk.store, StoppingEmbedder(), SplitConfig(), LoadLimits())
    with pytest.raises(KeyboardInterrupt):
        stopping.ingest([desk.folder], IngestOptions())
    first = len(desk.summaries())
    assert 0 < first < len(names)
    desk.store.close()
    desk.store = open_store(desk.store_path, desk.embedder)
    report = desk.ingest()
    assert sorted(desk.held()) == names
    assert list(results(report).values()).count("unchanged") == first
    assert len(set(desk.store.catalogue.passage_ids())) == desk.store.catalogue.count_passages()
    for number in range(40):
        assert desk.finds(f"matter{number}")


INGEST = cases["INGEST"]


@only_local
@pytest.mark.slow
def test_killed_ingest_is_completed_by_the_next(desk):
    for number in range(90):
        desk.write(f"{number:03}.txt", text_about(f"matter{number}"))
    desk.store.close()
    counts = []
    for delay in (0.05, 0.4, 0.7):
        process = subprocess.Popen(
            [sys.executable, "-c", INGEST, str(desk.store_path), str(desk.folder)],
            stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
        )  # fmt: skip
        assert process.stdout.readline() == "open\n"
        time.sleep(delay)
        process.kill()
        process.communicate()
        store = open_store(desk.store_path, desk.embedder)
        assert store.catalogue.health.damage() is None
        counts.append(len(store.catalogue.documents()))
        store.close()
    assert counts == sorted(counts), "nothing stored is lost"
    desk.store = open_store(desk.store_path, desk.embedder)
    desk.ingest()
    assert len(desk.summaries()) == 90
    assert all(desk.finds(f"matter{number}") for number in range(90))


COMMAND = cases["COMMAND"]


@only_local
@pytest.mark.slow
def test_terminated_command_ends_in_order_and_keeps_what_it_stored(desk):
    for number in range(60):
        desk.write(f"{number:03}.txt", text_about(f"matter{number}"))
    desk.store.close()
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, str(desk.store_path), str(desk.folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert [process.stdout.readline() for _ in range(2)] == ["embedding\n"] * 2
    process.terminate()
    _, complaint = process.communicate(timeout=60)
    assert process.returncode == 130
    assert complaint.startswith("interrupted: what was stored before is kept") and complaint.count("\n") == 1
    desk.store = open_store(desk.store_path, desk.embedder)
    assert 0 < len(desk.summaries()) < 60
    desk.ingest()
    assert len(desk.summaries()) == 60


def test_progress_counts_up_to_all_files(desk):
    for topic in TOPICS:
        desk.write(f"{topic}.txt", text_about(topic))
    heard = []
    indexer = Indexer(desk.store, desk.embedder, SplitConfig(), LoadLimits())
    indexer.ingest([desk.folder], IngestOptions(), heard.append)
    assert [event.done for event in heard] == sorted(event.done for event in heard)
    assert (heard[-1].done, heard[-1].total) == (len(TOPICS), len(TOPICS))
    assert {event.step for event in heard} == {"load", "embed", "store"}


# --- beside others, and stopped again and again


class Stopped(Exception):
    pass


def test_ingest_that_is_stopped_after_a_few_files_again_and_again_gets_on(desk):
    for number in range(12):
        desk.write(f"{number:02}.txt", text_about(f"herons{number}"))
    runs = 0
    while len(desk.summaries()) < 12:
        runs += 1
        assert runs < 30, "no progress"
        read = []

        def stop(event, read=read):
            read += [event.file] if event.step == "load" else []
            if len(read) > 3:
                raise Stopped

        # The last run ends by itself.
        with suppress(Stopped):
            desk.ingest(progress=stop)
    assert len(desk.summaries()) == 12


def test_file_on_which_ingests_were_stopped_does_not_keep_others_from_being_stored(desk):
    for number in range(6):
        desk.write(f"{number}.txt", text_about(f"herons{number}"))

    def stop_at_first(event):
        if event.step == "load" and event.file == "0.txt":
            # As when it takes long, and somebody loses patience.
            (desk.store.path / "ingest.begun").write_text(f"{desk.folder / '0.txt'}\n")
            raise Stopped

    for _ in range(2):
        with suppress(Stopped):
            desk.ingest(progress=stop_at_first)
    # What was being embedded when it stopped may be stored or not; the batch before it is.
    assert "1.txt" in {summary.file for summary in desk.summaries()}


def test_write_lock_is_free_while_files_are_read(desk):
    for number in range(4):
        desk.write(f"{number}.txt", text_about(f"herons{number}"))
    other = open_store(desk.store.path, desk.embedder, wait_seconds=0.0)
    locked = []

    def write_beside(event):
        if event.step == "load":
            with other.writer(sync=False):
                locked.append(event.file)

    report = desk.ingest(progress=write_beside)
    other.close()
    assert sorted(locked) == ["0.txt", "1.txt", "2.txt", "3.txt"] and len(report.files) == 4


def test_two_ingests_of_one_folder_at_once_store_each_file_once(desk):
    for number in range(9):
        desk.write(f"{number}.txt", text_about(f"herons{number}"))
    other = open_store(desk.store.path, desk.embedder)
    beside = Indexer(other, desk.embedder, SplitConfig(), LoadLimits())
    reports = []

    def ingest_beside(event):
        if event.step == "load" and event.file == "5.txt" and not reports:
            reports.append(beside.ingest([desk.folder], IngestOptions()))

    reports.insert(0, desk.ingest(progress=ingest_beside))
    other.close()
    assert sorted(summary.file for summary in desk.summaries()) == [f"{number}.txt" for number in range(9)]
    outcomes = [file.result for report in reports for file in report.files]
    assert outcomes.count("added") == 9 and outcomes.count("unchanged") == 9
    assert all(check.ok for check in desk.store.check())


# --- tables inside archives, and names whose folders a browser dropped


def zipped(path, **files):
    with ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), text)
    return path


@pytest.mark.parametrize("top", ["", "mission__"])
def test_tables_inside_an_archive_are_used_as_in_a_folder(desk, top):
    table = "file,state,body,session,date\nen/a.txt,XAA,UNTOC COP,10,2020-10-12\nc.txt,Arvandia,,,2019\n"
    parties = "code,name,aliases,kind\nXAA,Arvandia,,state\n"
    files = {"en__a_txt": text_about("herons"), "b_txt": text_about("badgers"), "c_txt": text_about("owls")}
    names = {"statements_csv": table, "parties_csv": parties, **files}
    archive = zipped(desk.folder / "a.zip", **{top + name: text for name, text in names.items()})
    report = desk.ingest(archive)
    inside = f"a.zip/{top}".replace("__", "/")
    assert results(report) == {inside + "b.txt": "not_listed", inside + "en/a.txt": "added", inside + "c.txt": "added"}
    assert desk.held() == {inside + "en/a.txt": "XAA", inside + "c.txt": "XAA"}
    held = {s.file: s.metadata for s in desk.store.catalogue.documents()}
    first = held[inside + "en/a.txt"]
    assert (first.body, first.session, first.date) == ("UNTOC COP", "10", "2020-10-12")
    assert set(results(desk.ingest(archive)).values()) == {"unchanged", "not_listed"}


def test_rows_match_by_base_name_only_where_folders_were_dropped(desk):
    desk.write("a.txt", text_about("herons"))
    zipped(desk.folder / "b.zip", deep__c_txt=text_about("owls"))
    desk.manifest("statements/a.txt,Austria,,,2020,,\nC.txt,Germany,,,2020,,", parties=None)
    assert set(results(desk.ingest()).values()) == {"missing", "not_listed"}
    assert results(desk.ingest(by_base_name=True)) == {"a.txt": "added", "b.zip/deep/c.txt": "added"}
    assert desk.held() == {"a.txt": "AUT", "b.zip/deep/c.txt": "DEU"}


def test_base_name_of_two_files_is_neither(desk):
    desk.write("a.txt", text_about("herons"))
    zipped(desk.folder / "b.zip", deep__a_txt=text_about("owls"))
    desk.manifest("statements/a.txt,Austria,,,2020,,", parties=None)
    assert "missing" in results(desk.ingest(by_base_name=True)).values() and desk.held() == {}


def test_table_of_parties_alone_says_what_it_did(desk):
    desk.write("parties.csv", "code,name,aliases,kind\nXAA,Arvandia,,state\nXAB,Belmora,,state\n")
    assert desk.ingest().notes == ("parties.csv: can be named from now on: Arvandia, Belmora",)


def indexer_of(desk):
    return Indexer(desk.store, desk.embedder, SplitConfig(), LoadLimits())


def test_archive_of_a_part_that_was_given_up_is_not_read_again(desk):
    with ZipFile(desk.folder / "a.zip", "w") as archive:
        archive.writestr("in.txt", text_about("firearms"))
    given_up = FileResult(file="a.zip", result="failed", reason="given up (killed)")
    part = PartReport(results={str(desk.folder / "a.zip"): given_up}, embedded_passages=0, passages=0)
    report = indexer_of(desk).ingest([desk.folder], IngestOptions(), parts=[part])
    assert [(file.file, file.result, file.reason) for file in report.files] == [
        ("a.zip/in.txt", "failed", "given up (killed)")
    ]
    assert desk.held() == {}


def test_files_that_changed_places_across_parts_keep_their_statements(desk):
    texts = [text_about("firearms"), text_about("extradition")]
    for name, text in zip(("a.txt", "b.txt"), texts, strict=True):
        desk.write(name, text)
    desk.ingest()
    before = {summary.file: summary.document_id for summary in desk.summaries()}
    for name, text in zip(("b.txt", "a.txt"), texts, strict=True):
        desk.write(name, text)
    indexer = indexer_of(desk)
    parts = [indexer.ingest_part([desk.folder], IngestOptions(), only=[name]) for name in ("a.txt", "b.txt")]
    assert [dict(part.results) for part in parts] == [{}, {}]
    assert {summary.file: summary.document_id for summary in desk.summaries()} == before
    report = indexer.ingest([desk.folder], IngestOptions(), parts=parts)
    # As in one process: the first takes the other's statement, whose own is stored anew, and nothing is embedded.
    assert results(report) == {"a.txt": "unchanged", "b.txt": "added"} and report.embedded_passages == 0
    after = {summary.file: summary.document_id for summary in desk.summaries()}
    assert after == {"a.txt": before["b.txt"], "b.txt": before["a.txt"]}


def test_file_that_another_folder_could_not_read_is_no_failure_of_its_namesake(desk, tmp_path):
    desk.write("a.txt", text_about("firearms"))
    damaged = UnreadableFile(file="a.txt", reason="damaged")
    with desk.store.writer(sync=False):
        desk.store.catalogue.record_unreadable("/elsewhere", failed=[damaged], read=[])
    indexer = indexer_of(desk)
    part = indexer.ingest_part([desk.folder], IngestOptions(), only=["a.txt"])
    indexer.ingest([desk.folder], IngestOptions(), parts=[part])
    assert desk.store.catalogue.unreadable(str(desk.folder)) == ()
    assert desk.store.catalogue.unreadable("/elsewhere") == desk.store.catalogue.unreadable() == (damaged,)


FOR_CIRCLE = "I have the honour to speak on behalf of the Coral Circle. "


@pytest.mark.parametrize(
    ("said", "row", "before", "after"),
    [
        ("", None, None, "XAA"),
        ("", "a.txt,Arvandia,Coral Circle", None, "XAG"),
        # A group that no lookup knows holds it under its name, until it is known.
        (FOR_CIRCLE, None, "Coral Circle", "XAG"),
        (FOR_CIRCLE, "a.txt,Arvandia,", "Coral Circle", "XAG"),
    ],
)
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
    assert set(results(desk.ingest()).values()) == {"unchanged"}
    desk.write("parties.csv", PARTIES + "XAG,Coral Circle,,group\n")
    report = desk.ingest()
    assert results(report)["a.txt"] == "updated" and report.embedded_passages == 0
    assert desk.held() == {"a.txt": after}
    assert "that no lookup knows" not in str(report.files)
    # One that has a State keeps its key: names that come later are nothing to it.
    desk.write("parties.csv", PARTIES + "XAG,Coral Circle,,group\nXAD,Dunmere,,state\n")
    assert set(results(desk.ingest()).values()) == {"unchanged"}
