"""Silence with a reason: which abstention fits, what it says to do next, and what may help."""

from dataclasses import replace

import pytest

from app.answering.abstention import abstain
from app.answering.history import turn_of
from app.answering.localization import localize
from app.question.reading import read_question
from app.question.resolution import Shown
from app.records import Answer, DroppedClaim, TreatyScope
from app.retrieval.relevance import Relevance
from ingest.language.detection import is_in_other_language
from prompts.wording import LANGUAGES, load_wording
from tests.cases import Cases
from tests.fakes import fake_workspace
from vectorstore.records import JSONValue

pytestmark = pytest.mark.integration

cases = Cases(__file__)

# Readings that are still to be taught, like those in `tests/app/question/misread.txt`.
MISREAD = pytest.mark.xfail(reason="misread", strict=False)
_NO_ANSWER = Answer(question="", answer="", status="abstained")


@cases("question", "reason", "words")
def test_abstention_has_the_reason_that_fits_and_names_what_there_is(question, reason, words, workspace):
    answer = workspace.assistant.ask(question)
    assert (answer.status, answer.abstention and answer.abstention.reason) == ("abstained", reason)
    assert answer.claims == () and answer.citations == ()
    assert [word for word in words if word not in answer.abstention.message] == []
    assert all(citation.quote not in answer.answer for citation in answer.related)
    assert reason != "no_statement" or answer.related == ()


def test_article_not_cited_names_article_and_count_and_shows_its_subject(workspace):
    answer = workspace.assistant.ask(
        "What did Belmora say about article 13 on international cooperation for confiscation?"
    )
    assert answer.abstention.reason in ("article_not_cited", "not_mentioned")
    assert answer.related and {citation.state for citation in answer.related} == {"XAB"}
    if answer.abstention.reason == "article_not_cited":
        assert "13" in answer.abstention.message and "Belmora" in answer.abstention.message


def test_articles_of_other_treaties_are_offered_in_the_language_of_the_question(workspace, parties):
    answer, found = (
        run("What did Arvandia say about extradition?") for run in (workspace.assistant.ask, workspace.retrieve)
    )
    elsewhere = TreatyScope(treaty="FIREARMS", articles=("13",))
    retrieved = replace(found, related_evidence=found.party_evidence, other_readings=(elsewhere,))
    asked = read_question("What did Arvandia say about article 13?", parties)
    offered = set[str]()
    for language in LANGUAGES:
        abstention = abstain(answer, asked, retrieved, localize(parties, language)).abstention
        assert abstention is not None and abstention.reason == "article_not_cited"
        [option] = abstention.options
        assert read_question(option, parties).scope.treaties == (elsewhere,)
        offered.add(option)
    assert len(offered) == len(LANGUAGES)


def test_no_statement_in_scope_says_what_is_held(workspace):
    answer = workspace.assistant.ask("What did Arvandia say about extradition in 1999?")
    assert answer.abstention is not None and "2016" in answer.abstention.message and "2024" in answer.abstention.message
    assert (answer.coverage.states_without_statement, answer.scope.years) == (("XAA",), ("1999",))


@cases("first", "question", "said", "unsaid")
def test_a_time_kept_from_before_is_told_with_what_the_parties_hold_outside_it(
    first, question, said, unsaid, workspace
):
    history = [turn_of(workspace.assistant.ask(first))] if first else []
    answer = workspace.assistant.ask(question, history=history)
    assert answer.abstention is not None
    assert [words for words in said if words not in answer.abstention.message] == []
    assert [words for words in unsaid if words in answer.abstention.message] == []


def test_group_only_names_the_group_and_lends_nobody_its_words(workspace):
    answer = workspace.assistant.ask("What did Maravel say about extradition?")
    assert answer.abstention is not None and "Group of Riparian States" in answer.abstention.message
    assert "Maravel" in answer.abstention.message
    assert all(citation.on_behalf_of == "XGR" for citation in answer.related)


