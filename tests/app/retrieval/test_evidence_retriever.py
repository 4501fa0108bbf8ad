"""Retrieval in a scope: each party by itself, groups apart, statements chosen by time, other readings offered."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.answering.history import turn_of
from app.answering.steps import Question
from app.question.reading import read_question
from app.question.resolution import Resolution, Shown
from app.records import Scope, TreatyScope
from app.retrieval.near_shown import near_shown
from app.retrieval.party_evidence import PartyEvidence, ScoredSentence
from app.retrieval.ranking.party_list import PartyList
from app.retrieval.ranking.sentence_ranker import cites
from app.retrieval.relevance import CITED
from app.retrieval.retrieved import Retrieved
from app.retrieval.scoped_statements import ScopedStatements
from app.retrieval.search_strategy import choose_strategy
from app.wiring import Workspace
from evals.measured_sentences import measure_party
from ingest.language.lexicons import Patterns
from ingest.treaties.treaties import TREATIES, find_treaties, named_treaties
from tests.cases import Cases
from tests.fakes_corpora import workspace_over
from tests.fakes_store import annotated
from vectorstore.records import Mention, ScopeFilter, ScoredPassage, SentenceId

pytestmark = pytest.mark.integration

cases = Cases(__file__)

TOGETHER = cases.tuples("TOGETHER")
TOGETHER_PARTIES = cases["TOGETHER_PARTIES"]
STATES_OF_LIST = ("XAB", "XCS", "XDR", "XES", "XFY", "XGA", "XLH")


@pytest.mark.parametrize(
    ("scope", "dates"),
    [
        (Scope(states=("XAA", "XAB"), pick="latest"), ["2024-10-14/2024-10-18", "2022-10-17/2022-10-21"]),
        (Scope(states=("XAA",), pick="earliest"), ["2016-10-17/2016-10-21"]),
        (Scope(states=("XDR",), years=("2020",), months=("2020-10",)), ["2020-10-12/2020-10-16"]),
        (Scope(states=("XDR",), years=("2020",), months=("2020-03",)), []),
    ],
)
def test_a_scope_holds_the_latest_or_earliest_of_each_party_or_those_of_a_month(scope, dates, workspace):
    scoped = ScopedStatements(workspace.store.catalogue, scope, workspace.corpus.parties())
    assert [s.metadata.date for s in scoped.of(scope.states)] == dates


@pytest.mark.parametrize(
    ("question", "direction"),
    [
        ("Who supports the review mechanism, and who supports civil society participation?", "for"),
        ("Which States oppose the register and what about the levy?", None),
    ],
)
def test_a_direction_asked_for_on_every_subject_is_that_of_the_whole_question(question, direction, workspace):
    parties = workspace.corpus.parties()
    retrieved = workspace.steps.retriever.retrieve(read_question(question, parties), parties)
    assert retrieved.direction_asked == direction
    assert len({item.subject for item in retrieved.party_evidence}) == 2


def test_groups_speak_for_members_and_not_for_others(workspace, parties):
    statements = ScopedStatements(workspace.store.catalogue, Scope(sessions=("10",)), parties)
    found = statements.of_groups(("XMR", "XDR"))
    assert [(g.party, g.spoke_for, len(g.statements)) for g in found] == [("XGR", ("XMR",), 1)]


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Statements of groups and joint statements; Skarland delivered one that Brevia holds as well."""
    support = "We support the return of stolen ships.\n"
    texts = {f"{name}.txt": f"Mr. Chair,\n\n{opening}{support}" for name, _, opening in TOGETHER}
    manifest = "\n".join(["file,state,on_behalf_of,date", *(f"{name}.txt,{row}" for name, row, _ in TOGETHER)])
    with workspace_over(tmp_path_factory.mktemp("together"), texts, manifest, TOGETHER_PARTIES) as workspace:
        yield workspace


