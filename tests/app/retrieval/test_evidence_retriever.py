"""Searching a scope: each party for itself, groups apart, statements chosen by time, readings side by side."""

from dataclasses import replace

import pytest

from app.question.reading import resolve
from app.records import Scope, TreatyScope
from app.retrieval.scoped_statements import ScopedStatements
from app.retrieval.strategies import _JOINS
from app.wiring import Workspace
from ingest.treaties.treaties import TREATIES, find_treaties, named_treaties
from tests.fakes import fake_workspace


def _dates(workspace: Workspace, scope: Scope) -> list[str | None]:
    return [s.metadata.date for s in ScopedStatements(workspace.store.catalogue, scope).of(scope.states)]


def test_latest_and_earliest_are_of_each_party(workspace):
    assert _dates(workspace, Scope(states=("XAA", "XAB"), pick="latest")) == [
        "2024-10-14/2024-10-18",
        "2022-10-17/2022-10-21",
    ]
    assert _dates(workspace, Scope(states=("XAA",), pick="earliest")) == ["2016-10-17/2016-10-21"]


def test_a_month_narrows_to_the_statements_of_that_month(workspace):
    assert _dates(workspace, Scope(states=("XDR",), years=("2020",), months=("2020-10",))) == ["2020-10-12/2020-10-16"]
    assert _dates(workspace, Scope(states=("XDR",), years=("2020",), months=("2020-03",))) == []


def test_groups_speak_for_members_and_not_for_others(workspace, parties):
    statements = ScopedStatements(workspace.store.catalogue, Scope(sessions=("10",)))
    found = statements.of_groups(("XMR", "XDR"), parties)
    assert [(g.group, g.members, len(g.statements)) for g in found] == [("XGR", ("XMR",), 1)]


def test_a_group_is_quoted_apart_after_the_state_itself(workspace):
    answer = workspace.assistant.ask("What did Arvandia say about mutual legal assistance requests?")
    assert answer.status == "answered"
    states = [claim.state for claim in answer.claims]
    assert states[0] == "XAA" and "XGR" in states
    assert states == sorted(states), "the group's part comes last"
    own, _, groups = answer.answer.partition("*Arvandia, as a member of Group of Riparian States:*")
    assert groups, answer.answer
    for claim in answer.claims:
        part = own if claim.state == "XAA" else groups
        assert all(f"[{number}]" in part for number in claim.citations)
    of_group = [c for c in answer.citations if c.state == "XGR"]
    assert of_group and all(c.on_behalf_of == "XGR" for c in of_group)


def test_every_party_asked_about_is_in_the_answer_or_in_the_coverage(workspace):
    codes = [f"X{code}" for code in ("AA", "AB", "CS", "DR", "ES", "FY", "GA", "IV", "LH", "MR", "OD", "PV", "QN")]
    answer = workspace.assistant.ask("What did they say about extradition?", overrides={"states": codes})
    accounted = {claim.state for claim in answer.claims} | set(answer.coverage.states_without_evidence)
    assert set(codes) <= accounted | set(answer.coverage.states_without_statement)
    assert {"XMR", "XOD"} <= set(answer.coverage.states_without_statement)


def test_which_states_quotes_each_once_and_counts_the_others(workspace):
    answer = workspace.assistant.ask("Which States mentioned article 4?")
    states = [claim.state for claim in answer.claims]
    assert len(states) == len(set(states)) > 2
    assert not set(states) & set(answer.coverage.states_without_evidence)
    holders = {s.metadata.state for s in workspace.corpus.documents() if s.metadata.state and s.kind == "statement"}
    assert set(states) | set(answer.coverage.states_without_evidence) == holders


def test_a_bare_article_of_another_treaty_is_offered_and_not_taken(workspace):
    answer = workspace.assistant.ask("What did Fyrossa say about article 4?")
    assert answer.status == "abstained" and answer.abstention is not None
    assert answer.abstention.reason == "article_not_cited"
    assert answer.abstention.options == ("article 4 of the Trafficking in Persons Protocol",)
    assert any("Trafficking" in citation.quote for citation in answer.related)
    named = workspace.assistant.ask(f"What did Fyrossa say about {answer.abstention.options[0]}?")
    assert named.status == "answered" and named.scope.treaties[0].treaty == "TIP"


