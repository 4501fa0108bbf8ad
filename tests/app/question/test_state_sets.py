"""Sets of States: regions and members of groups are asked for as such and shown (design: promise 4)."""

from dataclasses import replace

import pytest

from app.answering.notes import word_notes
from app.errors import ScopeError
from app.question.reading import resolve
from app.records import Scope
from app.retrieval.scoped_statements import of_asked
from app.ui.briefing_requests import briefing_asked
from app.wiring import Workspace
from ingest.parties.party_table import PartyTable
from prompts.wording import load_wording
from tests.topic_words import topic_words
from vectorstore.records import ScopeFilter, StatementSummary

_LAC = "LATIN_AMERICA_CARIBBEAN"


@pytest.mark.parametrize(
    ("question", "sets", "topic"),
    [
        ("What did African States say about piracy?", ("AFRICA",), "piracy"),
        ("what did african states say about piracy", ("AFRICA",), "piracy"),
        ("Which Latin American countries mentioned drug trafficking?", (_LAC,), "drug trafficking"),
        ("Which Latin American countries oppose sanctions?", (_LAC,), "sanctions"),
        ("What do Caribbean States say about firearms?", ("CARIBBEAN",), "firearms"),
        ("Which European States mentioned cybercrime?", ("EUROPE",), "cybercrime"),
        ("What did Arab countries say about terrorism?", ("ARAB_LEAGUE",), "terrorism"),
        ("What did Gulf States say about piracy?", ("GCC",), "piracy"),
        ("What did Sahel countries say about terrorism?", ("SAHEL",), "terrorism"),
        ("Which Nordic States mentioned gender?", ("NORDIC",), "gender"),
        ("What did the States of Western Europe say about migration?", ("WESTERN_EUROPE",), "migration"),
        ("Which States from Africa mentioned piracy?", ("AFRICA",), "piracy"),
        ("What did American States say about piracy?", ("AMERICAS",), "piracy"),
        ("What did Central African States say about piracy?", ("MIDDLE_AFRICA",), "piracy"),
        ("Did any African State mention piracy?", ("AFRICA",), "piracy"),
        ("How many African countries mentioned piracy?", ("AFRICA",), "piracy"),
        ("African States on piracy", ("AFRICA",), "piracy"),
        ("In 2013, which African delegations mentioned aid?", ("AFRICA",), "aid"),
        ("What was said by African States about piracy?", ("AFRICA",), "piracy"),
        ("What did African, Caribbean and Pacific States say about fish?", ("AFRICA", "CARIBBEAN", "OCEANIA"), "fish"),
        ("What did countries in the Caribbean and in Africa say about gold?", ("CARIBBEAN", "AFRICA"), "gold"),
        ("What did Asia-Pacific States say about piracy?", ("ASIA", "OCEANIA"), "piracy"),
        ("Which African States mentioned Iran?", ("AFRICA",), "Iran"),
        ("Which African States mentioned Caribbean States?", ("AFRICA",), "Caribbean States"),
        ("Which members of the G77 oppose sanctions?", ("G77",), "sanctions"),
        ("Which EU member States support the death penalty?", ("EU",), "death penalty"),
        ("What did all ASEAN members say about piracy?", ("ASEAN",), "piracy"),
        ("Which African Union member States mentioned piracy?", ("AU",), "piracy"),
        ("Which Baltic States mentioned gender?", ("BALTIC",), "gender"),
        ("Which LDCs mentioned debt?", ("LDC",), "debt"),
        ("Which small island developing States mentioned debt?", ("SIDS",), "debt"),
        ("Quels États africains ont mentionné la piraterie ?", ("AFRICA",), "piraterie"),
        ("Quels États africains ont mentionné l'Iran ?", ("AFRICA",), "Iran"),
        ("Qu’ont dit les pays d’Amérique latine sur la drogue ?", (_LAC,), "drogue"),
        ("Quels pays d’Afrique de l’Ouest ont évoqué la piraterie ?", ("WESTERN_AFRICA",), "piraterie"),
        ("Quelle est la position des États européens sur la migration ?", ("EUROPE",), "migration"),
        ("Quels membres du G77 ont évoqué la dette ?", ("G77",), "dette"),
        ("Quels États membres de l’Union européenne soutiennent le traité ?", ("EU",), "traité"),
        ("¿Qué dijeron los países de América Latina sobre las drogas?", (_LAC,), "drogas"),
        ("¿Qué países latinoamericanos hablaron de drogas?", (_LAC,), "drogas"),
        ("¿Qué países africanos mencionaron a Irán?", ("AFRICA",), "Irán"),
        ("¿Qué Estados miembros de la Unión Europea apoyan la pena de muerte?", ("EU",), "pena de muerte"),
        ("Какие африканские государства упомянули пиратство?", ("AFRICA",), "пиратство"),
        ("Что сказали страны Латинской Америки о наркотиках?", (_LAC,), "наркотиках"),
        ("Какие члены Группы 77 говорили о долге?", ("G77",), "долге"),
        ("Какие государства-члены ЕС упомянули миграцию?", ("EU",), "миграцию"),
        ("ما هي الدول الأفريقية التي ذكرت القرصنة؟", ("AFRICA",), "القرصنة"),
        ("ماذا قالت دول أمريكا اللاتينية عن المخدرات؟", (_LAC,), "المخدرات"),
        ("ماذا قالت الدول العربية عن الإرهاب؟", ("ARAB_LEAGUE",), "الإرهاب"),
        ("ما هي الدول الأعضاء في الاتحاد الأوروبي التي ذكرت الهجرة؟", ("EU",), "الهجرة"),
        ("哪些非洲国家提到了海盗？", ("AFRICA",), "海盗"),
        ("非洲国家对海盗问题说了什么？", ("AFRICA",), "海盗"),
        ("哪些拉美国家谈到毒品？", (_LAC,), "毒品"),
        ("哪些欧盟成员国支持死刑？", ("EU",), "死刑"),
        ("77国集团的哪些成员提到债务？", ("G77",), "债务"),
    ],
)
def test_a_set_of_states_is_asked(question: str, sets: tuple[str, ...], topic: str, parties: PartyTable) -> None:
    read = resolve(question, parties)
    scope = read.scope
    assert (scope.members_of, scope.states, scope.groups, read.all_states) == (sets, (), (), True)
    assert topic_words(scope.topic) == topic_words(topic) and read.unclear is None