@cases("scope", "found", tuples=True)
def test_a_joint_statement_is_under_each_holder_that_is_asked_about(scope, found, together):
    resolution = Resolution(scope=Scope(**scope), question="What did they say?")
    retrieved = together.steps.retriever.in_scope(resolution, together.corpus.parties())
    owned = {party: [s.file.removesuffix(".txt") for s in own] for party, own in retrieved.statements_by_party.items()}
    assert {party: tuple(sorted(names)) for party, names in owned.items()} == found
    assert {s.file for s in retrieved.statements_in_scope} == {
        f"{name}.txt" for names in found.values() for name in names
    }


@pytest.mark.parametrize(("pick", "members"), [(None, ("XBR", "XVE")), ("latest", ("XVE",))])
def test_beside_its_own_latest_statement_no_group_is_looked_for(pick, members, together):
    scope = Scope(states=("XBR", "XVE"), years=("2022",), pick=pick)
    scoped = ScopedStatements(together.store.catalogue, scope, together.corpus.parties())
    assert [(g.party, g.spoke_for) for g in scoped.of_groups(scope.states)] == [("XDO", members)]


def test_a_list_reads_a_joint_statement_for_each_of_its_holders(together):
    (joint,) = together.store.catalogue.summaries(ScopeFilter(parties=("XSK",)))
    owned = {"XSK": [joint], "XBR": [joint]}
    topic = together.ranker.topic("stolen ships", "en")
    assert {*PartyList(together.ranker, topic).score(owned, topic)} == {*owned}


def test_a_member_is_answered_from_what_another_delivered_for_it(together):
    question = "What did members of the Docks Forum say about stolen ships?"
    answer = together.assistant.ask(question, overrides={"members_of": ["XDO"], "years": ["2018"]})
    assert {claim.state for claim in answer.claims} == {"XBR"}
    assert "Brevia, jointly with Skarland" in answer.claims[0].text
    assert answer.coverage.states_without_evidence == ()


def test_a_summary_is_of_the_latest_that_a_state_said_alone_or_with_others(together):
    answer = together.assistant.ask("Summarise the statement of Brevia.")
    assert {citation.file for citation in answer.citations} == {"brevia22.txt"}


def test_what_stands_around_a_joint_quotation_is_under_the_state_asked_about(together):
    catalogue = together.store.catalogue
    (joint,) = (s.statement_id for s in catalogue.summaries(ScopeFilter(parties=("XSK",))))
    shown = Shown(statements=(joint,), sentences=tuple(s.sentence_id for s in catalogue.sentences(joint)))
    resolution, retriever = Resolution(scope=Scope(states=("XBR",)), question="Why?"), together.steps.retriever
    base = retriever.in_scope(resolution, together.corpus.parties())
    found = near_shown(
        retriever.with_texts(base, shown.statements), shown, lambda text: True, lambda text, language: 0.0
    )
    assert [(e.party, [s.file for s in e.statements]) for e in found.party_evidence] == [("XBR", ["joint18.txt"])]


def test_a_group_is_quoted_apart_after_the_state_itself(workspace):
    answer = workspace.assistant.ask("What did Arvandia say about mutual legal assistance?")
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
    claimed, silent = {claim.state for claim in answer.claims}, set(answer.coverage.states_without_evidence)
    absent = set(answer.coverage.states_without_statement)
    assert claimed and set(codes) <= claimed | silent | absent
    assert not claimed & silent
    assert absent == set(codes) - {s.metadata.state for s in workspace.corpus.documents()} >= {"XMR", "XOD"}


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


def test_the_subject_of_an_article_is_looked_for_in_all_statements_of_a_party_over_time(tmp_path):
    texts = {f"{n}.txt": "We support the mining of gold in all regions." for n in range(9)}
    rows = (f"{n}.txt,{code},{2018 + n}" for n, code in enumerate(("XAA", "XAA", *STATES_OF_LIST)))
    with workspace_over(tmp_path, texts, "\n".join(["file,state,date", *rows])) as workspace:
        scope = Scope(all_states=True, treaties=(TreatyScope(treaty="UNTOC", articles=("16",)),))
        resolution = Resolution(scope=scope, question="How have positions on article 16 changed?", over_time=True)
        found = workspace.steps.retriever.retrieve(resolution, workspace.corpus.parties())
    (own,) = [item for item in found.related_evidence if item.party == "XAA"]
    assert [summary.file for summary in own.statements] == ["0.txt", "1.txt"]


