import tracemalloc
from contextlib import closing

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import HashingEmbedder
from tests.fakes_engines import open_store
from tests.fakes_store import annotated, keep, put
from vectorstore.hybrid_search import RRF_K, HybridSearch, RetrievalConfig, reciprocal_rank_fusion
from vectorstore.store import Store

pytestmark = pytest.mark.integration

TOPICS = ("extradition", "confiscation", "witness", "smuggling", "training", "sovereignty", "assets", "cybercrime")
TOPIC = "sovereignty and assets of delegation 4"
STATEMENTS = tuple(f"s{number}" for number in range(12))


def texts_of(number):
    return [
        f"Delegation {number} speaks of {TOPICS[(number + index) % len(TOPICS)]} and {TOPICS[index]} in part {index}."
        for index in range(8)
    ]


@pytest.fixture(scope="module")
def store(engines, tmp_path_factory):
    store = open_store(tmp_path_factory.mktemp("retriever") / "store", HashingEmbedder())
    keep(store, HashingEmbedder(), *(annotated(name, texts_of(i)) for i, name in enumerate(STATEMENTS)))
    yield store
    store.close()


def retriever(store, **config):
    return HybridSearch(store, HashingEmbedder(), RetrievalConfig(**config))


def dense(store, topic, scope, **config):
    return retriever(store, **config).search_dense(HashingEmbedder().embed_query(topic), list(scope))


def test_retrieve_finds_the_passage_of_the_topic_first(store):
    (best, *_) = retriever(store).retrieve("smuggling witness delegation 3", ["s3"], 5)
    assert {"smuggling", "witness"} & set(best.passage.text.rstrip(".").split())


def test_score_is_the_weighed_sum_of_reciprocal_ranks_in_both_arms(store):
    (best, *_) = retriever(store, dense_weight=1, lexical_weight=1).retrieve(texts_of(5)[2], ["s5"], 3)
    assert best.passage.text == texts_of(5)[2]
    assert best.score == pytest.approx(1 / (60 + 1) + 1 / (60 + 1))
    found = retriever(store, dense_weight=0.5, lexical_weight=2.0).retrieve(texts_of(5)[2], ["s5"], 1)
    assert found[0].score == pytest.approx(0.5 / (60 + 1) + 2.0 / (60 + 1))


def test_arm_of_weight_zero_is_left_out(store):
    only_lexical = retriever(store, dense_weight=0).retrieve("cybercrime", list(STATEMENTS), 50)
    assert only_lexical and all("cybercrime" in item.passage.text for item in only_lexical)
    only_dense = retriever(store, lexical_weight=0).retrieve("cybercrime", ["s1"], 50)
    assert len(only_dense) == 8
    assert retriever(store, dense_weight=0).retrieve("absentword", list(STATEMENTS), 50) == ()


def test_retrieve_without_topic_or_scope_or_of_absent_statements_gives_nothing(store):
    for topic in ("", "   ", "\n"):
        assert retriever(store).retrieve(topic, list(STATEMENTS), 5) == (), repr(topic)
    assert retriever(store).retrieve("extradition", [], 5) == ()
    assert retriever(store).retrieve("extradition", ["absent"], 5) == ()
    assert retriever(store).retrieve("extradition", ["s1"], 0) == ()


def test_query_vector_that_was_embedded_before_is_used(store):
    embedder = HashingEmbedder()
    engine = HybridSearch(store, embedder, RetrievalConfig(lexical_weight=0))
    vector = embedder.embed_query(texts_of(2)[4])
    (best, *_) = engine.retrieve("something else", ["s2"], 1, query_vector=vector)
    assert best.passage.text == texts_of(2)[4]


@given(
    scope=st.lists(st.sampled_from([*STATEMENTS, "absent"]), max_size=6),
    topic=st.lists(st.sampled_from([*TOPICS, "part", "7", '" OR NEAR(', "*"]), min_size=1, max_size=4).map(" ".join),
    exact_limit=st.sampled_from([0, 5, 5000]),
    fetch_k=st.integers(1, 60),
    overfetch=st.integers(1, 8),
)
def test_retrieve_never_leaves_its_scope(store, scope, topic, exact_limit, fetch_k, overfetch):
    engine = retriever(store, exact_limit=exact_limit, fetch_k=fetch_k, overfetch=overfetch)
    found = engine.retrieve(topic, scope, 30)
    assert {item.passage.statement_id for item in found} <= set(scope)
    assert len({item.passage.passage_id for item in found}) == len(found) <= 30
    assert [item.score for item in found] == sorted((item.score for item in found), reverse=True)
    dense = engine.search_dense(HashingEmbedder().embed_query(topic), scope)
    assert {identifier.partition("/")[0] for identifier, _ in dense} <= set(scope)
    assert len(dense) == min(fetch_k, 8 * len(set(scope) - {"absent"}))


