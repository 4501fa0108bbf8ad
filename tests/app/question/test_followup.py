"""Follow-ups: what stays of the question before, and that what was taken away by hand stays away."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.errors import ScopeError
from app.question.reading import resolve
from app.question.resolution import Resolution
from app.question.turn import EarlierTurn
from app.records import Scope
from ingest.parties.party_table import PartyTable
from tests.topic_words import topic_words

ARTICLE = "What did Arvandia say in 2031 about article 4?"
TOPIC = "What did Arvandia say about extradition at the tenth session?"
OPEN = "Which States spoke of extradition in 2031?"
PROTOCOL = "What did Arvandia say about the Trafficking in Persons Protocol?"
NUMBERED = "What did Arvandia say about article 16?"
SMUGGLING = "What did Arvandia say about article 6 of the Smuggling Protocol?"
SESSIONS = "Qu’a dit l’Arvandie de l’or à la dixième session ?"
TWO = "What did Arvandia and Galdoria say about extradition?"
FRENCH = "Qu’a dit l’Arvandie en 2031 sur l’article 4 ?"
SPANISH = "¿Qué dijo Galdoria en 2031 sobre el artículo 4?"
RUSSIAN = "Что сказала Заречия в 2031 году о статье 4?"
ARABIC = "ماذا قالت ريماليا في عام 2031 عن المادة 4؟"
CHINESE = "岚海对第4条说了什么？"

# Under each question what is asked next: how it is told apart, the scope then (* is kept), and what else is read.
TURNS = f"""
{ARTICLE}
    and Austria? -> refine: states AUT; *treaties UNTOC 4; *years 2031
    What about Belmora? -> refine: states XAB; *treaties UNTOC 4; *years 2031
    what about the EU? -> refine: groups EU; *treaties UNTOC 4; *years 2031
    same for Peru and Chile -> refine: states PER CHL; *treaties UNTOC 4; *years 2031
    What did Belmora say? -> refine: states XAB; *treaties UNTOC 4; *years 2031
    Does Belmora agree? -> refine: states XAB; *treaties UNTOC 4; *years 2031
    and Belmora as well? -> refine: *states XAA XAB; *treaties UNTOC 4; *years 2031
    compare with Belmora -> refine: *states XAA XAB; *treaties UNTOC 4; *years 2031
    How does that compare with Belmora? -> refine: *states XAA XAB; *treaties UNTOC 4; *years 2031
    And which other States? -> refine: *treaties UNTOC 4; *years 2031; all States
    Do the others agree? -> refine: *treaties UNTOC 4; *years 2031; all States
    what about other countries? -> refine: *treaties UNTOC 4; *years 2031; all States
    who else? -> refine: *treaties UNTOC 4; *years 2031; all States
    Which States support its position? -> refine: *treaties UNTOC 4; *years 2031; all States
    only 2003 -> refine: *states XAA; *treaties UNTOC 4; years 2003
    at the tenth session? -> refine: *states XAA; *treaties UNTOC 4; sessions 10
    and on extradition? -> refine: *states XAA; *years 2031; topic extradition
    confiscation? -> refine: *states XAA; *years 2031; topic confiscation
    what did they say about firearms? -> refine: *states XAA; *years 2031; topic firearms
    does it mention Austria? -> refine: *states XAA; *years 2031; topic Austria
    Did they mention Iran's nuclear programme? -> refine: *states XAA; *years 2031; topic Iran's nuclear programme
    How does it compare to Belmora's position? -> refine: *states XAA XAB; *treaties UNTOC 4; *years 2031
    and on Austria? -> refine: *states XAA; *years 2031; topic Austria
    and about Congo? -> refine: *states XAA; *years 2031; topic Congo
    its position on asset recovery? -> refine: *states XAA; *years 2031; topic asset recovery
    and article 16? -> refine: *states XAA; treaties UNTOC 16; *years 2031
    and article 16 as well? -> refine: *states XAA; *treaties UNTOC 4 + UNTOC 16; *years 2031
    and agenda item 4? -> refine: *states XAA; agenda_items 4; *years 2031
    what about the Protocols? -> refine: *states XAA; treaties TIP + SOM + FIREARMS; *years 2031
    and Belmora on witnesses? -> refine: states XAB; *years 2031; topic witnesses
    What did Belmora say about witnesses? -> new: states XAB; topic witnesses
    And what did Belmora say about witnesses? -> new: states XAB; topic witnesses
    Which States mentioned extradition? -> new: topic extradition; all States
    when was that? -> about_answer: *states XAA; *treaties UNTOC 4; *years 2031; asked date
    who said that? -> about_answer: *states XAA; *treaties UNTOC 4; *years 2031; asked nothing
    where does it say so? -> about_answer: *states XAA; *treaties UNTOC 4; *years 2031; asked nothing
    which document is that from? -> about_answer: *states XAA; *treaties UNTOC 4; *years 2031; asked nothing
    Is that a direct quote? -> about_answer: *states XAA; *treaties UNTOC 4; *years 2031
    on which page? -> about_answer: *states XAA; *treaties UNTOC 4; *years 2031; asked nothing
    can you quote that in full? -> about_answer: *states XAA; *treaties UNTOC 4; *years 2031; asked nothing
    show me more -> about_answer: *states XAA; *treaties UNTOC 4; *years 2031; asked nothing
    why? -> about_answer: *states XAA; *treaties UNTOC 4; *years 2031; asked reason
    why did they say that? -> about_answer: *states XAA; *treaties UNTOC 4; *years 2031; asked reason
    how many? -> about_answer: *states XAA; *treaties UNTOC 4; *years 2031; asked number
    Which States did it mention? -> about_answer: *states XAA; *treaties UNTOC 4; *years 2031; asked state
{TOPIC}
    and Belmora? -> refine: states XAB; *sessions 10; *topic extradition
    and in 2031? -> refine: *states XAA; years 2031; *topic extradition
    at the UN General Assembly? -> refine: *states XAA; bodies UN General Assembly; *topic extradition
    what about the Protocols? -> refine: *states XAA; treaties TIP + SOM + FIREARMS; *sessions 10
    and under agenda item 4? -> refine: *states XAA; *sessions 10; agenda_items 4; *topic extradition
    only under article 16 -> refine: *states XAA; *sessions 10; treaties UNTOC 16; *topic extradition
{OPEN}
    and Belmora? -> refine: states XAB; *years 2031; *topic extradition
    and on firearms? -> refine: *years 2031; topic firearms; all States
    only 2030 -> refine: years 2030; *topic extradition; all States
{PROTOCOL}
    and the Convention? -> refine: *states XAA; treaties UNTOC
    and article 4? -> refine: *states XAA; *treaties TIP 4
    What did it say about article 4? -> refine: *states XAA; *treaties TIP 4
    and article 40? -> refine: *states XAA; treaties UNTOC 40
    what does article 4 say? -> new: *treaties TIP 4
    And article 4 of the Protocol? -> refine: *states XAA; *treaties TIP 4
    and article 4 of the Convention? -> refine: *states XAA; treaties UNTOC 4
    What did Belmora say about article 4? -> new: states XAB; treaties UNTOC 4
{NUMBERED}
    17? -> refine: *states XAA; treaties UNTOC 17
    and 18? -> refine: *states XAA; treaties UNTOC 18
    and paragraph 4? -> refine: *states XAA; *treaties UNTOC 16
    and the Smuggling Protocol? -> refine: *states XAA; treaties SOM 16
    same question for article 18 -> refine: *states XAA; treaties UNTOC 18
    Compare article 17 and article 18 -> refine: *states XAA; treaties UNTOC 17 + UNTOC 18
    and in French? -> about_answer: *states XAA; *treaties UNTOC 16
    What about Irak? -> refine: states IRQ; *treaties UNTOC 16
    what about alemania? -> refine: states DEU; *treaties UNTOC 16
    Irak? -> refine: states IRQ; *treaties UNTOC 16
    and Galdoria's neighbours? -> refine: *treaties UNTOC 16; unclear Galdoria's neighbours
    and Brasil too? -> refine: *states XAA BRA; *treaties UNTOC 16
{SMUGGLING}
    and the TIP Protocol? -> refine: *states XAA; treaties TIP 6
    and of the Firearms Protocol? -> refine: *states XAA; treaties FIREARMS 6
    and 7? -> refine: *states XAA; treaties SOM 7
{TOPIC}
    And at the eleventh? -> refine: *states XAA; sessions 11; *topic extradition
    and the 9th? -> refine: *states XAA; sessions 9; *topic extradition
{SESSIONS}
    et à la onzième ? -> refine: *states XAA; sessions 11; *topic or
    а на девятой? -> refine: *states XAA; sessions 9; *topic or
{TWO}
    What did both say about article 16? -> refine: *states XAA XGA; treaties UNTOC 16
    both on firearms? -> refine: *states XAA XGA; topic firearms
    not Arvandia -> refine: *states XGA; *topic extradition
    and without Galdoria? -> refine: *states XAA; *topic extradition
    sans l'Arvandie -> refine: *states XGA; *topic extradition
    without Belmora -> refine: *states XAA XGA; *topic extradition
{FRENCH}
    et l'Autriche ? -> refine: states AUT; *treaties UNTOC 4; *years 2031; language fr
    Et la Belmore aussi ? -> refine: *states XAA XAB; *treaties UNTOC 4; *years 2031
    seulement 2003 -> refine: *states XAA; *treaties UNTOC 4; years 2003; language fr
    uniquement en 2003 -> refine: *states XAA; *treaties UNTOC 4; years 2003; language fr
    Parle-t-elle de l’Autriche ? -> refine: *states XAA; *years 2031; topic Autriche
    et sur l’extradition ? -> refine: *states XAA; topic extradition; *years 2031
    qu’en est-il des Protocoles ? -> refine: *states XAA; treaties TIP + SOM + FIREARMS; *years 2031
    qu’a-t-elle dit sur les armes à feu ? -> refine: *states XAA; topic armes à feu; *years 2031
    quels autres pays ? -> refine: *treaties UNTOC 4; *years 2031; all States
    quand était-ce ? -> about_answer: *states XAA; *treaties UNTOC 4; *years 2031; asked date; language fr
    de quel document est-ce tiré ? -> about_answer: *states XAA; *treaties UNTOC 4; *years 2031
    and Austria? -> refine: states AUT; *treaties UNTOC 4; *years 2031; language en
{SPANISH}
    ¿y Austria? -> refine: states AUT; *treaties UNTOC 4; *years 2031; language es
    ¿qué hay de Arvandia? -> refine: states XAA; *treaties UNTOC 4; *years 2031
    solo 2003 -> refine: *states XGA; *treaties UNTOC 4; years 2003; language es
    ¿y sobre la extradición? -> refine: *states XGA; topic extradición; *years 2031
    ¿y el artículo 16? -> refine: *states XGA; treaties UNTOC 16; *years 2031
    ¿y los Protocolos? -> refine: *states XGA; treaties TIP + SOM + FIREARMS; *years 2031
    ¿qué dijo ella sobre las armas de fuego? -> refine: *states XGA; topic armas de fuego; *years 2031
    ¿qué otros países? -> refine: *treaties UNTOC 4; *years 2031; all States
    ¿cuándo fue eso? -> about_answer: *states XGA; *treaties UNTOC 4; *years 2031; asked date; language es
    ¿por qué? -> about_answer: *states XGA; *treaties UNTOC 4; *years 2031; asked reason
{RUSSIAN}
    а Австрия? -> refine: states AUT; *treaties UNTOC 4; *years 2031
    А Австрия тоже? -> refine: *states XZR AUT; *treaties UNTOC 4; *years 2031
    только в 2003 году -> refine: *states XZR; *treaties UNTOC 4; years 2003
    что она сказала об Австрии? -> refine: *states XZR; *years 2031; topic Австрии
    а о выдаче? -> refine: *states XZR; topic выдаче; *years 2031
    а протоколы? -> refine: *states XZR; treaties TIP + SOM + FIREARMS; *years 2031
    что она сказала об огнестрельном оружии? -> refine: *states XZR; topic огнестрельном оружии; *years 2031
    какие ещё государства? -> refine: *treaties UNTOC 4; *years 2031; all States
    когда это было? -> about_answer: *states XZR; *treaties UNTOC 4; *years 2031; asked date
    из какого документа это? -> about_answer: *states XZR; *treaties UNTOC 4; *years 2031
{ARABIC}
    وماذا عن النمسا؟ -> refine: states AUT; *treaties UNTOC 4; *years 2031
    والنمسا أيضا؟ -> refine: *states XRM AUT; *treaties UNTOC 4; *years 2031
    فقط عام 2003 -> refine: *states XRM; *treaties UNTOC 4; years 2003
    وماذا عن تسليم المجرمين؟ -> refine: *states XRM; topic تسليم المجرمين; *years 2031
    والمادة 16؟ -> refine: *states XRM; treaties UNTOC 16; *years 2031
    وماذا عن البروتوكولات؟ -> refine: *states XRM; treaties TIP + SOM + FIREARMS; *years 2031
    متى كان ذلك؟ -> about_answer: *states XRM; *treaties UNTOC 4; *years 2031; asked date
    من أي وثيقة هذا؟ -> about_answer: *states XRM; *treaties UNTOC 4; *years 2031
{CHINESE}
    奥地利呢？ -> refine: states AUT; *treaties UNTOC 4
    只看2003年 -> refine: *states XLH; *treaties UNTOC 4; years 2003
    引渡呢？ -> refine: *states XLH; topic 引渡
    第16条呢？ -> refine: *states XLH; treaties UNTOC 16
    议定书呢？ -> refine: *states XLH; treaties TIP + SOM + FIREARMS
    它提到奥地利了吗？ -> refine: *states XLH; topic 奥地利
    它对枪支说了什么？ -> refine: *states XLH; topic 枪支
    还有哪些国家？ -> refine: *treaties UNTOC 4; all States
    那是什么时候？ -> about_answer: *states XLH; *treaties UNTOC 4; asked date
    出自哪份文件？ -> about_answer: *states XLH; *treaties UNTOC 4