def test_change_over_time_quotes_each_statement_in_order(workspace):
    answer = workspace.assistant.ask(
        "How has the position of Arvandia on extradition changed over the years?", overrides={"topic": "extradition"}
    )
    dates = [citation.date or "" for citation in answer.citations]
    assert dates == sorted(dates) and len(set(dates)) == 3
    assert not any("read closely" in note for note in answer.scope.notes)


def test_a_sentence_is_compared_with_the_best_in_any_wording_of_the_topic(workspace):
    topic = workspace.ranker.topic("mutual legal assistance", "en")
    measured = measure_party(
        workspace.ranker, workspace.store.catalogue.summaries(ScopeFilter(parties=("XGA",))), topic
    )
    highest = max(item.features.alone for item in measured)
    assert len(topic.wordings) > 1
    assert [item.features.lead for item in measured] == pytest.approx([i.features.alone - highest for i in measured])


def test_a_mention_without_a_position_is_told(workspace):
    answer = workspace.assistant.ask("What is the position of Arvandia on artificial intelligence?")
    assert answer.abstention is not None and answer.abstention.reason == "no_position"
    assert any("artificial intelligence" in citation.quote for citation in answer.related)
    said = workspace.assistant.ask("What did Arvandia say about artificial intelligence?")
    assert said.status == "answered"


def test_a_view_whose_direction_is_unsure_is_quoted(workspace):
    answer = workspace.assistant.ask("What was Zarechia's view of the review mechanism in 2022?")
    assert answer.status == "answered" and "себя оправдывает" in answer.citations[0].quote


@pytest.mark.parametrize("question", ["What does article 4 of the Convention require?", "What does article 4 require?"])
def test_a_treaty_is_quoted_from_its_text_alone(question, workspace):
    answer = workspace.assistant.ask(question)
    assert answer.abstention is not None and answer.abstention.reason == "index_incomplete"
    assert "as the text of a treaty" in answer.abstention.message


@cases("question")
def test_which_states_joined_a_treaty_is_told_by_sentences_that_name_it(question, workspace):
    asked = {treaty.treaty for treaty in find_treaties(question)}
    quotes: dict[str | None, str] = {}
    for citation in workspace.assistant.ask(question).citations:
        quotes[citation.state] = f"{quotes.get(citation.state, '')} {citation.quote}"
    assert quotes
    for party, quote in quotes.items():
        assert asked & set(named_treaties(quote)), f"{party}: {quote}"


@cases("stem", "joins")
def test_joining_a_treaty_is_told_by_whole_stems(stem, joins):
    assert (Patterns("treaty_attribution").joining_stem.fullmatch(stem) is not None) is joins


def test_a_treaty_that_is_added_to_the_table_can_be_asked_about(workspace, parties, monkeypatch):
    treaty = replace(TREATIES["UNCAC"], code="XTREATY", name="Convention on Harbour Dues", search_words="harbour dues")
    monkeypatch.setitem(TREATIES, "XTREATY", treaty)
    scope = Scope(states=("XAA",), treaties=(TreatyScope(treaty="XTREATY"),), topic="the Convention", language="en")
    resolution = replace(read_question("What did Arvandia say about the Convention?", parties), scope=scope)
    retrieved = workspace.steps.retriever.retrieve(resolution, parties)
    assert [found.party for found in retrieved.party_evidence] == ["XAA"]


