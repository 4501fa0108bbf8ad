import random
from contextlib import ExitStack, closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cases import Cases
from tests.conftest import POSTGRESQL
from tests.fakes_engines import own_schema
from tests.fakes_store import annotated, put
from vectorstore import fts_sqlite
from vectorstore.catalogue import Catalogue
from vectorstore.fts_query import Phrase, any_word_query, phrase_query

cases = Cases(__file__)

TEXTS = cases.tuples("TEXTS")


@pytest.fixture(scope="module", params=["sqlite", POSTGRESQL])
def catalogue(request, tmp_path_factory):
    with ExitStack() as stack:
        if request.param == "sqlite":
            source = tmp_path_factory.mktemp("lexical") / "catalogue.sqlite3"
        else:
            source = stack.enter_context(own_schema(request.getfixturevalue("postgres")))
        catalogue = stack.enter_context(closing(Catalogue(source)))
        put(catalogue, annotated("s", TEXTS))
        yield catalogue


def hits(catalogue, topic):
    return [identifier for identifier, _ in catalogue.search_lexical(topic, None, 9)]


@cases("topic", "query", at_once=True)
def test_any_word_that_tells_is_asked_for(topic, query):
    assert " OR ".join(map(str, any_word_query(topic))) == query


def test_phrase_is_asked_for_in_stems_and_as_written():
    assert phrase_query("взаимной помощи") == [Phrase("взаимн помощ"), Phrase("взаимной помощи")]
    assert phrase_query("asset recovery") == [Phrase("asset recovery")]
    assert phrase_query("droits nationaux") == [Phrase("droits national"), Phrase("droits nationaux")]


@cases("topic", "passage")
def test_search_finds_the_word_in_every_script(catalogue, topic, passage):
    assert hits(catalogue, topic)[:1] == [passage]


def test_search_finds_a_word_behind_a_particle_that_may_be_its_own(catalogue):
    # In `وبتعاون` particles cannot be distinguished from letters of the word, so the query asks for both readings.
    assert set(hits(catalogue, "تعاون")) == set(hits(catalogue, "بتعاون")) == {"s/5", "s/8"}


def test_a_term_is_found_behind_a_particle(catalogue):
    assert catalogue.statements_with("تعاون وثيق") == catalogue.statements_with("بتعاون وثيق") == {"s"}
    assert catalogue.statements_with("عاون وثيق") == frozenset()


@cases("phrase", "passage")
def test_phrase_is_found_in_any_inflection(catalogue, phrase, passage):
    # The phrase is a second term of the query, beside a word that no passage contains.
    assert [found for found, _ in catalogue.search_lexical("zebra", None, 9, terms=[phrase])] == [passage]


@pytest.mark.parametrize(("term", "passages"), [("合作", 1), ("犯合", 0), ("recover", 1)])
def test_words_and_chinese_pairs_are_counted_in_passages(catalogue, term, passages):
    assert catalogue.document_frequency(term) == passages


@pytest.mark.parametrize("topic", ["犯合", "地下钱庄", "zebra"])
def test_search_does_not_find_what_is_not_there(catalogue, topic):
    assert hits(catalogue, topic) == []


@pytest.mark.parametrize(
    "topic",
    ['" OR NEAR(', "*", "extradition*", "NOT AND OR NEAR", "text:extradition", "a\0b", "'; DROP TABLE passages; --",
     "{extradition}", "^extradition", '"""', "-", "()", "\u0301", "_", "\ud800"],
)  # fmt: skip
def test_search_with_query_syntax_in_the_topic_is_harmless(catalogue, topic):
    hits(catalogue, topic)
    catalogue.document_frequency(topic)
    catalogue.search_lexical("x", None, 9, terms=[topic])
    catalogue.statements_with(topic)
    assert catalogue.count_passages() == len(TEXTS)


@given(st.text())
def test_search_never_fails_on_any_topic(catalogue, topic):
    hits(catalogue, topic)


def test_search_scores_fall_and_are_higher_for_the_rarer_word(catalogue):
    found = catalogue.search_lexical("extradition assistance recovery", None, 9)
    assert [identifier for identifier, _ in found] == ["s/1", "s/0"]
    assert found[0][1] > found[1][1] > 0