def test_change_over_time_quotes_each_statement_in_order(workspace):
    answer = workspace.assistant.ask(
        "How has the position of Arvandia on extradition changed over the years?", overrides={"topic": "extradition"}
    )
    dates = [citation.date or "" for citation in answer.citations]
    assert dates == sorted(dates) and len(set(dates)) == 3
    # Its statements were read one by one; they are no parties of which only some were read closely.
    assert not any("read closely" in note for note in answer.scope.notes)


def test_a_mention_without_a_position_is_told(workspace):
    answer = workspace.assistant.ask("What is the position of Arvandia on artificial intelligence?")
    assert answer.abstention is not None and answer.abstention.reason == "no_position"
    assert any("artificial intelligence" in citation.quote for citation in answer.related)
    said = workspace.assistant.ask("What did Arvandia say about artificial intelligence?")
    assert said.status == "answered"


@pytest.mark.parametrize("question", ["What does article 4 of the Convention require?", "What does article 4 require?"])
def test_a_treaty_is_quoted_from_its_text_alone(question, workspace):
    answer = workspace.assistant.ask(question)
    assert answer.abstention is not None and answer.abstention.reason == "index_incomplete"
    assert "as the text of a treaty" in answer.abstention.message


def _cited_for(question: str, workspace: Workspace) -> dict[str, str]:
    answer = workspace.assistant.ask(question)
    quotes: dict[str, str] = {}
    for citation in answer.citations:
        quotes[citation.state or ""] = f"{quotes.get(citation.state or '', '')} {citation.quote}".strip()
    return quotes


@pytest.mark.parametrize("question", [
    "Which States signed the Convention against Corruption?",
    "Which States have joined the Trafficking in Persons Protocol?",
])  # fmt: skip
def test_which_states_joined_a_treaty_is_told_by_sentences_that_name_it(question, workspace):
    asked = {treaty.treaty for treaty in find_treaties(question)}
    cited = _cited_for(question, workspace)
    assert cited
    for party, quote in cited.items():
        assert asked & set(named_treaties(quote)), f"{party}: {quote}"


@pytest.mark.parametrize(("stem", "joins"), [
    ("parti", True), ("particip", False), ("partner", False), ("join", True), ("joint", False), ("sign", True),
    ("signatori", True), ("signific", False), ("signal", False), ("access", True), ("accessibl", False),
    ("firm", True), ("firmez", False), ("ratific", True), ("присоединен", True), ("انضمت", True),
])  # fmt: skip
def test_joining_a_treaty_is_told_by_whole_stems(stem, joins):
    assert (_JOINS.fullmatch(stem) is not None) is joins


def test_a_treaty_that_is_added_to_the_table_can_be_asked_about(workspace, parties, monkeypatch):
    treaty = replace(TREATIES["UNCAC"], code="XTREATY", name="Convention on Harbour Dues", search_words="harbour dues")
    monkeypatch.setitem(TREATIES, "XTREATY", treaty)
    scope = Scope(states=("XAA",), treaties=(TreatyScope(treaty="XTREATY"),), topic="the Convention", language="en")
    resolution = replace(resolve("What did Arvandia say about the Convention?", parties), scope=scope)
    retrieved = workspace.steps.retriever.retrieve(resolution, parties)
    assert [found.party for found in retrieved.party_evidence] == ["XAA"]


def test_article_of_a_convention_that_is_not_named_is_shown_and_neither_claimed_nor_denied(tmp_path):
    said = "Mr. Chair,\n\nAustria supports article 32 of the Convention. It welcomes all lamps.\n"
    named = "Mr. Chair,\n\nThe Convention against Corruption matters. Germany supports article 32 of the Convention.\n"
    (tmp_path / "statements.csv").write_text("file,state,date\na.txt,Austria,2020\nb.txt,Germany,2020\n")
    (tmp_path / "a.txt").write_text(said)
    (tmp_path / "b.txt").write_text(named)
    with fake_workspace(tmp_path / "store") as workspace:
        workspace.corpus.ingest([tmp_path])
        answer = workspace.assistant.ask("What did Austria say about article 32 of UNTOC?")
        assert answer.abstention is not None and answer.abstention.reason == "article_not_cited"
        assert "an article 32 of a convention that the text does not name" in answer.answer
        assert [c.state for c in answer.related] == ["AUT"] and "article 32" in answer.related[0].quote
        answer = workspace.assistant.ask("What did Germany say about article 32 of UNCAC?")
        assert [c.state for c in answer.citations] == ["DEU"]
        answer = workspace.assistant.ask("Which States spoke about article 32 of UNCAC?")
        assert {c.state for c in answer.citations} == {"DEU"}
        assert any("article 32 of a convention" in note for note in answer.scope.notes)