def test_large_scope_goes_through_the_index_and_agrees_with_the_exact_result(store, monkeypatch):
    search, asked = store.index.search, []
    monkeypatch.setattr(store.index, "search", lambda vector, k, table: asked.append(k) or search(vector, k, table))
    large = dense(store, TOPIC, STATEMENTS, exact_limit=0, fetch_k=10, overfetch=8)
    exact = dense(store, TOPIC, STATEMENTS, fetch_k=10)
    assert asked == [10 * 8], "a small scope does not ask the index"
    assert [score for _, score in large] == pytest.approx([score for _, score in exact], abs=1e-5)
    assert {i for i, score in large if score > exact[-1][1] + 1e-4} == {
        i for i, score in exact if score > exact[-1][1] + 1e-4
    }


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(None, id="the index is behind"),
        pytest.param([(f"ghost/{number}", 0.9) for number in range(80)], id="it names passages that are gone"),
        pytest.param([("s9/0", 0.9), ("s8/0", 0.9)], id="it yields too few"),
    ],
)
def test_search_is_exact_where_the_index_is_of_no_use(store, monkeypatch, found):
    monkeypatch.setattr(store.index, "search", lambda vector, k, table: found)
    searched = dense(store, "training", ["s9"], exact_limit=0)
    assert searched == dense(store, "training", ["s9"]) and len(searched) == 8
    scores = [score for _, score in searched]
    assert scores == sorted(scores, reverse=True)


@pytest.fixture
def mapping(tmp_path, engines, monkeypatch):
    monkeypatch.setattr("vectorstore.hybrid_search._KEPT_FROM", 1)
    monkeypatch.setattr("vectorstore.mapped_vectors.MAPPED_FROM", 1)
    embedder = HashingEmbedder()
    with closing(open_store(tmp_path / "store", embedder)) as store:
        keep(store, embedder, *(annotated(name, texts_of(i)) for i, name in enumerate(STATEMENTS)))
        yield store


def mapped_and_read(store, scope, fetch_k, monkeypatch):
    """Returns the results of a search with and without mapped vectors, and whether the first one used them."""
    answers = []
    with monkeypatch.context() as patch:
        search = store.index.mapped.nearest
        patch.setattr(store.index.mapped, "nearest", lambda *asked: answers.append(search(*asked)) or answers[-1])
        mapped = dense(store, TOPIC, scope, fetch_k=fetch_k)
        patch.setattr(store.index.mapped, "nearest", lambda *asked: None)
        read = dense(store, TOPIC, scope, fetch_k=fetch_k)
    return mapped, read, bool(answers) and answers[0] is not None


def test_large_part_of_the_store_is_searched_in_its_mapped_vectors(mapping, monkeypatch):
    asked = [
        ("all", STATEMENTS, 10, True),
        ("half", STATEMENTS[:6], 10, True),
        ("too few of those nearest", STATEMENTS[:2], 16, True),
        ("a small part", STATEMENTS[3:4], 8, False),
        ("more than there are", STATEMENTS, 200, True),
    ]
    for shown, scope, fetch_k, uses in asked:
        mapped, read, used = mapped_and_read(mapping, list(scope), fetch_k, monkeypatch)
        assert used is uses, shown
        assert [name for name, _ in mapped] == [name for name, _ in read], shown
        assert [score for _, score in mapped] == pytest.approx([score for _, score in read], abs=1e-6), shown


def test_mapped_vectors_are_those_of_the_store_as_it_is(mapping, monkeypatch):
    (before,) = mapping.path.glob("mapped-*-vectors-*.npy")
    keep(mapping, HashingEmbedder(), annotated("new", ["Delegation 4 speaks of sovereignty and assets."]))
    (after,) = mapping.path.glob("mapped-*-vectors-*.npy")
    assert after != before and after.stat().st_mode & 0o077 == 0
    (best, *_), _, used = mapped_and_read(mapping, [*STATEMENTS, "new"], 5, monkeypatch)
    assert used and best[0] == "new/0"