def test_after_what_was_shown_nothing_is_said_to_be_missing(workspace, parties):
    found = workspace.retrieve("What did Arvandia say about article 4?")
    asked = read_question("What did Arvandia say about article 4?", parties)
    own = found.party_evidence[0]
    shown = Shown(sentences=tuple(sentence.sentence_id for sentence in own.best_sentences))
    retrieved = replace(found, party_evidence=(replace(own, sentences=()),))
    assert any(group.answers_surely for group in found.group_evidence)
    messages = []
    for resolution in (asked, replace(asked, act="more", shown=shown)):
        abstention = abstain(_NO_ANSWER, resolution, retrieved, localize(parties, "en")).abstention
        messages.append(abstention and abstention.message.split()[0])
    assert messages == ["No", "Nothing"]
    # "Who else?" also names who takes another direction.
    retrieved = replace(retrieved, party_evidence=(replace(own, sentences=(), other_direction=True),))
    open_scope = replace(asked.scope, states=(), all_states=True)
    abstention = abstain(
        _NO_ANSWER,
        replace(asked, scope=open_scope, act="more", shown=shown),
        retrieved,
        localize(parties, "en"),
    ).abstention
    assert abstention is not None and "not surely in that direction: Arvandia" in abstention.message


@pytest.mark.parametrize(("chance", "source", "spoke"), [
    (0.95, "calibrated", True), (0.7, "calibrated", False), (0.7, "lexical", True),
])  # fmt: skip
def test_a_group_is_said_to_have_spoken_on_it_only_where_its_statement_surely_does(
    workspace, parties, chance, source, spoke
):
    question = "What did Maravel say about extradition?"
    answer, found = workspace.assistant.ask(question), workspace.retrieve(question)
    sure = Relevance(chance=chance, source=source, threshold=0.54, may_answer_min=0.1, sort_key=0.0)
    groups = tuple(
        replace(group, sentences=tuple(replace(item, relevance=sure) for item in group.sentences))
        for group in found.group_evidence
    )
    local = localize(workspace.corpus.parties(), "en")
    found = replace(found, group_evidence=groups)
    abstention = abstain(answer, read_question(question, parties), found, local).abstention
    assert groups and abstention is not None and ("nothing on this was found" not in abstention.message) == spoke
    assert all(citation.on_behalf_of == "XGR" for citation in answer.related)


def test_names_that_are_ambiguous_unknown_or_mistyped_are_asked_back_or_said(workspace):
    answer = workspace.assistant.ask("What did Korea say about cybercrime?")
    assert len(answer.abstention.options) == 2 and all(option in answer.answer for option in answer.abstention.options)
    assert answer.scope.states == ()
    answer = workspace.assistant.ask("What did Nigera say about extradition?")
    assert answer.abstention is not None and answer.abstention.reason == "ambiguous"
    assert "Nigera" in answer.abstention.message and {"Niger", "Nigeria"} <= set(answer.abstention.options)
    answer = workspace.assistant.ask("What did Arvandya say about extradition?")
    assert answer.scope.states == ("XAA",) and "Arvandya read as Arvandia" in answer.scope.notes


def test_empty_corpus_says_how_to_fill_it(tmp_path):
    with fake_workspace(tmp_path / "store") as empty:
        answer = empty.assistant.ask("What did Iran say about article 4?")
    assert answer.abstention is not None and answer.abstention.reason == "index_incomplete"
    assert "Add statements" in answer.abstention.message


def test_unattributed_statement_is_never_quoted(tmp_path):
    text = tmp_path / "nobody.txt"
    text.write_text("Mr. Chair,\n\nThe delegation considers zeppelins essential to extradition.\n", encoding="utf-8")
    with fake_workspace(tmp_path / "store") as opened:
        [added] = opened.corpus.ingest([text]).files
        assert (added.result, added.state) == ("added", None)
        answers = [
            opened.assistant.ask(question)
            for question in ("Which States mentioned zeppelins?", "Which countries spoke about zeppelins?")
        ]
    for answer in answers:
        assert answer.status == "abstained" and answer.citations == () and answer.related == ()
        assert any("1" in note for note in answer.scope.notes)


def test_every_abstention_is_in_the_language_of_the_question(workspace):
    questions = cases["test_every_abstention_is_in_the_language_of_the_question"]
    answers: dict[str, Answer] = {code: workspace.assistant.ask(question) for code, question in questions.items()}
    assert {code: answer.scope.language for code, answer in answers.items()} == {code: code for code in questions}
    assert {answer.abstention and answer.abstention.reason for answer in answers.values()} == {"no_statement"}
    assert len({answer.answer for answer in answers.values()}) == len(questions)