@pytest.mark.parametrize(
    ("question", "states", "groups", "topic"),
    [
        ("Which States mentioned African swine fever?", (), (), "African swine fever"),
        ("Which States mentioned African debt?", (), (), "African debt"),
        ("Which States mentioned African countries?", (), (), "African countries"),
        ("What did Austria say about African States?", ("AUT",), (), "African States"),
        (
            "What did Austria say about the European Convention on Extradition?",
            ("AUT",),
            (),
            "the European Convention on Extradition",
        ),
        (
            "What did China say about cooperation with African countries?",
            ("CHN",),
            (),
            "cooperation with African countries",
        ),
        ("What did the United States say about African States?", ("USA",), (), "African States"),
        ("What did the American delegation say about piracy?", ("USA",), (), "piracy"),
        ("What did South Africa say about piracy?", ("ZAF",), (), "piracy"),
        ("What did the Central African Republic say about piracy?", ("CAF",), (), "piracy"),
        ("What did the African Group say about piracy?", (), ("AFRICAN_GROUP",), "piracy"),
        ("What did the EU say about piracy?", (), ("EU",), "piracy"),
        ("What did the Baltic States say about gender?", (), ("BALTIC",), "gender"),
        ("What did the Group of Latin American and Caribbean States say about gold?", (), ("GRULAC",), "gold"),
        ("Qu’a dit le Groupe des États d’Afrique sur la piraterie ?", (), ("AFRICAN_GROUP",), "piraterie"),
        ("Quels États ont parlé de la peste porcine africaine ?", (), (), "peste porcine africaine"),
        ("Qu’a dit l’Autriche sur les États africains ?", ("AUT",), (), "États africains"),
        ("¿Qué Estados mencionaron la peste porcina africana?", (), (), "peste porcina africana"),
        ("¿Qué dijo Austria sobre los países africanos?", ("AUT",), (), "países africanos"),
        ("Какие государства упомянули африканскую чуму свиней?", (), (), "африканскую чуму свиней"),
        ("Что сказала Группа африканских государств о пиратстве?", (), ("AFRICAN_GROUP",), "пиратстве"),
        ("ماذا قالت مجموعة الدول الأفريقية عن القرصنة؟", (), ("AFRICAN_GROUP",), "القرصنة"),
        ("ماذا قالت النمسا عن الدول الأفريقية؟", ("AUT",), (), "الدول الأفريقية"),
        ("哪些国家提到非洲猪瘟？", (), (), "非洲猪瘟"),
        ("非洲国家组对海盗说了什么？", (), ("AFRICAN_GROUP",), "海盗"),
    ],
)
def test_other_words_for_a_region_name_no_set(
    question: str, states: tuple[str, ...], groups: tuple[str, ...], topic: str, parties: PartyTable
) -> None:
    scope = resolve(question, parties).scope
    assert (scope.members_of, scope.states, scope.groups) == ((), states, groups)
    assert topic_words(scope.topic) == topic_words(topic)


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("What did African States say about gold?", "African States read as the 54 States of Africa (UN M49)"),
        (
            "Which EU member States mentioned gold?",
            "EU member States read as the States that were members when they spoke: European Union",
        ),
        (
            "Which island States mentioned gold?",
            "island: no set of States that is known here, so all States were searched",
        ),
        (
            "What did donor countries say about gold?",
            "donor: no set of States that is known here, so all States were searched",
        ),
        (
            "Which States of the Balkans mentioned gold?",
            "the Balkans: no set of States that is known here, so all States were searched",
        ),
        (
            "Which francophone African States mentioned gold?",
            "francophone: no set of States that is known here, so it did not narrow who was searched",
        ),
    ],
)
def test_it_is_said_whom_a_set_was_read_as(question: str, note: str, parties: PartyTable) -> None:
    read = resolve(question, parties)
    assert note in word_notes(read.notes, parties, load_wording("en")) and read.scope.topic == "gold"