def test_article_of_a_convention_that_is_not_named_is_shown_and_neither_claimed_nor_denied(tmp_path):
    said = "Mr. Chair,\n\nAustria supports article 32 of the Convention. It welcomes all lamps.\n"
    named = "Mr. Chair,\n\nThe Convention against Corruption matters. Germany supports article 32 of the Convention.\n"
    manifest = "file,state,date\na.txt,Austria,2020\nb.txt,Germany,2020\n"
    with workspace_over(tmp_path, {"a.txt": said, "b.txt": named}, manifest) as workspace:
        answer = workspace.assistant.ask("What did Austria say about article 32 of UNTOC?")
        assert answer.abstention is not None and answer.abstention.reason == "article_not_cited"
        assert "an article 32 of a convention that the text does not name" in answer.answer
        assert [c.state for c in answer.related] == ["AUT"] and "article 32" in answer.related[0].quote
        answer = workspace.assistant.ask("What did Germany say about article 32 of UNCAC?")
        assert [c.state for c in answer.citations] == ["DEU"]
        answer = workspace.assistant.ask("Which States spoke about article 32 of UNCAC?")
        assert {c.state for c in answer.citations} == {"DEU"}
        assert any("article 32 of a convention" in note for note in answer.scope.notes)


def test_a_paragraph_is_looked_for_before_its_article(tmp_path):
    texts = {
        "a.txt": "Austria applies article 16, paragraph 10, of UNTOC.\n\nArticle 16, paragraph 15 (b), is clear.\n",
        "b.txt": "Germany applies article 16, paragraph 10, of UNTOC in every case.\n",
    }
    with workspace_over(tmp_path, texts, "file,state,date\na.txt,AUT,2020\nb.txt,DEU,2020\n") as workspace:

        def cited(question: str) -> tuple[list[str], bool]:
            answer = workspace.assistant.ask(question)
            noted = any("cites paragraph 15 of article 16" in note for note in answer.scope.notes)
            return [c.quote for c in answer.citations], noted

        paragraph = "Article 16, paragraph 15 (b), is clear."
        assert cited("Which States cited article 16, paragraph 15?") == ([paragraph], False)
        assert cited("What did Austria say about article 16(15)?") == ([paragraph], False)
        assert cited("What did Germany say about article 16(15)?") == ([texts["b.txt"].strip()], True)
        assert cited("What did Austria say about article 16, paragraphs 10 and 15?") == (
            texts["a.txt"].strip().split("\n\n"),
            False,
        )
        # A follow-up keeps the paragraph, and the paragraph of an article is not that of another treaty's.
        (answer,) = [workspace.assistant.ask("And Austria?", history=["What did Germany say about article 16(15)?"])]
        assert [c.quote for c in answer.citations] == [paragraph]
        both, _ = cited("What did Austria say about article 16(15) of UNTOC and article 16(10) of the UNCAC?")
        assert both == [paragraph]
        assert len(cited("Which States cited article 16?")[0]) > 1


def test_a_paragraph_is_cited_alone_in_a_list_and_in_a_range():
    def cited(paragraph: str | None, *asked: str) -> bool:
        mention = Mention(sentence=SentenceId("s", 0), kind="article", value="16", paragraph=paragraph)
        return cites(mention, [("16", each) for each in asked])

    assert cited("3 (a)", "3") and cited("3 (a)", "(a)") and cited("3 and 5", "5", "8") and cited("3 to 5", "4")
    assert cited(None) and cited("3、5", "5")
    assert not (cited("13 (3)", "3 (a)") or cited("13", "3") or cited(None, "3") or cited("3", "3 (a)"))


def test_only_articles_of_another_treaty_that_are_cited_are_noted(tmp_path):
    said = "Austria applies article 16 of the United Nations Convention against Corruption."
    with workspace_over(tmp_path, {"a.txt": said}, "file,state,date\na.txt,Austria,2020\n") as workspace:
        answer = workspace.assistant.ask("What did Austria say about articles 16 and 18?")
    assert [note for note in answer.scope.notes if "cited as well" in note] == [
        "article 16 of UNCAC is cited as well; name that treaty to ask for it"
    ]
    assert answer.abstention is not None and answer.abstention.options == ("article 16 of the UNCAC",)


