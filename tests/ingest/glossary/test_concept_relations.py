from collections import Counter

import regex

from ingest.glossary.concept_relations import concepts_in, differs_from, narrower, near, relation_rows
from ingest.language.lexicons import load_table
from prompts.wording import LANGUAGES
from tests.cases import Cases
from tests.conftest import PROJECT

cases = Cases(__file__)

CONCEPTS = load_table("glossary_synonyms")
NAMES = {row["en"].split("|")[0] for row in CONCEPTS}
ROWS = relation_rows()


def test_relations_are_many_between_two_concepts_of_the_glossary_and_one_for_each_pair() -> None:
    table = PROJECT / "ingest" / "data" / "glossary_relations.csv"
    assert table.read_text(encoding="utf-8").startswith("# Written for this project")
    assert len({name for row in ROWS for name in (row.concept, row.other)}) >= 700
    for row in ROWS:
        assert row.relation in {"broader", "near", "not"}, row
        assert row.concept in NAMES and row.other in NAMES, row
        assert row.concept != row.other, row
    pairs = Counter(frozenset((row.concept, row.other)) for row in ROWS)
    assert [pair for pair, count in pairs.items() if count > 1] == []


def test_no_concept_is_part_of_itself_nor_a_part_near_or_something_else() -> None:
    assert [name for name in NAMES if name in narrower(name)] == []
    for row in ROWS:
        if row.relation != "broader":
            assert row.concept not in narrower(row.other), row
            assert row.other not in narrower(row.concept), row


def test_no_relation_follows_from_others() -> None:
    broader = {name: {row.other for row in ROWS if row.relation == "broader" and row.concept == name} for name in NAMES}
    for name, parents in broader.items():
        for parent in parents:
            assert not any(parent in narrower(other) for other in parents), (name, parent)


def test_no_two_concepts_prefer_one_term_and_an_english_term_stands_for_one() -> None:
    for language in LANGUAGES:
        preferred = Counter(row[language].split("|")[0].casefold() for row in CONCEPTS)
        assert [term for term, count in preferred.items() if count > 1] == [], language
    terms = Counter(term.casefold() for row in CONCEPTS for term in row["en"].split("|"))
    assert [term for term, count in terms.items() if count > 1] == []


def test_preferred_english_term_names_its_concept() -> None:
    # "support for" is recognised as "support".
    unlike = {name for name in NAMES if concepts_in(name, "en") != (name,)}
    assert unlike == {"support for"}


@cases("language", "script")
def test_no_word_mixes_scripts(language: str, script: str) -> None:
    mixed = regex.compile(rf"\p{{{script}}}\p{{M}}*(?!\p{{{script}}})\p{{L}}|(?!\p{{{script}}})\p{{L}}\p{{{script}}}")
    assert [row[language] for row in CONCEPTS if mixed.search(row[language])] == []


@cases("language", "words", "concept", at_once=True)
def test_concept_is_found_by_everyday_words_in_every_language(language: str, words: str, concept: str) -> None:
    assert concept in concepts_in(words, language)


def test_concepts_come_in_their_order_and_once() -> None:
    text = "Extradition, human trafficking, the trafficking in persons and extradition"
    assert concepts_in(text, "en") == ("extradition", "trafficking in persons")
    assert concepts_in("the colour of a kite", "en") == ()


@cases("concept", "other", at_once=True)
def test_what_is_easily_confused_is_told_apart_both_ways(concept: str, other: str) -> None:
    assert other in differs_from(concept) and concept in differs_from(other)
    assert other not in (*near(concept), *narrower(concept))


def test_near_holds_both_ways() -> None:
    assert "firearms" in near("small arms and light weapons")
    assert "small arms and light weapons" in near("firearms")


def test_narrower_reaches_beyond_the_next_step_nearest_first() -> None:
    assert narrower("armed conflict") == ("war", "civil war", "Second World War")
    assert narrower("civil war") == near("civil war") == differs_from("civil war") == ()