@pytest.mark.parametrize(
    ("question", "kind", "topic"),
    [
        ("Quels pays donateurs ont parlé de l’aide ?", "donateurs", "aide"),
        ("¿Qué países insulares mencionaron el clima?", "insulares", "clima"),
        ("Какие островные государства упомянули климат?", "островные", "климат"),
        ("ماذا قالت الدول المانحة عن المساعدة؟", "المانحة", "المساعدة"),
        ("哪些岛屿国家提到气候？", "岛屿", "气候"),
    ],
)
def test_a_kind_that_no_lookup_knows_is_said_in_other_languages(
    question: str, kind: str, topic: str, parties: PartyTable
) -> None:
    read = resolve(question, parties)
    assert read.all_states and topic_words(read.scope.topic) == topic_words(topic)
    assert any(kind == note.values.get("kind") for note in read.notes)


@pytest.mark.parametrize(
    "question",
    [
        "Which member States mentioned gold?",
        "Which UN member States mentioned gold?",
        "Which States parties mentioned gold?",
        "Which other States mentioned gold?",
        "What concerns do States raise about gold?",
        "What did all delegations say about gold?",
        "Quels États membres ont mentionné l’or ?",
        "Какие другие государства упомянули золото?",
        "哪些成员国提到黄金？",
    ],
)
def test_words_that_narrow_nobody_get_no_note(question: str, parties: PartyTable) -> None:
    read = resolve(question, parties)
    assert read.all_states and not read.notes


def test_a_state_beside_a_set_is_asked_as_well(parties: PartyTable) -> None:
    read = resolve("What did Austria and African States say about piracy?", parties)
    assert (read.scope.states, read.scope.members_of, read.all_states) == (("AUT",), ("AFRICA",), False)


