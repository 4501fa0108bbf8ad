import json
import pickle
from contextlib import closing
from copy import deepcopy
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from sqlalchemy.exc import IntegrityError

from tests import fakes_store
from tests.cases import Cases
from tests.fakes import HashingEmbedder
from tests.fakes_store import annotated
from vectorstore.catalogue import Catalogue
from vectorstore.records import (
    Block,
    Edit,
    Mention,
    Metadata,
    ScannedWord,
    ScopeFilter,
    SentenceId,
    StatementSpan,
    UnreadableFile,
    text_key,
)

cases = Cases(__file__)

put = partial(fakes_store.put, embedder=HashingEmbedder())


def test_a_text_may_hold_nul_and_be_asked_for_it(catalogue):
    """PostgreSQL stores no NUL and rejects JSON with one, so another character is stored in its place."""
    put(catalogue, annotated("s\0", ["The he\0ron flies."], state="X\0A", symbol="A\0/1", session="1\0"))
    assert catalogue.statements(["s\0", "t\0"]).keys() == {"s\0"}
    assert [passage.text for passage in catalogue.passages_of(["s\0"])] == ["The he\0ron flies."]
    assert in_scope(catalogue, sessions=("1\0",), parties=("X\0A",)) == ["s\0"]
    assert in_scope(catalogue, sessions=("1",)) == []
    review = {"state": "accepted", "kind": None, "note": "\0", "reviewer": "me", "at": "2020"}
    catalogue.record_review("c\0", review)
    assert catalogue.reviews(["c\0", "c"]) == {"c\0": review}
    # Nothing is found, since families were not linked, but queries with NUL do not fail.
    assert catalogue.families.under_symbol("A\0", "statement") == ()
    assert catalogue.search_lexical("\0", None, 9) == ()


def lexical(catalogue, word):
    return [identifier for identifier, _ in catalogue.search_lexical(word, None, 50)]


def in_scope(catalogue, **fields):
    return [summary.statement_id for summary in catalogue.summaries(ScopeFilter(**fields))]


def test_statement_comes_back_as_it_was_stored(catalogue):
    item = annotated("s", ["One sentence.", "Two."], state="XAA", date="2020-10-12/2020-10-16", session="10")
    document = replace(
        item.document,
        inferred=("session",),
        page_starts=(0, 5),
        blocks=(Block(start=0, end=13, paragraph=1), Block(start=14, end=18, paragraph=None, continues=True)),
        edits=(Edit(start=3, end=4, text=" […] ", kind="furniture"),),
        scanned=(ScannedWord(start=3, end=9, confidence=0.5, left=0.1, top=0.2, right=0.3, bottom=0.4),),
    )
    statement = document.as_statement()
    mention = Mention(sentence=SentenceId("s", 0), kind="article", treaty="UNTOC", value="4", paragraph="3 (a)")
    item = replace(item, document=document, statements=(statement,), mentions=(mention,))
    put(catalogue, item)
    assert catalogue.document("s") == document
    assert catalogue.statement("s") == statement
    assert catalogue.statements_of(document) == (statement,)
    assert catalogue.sentences("s") == item.sentences
    ids = [SentenceId("s", 1), SentenceId("s", 9), SentenceId("other", 0)]
    assert catalogue.sentences_by_id(ids) == {"s:1": item.sentences[1]}
    assert catalogue.passages_of(["s"]) == item.passages
    assert catalogue.passages(["s/1", "absent"]) == {"s/1": item.passages[1]}
    assert catalogue.mentions(["s"], "article", "UNTOC") == (mention,)
    (summary,) = catalogue.documents()
    assert (summary.passages, summary.folder) == (2, "/corpus")
    assert summary.metadata == statement.metadata


def test_absent_things_are_none_or_empty(catalogue):
    assert catalogue.statement("x") is None
    assert catalogue.trace("x") is None
    assert catalogue.meta("x") is None
    assert catalogue.documents() == catalogue.sentences("x") == catalogue.passages_of(["x"]) == ()
    ids, vectors = catalogue.vectors.of()
    assert ids == () and vectors.shape == (0, 0)


def test_remove_takes_all_that_was_derived(catalogue):
    item = annotated("s", ["The heron flies."])
    put(catalogue, replace(item, mentions=(Mention(sentence=SentenceId("s", 0), kind="treaty", treaty="UNTOC"),)))
    catalogue.remove("s")
    assert lexical(catalogue, "heron") == []
    assert catalogue.mentions(["s"], "treaty", "UNTOC") == ()
    assert catalogue.count_passages() == 0
    assert catalogue.vectors.known([text_key("The heron flies.")]), "vectors belong to texts and stay"