def test_what_only_reports_others_answers_where_no_position_may_be_asked_for(tmp_path):
    said = "Some delegations have proposed a global fund for victims."
    texts = {"a.txt": f"Our fleet has grown.\n\n{said}", "b.txt": said}
    manifest = "file,state,on_behalf_of,date\na.txt,XMR,,2018\nb.txt,XGR,XGR,2018\n"
    with workspace_over(tmp_path, texts, manifest) as workspace:
        parties, retriever = workspace.corpus.parties(), workspace.steps.retriever
        asked = read_question("How does Maravel see a global fund for victims?", parties)
        for chance, answers in ((0.95, False), (0.6, True)):
            found = retriever.retrieve(replace(asked, kind_chance=chance), parties)
            assert [item.answers for item in (*found.party_evidence, *found.group_evidence)] == [answers, answers]
            if answers:
                assert [s.text for item in found.party_evidence for s in item.best_sentences] == [said]


@cases("scope", "by")
def test_a_time_alone_is_a_scope_for_all_that_was_said(scope, by):
    strategy = choose_strategy(Resolution(scope=Scope(all_states=True, **scope), question="What did States say?"))
    assert (strategy and strategy.by) == by


def test_passages_come_in_turns_each_once_of_parties_that_answer_first():
    scores = (0.02, 0.01, 5.0)
    held = annotated("s", [str(score) for score in scores])
    one, other, third = (ScoredPassage(passage=p, score=score) for p, score in zip(held.passages, scores, strict=True))
    evidence = [
        PartyEvidence(party=code, statements=(), passages=own)
        for code, own in (("XAA", (one, other)), ("XAB", (third, one)))
    ]
    found = Retrieved(party_evidence=(evidence[0],), group_evidence=(evidence[1],))
    assert found.scored_passages == [one, third, other]
    answering = replace(evidence[1], sentences=(ScoredSentence(sentence=held.sentences[0], relevance=CITED),))
    found = replace(found, group_evidence=(answering,))
    assert found.scored_passages == [third, one, other]


def test_what_a_state_said_of_another_stands_where_it_names_that_one(tmp_path):
    elsewhere = {
        "XCS": "It thanks the Drelnian delegation.",
        "XDR": "It thanks Belmora.",
        "XES": "It thanks the Belmoran people.",
        "XFY": "It met the ministers in Quillane.",
        "XGA": "Nous remercions la Belmore de son accueil.",
        "XLH": "我们感谢贝尔莫拉。",
        # The damaged letters may be those of the name "Belmora".
        "XPV": "It thanks Bel\ufffdora.",
        # Belmora speaks of itself, and need not name itself.
        "XAB": "It thanks nobody.",
    }
    said = "Mr. Chair,\n\nWe deplore the long humanitarian crisis after heavy floods.\n\n"
    texts = {f"{code}.txt": f"{said}{words}\n" for code, words in elsewhere.items()}
    manifest = "\n".join(["file,state,date", *(f"{code}.txt,{code},2020" for code in elsewhere)])
    question = "What did Arvandia say about the long humanitarian crisis after heavy floods in Belmora?"
    with workspace_over(tmp_path, texts, manifest) as workspace:
        resolution = read_question(question, workspace.corpus.parties())
        scope = replace(resolution.scope, states=tuple(elsewhere))
        retrieved = workspace.steps.retriever.retrieve(replace(resolution, scope=scope), workspace.corpus.parties())
        # A follow-up on the same topic is held to the same State.
        history = [turn_of(workspace.chain.invoke(Question(text=question)))]
        follow_up = workspace.chain.invoke(Question(text="And Cassivar?", history=history))
    assert {item.party for item in retrieved.party_evidence if item.answers} == elsewhere.keys() - {"XCS"}
    assert (follow_up.scope.states, follow_up.status) == (("XCS",), "abstained")
