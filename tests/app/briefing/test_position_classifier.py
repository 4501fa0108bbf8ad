"""Kinds of position, suggested by rules: cases in six languages, properties, and words with exact offsets."""

import csv
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.answering.citation_spans import SentenceSpan, cite
from app.briefing.position_classifier import PRECEDENCE, RULES, Suggestion, kind_of, kinds_of, suggest_kind
from app.records import Citation
from ingest.language.lexicons import load_lexicon
from ingest.parties.party_table import PartyTable
from tests.conftest import PROJECT
from vectorstore.records import Document, Edit, Metadata, Sentence, Statement

with Path(__file__).with_name("kind_cases.csv").open(encoding="utf-8", newline="") as _file:
    CASES = tuple(csv.DictReader(_file))
LANGUAGES = ("en", "fr", "es", "ru", "ar", "zh")
# Whole statements of support and what turns each round.
TURNED = [
    ("en", "We support the draft resolution.", "We do not support the draft resolution."),
    ("en", "Arvandia welcomes this text.", "Arvandia never welcomes this text."),
    ("en", "My delegation is ready to join.", "My delegation is not ready to join."),
    ("en", "We can agree to that.", "We cannot agree to that."),
    ("fr", "Nous appuyons ce projet.", "Nous n’appuyons pas ce projet."),
    ("es", "Apoyamos el proyecto.", "No apoyamos el proyecto."),
    ("ru", "Мы поддерживаем проект.", "Мы не поддерживаем проект."),
    ("ar", "نؤيد المشروع.", "لا نؤيد المشروع."),
    ("zh", "我们支持该草案。", "我们不支持该草案。"),
]


def statement(text: str, *, state: str = "XAA", edits: tuple[Edit, ...] = (), name: str = "s") -> Statement:
    return Document(
        document_id=name,
        file=f"{name}.txt",
        sha256="",
        source_text=text,
        metadata=Metadata(state=state, language="en"),
        edits=edits,
    ).as_statement()


def citation(of: Statement, number: int = 1, start: int = 0, end: int | None = None) -> Citation:
    stop = len(of.source_text) if end is None else end
    whole = Sentence(
        statement_id=of.statement_id,
        ordinal=0,
        start=start,
        end=stop,
        text=of.source_text[start:stop],
        paragraph=1,
        page=None,
    )
    return cite(of, [whole], SentenceSpan(first=0, last=0), number)


def suggested(*texts: str, topic: str = "") -> Suggestion:
    made = [statement(text, name=f"s{number}") for number, text in enumerate(texts, 1)]
    citations = [citation(one, number) for number, one in enumerate(made, 1)]
    return suggest_kind(citations, {one.statement_id: one for one in made}, topic)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['language']}-{case['text'][:40]}")
def test_a_sentence_shows_the_kind_that_a_reader_found(case: dict[str, str]) -> None:
    marks = kinds_of(case["text"], case["language"])
    assert kind_of(marks) == case["kind"], [(mark.rule, case["text"][mark.start : mark.end]) for mark in marks]


def test_the_cases_stand_in_the_fictional_statements() -> None:
    for case in CASES:
        if case["source"] != "invented":
            path = PROJECT / "evals" / "conference" / "txt" / f"{case['source']}.txt"
            assert case["text"] in " ".join(path.read_text(encoding="utf-8").split()), case["text"]
    spoken = [case for case in CASES if case["source"] != "invented" and case["language"] != "en"]
    assert len(spoken) >= 30


@pytest.mark.parametrize(("language", "plain", "negated"), TURNED)
def test_a_negation_turns_support_into_opposition(language: str, plain: str, negated: str) -> None:
    assert kind_of(kinds_of(plain, language)) == "supports"
    assert kind_of(kinds_of(negated, language)) == "opposes"


@given(
    adverb=st.sampled_from(["", "fully ", "strongly ", "now "]),
    subject=st.sampled_from(["We", "My delegation", "Our Government", "The Group"]),
    attitude=st.sampled_from(["support", "endorse", "accept", "agree to", "favour"]),
    negation=st.sampled_from(["do not", "cannot", "will not", "could not", "would never"]),
    thing=st.sampled_from(["the draft", "this mechanism", "a new protocol", "such visits"]),
)
@settings(max_examples=60, deadline=None)
def test_a_negated_support_never_reads_as_support(
    adverb: str, subject: str, attitude: str, negation: str, thing: str
) -> None:
    marks = kinds_of(f"{subject} {negation} {adverb}{attitude} {thing}.", "en")
    assert all(mark.kind != "supports" for mark in marks)
    assert kind_of(marks) == "opposes"


