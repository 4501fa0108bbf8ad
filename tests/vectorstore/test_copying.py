import os
from contextlib import ExitStack, closing
from dataclasses import replace

import numpy as np
import pytest

from tests.fakes import HashingEmbedder
from tests.fakes_engines import own_schema
from tests.fakes_store import annotated, put
from vectorstore import copying
from vectorstore.catalogue import Catalogue
from vectorstore.copying import copy_record
from vectorstore.errors import StoreError
from vectorstore.records import Mention, ScopeFilter, SentenceId, UnreadableFile
from vectorstore.store import Store
from vectorstore.version_links import Link, Traits

PARTIES = "code,name,aliases,kind\nXAA,Arvandia,,state\n"


def fill(catalogue):
    texts = ["The heron\0 flies.", "第4条 — “quoted”", "Организованная преступность"]
    for number in range(7):
        item = annotated(
            f"s{number}", [f"{number} {text}" for text in texts], state="XAA", date="2020", symbol=f"A/{number}"
        )
        mention = Mention(sentence=SentenceId(f"s{number}", 0), kind="article", treaty="UNTOC", value="4")
        put(catalogue, replace(item, mentions=(mention,)), embedder=HashingEmbedder())
    link = Link(document_id="s0", other_id="s1", relation="near_duplicate", likeness=0.1 + 0.2)
    catalogue.families.record("s0", "scheme", Traits(paragraphs=3, numbers=(4, 2020), bands=(-(2**63), 7)), [link])
    catalogue.record_unreadable("/c", failed=[UnreadableFile(file="x.pdf", reason="damaged", pages=(1,))], read=[])
    catalogue.add_trace("t", {"question": "?"}, keep=9)
    catalogue.record_review("c", {"state": "accepted", "kind": None, "note": "", "reviewer": "me", "at": "2020"})
    catalogue.set_meta({"embedding_model": "hashing", "index_folder": "index-here"})


def contents(catalogue):
    ids = [f"s{number}" for number in range(7)]
    return (
        catalogue.documents(),
        catalogue.summaries(ScopeFilter()),
        catalogue.statements(ids),
        catalogue.mentions(ids, "article", "UNTOC"),
        catalogue.passages_of(["s3"]),
        catalogue.families.all(),
        catalogue.unreadable(),
        catalogue.trace("t"),
        catalogue.reviews(["c"]),
        [(found, round(score, 12)) for found, score in catalogue.search_lexical("heron преступность 条", None, 30)],
        catalogue.generation,
    )


@pytest.fixture
def sources(postgres, tmp_path):
    with own_schema(postgres) as url:
        yield {"sqlite": tmp_path / "here.sqlite3", "postgresql": url, "other sqlite": tmp_path / "there.sqlite3"}


@pytest.fixture(params=[("sqlite", "postgresql"), ("postgresql", "sqlite"), ("sqlite", "other sqlite")])
def both(request, sources):
    with ExitStack() as stack:
        source, target = (stack.enter_context(closing(Catalogue(sources[name]))) for name in request.param)
        fill(source)
        yield source, target


def test_copy_holds_all_of_the_record(both):
    source, target = both
    counts = copy_record(source.database, target.database)
    assert counts["documents"] == 7 and counts["passages"] == counts["sentences"] == 21
    assert contents(target) == contents(source)
    assert target.meta("embedding_model") == "hashing"
    assert target.meta("index_folder") is None and target.store_id != source.store_id
    assert all(np.array_equal(*pair) for pair in zip(source.vectors.of()[1], target.vectors.of()[1], strict=True))
    assert all(check.ok for check in target.health.check(64)), target.health.check(64)


def test_copy_that_was_killed_goes_on_where_it_was(both, monkeypatch):
    source, target = both
    monkeypatch.setattr(copying, "_AT_ONCE", 2)
    for stop in (3, 9, 20):
        batches = [None] * (stop - 1)
        with pytest.raises(IndexError):
            copy_record(source.database, target.database, lambda table, rows, left=batches: left.pop())
    resumed = []
    copy_record(source.database, target.database, lambda *progress: resumed.append(progress))
    assert ("documents", 2) not in resumed and contents(target) == contents(source)


def test_copy_that_was_killed_takes_what_the_record_has_become(both, monkeypatch):
    """Before the copy resumes, traces are added, a statement is corrected, and removed passages' numbers are reused."""
    source, target = both
    monkeypatch.setattr(copying, "_AT_ONCE", 2)

    def kill(table, rows):
        if table == "mentions":
            raise InterruptedError

    with pytest.raises(InterruptedError):
        copy_record(source.database, target.database, kill)
    for trace in ("a", "z"):
        source.add_trace(trace, {"question": trace}, keep=2)
    for gone in ("s0", "s5", "s6"):
        source.remove(gone)
    for name, text in (("s6", "6 The heron rests."), ("s8", "8 A mole digs.")):
        put(source, annotated(name, [text], state="XAB", date="2021"), embedder=HashingEmbedder())
    copy_record(source.database, target.database)
    assert contents(target) == contents(source) and target.trace("a") and not target.trace("t")
    assert target.search_lexical("mole", None, 3) and all(check.ok for check in target.health.check(64))


