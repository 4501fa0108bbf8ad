"""Articles, treaties and agenda items: found in six languages, assigned to the right treaty, never confused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.treaties.references import find_agenda_items, find_articles
from ingest.treaties.treaties import (
    TREATIES,
    article_title,
    articles,
    articles_about,
    find_treaties,
    named_treaties,
    title_in,
)
from ingest.treaties.treaty_attribution import last_convention, sentence_ends, sole_protocol
from tests.cases import Cases, all_at_once

cases = Cases(__file__)


def read(text: str, default: str | None = "UNTOC") -> list[tuple[str | None, str, str | None]]:
    return [(m.treaty, m.article, m.paragraph) for m in find_articles(text, default)]


def all_of(treaty: str | None, *numbers: int) -> list[tuple[str | None, str, str | None]]:
    return [(treaty, str(number), None) for number in numbers]


@cases("treaty", "article", "title", at_once=True)
def test_article_title_gives_the_treaty_s_own_title_or_none(treaty, article, title):
    assert article_title(treaty, article) == title


def test_every_treaty_has_its_articles_without_gaps():
    counts = {"UNTOC": 41, "TIP": 20, "SOM": 25, "FIREARMS": 21, "UNCAC": 71, "NARCOTICS1988": 34}
    assert set(counts) == set(TREATIES)
    for code, count in counts.items():
        assert list(articles()[code]) == [str(n) for n in range(1, count + 1)]


def test_each_treaty_is_found_by_its_usual_names_and_its_official_title_in_six_languages():
    for code, treaty in TREATIES.items():
        assert {*treaty.titles} == {"fr", "es", "ar", "ru", "zh"}
        for title in (treaty.name, *treaty.titles.values(), *treaty.aliases):
            assert code in named_treaties(title), title
            assert find_treaties(title)[0].treaty == code, title
    assert title_in("UNCAC", "fr") == "Convention des Nations Unies contre la corruption"


@cases("text", "expected", tuples=True, at_once=True)
def test_find_articles_reads_numbers_and_no_other_words(text, expected):
    assert read(f"We refer to {text}.") == [*expected]


# Lines of the form "text = articles": the articles of the Convention that the text names, each with its paragraph.
WRITTEN = cases["WRITTEN"]
FRAMES = cases["FRAMES"]


@all_at_once(
    ("language", "line"),
    [(language, line.strip()) for language, lines in WRITTEN.items() for line in lines.strip().splitlines()],
)
def test_find_articles_reads_every_way_of_writing_in_six_languages(language, line):
    text, _, named = line.partition(" = ")
    expected = [tuple(article.split(" ", 1)) for article in named.split("; ")]
    found = find_articles(FRAMES[language].format(text))
    assert [(m.article, m.paragraph) if m.paragraph else (m.article,) for m in found] == expected
    assert {m.treaty for m in found} == {"UNTOC"}


@cases("text", "treaty", "article", at_once=True)
def test_find_articles_gives_an_article_to_the_treaty_that_its_words_name(text, treaty, article):
    assert [(t, a) for t, a, _ in read(text)] == [(treaty, article)]


def test_find_articles_shares_the_instrument_that_the_last_of_several_names():
    assert read("article 4 and article 5 of the Charter") == all_of(None, 4, 5)
    both = [*all_of("UNTOC", 4), *all_of("FIREARMS", 5)]
    assert read("article 4 of the Convention and article 5 of the Firearms Protocol") == both
    # Where the Convention and its Protocols are named together, the article is the Convention's.
    assert read("UNTOC and its Protocols, which in article 18 bind us") == all_of("UNTOC", 18)


@pytest.mark.parametrize("text", ["article 4", "article 4 of the Convention", "المادة 4", "第四条"])
def test_find_articles_without_a_default_counts_only_named_treaties(text):
    assert read(text, None) == all_of(None, 4)
    assert read("article 4 of UNTOC", None) == all_of("UNTOC", 4)


def test_find_articles_spans_cover_the_paragraph_before_the_article():
    text = "See paragraph 3 of article 18, please."
    (mention,) = find_articles(text)
    assert text[mention.start : mention.end] == "paragraph 3 of article 18"


@cases("text", "items", at_once=True)
def test_find_agenda_items_reads_items_and_nothing_else(text, items):
    assert [m.item for m in find_agenda_items(text)] == items


@cases("text")
def test_find_articles_never_takes_an_agenda_item(text):
    assert find_articles(text) == []


@cases("text")
def test_find_treaties_leaves_other_instruments_alone(text):
    assert find_treaties(text) == ()


NAMED = cases["NAMED"]


@all_at_once("line", [line.strip() for line in NAMED.strip().splitlines()])
def test_named_treaties_finds_every_naming_in_six_languages(line):
    name, _, codes = line.partition(" =")
    text = f"We support {name} today." if name.isascii() else name
    assert sorted(named_treaties(text)) == sorted(codes.split())


def test_sentence_ends_do_not_fall_after_abbreviations():
    assert sentence_ends("See art. 4 and para. 5. Then") == [len("See art. 4 and para. 5.")]


@cases("topic", "expected", tuples=True)
def test_articles_about_finds_articles_by_the_words_of_their_titles(topic, expected):
    assert set(articles_about(topic)) == set(expected)


@given(st.text(alphabet="article 4,.()of theConvention第四条статья المادة item\n", max_size=120))
def test_references_hold_their_spans_for_any_text(text):
    for mention in [*find_articles(text), *find_agenda_items(text), *find_treaties(text)]:
        assert 0 <= mention.start < mention.end <= len(text)


@cases("text", "in_context", "alone", at_once=True)
def test_the_protocol_of_the_context_is_meant_only_where_none_is_named(text, in_context, alone):
    found = [find_articles(text, protocol=protocol) for protocol in ("SOM", None)]
    assert [[mention.treaty for mention in mentions] for mentions in found] == [[in_context], [alone]]


@cases("text", "treaty", "lacking")
def test_an_article_that_its_treaty_lacks_says_so(text, treaty, lacking):
    assert [(m.treaty, m.lacking) for m in find_articles(text)] == [(treaty, lacking)]


@cases("text", "protocol")
def test_sole_protocol_of_a_text(text, protocol):
    assert sole_protocol(text) == protocol


@cases("text", "before", "default", "expected", tuples=True, at_once=True)
def test_article_of_the_convention_is_of_the_one_that_the_text_names(text, before, default, expected):
    (found,) = find_articles(f"We refer to {text}.", default, named_before=before)
    assert (found.treaty, found.unnamed) == expected


@cases("text", "named", at_once=True)
def test_last_convention_that_a_text_names(text, named):
    assert last_convention(text) == named
