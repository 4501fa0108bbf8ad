"""Lists over a whole scope: the number of sentences that the cross-encoder reads is bounded; a rare name is found."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import SimpleNamespace

import pytest

from app.retrieval.ranking.party_list import LIST_PARTIES, LIST_SENTENCES, PartyList
from app.retrieval.relevance import Relevance
from app.wiring import Workspace
from tests.fakes_corpora import workspace_over
from vectorstore.records import ScopeFilter

pytestmark = pytest.mark.integration

PARTIES = 120
# The party that mentions a rare name, late in a long statement on other things.
RARE = 87


def _code(number: int) -> str:
    return f"X{chr(65 + number // 26)}{chr(65 + number % 26)}"


def _lands(count: int) -> str:
    """Returns a table of so many parties."""
    return "\n".join(["code,name,aliases,kind", *(f"{_code(n)},Land {_code(n)},,state" for n in range(count))])


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    said = "Herons of valley {} are counted by the customs service. Extradition treaties were signed in March."
    texts = {f"{number}.txt": said.format(number) for number in range(PARTIES)}
    harvests = [f"{texts[f'{RARE}.txt']} The harvest of year {n} was good." for n in range(9)]
    texts[f"{RARE}.txt"] = "\n\n".join([*harvests, "We mourn the victims of Quillmere."])
    rows = [f"{number}.txt,{_code(number)},UNTOC COP,10,2020,en" for number in range(PARTIES)]
    manifest = "\n".join(["file,state,body,session,date,language", *rows])
    with workspace_over(tmp_path_factory.mktemp("many"), texts, manifest, _lands(PARTIES)) as workspace:
        yield workspace


def test_a_rare_name_is_found_whoever_says_it(desk):
    answer = desk.assistant.ask("Which States mentioned Quillmere?", overrides={"topic": "the victims of Quillmere"})
    assert [claim.state for claim in answer.claims] == [_code(RARE)]


def test_what_is_read_closely_does_not_grow_with_the_parties(desk, monkeypatch):
    read: list[str] = []
    score = desk.ranker.scorer.score_pairs

    def counting(topic: str, texts: list[str]) -> object:
        read.extend(texts)
        return score(topic, texts)

    monkeypatch.setattr(desk.ranker.scorer, "score_pairs", counting)
    answer = desk.assistant.ask("Which States spoke about extradition?", overrides={"topic": "extradition"})
    assert 0 < len(read) <= LIST_SENTENCES
    assert len(answer.coverage.states_without_evidence) + len({c.state for c in answer.claims}) == PARTIES
    (closely,) = [note for note in answer.scope.notes if "read closely" in note]
    assert str(PARTIES) in closely and str(LIST_PARTIES) in closely


def test_a_list_is_as_sure_as_its_parties_are_among_each_other(desk, monkeypatch):
    party_counts: list[int] = []

    def silent(parties: Sequence[Sequence[Relevance]]) -> list[tuple[Relevance, ...]]:
        party_counts.append(len(parties))
        return [tuple(replace(each, chance=0.0) for each in own) for own in parties]

    question, topic = "Which States spoke about extradition?", {"topic": "extradition"}
    assert desk.assistant.ask(question, overrides=topic).status == "answered"
    # What was read is judged by words as before, and recalibrated.
    monkeypatch.setattr(desk.ranker, "relevance", SimpleNamespace(among=silent))
    assert desk.assistant.ask(question, overrides=topic).status == "abstained"
    assert {*party_counts} == {PARTIES}


@pytest.mark.parametrize(
    ("question", "listed", "said"),
    [
        ("Which States spoke about extradition?", 0.3, "No sentence on this was found"),
        ("Which States did not mention extradition?", 0.1, "Something on it was found in statements of: Land"),
    ],
)
def test_only_who_seems_silent_is_judged_as_if_asked_about(question, listed, said, desk, monkeypatch):
    judge = desk.ranker.scorer.judge

    def judged(topic, batches, *, as_list):
        found = Relevance(
            chance=listed if as_list else 0.9, source="calibrated", threshold=0.5, may_answer_min=0.2, sort_key=0.0
        )
        return [tuple(found for _ in own) for own in judge(topic, batches, as_list=as_list)]

    monkeypatch.setattr(desk.ranker.scorer, "judge", judged)
    answer = desk.assistant.ask(question, overrides={"topic": "extradition"})
    assert said in answer.answer


def test_a_list_reads_rare_words_in_all_languages(tmp_path):
    texts = {f"{n}.txt": f"The embargo of year {n} was discussed for long with all delegations." for n in range(6)}
    texts["6.txt"] = "Señor Presidente: Exigimos de nuevo el fin del embargo que padece nuestro pueblo desde hace años."
    manifest = "\n".join(
        ["file,state,date,language", *(f"{n}.txt,XAA,202{n},{'es' if n == 6 else 'en'}" for n in range(7))]
    )
    with workspace_over(tmp_path, texts, manifest) as workspace:
        owned = {"XAA": workspace.store.catalogue.summaries(ScopeFilter())}
        topic = workspace.ranker.topic("the embargo", "en")
        read = PartyList(workspace.ranker, topic).score(owned, topic)
    assert "es" in {sentence.language for sentence in read["XAA"].sentences}


def test_a_rare_word_in_chinese_is_a_pair_of_characters(tmp_path):
    texts = {"a.txt": "我们主张在全球废除死刑。", "b.txt": "我国的刑法惩治贩运人口的行为，使许多人免于死亡。"}
    manifest = "file,state,language\na.txt,XAA,zh\nb.txt,XAB,zh\n"
    with workspace_over(tmp_path, texts, manifest) as workspace:
        searched, topic = workspace.store.catalogue.summaries(ScopeFilter()), workspace.ranker.topic("死刑", "zh")
        found = workspace.ranker.search.with_rare_words(searched, topic, 9)
        assert [item.passage.text for item in found] == [texts["a.txt"]]


def test_parties_that_spoke_in_another_language_are_read_beside_many_in_english(tmp_path):
    english, french = "We support extradition to all States.", "Nous appuyons l’extradition vers tous les États."
    rows = [(f"{n}.txt", _code(n), "fr" if n >= LIST_PARTIES + 5 else "en") for n in range(LIST_PARTIES + 25)]
    texts = {file: french if language == "fr" else english for file, _, language in rows}
    manifest = "\n".join(["file,state,language", *(",".join(row) for row in rows)])
    with workspace_over(tmp_path, texts, manifest, _lands(len(rows))) as workspace:
        summaries = workspace.store.catalogue.summaries(ScopeFilter())
        owned = {summary.metadata.state or "": [summary] for summary in summaries}
        topic = workspace.ranker.topic("extradition", "en")
        read = PartyList(workspace.ranker, topic).score(owned, topic)
    assert {code for _, code, language in rows if language == "fr"} <= read.keys()


@pytest.mark.parametrize("parties", [6, 7])
def test_who_joined_the_protocols_thereto_is_named_among_any_number_of_parties(parties, tmp_path):
    texts = {f"{n}.txt": "We have ratified the Trafficking Protocol." for n in range(parties)}
    texts["0.txt"] = "Arvandia has ratified the United Nations Convention against Transnational Organized Crime"
    texts["0.txt"] += " and the Protocols thereto."
    manifest = "\n".join(["file,state", *(f"{n}.txt,{_code(n)}" for n in range(parties))])
    with workspace_over(tmp_path, texts, manifest, _lands(parties)) as workspace:
        answer = workspace.assistant.ask("Which States have ratified the Trafficking Protocol?")
    assert {claim.state for claim in answer.claims} == {_code(n) for n in range(parties)}


def test_who_has_spoken_since_without_a_direction_is_named_apart(tmp_path):
    oppose, mention = "We oppose the court for pirates.", "The court for pirates met in our capital in May."
    both = f"{oppose} We fully support the court for pirates."
    texts = {"a16.txt": oppose, "a20.txt": mention, "b18.txt": oppose, "c16.txt": both, "c20.txt": mention}
    rows = ("a16.txt,XAA,2016", "a20.txt,XAA,2020", "b18.txt,XAB,2018", "c16.txt,XDR,2016", "c20.txt,XDR,2020")
    manifest = "\n".join(["file,state,date", *rows])
    with workspace_over(tmp_path, texts, manifest) as workspace:
        question = "Which States oppose the court for pirates?"
        assert {claim.state for claim in workspace.assistant.ask(question).claims} == {"XAB"}
        nobody = workspace.assistant.ask(question, overrides={"excluded": ["XAB"]})
    assert nobody.abstention is not None and nobody.abstention.reason == "no_position"
    assert "not surely in the latest statement on this: Arvandia." in nobody.answer
    assert (nobody.related[0].state, nobody.related[0].quote) == ("XAA", oppose)


def test_who_says_both_in_the_latest_statement_has_not_held_a_view_earlier(tmp_path):
    both = "We oppose the court for pirates. We could support the court for pirates if a budget were agreed."
    with workspace_over(tmp_path, {"a20.txt": both}, "file,state,date\na20.txt,XAA,2020") as workspace:
        for question in ("Which States support the court for pirates?", "Which States oppose the court for pirates?"):
            assert "not surely in the latest statement on this" not in workspace.assistant.ask(question).answer