@given(text=st.text(max_size=200), language=st.sampled_from(LANGUAGES))
@settings(max_examples=60, deadline=None)
def test_marks_lie_inside_any_text_and_apart(text: str, language: str) -> None:
    marks = kinds_of(text, language)
    assert all(0 <= mark.start < mark.end <= len(text) for mark in marks)
    assert all(one.end <= other.start for one, other in pairwise(marks))
    assert all(text[mark.start : mark.end].strip() == text[mark.start : mark.end] for mark in marks)


@pytest.mark.parametrize(
    "text", ["", " ", "<script>alert(1)</script>", "(((((", "\\", "we " * 2000, "not " * 2000, "A" * 5000]
)
def test_hostile_and_empty_text_shows_nothing(text: str) -> None:
    assert all(kinds_of(text, language) == () for language in LANGUAGES)


def test_a_language_without_rules_shows_nothing() -> None:
    assert kinds_of("Wir unterstützen den Entwurf.", "de") == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_words_for_every_kind(language: str) -> None:
    cues = load_lexicon(f"positions.{language}")["cues"]
    helping = {"others_said", "abstains", "negation"}
    assert helping <= set(cues)
    assert set(cues) - helping <= set(RULES)
    assert {RULES[rule][0] for rule in set(cues) - helping} == set(PRECEDENCE)


def test_words_have_the_offsets_of_the_source() -> None:
    source = "Thank you. We do not\nsup-\nport visits. Goodbye."
    wrap, hyphen = source.index("\n"), source.index("-\n")
    edits = (
        Edit(start=wrap, end=wrap + 1, text=" ", kind="wrap"),
        Edit(start=hyphen, end=hyphen + 2, text="", kind="hyphen"),
    )
    made = statement(source, edits=edits)
    found = suggest_kind([citation(made, 3, 11, source.index(" Goodbye"))], {"s": made}, "visits")
    (words,) = found.words
    assert (found.kind, found.rules, words.kind, words.citation) == ("opposes", ("refuses",), "opposes", 3)
    assert words.text == "do not support"
    assert source[words.start : words.end] == "do not\nsup-\nport"


def test_no_citation_is_no_position() -> None:
    assert suggest_kind([], {}, "extradition") == Suggestion(kind="no_position")


def test_every_kind_but_no_position_has_words() -> None:
    for case in CASES:
        if case["language"] == "en":
            found = suggested(case["text"])
            assert (found.kind == "no_position") == (found.words == ())
            assert all(words.text in case["text"] for words in found.words)


def test_the_strongest_citation_decides() -> None:
    assert suggested("We call on all States to act.", "We welcome the report.").kind == "calls_on_others"
    assert suggested("We welcome the report.", "We call on all States to act.").kind == "supports"


def test_what_is_said_outright_decides_over_what_is_implied() -> None:
    assert suggested("Such crime is a threat.", "We have ratified the Convention.").kind == "reports_practice"


@pytest.mark.parametrize(
    ("later", "kind"),
    [
        ("We reject visits by experts.", "opposes"),
        ("We can accept visits only if they are invited.", "conditional"),
        ("We reject sanctions.", "supports"),
    ],
)
def test_support_never_hides_an_objection_or_a_condition_on_the_topic(later: str, kind: str) -> None:
    found = suggested("We support the review with visits.", later, topic="visits")
    assert found.kind == kind
    assert {words.citation for words in found.words} == ({1} if kind == "supports" else {2})


def test_the_sentence_that_names_the_topic_decides() -> None:
    text = "We condemn the coup. We welcome the review mechanism."
    assert suggested(text, topic="review mechanism").kind == "supports"
    assert suggested(text, topic="coup").kind == "opposes"


def test_what_a_group_said_decides_only_where_the_party_shows_nothing() -> None:
    own = statement("The meeting was held in March.", state="XAB", name="own")
    group = statement("The Group supports the mechanism.", state="XGR", name="group")
    spoken = statement("We have adopted a law on this.", state="XAB", name="spoken")
    stored = {one.statement_id: one for one in (own, group, spoken)}
    assert suggest_kind([citation(own, 1), citation(group, 2)], stored).kind == "supports"
    assert suggest_kind([citation(spoken, 1), citation(group, 2)], stored).kind == "reports_practice"


def test_the_deed_of_another_state_is_not_the_speaker_s() -> None:
    parties = PartyTable.load()
    text = "France has adopted a law on this matter."
    for state, kind in (("FRA", "reports_practice"), ("PRT", "no_position")):
        made = statement(text, state=state)
        assert suggest_kind([citation(made)], {"s": made}, "law", parties).kind == kind
