import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import HashingEmbedder
from tests.fakes_store import annotated, keep
from vectorstore.lexical import lexical_expression, lexical_text
from vectorstore.store import open_store

TEXTS = (
    "Extradition is refused for political offences.",
    "Mutual legal assistance and ASSET recovery matter.",
    "我们支持打击跨国有组织犯罪的国际合作。",
    "Arvandia salue la coopération internationale contre la criminalité organisée.",
    "Мы поддерживаем международное сотрудничество.",
    "نحن ندعم التعاون الدولي",
)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    store = open_store(tmp_path_factory.mktemp("lexical") / "store", HashingEmbedder())
    keep(store, HashingEmbedder(), annotated("s", TEXTS))
    yield store.catalogue
    store.close()


def hits(catalogue, topic):
    expression = lexical_expression(topic)
    return [] if expression is None else [identifier for identifier, _ in catalogue.search_lexical(expression, None, 9)]


def test_expression_quotes_words_and_leaves_out_punctuation():
    assert lexical_expression('the "asset", recovery!') == '"the" OR "asset" OR "recovery"'


def test_expression_of_chinese_is_pairs_of_characters():
    assert lexical_expression("国际合作") == '"国 际" OR "际 合" OR "合 作"'
    assert lexical_expression("第4条") == '"第" OR "4" OR "条"'


def test_expression_without_words_is_none():
    assert lexical_expression("") is None
    assert lexical_expression("?! — *") is None


def test_text_sets_chinese_characters_apart_and_leaves_other_text():
    assert lexical_text("合作 now").split() == ["合", "作", "now"]
    assert lexical_text("plain text") == "plain text"


@pytest.mark.parametrize(
    ("topic", "passage"),
    [
        ("extraditions", "s/0"),
        ("asset", "s/1"),
        ("国际合作", "s/2"),
        ("有组织犯罪", "s/2"),
        ("cooperation", "s/3"),
        ("CRIMINALITÉ", "s/3"),
        ("сотрудничество", "s/4"),
        ("التعاون", "s/5"),
    ],
)
def test_search_finds_the_word_in_every_script(catalogue, topic, passage):
    assert hits(catalogue, topic)[:1] == [passage]


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
    assert catalogue.count_passages() == len(TEXTS)


@given(st.text())
def test_search_never_fails_on_any_topic(catalogue, topic):
    hits(catalogue, topic)


def test_search_scores_fall_and_are_higher_for_the_rarer_word(catalogue):
    found = catalogue.search_lexical('"extradition" OR "assistance" OR "recovery"', None, 9)
    assert [identifier for identifier, _ in found] == ["s/1", "s/0"]
    assert found[0][1] > found[1][1] > 0


def test_search_stays_within_its_statements(catalogue):
    assert catalogue.search_lexical('"extradition"', ["other"], 9) == ()
    assert catalogue.search_lexical('"extradition"', [], 9) == ()
    assert len(catalogue.search_lexical('"extradition"', ["s"], 9)) == 1
