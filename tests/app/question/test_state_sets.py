"""Sets of States: a question on a region or on the members of a group asks its States, and the scope shows the set."""

from dataclasses import replace

import pytest

from app.question.reading import read_question
from app.records import Scope
from app.retrieval.scoped_statements import ScopedStatements
from app.ui.briefing_requests import briefing_asked
from vectorstore.records import ScopeFilter, StatementSummary


def _summary(like: StatementSummary, state: str, date: str) -> StatementSummary:
    return replace(like, statement_id=f"{state}-{date}", metadata=replace(like.metadata, state=state, date=date))


def test_members_of_a_group_are_those_at_the_date_of_a_statement(workspace, parties):
    like = workspace.store.catalogue.summaries(ScopeFilter())[0]
    summaries = [_summary(like, *each) for each in (("GBR", "2019"), ("GBR", "2021"), ("KEN", "2019"), ("EU", "2019"))]

    def kept(**scope: tuple[str, ...]) -> list[str]:
        asked = ScopedStatements(workspace.store.catalogue, Scope(**scope), parties)  # type: ignore[arg-type]
        return [s.statement_id for s in summaries if asked._keeps(s.metadata)]

    assert kept(members_of=("EU",)) == ["GBR-2019"]
    assert kept(members_of=("AFRICA",)) == ["KEN-2019"]
    assert kept(states=("GBR",), members_of=("AFRICA",)) == ["GBR-2019", "GBR-2021", "KEN-2019"]
    assert kept(excluded=("EU",)) == ["GBR-2021", "KEN-2019"]


def test_members_of_a_group_are_searched_for_themselves(workspace, parties):
    answer = workspace.assistant.ask("Which members of the Group of Riparian States mentioned technical assistance?")
    members = parties.members("XGR")
    claimed = {claim.state for claim in answer.claims}
    assert answer.scope.members_of == ("XGR",) and claimed and claimed <= members
    stored = (summary.metadata for summary in workspace.corpus.documents())
    speakers = {each.state for each in stored if each.state in parties.members("XGR", each.date)}
    assert claimed | set(answer.coverage.states_without_evidence) == speakers
    assert answer.coverage.states_without_statement == ()


@pytest.mark.parametrize("question", [
    "How many persons did the vessels of the members of the Forum of Island and Coastal States rescue in a year?",
    "Сколько человек спасли суда членов Форума островных и прибрежных государств за год?",
])  # fmt: skip
def test_members_of_a_group_are_asked_with_what_the_group_says_for_them(workspace, question):
    answer = workspace.assistant.ask(question)
    assert answer.scope.members_of == ("XIC",)
    assert (answer.claims[0].state, "2,916 persons" in answer.citations[0].quote) == ("XIC", True)


def test_a_region_without_statements_is_named(workspace):
    answer = workspace.assistant.ask("What did Central Asian States say about extradition?")
    assert answer.abstention is not None and answer.abstention.reason == "no_statement"
    assert "Central Asia" in answer.abstention.message


def test_a_briefing_on_a_region_asks_its_states(parties):
    assert briefing_asked("Brief me on what Nordic States from Central Asia say about extradition", [], parties)
    wish = briefing_asked("Brief me on extradition for Central Asian States as talking points", [], parties)
    assert wish is not None and wish.form == "talking_points"
    assert wish.request.parties == ("KAZ", "KGZ", "TJK", "TKM", "UZB")


@pytest.mark.parametrize(("question", "asked"), [
    ("Which groups support the review mechanism?", ("GROUPS",)),
    ("Did any group speak about extradition?", ("GROUPS",)),
    ("Quels groupes régionaux ont évoqué l'assistance ?", ("GROUPS",)),
    ("¿Qué grupos apoyan el mecanismo?", ("GROUPS",)),
    ("Какие группы государств выступали против фонда?", ("GROUPS",)),
    ("أي المجموعات تؤيد الآلية؟", ("GROUPS",)),
    ("哪些国家集团支持审议机制？", ("GROUPS",)),
    ("Which groups and States support a fund?", ()),
    ("Which groups are most affected by trafficking?", ()),
    ("Which States mentioned organized criminal groups?", ()),
    ("Which criminal groups do States mention?", ()),
])  # fmt: skip
def test_groups_alone_are_asked_where_no_states_are(parties, question, asked):
    scope = read_question(question, parties).scope
    assert (scope.members_of, scope.all_states) == (asked, True)


def test_a_question_after_groups_lists_no_state(workspace, parties):
    answer = workspace.assistant.ask("Which groups support the review mechanism?")
    assert {claim.state for claim in answer.claims} == {"XGR"}
    assert {*answer.coverage.states_without_evidence} <= {*parties.codes("group")}


@pytest.mark.parametrize(("question", "unknown"), [
    ("What did the Group of Coastal States say about the review mechanism?", "Group of Coastal States"),
    ("¿Qué dijo el Grupo de Estados Costeros sobre el mecanismo de examen?", "Grupo de Estados Costeros"),
    ("Qu'a dit le Groupe des États côtiers sur le mécanisme ?", "Groupe des États côtiers"),
    ("Что сказала Группа горных стран о механизме обзора?", "Группа горных стран"),
    ("ماذا قالت مجموعة الدول الساحلية عن آلية الاستعراض؟", "مجموعة الدول الساحلية"),
    ("沿海国家集团对审议机制是什么态度？", "沿海国家集团"),
    ("What did the Group of Riparian States say about the review mechanism?", None),
    ("What did groups of States say about aid?", None),
    ("What was said about a group of armed men from other States?", None),
    ("Which States belong to the group of donor countries?", None),
])  # fmt: skip
def test_a_group_that_no_table_knows_is_asked_back(parties, question, unknown):
    assert read_question(question, parties).unclear == unknown


def test_donors_in_arabic_are_no_germans(parties):
    read = read_question("ماذا طلبت ريماليا من المانحين؟", parties)
    assert (read.scope.states, read.topic_parties) == (("XRM",), ())