"""


def held(read: Resolution) -> dict[str, Any]:
    """Writes a scope as the table does."""
    scope = read.scope
    lists = {name: " ".join(getattr(scope, name)) for name in ("states", "groups", "sessions", "years", "months")}
    named = [f"{each.treaty} {number}".strip() for each in scope.treaties for number in each.articles or ("",)]
    lists |= {"bodies": " + ".join(scope.bodies), "agenda_items": " ".join(scope.agenda_items), "topic": scope.topic}
    lists |= {"treaties": " + ".join(named), "pick": scope.pick or ""}
    return {name: value for name, value in lists.items() if value}


def _rows() -> Iterator[tuple[str, str, str, dict[str, str]]]:
    first = ""
    for line in TURNS.strip().splitlines():
        if not line.startswith(" "):
            first = line
            continue
        question, read = line.strip().split(" -> ")
        intent, parts = read.split(": ", 1)
        yield first, question, intent, {part.split(" ")[0]: part.partition(" ")[2] for part in parts.split("; ")}


@pytest.mark.parametrize(("first", "question", "intent", "parts"), list(_rows()))
def test_follow_ups_are_told_apart_and_keep_what_they_leave_out(
    first: str, question: str, intent: str, parts: dict[str, str], parties: PartyTable
) -> None:
    read = resolve(question, parties, history=[first])
    asked, language, unclear = (parts.pop(name, None) for name in ("asked", "language", "unclear"))
    is_open = parts.pop("all", "") == "States"
    expected = {name.removeprefix("*"): value for name, value in parts.items()}
    kept = [name.removeprefix("*") for name in parts if name.startswith("*")]
    assert (read.act == "new", read.act == "about") == (intent == "new", intent == "about_answer")
    now = held(read)
    assert topic_words(now.pop("topic", "")) == topic_words(expected.pop("topic", ""))
    assert now == expected
    assert sorted(read.scope.kept) == sorted(kept)
    assert read.all_states is is_open
    assert asked is None or (read.asked or "nothing") == asked
    assert language is None or read.scope.language == language
    assert read.unclear == unclear


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        (
            (ARTICLE, "And Galdoria?", "And about extradition?", "And Belmora?"),
            {"states": "XAB", "years": "2031", "topic": "extradition"},
        ),
        ((OPEN, "and Belmora?", "and on victims?", "which States agree?"), {"years": "2031", "topic": "victims"}),
        (
            (TOPIC, "why?", "and Belmora too?", "what did they say about victims?"),
            {"states": "XAA XAB", "sessions": "10", "topic": "victims"},
        ),
        (
            ("What did Congo say about extradition?", "the Democratic Republic of the Congo"),
            {"states": "COD", "topic": "extradition"},
        ),
        (
            ("What did Austria and Congo say about extradition?", "the Democratic Republic of the Congo"),
            {"states": "AUT COD", "topic": "extradition"},
        ),
        (
            ("What did Austria say about extradition?", "and Congo?", "the Democratic Republic of the Congo"),
            {"states": "COD", "topic": "extradition"},
        ),
        (
            (
                "What did Arvandia say about extradition under agenda item 4?",
                "and on firearms?",
                "and under agenda item 5?",
            ),
            {"states": "XAA", "agenda_items": "5", "topic": "firearms"},
        ),
        (
            ("How many agreements did Arvandia conclude?", *["and Belmora?", "and Arvandia?"] * 10),
            {"states": "XAA", "topic": "agreements"},
        ),
    ],
)
def test_chains_reach_back_over_their_turns(
    turns: tuple[str, ...], expected: dict[str, str], parties: PartyTable
) -> None:
    *history, question = turns
    found = held(resolve(question, parties, history=history))
    assert found.pop("topic", "").startswith(expected.pop("topic", ""))
    assert found == expected


def test_an_ambiguous_name_stays_to_be_asked_back_until_it_is_settled(parties: PartyTable) -> None:
    first = "What did Congo say about extradition?"
    assert resolve("and on firearms?", parties, history=[first]).unclear == "Congo"
    assert resolve("why?", parties, history=[first]).unclear == "Congo"
    assert resolve("the Democratic Republic of the Congo", parties, history=[first]).unclear is None


@pytest.mark.parametrize("topic", ["gold", "iron", "witnesses", "corruption", "chair", "human rights", "mail"])
def test_a_common_word_in_a_fragment_is_a_topic(topic: str, parties: PartyTable) -> None:
    read = resolve(f"and {topic}?", parties, history=[TOPIC])
    assert (read.unclear, read.scope.states, read.scope.topic) == (None, ("XAA",), topic)


def test_the_kind_of_thing_asked_for_stays_with_the_subject(parties: PartyTable) -> None:
    first = "How many agreements did Arvandia conclude?"
    assert resolve("and Belmora?", parties, history=[first]).asked == "number"
    assert resolve("and on extradition?", parties, history=[first]).asked is None


def test_what_a_treaty_says_is_asked_on_until_somebody_is_named(parties: PartyTable) -> None:
    first = "What does article 16 say?"
    assert resolve("and article 18?", parties, history=[first]).provision
    assert not resolve("and Belmora?", parties, history=[first]).provision
    assert not resolve("and on extradition?", parties, history=[first]).provision


def _read(**scope: Any) -> Resolution:
    return Resolution(scope=Scope(**scope), question="and article 4?")


@pytest.mark.parametrize(
    ("overrides", "question", "expected"),
    [
        ({"years": []}, "and Belmora?", {"states": "XAB", "treaties": "UNTOC 4"}),
        ({"treaties": []}, "only 2030", {"states": "XAA", "years": "2030"}),
        ({"states": ["XGA"]}, "and on extradition?", {"states": "XGA", "years": "2031", "topic": "extradition"}),
        (
            {"topic": "sovereignty"},
            "and Belmora?",
            {"states": "XAB", "treaties": "UNTOC 4", "years": "2031", "topic": "sovereignty"},
        ),
        ({"pick": "latest", "years": []}, "and Belmora?", {"states": "XAB", "treaties": "UNTOC 4", "pick": "latest"}),
    ],
)
def test_what_was_set_by_hand_is_carried_on(
    overrides: dict[str, Any], question: str, expected: dict[str, str], parties: PartyTable
) -> None:
    edited = EarlierTurn(question=ARTICLE, overrides=overrides)
    assert held(resolve(question, parties, history=[edited])) == expected
    later = resolve("and Drelnia?", parties, history=[edited, question])
    assert held(later) == {**expected, "states": "XDR"}


def test_taking_the_last_state_away_asks_all_of_them(parties: PartyTable) -> None:
    assert resolve(ARTICLE, parties, overrides={"states": []}).all_states
    after = resolve("only 2030", parties, history=[EarlierTurn(question=ARTICLE, overrides={"states": []})])
    assert after.all_states and held(after) == {"treaties": "UNTOC 4", "years": "2030"}


def test_kept_names_only_what_is_still_as_it_was(parties: PartyTable) -> None:
    history = ["What did Arvandia and Galdoria say in 2031 about article 4?"]
    kept = {
        name: resolve("only 2030", parties, history=history, overrides=change).scope.kept
        for name, change in {
            "nothing": {},
            "one state away": {"states": ["XAA"]},
            "both away": {"states": []},
            "another": {"states": ["XAB"]},
        }.items()
    }
    assert kept["nothing"] == kept["one state away"] == ("states", "treaties")
    assert kept["both away"] == kept["another"] == ("treaties",)


def test_an_answers_own_scope_can_be_given_back_with_its_question(parties: PartyTable) -> None:
    scope = {
        "states": ["XAA"],
        "treaties": [],
        "years": ["2031"],
        "topic": "extradition",
        "kept": ["years"],
        "notes": [],
    }
    turn = EarlierTurn(question="and on extradition?", overrides=scope)
    assert held(resolve("and Belmora?", parties, history=[turn])) == {
        "states": "XAB",
        "years": "2031",
        "topic": "extradition",
    }


def test_an_earlier_scope_that_names_nothing_known_is_an_error(parties: PartyTable) -> None:
    with pytest.raises(ScopeError, match="Wakanda"):
        resolve("and Belmora?", parties, history=[EarlierTurn(question=ARTICLE, overrides={"states": ["Wakanda"]})])


@pytest.mark.parametrize("question", ["", "?", "(((", "and", "和", "و", "\x00", "and " * 400, "’s " * 300])
def test_nonsense_after_a_question_is_read_without_failing(question: str, parties: PartyTable) -> None:
    follow = question or " "
    if follow.strip():
        assert resolve(follow, parties, history=[ARTICLE]).scope.states == ("XAA",)
    assert resolve("and Belmora?", parties, history=[ARTICLE, follow]).scope.states == ("XAB",)


@pytest.mark.parametrize(
    "question",
    [
        "and Belmora, in its last statement?",
        "and Belmora in its latest statement?",
        "et la Belmore, dans sa dernière déclaration ?",
        "¿y Belmora, en su última declaración?",
    ],
)
def test_a_pronoun_after_a_name_is_that_name_s(question: str, parties: PartyTable) -> None:
    read = resolve(question, parties, history=["What did Arvandia say about mutual legal assistance?"])
    assert (read.scope.states, read.scope.pick, read.scope.topic) == (("XAB",), "latest", "mutual legal assistance")