def test_search_stays_within_its_statements(catalogue):
    assert catalogue.search_lexical("extradition", ["other"], 9) == ()
    assert catalogue.search_lexical("extradition", [], 9) == ()
    assert len(catalogue.search_lexical("extradition", ["s"], 9)) == 1


@cases("term", "found")
def test_words_of_a_term_are_found_beside_each_other_in_any_order(catalogue, term, found):
    assert (catalogue.statements_with(term, among=["s"]) == {"s"}) is found
    assert catalogue.statements_with() == frozenset()


WORDS = cases.tuples("WORDS")


@pytest.fixture(scope="module")
def both(postgres, tmp_path_factory):
    """Yields two records with the same passages, one in each engine."""
    rng = random.Random(5)
    texts = [" ".join(rng.choices(WORDS, k=rng.randint(1, 60))) for _ in range(120)]
    with own_schema(postgres) as url, ExitStack() as stack:
        made = [
            stack.enter_context(closing(Catalogue(source)))
            for source in (tmp_path_factory.mktemp("both") / "catalogue.sqlite3", url)
        ]
        for catalogue in made:
            put(catalogue, *(annotated(f"s{number}", texts[number * 20 : number * 20 + 20]) for number in range(6)))
            catalogue.remove("s4")
            put(catalogue, annotated("s3", texts[100:]))
        yield made


@pytest.mark.heavy
@pytest.mark.parametrize("rebuilt", [False, True])
def test_engines_score_the_same_passages_alike(both, rebuilt):
    rng = random.Random(6)
    if rebuilt:
        for catalogue in both:
            catalogue.health.rebuild_lexical()
    for _ in range(60):
        topic = " ".join(rng.choices(WORDS, k=rng.randint(1, 4)))
        terms = [" ".join(rng.choices(WORDS[:9], k=2)) for _ in range(rng.randint(0, 2))]
        ids = rng.choice([None, ["s0", "s3"], []])
        sqlite, postgres = (catalogue.search_lexical(topic, ids, 30, terms=terms) for catalogue in both)
        assert [identifier for identifier, _ in sqlite] == [identifier for identifier, _ in postgres], (topic, terms)
        assert [score for _, score in sqlite] == pytest.approx([score for _, score in postgres], rel=1e-9)
        for term in (topic, *terms):
            frequencies = [catalogue.document_frequency(term) for catalogue in both]
            assert frequencies[0] == frequencies[1], term
        for asked in ((topic, *terms), (topic,)):
            holding = [catalogue.statements_with(*asked, among=ids) for catalogue in both]
            assert holding[0] == holding[1], asked


@pytest.mark.parametrize("many", [500, 1])
def test_score_within_a_scope_is_that_in_the_whole_store(tmp_path, monkeypatch, many):
    monkeypatch.setattr(fts_sqlite, "_MANY_STATEMENTS", many)
    rng = random.Random(7)
    with closing(Catalogue(tmp_path / "catalogue.sqlite3")) as catalogue:
        for number in range(8):
            texts = [" ".join(rng.choices(WORDS, k=rng.randint(1, 40))) for _ in range(30)]
            put(catalogue, annotated(f"s{number}", texts))
        # In few texts only the phrases that they contain are searched for, in more texts all phrases.
        for ids in (["s3"], ["s1", "s6"], [f"s{number}" for number in range(6)]):
            topic, terms = " ".join(rng.choices(WORDS, k=4)), [" ".join(rng.choices(WORDS[:9], k=2)) for _ in range(6)]
            everywhere = catalogue.search_lexical(topic, None, 1000, terms=terms)
            within = [(passage, score) for passage, score in everywhere if passage.partition("/")[0] in ids]
            # For many statements the best matches of the whole store are filtered first, and few may be of these.
            for k in (1, 9, 1000):
                assert catalogue.search_lexical(topic, ids, k, terms=terms) == tuple(within[:k])
            among = catalogue.statements_with(*terms, among=ids)
            assert among == catalogue.statements_with(*terms) & set(ids)
