import threading
import time
from contextlib import closing, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from tests.fakes_engines import open_index
from vectorstore.chroma import BATCH, ChromaConfig, EmbeddedIndexes, ServerIndexes
from vectorstore.errors import StoreError

pytestmark = pytest.mark.integration

DIMENSION = 16
# More vectors than Chroma keeps in its log before it writes its graph files.
MANY = 1200


def unit_vectors(number, seed=0):
    vectors = np.random.default_rng(seed).normal(size=(number, DIMENSION)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def names(number):
    return [f"p{index}" for index in range(number)]


@pytest.fixture(params=["embedded", pytest.param("server", marks=pytest.mark.integration)])
def indexes(request, tmp_path):
    if request.param == "embedded":
        yield EmbeddedIndexes(tmp_path)
        return
    with in_server(request.getfixturevalue("chroma_server")) as indexes:
        yield indexes


@contextmanager
def in_server(url):
    indexes = ServerIndexes(ChromaConfig(url=url), f"untoc-{uuid4().hex[:12]}")
    yield indexes
    indexes.remove_others("")
    indexes.close()


@pytest.fixture
def index(indexes):
    with closing(indexes.open("index-one")) as index:
        yield index


def test_search_gives_cosine_similarity_best_first(index):
    vectors = unit_vectors(30)
    index.upsert(names(30), vectors)
    query = unit_vectors(1, seed=1)[0]
    found = index.search(query, 30)
    expected = sorted(zip(names(30), vectors @ query, strict=True), key=lambda pair: -pair[1])
    assert [identifier for identifier, _ in found] == [identifier for identifier, _ in expected]
    assert [score for _, score in found] == pytest.approx([score for _, score in expected], abs=1e-5)


def test_search_of_an_empty_index_or_for_none_gives_nothing(index):
    assert index.search(unit_vectors(1)[0], 5) == ()
    index.upsert(names(3), unit_vectors(3))
    assert index.search(unit_vectors(1)[0], 0) == ()


def test_upsert_replaces_and_delete_passes_over_what_is_not_there(index):
    index.upsert(names(3), unit_vectors(3))
    index.upsert(["p0"], unit_vectors(1, seed=9))
    index.delete(["p1", "absent"])
    assert index.ids() == {"p0", "p2"}
    assert index.search(unit_vectors(1, seed=9)[0], 1)[0] == ("p0", pytest.approx(1.0, abs=1e-5))


def test_upsert_of_more_than_a_batch_keeps_all(index):
    number = BATCH + 7
    index.upsert(names(number), unit_vectors(number))
    assert index.ids() == set(names(number))
    index.delete(names(BATCH + 1))
    assert len(index.ids()) == 6


def test_check_finds_a_sound_index_sound_and_a_wrong_dimension(index):
    assert index.check(DIMENSION) is None
    index.upsert(names(3), unit_vectors(3))
    assert index.check(DIMENSION) is None
    assert "untoc doctor --rebuild" in (index.check(DIMENSION + 1) or "")


def test_index_opened_again_holds_what_was_stored(indexes):
    for number in (5, 9):
        with closing(indexes.open("index-again")) as index:
            index.upsert(names(number), unit_vectors(number))
    with closing(indexes.open("index-again")) as index:
        assert len(index.search(unit_vectors(1)[0], 50)) == 9


def test_open_where_a_file_stands_is_a_store_error(tmp_path):
    (tmp_path / "index").write_text("x", encoding="utf-8")
    with pytest.raises(StoreError, match="untoc doctor --rebuild"):
        open_index(tmp_path / "index")


# An index of few vectors has no graph files, and the fingerprint of its database alone.
@pytest.mark.parametrize(("number", "begins_with"), [(3, "+"), (MANY, "")])
def test_fingerprint_stays_while_the_index_is_read(tmp_path, number, begins_with):
    fingerprint = partial(EmbeddedIndexes(tmp_path).fingerprint, "index")
    assert fingerprint() == ""
    with closing(open_index(tmp_path / "index")) as index:
        index.upsert(names(number), unit_vectors(number))
        index.search(unit_vectors(1)[0], 1)
        before = fingerprint()
    assert before.startswith(begins_with)
    with closing(open_index(tmp_path / "index")) as again:
        again.search(unit_vectors(1)[0], 10)
        assert len(again.ids()) == number
    assert fingerprint() == before


def test_index_that_a_store_of_0_1_0_recorded_is_known_again(tmp_path):
    indexes = EmbeddedIndexes(tmp_path)
    with closing(indexes.open("index")) as index:
        index.upsert(names(MANY), unit_vectors(MANY))
        index.search(unit_vectors(1)[0], 1)
    recorded = indexes.fingerprint("index")
    of_graph_files, _, of_database = recorded.partition("+")
    for known, is_known in ((of_graph_files, True), (recorded, True), (f"+{of_database}", False)):
        assert indexes.is_as_recorded("index", known) is is_known
    assert not indexes.is_as_recorded("index", f"{of_graph_files}+0")


def test_an_index_is_removed_beside_the_one_that_stays(indexes, index):
    index.upsert(["mine"], unit_vectors(1))
    recorded = indexes.fingerprint("index-one")
    with closing(indexes.open("index-0123abcd")) as other:
        other.upsert(["theirs"], unit_vectors(1))
        assert [found for found, _ in index.search(unit_vectors(1)[0], 5)] == ["mine"]
    indexes.remove("absent")
    indexes.remove_others("index-one")
    assert index.ids() == {"mine"} and indexes.is_as_recorded("index-one", recorded)
    assert not indexes.is_as_recorded("index-0123abcd", recorded)
    with closing(indexes.open("index-0123abcd")) as anew:
        assert anew.ids() == frozenset()


def test_stores_share_a_server_without_seeing_each_other(chroma_server):
    with in_server(chroma_server) as first, in_server(chroma_server) as second:
        mine, theirs = first.open("index-one"), second.open("index-one")
        mine.upsert(["mine"], unit_vectors(1))
        second.remove_others("index-two")
        assert mine.ids() == {"mine"}
        with pytest.raises(StoreError):
            theirs.ids()


@pytest.mark.parametrize("url", ["http://192.0.2.7:8000", "http://chroma.example:8000", "http://127.0.0.1.example"])
def test_server_on_another_machine_needs_tls(url):
    with pytest.raises(StoreError, match=r"not encrypted.*UNTOC_CHROMA__ALLOW_PLAIN=true"):
        ServerIndexes(ChromaConfig(url=url), "untoc-x")
    ServerIndexes(ChromaConfig(url=url, allow_plain=True), "untoc-x")
    ServerIndexes(ChromaConfig(url=url.replace("http:", "https:")), "untoc-x")


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://127.0.0.1", "http://", "http://me:secret@127.0.0.1"])
def test_what_is_no_address_of_a_server_is_refused(url):
    with pytest.raises(StoreError, match="no address such as"):
        ServerIndexes(ChromaConfig(url=url), "untoc-x")


def test_server_hears_the_headers_of_the_settings():
    heard = {}

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self):
            heard.update(self.headers)
            self.send_error(401)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Proxy) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, args=(0.01,))
        thread.start()
        config = ChromaConfig(url=f"http://127.0.0.1:{proxy.server_port}", headers={"Authorization": "Bearer canary"})
        with pytest.raises(StoreError) as caught:
            ServerIndexes(config, "untoc-x").open("index-one")
        proxy.shutdown()
        thread.join()
    assert heard["Authorization"] == "Bearer canary"
    assert "canary" not in str(caught.value) and "canary" not in repr(config)