def test_copy_into_another_record_is_refused(both):
    source, target = both
    put(target, annotated("other", ["A."]))
    with pytest.raises(StoreError, match="holds another record"):
        copy_record(source.database, target.database)
    assert [document.document_id for document in target.documents()] == ["other"]


def test_a_complete_copy_is_compared_again_until_one_of_the_two_changes(both):
    source, target = both
    counts, again, finished = copy_record(source.database, target.database), [], []
    assert (
        copy_record(source.database, target.database, lambda *done: again.append(done), lambda: finished.append(1))
        == counts
    )
    assert not again and finished and contents(target) == contents(source)
    source.add_trace("later", {"question": "?"}, keep=9)
    with pytest.raises(StoreError, match=r"complete copy of this record, and one of the two .*'traces'"):
        copy_record(source.database, target.database)
    assert target.trace("later") is None


def test_copy_of_a_copy_is_another_record(tmp_path):
    with ExitStack() as stack:
        first, second, third = (stack.enter_context(closing(Catalogue(tmp_path / f"{n}.sqlite3"))) for n in range(3))
        fill(first)
        copy_record(first.database, second.database)
        copy_record(second.database, third.database)
        assert copy_record(second.database, third.database)["documents"] == 7
        with pytest.raises(StoreError, match="holds another record"):
            copy_record(first.database, third.database)


def test_copy_that_differs_is_found(both):
    source, target = both

    def alter(table, rows):
        if table == "sentences":
            with target.database.transaction() as connection:
                connection.exec_driver_sql("UPDATE sentences SET page = 9 WHERE ordinal = 1")

    with pytest.raises(StoreError, match=r"'sentences' .* differs"):
        copy_record(source.database, target.database, alter)


@pytest.mark.integration
def test_part_of_a_copy_is_no_store(tmp_path):
    with closing(Store(tmp_path, HashingEmbedder())) as store:
        store.catalogue.set_meta({"copying": "another"})
    with pytest.raises(StoreError, match="part of a copy: run the same copy again"):
        Store(tmp_path, HashingEmbedder())


@pytest.mark.integration
def test_files_of_a_store_come_with_its_copy(tmp_path):
    """A copy has the tables of parties and uploads, but no targets of links, and needs no file of the first store."""
    disk, secret = tmp_path / "disk", tmp_path / "secret.csv"
    disk.mkdir()
    secret.write_text("not of the store")
    (tmp_path / "linked").symlink_to(disk)
    folder, own = tmp_path / "linked" / "store", PARTIES.encode()
    with closing(Store(folder, HashingEmbedder())) as store:
        table = tmp_path / "parties.csv"
        table.write_bytes(own)
        store.party_files.keep(table)
        (folder / "relevance.json").write_text("{}")
        upload = folder.resolve() / "uploads" / "x"
        upload.mkdir(parents=True)
        (upload / "s.txt").write_text("We support article 4.")
        for link, to in ((folder / "parties" / "other.csv", secret), (upload / "more", tmp_path)):
            link.symlink_to(to)
        os.mkfifo(upload / "pipe")
        for place in (upload, tmp_path / "statements"):
            put(store.catalogue, annotated(place.name, ["We support article 4."]), folder=str(place))
        unread = UnreadableFile(file="x.pdf", reason="damaged")
        store.catalogue.record_unreadable(str(upload), failed=[unread], read=[])
        with closing(Store(tmp_path / "linked" / "copy", HashingEmbedder())) as copy:
            # Also a copy whose uploads have another place is compared again.
            assert store.copy_to(copy) == store.copy_to(copy)
            files = {path.relative_to(copy.path).as_posix() for path in copy.path.rglob("*") if not path.is_dir()}
            held = {name for name in files if name.startswith(("parties", "uploads", "relevance"))}
            assert held == {"relevance.json", f"parties/{store.party_files.paths()[0].name}", "uploads/x/s.txt"}
            assert copy.party_files.paths()[0].read_bytes() == own
            there = {document.folder for document in copy.catalogue.documents()}
            assert there == {str(disk / "copy" / "uploads" / "x"), str(tmp_path / "statements")}
            copy.catalogue.forget_unreadable(disk / "copy" / "uploads")
            assert copy.catalogue.unreadable() == ()
            assert all(path.stat().st_mode & 0o077 == 0 for path in copy.path.rglob("*"))