def test_generation_grows_with_every_change_of_passages(catalogue):
    seen = [catalogue.generation]
    put(catalogue, annotated("s", ["A."]))
    seen.append(catalogue.generation)
    catalogue.touch("s", file="b.txt", folder="/other", sha256="0", input_key="k")
    assert catalogue.generation == seen[-1], "a new file name changes no passage"
    catalogue.remove("s")
    seen.append(catalogue.generation)
    assert seen == sorted(set(seen))


def test_store_that_fails_leaves_nothing_of_the_statement(catalogue):
    put(catalogue, annotated("s", ["The heron flies."]))
    bad = annotated("s", ["The badger digs.", "Twice."])
    bad = replace(bad, passages=(bad.passages[0], replace(bad.passages[1], passage_id="s/0")))
    with pytest.raises(IntegrityError):
        put(catalogue, bad)
    assert lexical(catalogue, "heron") == ["s/0"]
    assert lexical(catalogue, "badger") == []
    put(catalogue, annotated("t", ["And goes on."]))


def test_vectors_come_in_the_order_of_their_passages(catalogue):
    texts = ["The heron flies.", "The badger digs.", "The otter swims."]
    put(catalogue, annotated("s", texts))
    put(catalogue, annotated("t", texts[:1]), embedder=None)
    expected = HashingEmbedder().embed_documents([*texts, texts[0]])
    ids, vectors = catalogue.vectors.of()
    assert ids == ("s/0", "s/1", "s/2", "t/0")
    assert vectors.dtype == np.float32 and np.array_equal(vectors, expected)
    assert catalogue.vectors.of(["t"])[0] == ("t/0",)
    assert catalogue.vectors.of([])[0] == ()


def test_texts_without_vector_are_named_until_they_have_one(catalogue):
    put(catalogue, annotated("s", ["The heron flies."]))
    catalogue.vectors.forget()
    key = text_key("The heron flies.")
    assert catalogue.vectors.missing() == {key: "The heron flies."}
    catalogue.vectors.add({key: np.ones(4, dtype=np.float32)})
    assert catalogue.vectors.missing() == {}


_SCOPES = cases.tuples("SCOPES")


def test_scope_takes_exactly_what_matches(catalogue):
    cop = {"body": "UNTOC COP"}
    put(catalogue, annotated("aa10", ["A."], state="XAA", session="10", date="2020-10-12/2020-10-16",
                             agenda_item="2, 4", **cop))  # fmt: skip
    put(catalogue, annotated("aa12", ["B."], state="XAA", session="12", date="2024-10-14", agenda_item="12", **cop))
    put(catalogue, annotated("bb12", ["C."], state="XBB", session="12", date="2024", agenda_item="2 (b)", **cop))
    put(catalogue, annotated("gg11", ["D."], state="XGG", session="11", date="2021-12-30/2022-01-04"))
    put(catalogue, annotated("convention", ["E."], kind="treaty"), annotated("nobody", ["F."]))
    for fields, expected in _SCOPES:
        assert sorted(in_scope(catalogue, **fields)) == sorted(expected), fields


def test_mentions_are_found_by_kind_treaty_and_number(catalogue):
    item = annotated("s", ["A.", "B."])
    mentions = (
        Mention(sentence=SentenceId("s", 0), kind="article", treaty="UNTOC", value="4"),
        Mention(sentence=SentenceId("s", 1), kind="agenda_item", value="4"),
        Mention(sentence=SentenceId("s", 1), kind="article", treaty="UNTOC", value="16 bis", paragraph="3 (a)"),
        Mention(sentence=SentenceId("s", 1), kind="article", value="4"),
    )
    put(catalogue, replace(item, mentions=mentions))
    assert catalogue.mentions(["s"], "article", "UNTOC", ["4"]) == mentions[:1]
    assert catalogue.mentions(["s"], "agenda_item", values=["4"]) == mentions[1:2]
    assert catalogue.mentions(["s"], "article", "UNTOC") == (mentions[0], mentions[2])
    assert catalogue.mentions(["s"], "article", values=["4"]) == mentions[3:], "of a convention that is not named"
    assert catalogue.mentions(["t"], "article", "UNTOC") == catalogue.mentions(["s"], "article", "UNCAC") == ()


