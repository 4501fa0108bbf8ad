"""Treaty texts: recognised by title or file name, cut into articles, found by lookup, attributed to no party."""

import json
import os
import textwrap
from pathlib import Path

import pytest

from ingest.text.layout import find_blocks
from ingest.treaties.treaties import TREATIES
from ingest.treaties.treaty_text import read_treaty
from tests.cases import Cases
from vectorstore.records import ScopeFilter

cases = Cases(__file__)

UNTOC = TREATIES["UNTOC"].name
TIP = TREATIES["TIP"].name
# The words of these articles are made up; only their titles are those of the Convention.
ARTICLES = cases.tuples("ARTICLES")
STYLES = cases["STYLES"]
ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV"}


def written(style="blank lines", title=UNTOC, numbers=tuple(ARTICLES)):
    parts = [STYLES[style].format(n=n, r=ROMAN[n], t=ARTICLES[n][0], x=ARTICLES[n][1]) for n in numbers]
    return f"{title}\n\n{''.join(parts)}"


def read(text, file="treaty.txt"):
    return read_treaty(text, find_blocks(text), file)


def words(text, file="treaty.txt"):
    found = read(text, file)
    return {(a.treaty, a.article): " ".join(text[a.body : a.end].split()).strip("* ") for a in found.articles}


def expected(treaty="UNTOC", numbers=tuple(ARTICLES)):
    return {(treaty, n): " ".join(ARTICLES[n][1].split()) for n in numbers}


@pytest.mark.parametrize("style", STYLES)
def test_read_treaty_finds_articles_in_every_style_of_heading(style):
    assert words(written(style)) == expected()


@cases("title", "heading", "numbers", "titles", "line", tuples=True)
def test_read_treaty_in_other_languages(title, heading, numbers, titles, line):
    code = {"C": "UNTOC", "P": "SOM", "П": "FIREARMS", "ا": "UNCAC", "《": "TIP"}[title[0]]
    parts = [heading.format(n=n, t=t, x=line.format(n=n)) for n, t in zip(numbers, titles, strict=True)]
    assert words(f"{title}\n\n{''.join(parts)}") == {
        (code, str(position)): line.format(n=n) for position, n in enumerate(numbers, 1)
    }


def test_read_treaty_takes_several_treaties_of_one_booklet():
    contents = "".join(f"Article {n}. {title} ........ {n}\n" for n, (title, _) in ARTICLES.items())
    booklet = (
        f"{UNTOC} and the Protocols thereto\n\nContents\n\n{contents}\n\nAnnex I\n\n{written(title=UNTOC.upper())}"
        f"\n\nAnnex II\n\n{written(title=TIP)}\n\nAnnex III\n\nA model law on herons\n"
    )
    assert read(booklet).treaties == ("UNTOC", "TIP")
    found = words(booklet)
    assert {key: found[key] for key in expected()} == expected()
    assert found.keys() == expected().keys() | expected("TIP").keys()
    assert found["UNTOC", "4"] == expected()["UNTOC", "4"], "the next annex is not part of the last article"


def test_read_treaty_takes_an_excerpt_and_tells_headings_from_references():
    text = written().replace("under article 18.", "under\nArticle 18\nof this text, and under\nArticle 2 (a) of it.")
    assert [a.article for a in read(text).articles] == ["1", "2", "3", "4"]
    assert words(written(numbers=("2", "4"))) == expected(numbers=("2", "4"))
    text = written().replace("Article 4\n", "Chapter II\n\nOf otters\n\nArticle 4\n").replace(
        "Article 3\n", "II. Scope and birds\n\nArticle 3\n"
    )  # fmt: skip
    assert words(text) == expected()


@cases("title", "file", "treaties", tuples=True, at_once=True)
def test_read_treaty_knows_the_treaty_by_its_title_then_by_the_file_name(title, file, treaties):
    assert read(written(title=title), file).treaties == treaties


def test_read_treaty_ignores_numbers_that_the_treaty_does_not_have():
    assert [a.article for a in read(f"{UNTOC}\n\nArticle 41\n\nWords.\n\nArticle 42\n\nMore.\n").articles] == ["41"]