def test_writer_holds_few_vectors_at_once(tmp_path, monkeypatch):
    for name in ("chroma.BATCH", "vectors._AT_ONCE"):
        monkeypatch.setattr(f"vectorstore.{name}", 100)
    embedder, passages = HashingEmbedder(), 1500
    embedder.dimension = 1024
    with closing(Store(tmp_path, embedder)) as store:
        keep(store, embedder, annotated("long", [f"Part {number}." for number in range(passages)]))
        tracemalloc.start()
        keep(store, embedder, annotated("new", ["Delegation 4 speaks."]))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < passages * embedder.dimension * 4 / 2
        assert all(check.ok for check in store.check())


def test_mapped_vectors_of_statements_are_those_of_the_record(mapping, monkeypatch):
    put(mapping.catalogue, annotated("bare", ["Nobody embeds this."]))
    with mapping.writer():
        pass
    read, asked = mapping.catalogue.vectors.of, []
    monkeypatch.setattr(mapping.catalogue.vectors, "of", lambda ids: asked.append(ids) or read(ids))
    # A statement without vectors is not mapped, and a request that includes one is read from the record.
    for ids, of_record in ((STATEMENTS[2:7], False), (["other"], False), ([*STATEMENTS, "bare"], True)):
        found = mapping.vectors_by_statement(ids)
        assert found.keys() == {*ids} - {"other", "bare"} and bool(asked) is of_record
        assert all(np.array_equal(vectors, read([each])[1]) for each, vectors in found.items())


def test_mapped_vectors_are_used_from_when_they_are_written(mapping, monkeypatch):
    (path,) = mapping.path.glob("mapped-*-vectors-*.npy")
    away = path.rename(path.with_suffix(".away"))
    mapping.index.mapped._opened["vectors"].cache_clear()
    assert not mapped_and_read(mapping, list(STATEMENTS), 10, monkeypatch)[2]
    away.rename(path)
    assert mapped_and_read(mapping, list(STATEMENTS), 10, monkeypatch)[2]


def test_damaged_mapped_vectors_are_named_and_made_anew(mapping, monkeypatch):
    (path,) = mapping.path.glob("mapped-*-vectors-*.npy")
    data = path.read_bytes()
    for harm in ("cut", "emptied", "other numbers", "gone"):
        if harm == "gone":
            path.unlink()
        else:
            path.write_bytes({"cut": data[:-3], "emptied": b"", "other numbers": data[:-4] + b"\0\0\0?"}[harm])
        mapping.index.mapped._opened["vectors"].cache_clear()
        if harm != "other numbers":
            mapped, read, used = mapped_and_read(mapping, list(STATEMENTS), 10, monkeypatch)
            assert not used and mapped == read, harm
        assert [check.ok for check in mapping.check() if check.name == "vector index"] == [harm == "gone"], harm
        with mapping.writer():
            mapping.rebuild_index()
        assert path.read_bytes() == data and all(check.ok for check in mapping.check()), harm


def test_vectors_that_are_kept_are_those_of_the_store_as_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr("vectorstore.hybrid_search._KEPT_FROM", 1)
    embedder = HashingEmbedder()
    with closing(open_store(tmp_path / "store", embedder)) as store:
        keep(store, embedder, annotated("s0", texts_of(0)))
        asked = retriever(store, lexical_weight=0)
        before = asked.retrieve("sovereignty", ["s0"], 20)
        keep(store, embedder, annotated("s0", [*texts_of(0), "Delegation 0 speaks of sovereignty alone."]))
        after = asked.retrieve("sovereignty", ["s0"], 20)
        assert (len(before), len(after)) == (8, 9)
        assert asked.retrieve("sovereignty", ["s0"], 20) == after


WEIGHTS = st.sampled_from([0.5, 1.0, 2.0])


@given(st.lists(st.tuples(WEIGHTS, st.lists(st.sampled_from("abcdefgh"), unique=True)), max_size=3))
def test_fusion_keeps_every_id_once_with_its_formula_and_orders_equal_scores_by_id(rankings):
    fused = reciprocal_rank_fusion(rankings)
    assert sorted(identifier for identifier, _ in fused) == sorted({each for _, ids in rankings for each in ids})
    assert fused == sorted(fused, key=lambda item: (-item[1], item[0]))
    for identifier, score in fused:
        ranks = [(weight, ids.index(identifier) + 1) for weight, ids in rankings if identifier in ids]
        assert score == pytest.approx(sum(weight / (RRF_K + rank) for weight, rank in ranks))
