"""Draft cases are right by construction: gold sentences name what is asked, and unanswerable cases have none."""

import re
from collections import Counter

import pytest

from evals.case_sets import CONFERENCE
from evals.cases.case import Case, load_cases
from evals.cases.documents import Documents, read_documents
from evals.cases.lint import lint
from evals.cases.synth import KINDS, synthesise, write_cases
from evals.errors import DatasetError
from evals.files import shipped_rows
from ingest.language.lexicons import load_table
from ingest.treaties.treaties import articles
from vectorstore.records import text_sha256

pytestmark = pytest.mark.integration

LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh")
GLOSSARY = {row["en"].split("|")[0]: row for row in load_table("glossary_synonyms")}
SILENT = ("near_miss_state", "near_miss_session")
IN_CHINESE = {"4": "四", "6": "六", "16": "十六", "18": "十八", "29": "二十九"}


@pytest.fixture(scope="module")
def documents() -> Documents:
    return read_documents([CONFERENCE])


@pytest.fixture(scope="module")
def cases(documents: Documents) -> tuple[Case, ...]:
    return synthesise(documents, n=200)


@pytest.fixture(scope="module")
def of_strangers(documents: Documents) -> tuple[Case, ...]:
    return synthesise(documents, kinds=("no_statement",), n=1000)


def pattern(term: str, ending: int) -> re.Pattern[str]:
    """Returns a pattern of a term's words with any ending, and with or without short words between them."""
    words = [word.removeprefix("ال") for word in re.findall(r"[^\W_]+", term) if len(word) > 2 or not word.islower()]
    kept = [max(4 if word.isascii() else 3, len(word) - ending) for word in words]
    parts = [re.escape(word[:length]) + r"[^\W\d_]{0,6}" for word, length in zip(words, kept, strict=True)]
    return re.compile(r"\W+(?:\w{1,3}\W+){0,2}(?:ال)?".join(parts), re.IGNORECASE)


def names(text: str, topic: str, ending: int = 2) -> bool:
    joined = re.sub(r"-\n(?=[a-z])", "", text)
    terms = [term for language in LANGUAGES for term in GLOSSARY[topic][language].split("|")]
    return any(pattern(term, ending).search(joined) for term in terms)


def texts_of(documents: Documents, state: str, year: str | None = None) -> list[str]:
    return [
        document.text
        for document in documents.by_file.values()
        if document.state == state and (year is None or document.facts.get("date", year)[:4] == year)
    ]


def test_every_kind_is_made(cases):
    made = {case.unanswerable_kind or case.type for case in cases}
    assert made == set(KINDS)


def test_gold_sentences_verify_and_name_what_is_asked(cases, documents):
    for case in (case for case in cases if case.answerable):
        assert case.evidence, case.id
        assert {span.state for span in case.evidence} == {*case.expect.states}, case.id
        for span in case.evidence:
            words = documents.words_of(span)
            assert text_sha256(words) == span.sha256 and span.quote is None, case.id
            if "topic" in case.tags:
                assert names(words, case.tags["topic"], 4), (case.id, words)
            else:
                number = case.tags["article"].split()[1]
                said = (number, IN_CHINESE.get(number, number), "至", " to ")
                assert any(each in words for each in said), case.id


def test_near_misses_are_not_named_by_the_state_in_that_year(cases, documents):
    near = [case for case in cases if case.unanswerable_kind in SILENT]
    assert len(near) >= 10
    for case in near:
        (state,), (year,) = case.expect.states, case.expect.years
        texts = texts_of(documents, state, str(year))
        assert texts, case.id
        assert not any(names(text, case.tags["topic"]) for text in texts), case.id
        assert case.expect.reason == "not_mentioned"


def test_article_of_a_near_miss_is_cited_in_no_statement_of_the_state(cases, documents):
    for case in (case for case in cases if case.unanswerable_kind == "near_miss_article"):
        number = case.tags["article"].split()[1]
        cited = re.compile(rf"\b(?:articles?|artículos?|стать\w+)\s+(?:\d+,\s+)*{number}\b", re.IGNORECASE)
        assert not any(cited.search(text) for text in texts_of(documents, case.expect.states[0])), case.id
        assert case.expect.reason in ("article_not_cited", "not_mentioned")