def test_unreadable_files_are_forgotten_when_read(catalogue):
    damaged = UnreadableFile(file="x.pdf", reason="damaged")
    scan = UnreadableFile(file="y.pdf", reason="scan", metadata=Metadata(state="XAA", date="2020"), pages=(2, 3))
    other = UnreadableFile(file="x.pdf", reason="other")
    catalogue.record_unreadable("/a", failed=[damaged, scan], read=["z.txt"])
    catalogue.record_unreadable("/b", failed=[other], read=[])
    catalogue.record_unreadable("/a", failed=[], read=["x.pdf"])
    assert catalogue.unreadable() == (other, scan)
    catalogue.record_unreadable("/a", failed=[], read=None)
    assert catalogue.unreadable() == (other,)
    for folder in ("/store/uploads/one", "/store/Uploads/one", "/store/uploads-of-others"):
        catalogue.record_unreadable(folder, failed=[damaged], read=None)
    catalogue.forget_unreadable(Path("/store/uploads"))
    assert catalogue.unreadable("/store/uploads/one") == () and len(catalogue.unreadable()) == 3


def test_all_statements_are_read_again_once_anything_but_a_trace_was_written(tmp_path):
    path = tmp_path / "catalogue.sqlite3"
    with closing(Catalogue(path)) as one, closing(Catalogue(path)) as other:
        put(other, annotated("s", ["One."], state="XAA"))
        before = one.summaries(ScopeFilter())
        other.add_trace("t", {}, keep=9)
        assert one.summaries(ScopeFilter()) is before
        other.touch("s", file="new.txt", folder="/n", sha256="0", input_key="k")
        assert [summary.file for summary in one.summaries(ScopeFilter())] == ["new.txt"]
        put(other, annotated("r", ["Two."], state="XAB"))
        assert in_scope(one) == ["s", "r"]


def test_statements_of_a_snapshot_and_those_of_now_are_kept_beside_each_other(tmp_path):
    path, everything = tmp_path / "catalogue.sqlite3", ScopeFilter()
    with closing(Catalogue(path)) as one, closing(Catalogue(path)) as other:
        put(other, annotated("s", ["One."]))
        with one.held_snapshot() as reading:
            with reading():
                before = one.summaries(everything)
            put(other, annotated("r", ["Two."]))
            now = one.summaries(everything)
            with reading():
                assert one.summaries(everything) is before and len(before) == 1
            assert one.summaries(everything) is now and len(now) == 2


@pytest.mark.parametrize("keep", [2, 0])
def test_traces_beyond_the_newest_are_dropped(catalogue, keep):
    for number in range(4):
        catalogue.add_trace(f"t{number}", {"number": number, "text": "é中"}, keep=keep)
    kept = [catalogue.trace(f"t{number}") for number in range(4)]
    assert len([record for record in kept if record is not None]) == keep
    assert kept[3] == ({"number": 3, "text": "é中"} if keep else None)


def test_sentence_id_holds_its_statement_and_its_place():
    identifier = SentenceId("685815eed2f2fa70.2", 12)
    assert identifier == "685815eed2f2fa70.2:12" and json.loads(json.dumps([identifier])) == [identifier]
    read = TypeAdapter(SentenceId).validate_json('"685815eed2f2fa70.2:12"')
    for copied in (deepcopy(identifier), pickle.loads(pickle.dumps(identifier)), read):
        assert (copied.statement_id, copied.ordinal) == ("685815eed2f2fa70.2", 12)


@pytest.fixture(scope="module")
def long_lived(tmp_path_factory):
    with closing(Catalogue(tmp_path_factory.mktemp("history") / "catalogue.sqlite3")) as catalogue:
        yield catalogue


@given(st.lists(st.sampled_from(["store a", "store b", "store c", "remove a", "remove b", "replace a c"]), max_size=12))
def test_fts_and_tables_stay_in_step_under_any_history(long_lived, history):
    catalogue, stored = long_lived, set()
    for name in "abc":
        catalogue.remove(name)
    for step in history:
        verb, *names = step.split()
        if verb == "store":
            put(catalogue, annotated(names[0], [f"{names[0]} heron.", "Other."]))
            stored.add(names[0])
        elif verb == "remove":
            catalogue.remove(names[0])
            stored.discard(names[0])
        else:
            put(catalogue, annotated(names[1], [f"{names[1]} heron."]), replaces=names[0])
            stored = stored - {names[0]} | {names[1]}
    assert {identifier.partition("/")[0] for identifier in lexical(catalogue, "heron")} == stored
    assert set(catalogue.passage_ids().values()) == stored
    assert {name for name in "abc" if catalogue.statement(name) or catalogue.sentences(name)} == stored
    assert set(catalogue.vectors.of()[0]) == set(catalogue.passage_ids())
    assert catalogue.count_passages() == len(catalogue.passage_ids())