# --- through the indexer


def article_text(store, treaty, *numbers):
    catalogue = store.catalogue
    texts = catalogue.summaries(ScopeFilter(kinds=("treaty",)))
    mentions = catalogue.mentions([s.statement_id for s in texts], "provision", treaty, numbers)
    sentences = {s.sentence_id: s.text for text in texts for s in catalogue.sentences(text.statement_id)}
    return [sentences[mention.sentence] for mention in mentions]


def test_ingested_treaty_is_nobody_s_statement_and_its_articles_are_found(store, ingest, tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(written().encode())
    (result,) = ingest(path, kind="treaty").files
    assert (result.result, result.reason, result.state) == ("added", None, None)
    (summary,) = store.catalogue.summaries(ScopeFilter(kinds=("treaty",)))
    known = {name: value for name, value in vars(summary.metadata).items() if value is not None}
    assert known == {"title": UNTOC, "language": "en"}
    assert store.catalogue.summaries(ScopeFilter()) == ()
    assert " ".join(article_text(store, "UNTOC", "4")) == ARTICLES["4"][1]
    assert " ".join(" ".join(article_text(store, "UNTOC", "3")).split()) == " ".join(ARTICLES["3"][1].split())
    assert article_text(store, "UNTOC", "18") == [], "a cross-reference is not the article's own text"
    assert len(article_text(store, "UNTOC")) == sum(len(article_text(store, "UNTOC", n)) for n in ARTICLES)
    assert article_text(store, "TIP", "4") == []


def test_ingested_treaty_names_no_state_whatever_its_text_and_manifest_say(store, ingest, tmp_path):
    (tmp_path / "t.txt").write_text(
        f"Statement by Austria\nVienna, 12 October 2020\n\n{written()}\n\nOn behalf of Austria, we sign.", "utf-8"
    )
    (tmp_path / "statements.csv").write_text("file,state,session,kind\nt.txt,AUT,10,treaty\n", "utf-8")
    ingest(tmp_path)
    (summary,) = store.catalogue.documents()
    metadata = summary.metadata
    assert (summary.kind, metadata.state, metadata.on_behalf_of, metadata.speaker) == ("treaty", None, None, None)
    assert (metadata.session, metadata.body, metadata.date) == (None, None, None)


@cases("text", "reason")
def test_ingested_treaty_that_cannot_be_linked_is_kept_and_reported(store, ingest, tmp_path, text, reason):
    path = tmp_path / "a.txt"
    path.write_text(text, "utf-8")
    (result,) = ingest(path, kind="treaty").files
    assert result.result == "added" and reason in result.reason and "State" not in result.reason
    assert len(store.catalogue.documents()) == 1
    assert article_text(store, "UNTOC") == []
    (again,) = ingest(path, kind="treaty").files
    assert again.result == "unchanged"


REAL = cases["REAL"]


@pytest.mark.heavy
@pytest.mark.skipif("UNTOC_TEST_DATA" not in os.environ, reason="UNTOC_TEST_DATA names no folder of real data")
@pytest.mark.parametrize("name", REAL)
@pytest.mark.parametrize("wrapped", [False, True])
def test_every_article_of_a_real_treaty_is_found_whole(store, ingest, tmp_path, name, wrapped):
    treaty = json.loads((Path(os.environ["UNTOC_TEST_DATA"]) / "treaties" / f"{name}.en.json").read_text("utf-8"))
    parts = [treaty["title"]]
    for article in treaty["articles"]:
        lines = article["text"].split("\n")
        body = "\n".join(textwrap.fill(line, 78) for line in lines) if wrapped else article["text"]
        parts.append(f"Article {article['article']}\n{article['title']}\n\n{body}")
    path = tmp_path / "a.txt"
    path.write_text("\n\n".join(parts), "utf-8")
    (result,) = ingest(path, kind="treaty").files
    assert result.reason is None
    for article in treaty["articles"]:
        found = "".join(article_text(store, REAL[name], str(article["article"])))
        assert "".join(found.split()) == "".join(article["text"].split()), article["article"]