def test_none_of_the_words_of_a_specific_topic_occurs(cases, documents):
    words = {row["topic"]: row["words"].split("|") for row in shipped_rows("datasets/specific_topics.csv")}
    specific = [case for case in cases if case.unanswerable_kind == "near_miss_topic"]
    assert specific
    for case in specific:
        texts = texts_of(documents, case.expect.states[0], str(case.expect.years[0]))
        telling = [re.compile(rf"\b{word}\b", re.IGNORECASE) for word in words[case.tags["topic"]]]
        assert texts and not any(word.search(text) for word in telling for text in texts), case.id
        assert case.tags["rules"] in ("dev", "held_out") and case.expect.reason == "not_mentioned"


def test_what_cannot_be_answered_does_not_exist(cases, documents):
    years = {document.facts["date"][:4] for document in documents.by_file.values() if "date" in document.facts}
    for case in cases:
        if case.unanswerable_kind == "no_statement":
            assert not texts_of(documents, case.expect.states[0]), case.id
            assert case.expect.reason == "no_statement"
        if case.unanswerable_kind == "future":
            assert str(case.expect.years[0]) > max(years)
        if case.unanswerable_kind == "nonexistent":
            treaty, number = case.tags["article"].split()
            assert number not in articles()[treaty]
        if case.unanswerable_kind in ("out_of_scope", "nonexistent"):
            assert case.expect.reason is None


def test_member_of_a_group_that_speaks_is_not_taken_for_silent(of_strangers, documents):
    members = {code for group in ("XGR", "XIC") for code in documents.parties.members(group)}
    assert of_strangers
    assert not members & {state for case in of_strangers for state in case.expect.states}


def test_list_of_states_is_complete(cases, documents):
    for case in (case for case in cases if case.type == "list_states" and "topic" in case.tags):
        for document in documents.by_file.values():
            if document.facts.get("date", "")[:4] == case.expect.years[0] and document.state not in case.expect.states:
                assert not names(document.text, case.tags["topic"]), (case.id, document.file)


def test_a_corpus_gives_the_same_cases_again(cases, documents):
    assert synthesise(documents, n=200) == cases


def test_states_and_statements_are_asked_about_evenly(cases, documents):
    single = [case for case in cases if case.type == "single_state"]
    asked = Counter((case.expect.states, case.expect.years) for case in single)
    assert max(asked.values()) <= 3
    speakers = {document.state for document in documents.by_file.values()} - {"XGR", "XIC", None}
    assert {state for case in single for state in case.expect.states} == speakers


def test_states_are_asked_about_by_names_that_are_theirs_alone(cases, of_strangers, documents):
    assert documents.parties.display("COG") == "Congo"
    for case in (*cases, *of_strangers):
        if case.type != "list_states":
            found = [match.codes for match in documents.parties.find(case.question)]
            assert sorted(found) == sorted((state,) for state in case.expect.states), case.question


def test_corpus_without_manifest_is_refused(tmp_path):
    (tmp_path / "one.txt").write_text("Mr. President, we support the Convention.", encoding="utf-8")
    with pytest.raises(DatasetError, match="untoc manifest"):
        synthesise(read_documents([tmp_path]))


def test_written_cases_are_read_back_the_same(cases, tmp_path):
    path = tmp_path / "drafts.yaml"
    write_cases(path, cases)
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert re.fullmatch(r"# yaml-language-server: \$schema=[./\w-]*schema\.json", first)
    assert load_cases(path) == cases


def test_drafts_of_the_conference_lint_without_errors(cases, documents):
    assert [problem for problem in lint(cases, documents) if problem.severity != "note"] == []


@pytest.mark.slow
def test_general_debate_gives_many_cases_without_errors(speeches):
    made = synthesise(speeches, n=300)
    kinds = Counter(case.unanswerable_kind or case.type for case in made)
    assert len(made) >= 150
    assert kinds.keys() == {*KINDS}
    assert 0.25 <= sum(not case.answerable for case in made) / len(made) <= 0.31
    assert len({state for case in made for state in case.expect.states}) >= 78
    assert [problem for problem in lint(made, speeches) if problem.severity == "error"] == []