@pytest.mark.parametrize(
    ("follow_up", "sets", "states", "topic"),
    [
        ("and on corruption?", ("AFRICA",), (), "corruption"),
        ("And European States?", ("EUROPE",), (), "piracy"),
        ("and Caribbean States too?", ("AFRICA", "CARIBBEAN"), (), "piracy"),
        ("And Austria?", (), ("AUT",), "piracy"),
        ("and about Asian States?", ("AFRICA",), (), "Asian States"),
        ("What did all States say about gold?", (), (), "gold"),
    ],
)
def test_a_follow_up_carries_a_set_like_other_parts(
    follow_up: str, sets: tuple[str, ...], states: tuple[str, ...], topic: str, parties: PartyTable
) -> None:
    scope = resolve(follow_up, parties, history=["What did African States say about piracy?"]).scope
    assert (scope.members_of, scope.states, topic_words(scope.topic)) == (sets, states, topic_words(topic))
    assert ("members_of" in scope.kept) == ("AFRICA" in sets)


def test_a_set_can_be_put_in_place_and_taken_away(parties: PartyTable) -> None:
    asked = "What did African States say about piracy?"
    read = resolve(asked, parties, overrides={"members_of": ["Europe", "G77"]})
    assert read.scope.members_of == ("EUROPE", "G77") and read.all_states
    read = resolve(asked, parties, overrides={"members_of": []})
    assert read.scope.members_of == () and read.all_states and not read.notes


@pytest.mark.parametrize("name", ["Atlantis", "IRN", "UNODC", "Like-Minded Group"])
def test_an_override_that_names_no_set_is_an_error(name: str, parties: PartyTable) -> None:
    with pytest.raises(ScopeError, match="no region"):
        resolve("What did Iran say about gold?", parties, overrides={"members_of": [name]})


def _summary(like: StatementSummary, state: str, date: str) -> StatementSummary:
    return replace(like, statement_id=f"{state}-{date}", metadata=replace(like.metadata, state=state, date=date))


def test_members_of_a_group_are_those_at_the_date_of_a_statement(workspace: Workspace, parties: PartyTable) -> None:
    like = workspace.store.catalogue.summaries(ScopeFilter())[0]
    held = [_summary(like, *each) for each in (("GBR", "2019"), ("GBR", "2021"), ("KEN", "2019"), ("EU", "2019"))]
    assert [s.statement_id for s in of_asked(held, (), ("EU",), parties)] == ["GBR-2019"]
    assert [s.statement_id for s in of_asked(held, (), ("AFRICA",), parties)] == ["KEN-2019"]
    assert [s.statement_id for s in of_asked(held, ("GBR",), ("AFRICA",), parties)] == [
        "GBR-2019",
        "GBR-2021",
        "KEN-2019",
    ]


def test_members_of_a_group_are_searched_for_themselves(workspace: Workspace, parties: PartyTable) -> None:
    answer = workspace.assistant.ask("Which members of the Group of Riparian States mentioned technical assistance?")
    members = parties.members("XGR")
    claimed = {claim.state for claim in answer.claims}
    assert answer.scope.members_of == ("XGR",) and claimed and claimed <= members
    held = {s.metadata.state for s in workspace.corpus.documents()} & members
    assert claimed | set(answer.coverage.states_without_evidence) == held
    assert answer.coverage.states_without_statement == ()


def test_a_region_without_statements_is_named(workspace: Workspace) -> None:
    answer = workspace.assistant.ask("What did Central Asian States say about extradition?")
    assert answer.abstention is not None and answer.abstention.reason == "no_statement"
    assert "Central Asia" in answer.abstention.message


def test_a_briefing_on_a_region_asks_its_states(parties: PartyTable) -> None:
    assert briefing_asked("Brief me on what Nordic States from Central Asia say about extradition", [], parties)
    wish = briefing_asked("Brief me on extradition for Central Asian States as talking points", [], parties)
    assert wish is not None and wish.form == "talking_points"
    assert wish.request.parties == ("KAZ", "KGZ", "TJK", "TKM", "UZB")


def test_a_scope_without_a_set_is_as_before() -> None:
    assert Scope().members_of == ()