RECORD = "The Chair: Order.\nMr. A (Arvandia): We agree.\nMr. B (Utopia): We do not."


def record_of_a_meeting():
    whole = annotated("r", [RECORD], kind="record", body="UNTOC COP", session="11", date="2022-10-18")
    parts = {"statements": (), "sentences": (), "passages": ()}
    spoken = [("office", None, "Order."), ("party", "XAA", "We agree."), ("unknown", None, "We do not.")]
    for number, (role, state, words) in enumerate(spoken, start=1):
        start = RECORD.index(words)
        place = {"start": start, "end": start + len(words)}
        part = annotated(f"r.{number}", [words])
        statement = replace(
            part.statements[0],
            document=whole.document,
            span=StatementSpan(ordinal=number, role=role, named=f"speaker {number}", **place),
            metadata=replace(whole.document.metadata, state=state),
        )
        parts["statements"] += (statement,)
        parts["sentences"] += tuple(replace(each, language="en", **place) for each in part.sentences)
        if role == "party":
            parts["passages"] += tuple(replace(each, language="en", **place) for each in part.passages)
    return replace(whole, **parts)


@pytest.fixture
def chaired(catalogue):
    put(catalogue, record_of_a_meeting())
    return catalogue


def test_a_record_is_one_document_whose_filters_hold_for_its_interventions_in_scope(chaired):
    (document,) = chaired.documents()
    assert (document.document_id, document.interventions, document.passages) == ("r", 3, 1)
    assert in_scope(chaired) == ["r.3", "r.2"]
    assert in_scope(chaired, parties=("XAA",)) == ["r.2"]
    assert in_scope(chaired, parties=("XAA",), sessions=("11",), years=(2022,)) == ["r.2"]
    assert in_scope(chaired, parties=("XAA",), sessions=("10",)) == []


def test_interventions_come_in_order_with_their_roles_and_their_places_in_the_record(chaired):
    found = chaired.summaries_of("r")
    assert [(s.span.ordinal, s.span.role, s.metadata.state) for s in found] == [
        (1, "office", None), (2, "party", "XAA"), (3, "unknown", None)
    ]  # fmt: skip
    assert [RECORD[s.span.start : s.span.end] for s in found] == ["Order.", "We agree.", "We do not."]
    assert chaired.summaries_of("r.2") == ()
    statement, span = chaired.statement("r.2"), found[1].span
    assert statement.source_text == RECORD and statement.span == span
    assert span.holds(span.start, span.end)
    assert not span.holds(0, 5) and not span.holds(span.start, span.end + 1)


def test_a_record_is_replaced_and_removed_with_its_interventions(chaired):
    put(chaired, record_of_a_meeting(), replaces="r")
    assert len(chaired.summaries_of("r")) == 3 and len(lexical(chaired, "agree")) == 1
    chaired.touch("r", file="new.txt", folder="/n", sha256="s", input_key="k3")
    assert {s.file for s in chaired.summaries_of("r")} == {"new.txt"}
    chaired.remove("r")
    assert chaired.documents() == chaired.summaries(ScopeFilter()) == chaired.summaries_of("r") == ()
    assert lexical(chaired, "agree") == [] and chaired.count_passages() == 0


def test_passages_are_told_apart_by_language(catalogue):
    item = annotated("s", ["one word", "un mot", "no language"])
    languages = ("en", "fr", None)
    passages = tuple(replace(p, language=code) for p, code in zip(item.passages, languages, strict=True))
    put(catalogue, replace(item, passages=passages))
    assert catalogue.summaries(ScopeFilter())[0].languages == (None, "en", "fr")
    assert catalogue.count_passages_of(["s"], ["fr"]) == 1
    assert catalogue.vectors.of(["s"], ["en", None])[0] == ("s/0", "s/2")
    assert catalogue.search_lexical("mot word", ["s"], 9, ["fr"])[0][0] == "s/1"


def test_health_measures_an_intervention_against_its_part_of_the_record(chaired):
    assert all(check.ok for check in chaired.health.check(64))
    with chaired.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE sentences SET start = 0 WHERE statement_id = 'r.2'")
    (finding,) = (check for check in chaired.health.check(64) if not check.ok)
    assert finding.name == "offsets" and "1 statements" in finding.detail