def test_handles_are_let_go_when_indexes_are_closed(tmp_path):
    handles = Path("/proc/self/fd")
    if not handles.is_dir():
        pytest.skip("open files are counted through /proc")

    def use():
        with closing(open_index(tmp_path / "handles")) as index:
            index.upsert(names(3), unit_vectors(3))
            index.search(unit_vectors(1)[0], 1)
        return sum(1 for _ in handles.iterdir())

    few = max(use() for _ in range(3))
    for _ in range(12):
        use()
    # Other threads open a few files, and close them a little later; a leak would add one with each use.
    until = time.monotonic() + 10
    while (open_files := sum(1 for _ in handles.iterdir())) > few + 6 and time.monotonic() < until:
        time.sleep(0.05)
    assert open_files <= few + 6


def test_environment_names_no_server_for_the_index(tmp_path, monkeypatch):
    monkeypatch.setenv("CHROMA_API_IMPL", "chromadb.api.fastapi.FastAPI")
    monkeypatch.setenv("CHROMA_SERVER_HOST", "192.0.2.7")
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("CHROMA_OTEL_COLLECTION_ENDPOINT=http://192.0.2.7:4317\n", encoding="utf-8")
    with closing(open_index(tmp_path / "index")) as index:
        index.upsert(names(3), unit_vectors(3))
        assert index.ids() == frozenset(names(3))
        assert index._client._system.settings.chroma_otel_collection_endpoint == ""