def test_dropped_claims_are_no_silence(workspace, parties):
    question = "What did Belmora say about kangaroos?"
    answer = workspace.assistant.ask(question)
    found = replace(answer, dropped_claims=(DroppedClaim(text="Belmora: …", state="XAB", reason="altered"),))
    silent = abstain(found, read_question(question, parties), workspace.retrieve(question), localize(parties, "en"))
    assert silent.abstention is not None and silent.abstention.reason == "index_incomplete"
    assert "the store needs a check" in silent.abstention.message


@pytest.mark.parametrize(
    ("question", "affirmed"),
    [
        ("Which States did not mention article 4?", "Which States mentioned article 4?"),
        ("Which delegations said nothing about extradition?", "Which delegations spoke about extradition?"),
        ("Who did not mention extradition in 2022?", "Who mentioned extradition in 2022?"),
        ("Quels États n’ont pas mentionné l’article 4 ?", "Quels États ont mentionné l’article 4 ?"),
        ("¿Qué Estados no han mencionado el artículo 4?", "¿Qué Estados han mencionado el artículo 4?"),
        ("Какие государства не упомянули статью 4?", "Какие государства упомянули статью 4?"),
        pytest.param("ما هي الدول التي لم تذكر المادة 4؟", "ما هي الدول التي ذكرت المادة 4؟", marks=MISREAD),
        ("哪些国家没有提到第四条？", "哪些国家提到第四条？"),
    ],
)
def test_those_who_did_not_speak_are_named_and_nobody_is_quoted(question, affirmed, workspace, parties):
    spoke = workspace.assistant.ask(affirmed)
    answer = workspace.assistant.ask(question)
    assert (answer.status, answer.claims, answer.citations, answer.related) == ("abstained", (), (), ())
    assert answer.abstention is not None and answer.abstention.reason == "not_mentioned"
    assert spoke.claims and answer.coverage == spoke.coverage
    wording = load_wording(answer.scope.language)
    unknown = {f.party for f in workspace.retrieve(affirmed).party_evidence if f.silence_unproven and not f.answers}
    silent, *_, said, warning = answer.abstention.message.split("\n\n")
    for code in set(spoke.coverage.states_without_evidence) - unknown:
        assert parties.display(code, wording.language) in silent
    for code in {claim.state for claim in spoke.claims}:
        assert parties.display(code or "", wording.language) in said
    assert warning == wording.say("silence_is_not_proof")


def test_it_is_said_where_everyone_or_nobody_spoke_of_it(workspace):
    overrides: dict[str, JSONValue] = {"members_of": ["XIC"], "sessions": ["11"]}
    answer = workspace.assistant.ask("Which States did not mention witnesses?", overrides=overrides)
    assert answer.abstention is not None and answer.abstention.message.startswith("Something on this was found")
    assert "everyone in scope: Fyrossa" in answer.abstention.message
    answer = workspace.assistant.ask("Which States did not mention kangaroos?")
    assert answer.abstention is not None and answer.abstention.reason == "not_mentioned"
    assert answer.abstention.message.startswith("Nothing on this was found")
    assert "Something" not in answer.abstention.message
    answer = workspace.assistant.ask("Which States did not speak in 2022?")
    assert answer.abstention is not None and answer.abstention.reason == "out_of_scope"


@cases("question")
def test_a_question_in_another_language_is_asked_for_in_one_of_the_six(question, workspace):
    answer = workspace.assistant.ask(question)
    assert answer.abstention is not None and answer.abstention.reason == "out_of_scope"
    assert "English, French, Spanish, Arabic, Russian and Chinese" in answer.abstention.message


@cases("question")
def test_a_short_question_in_the_six_languages_is_not_turned_away(question):
    assert not is_in_other_language(question)


def test_a_negation_in_what_a_named_state_said_is_no_such_question(workspace):
    answer = workspace.assistant.ask("What did Arvandia say about extradition, and did it not make it conditional?")
    assert answer.status != "abstained"
