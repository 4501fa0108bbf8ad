"""Turns: the state of a conversation that results from what a turn says and which slots it keeps."""

from dataclasses import replace
from typing import Any

import pytest

from app.answering.history import state_after
from app.question.overrides import override
from app.question.reading import read_question
from app.question.resolution import Act, Resolution, Shown, with_kind
from app.question.scope_fields import SCOPE_SLOTS, SLOT_OF, Slot, slots_of
from app.question.turns.merge import merge_turn
from app.question.turns.state import ConversationState, EarlierTurn, TurnReading
from app.records import Answer, QuestionKind, Scope, TreatyScope
from app.retrieval.retrieved import Retrieved
from ingest.parties.party_table import PartyTable

BEFORE: dict[str, Any] = {
    "states": ("XAA", "XGA"), "topic": "extradition",
    "sessions": ("10",), "bodies": ("UNTOC COP",), "agenda_items": ("4",),
}  # fmt: skip
SHOWN = Shown(parties=("XAA",), statements=("s1",), sentences=("s1:4",))


def read(**scope: Any) -> Resolution:
    return Resolution(scope=Scope(**scope), question="a turn")


def merged(said: Resolution, act: Act, keeps: set[Slot], **before: Any) -> Resolution:
    state = ConversationState(read=read(**(before or BEFORE)), shown=SHOWN)
    return merge_turn(state, said, TurnReading(act=act, keeps=frozenset(keeps)))


def held(resolution: Resolution) -> dict[str, Any]:
    found = {name: getattr(resolution.scope, name) for name in SLOT_OF}
    return {name: value for name, value in found.items() if value}


ALL = set(SCOPE_SLOTS)
NOWHERE: dict[str, Any] = {"bodies": (), "sessions": (), "agenda_items": ()}


@pytest.mark.parametrize(
    ("said", "act", "keeps", "changed"),
    [
        ({"states": ("XAB",)}, "replace", ALL - {"who"}, {"states": ("XAB",)}),
        ({"states": ("XAB",)}, "add", ALL, {"states": ("XAA", "XGA", "XAB")}),
        ({"excluded": ("XAA",)}, "remove", ALL, {"states": ("XGA",)}),
        # A turn that only excludes a State that the turn before asked about removes it, whatever its act.
        ({"excluded": ("XAA",)}, "replace", ALL, {"states": ("XGA",)}),
        ({"excluded": ("XIL",)}, "replace", ALL, {"states": (), "excluded": ("XIL",)}),
        ({"excluded": ("XAA",)}, "correct", ALL, {"states": ("XGA",)}),
        ({"sessions": ("10", "11")}, "correct", ALL - {"where"}, {"sessions": ("11",)}),
        ({"states": ("XAA",)}, "remove", ALL, {"states": ("XGA",)}),
        ({"states": ("XAB",), "excluded": ("XGA",)}, "correct", ALL - {"who"}, {"states": ("XAA", "XAB")}),
        ({"states": ("XAB",)}, "correct", ALL - {"who"}, {"states": ("XAB",)}),
        ({"topic": "firearms"}, "replace", ALL - {"topic"}, {"topic": "firearms"}),
        ({"topic": "firearms"}, "add", ALL, {"topic": "extradition; firearms"}),
        ({"topic": "extradition"}, "remove", ALL, {"topic": ""}),
        ({"topic": "gold"}, "remove", ALL, {}),
        ({"years": ("2031",)}, "replace", ALL - {"when"}, {"years": ("2031",), "sessions": ()}),
        ({"sessions": ("11",)}, "replace", ALL - {"where"}, {"sessions": ("11",)}),
        (
            {"bodies": ("GA",)},
            "replace",
            ALL - {"where"},
            NOWHERE | {"bodies": ("GA",)},
        ),
        ({"states": ("XIL",), "topic": "gold"}, "new", set(), NOWHERE | {"states": ("XIL",), "topic": "gold"}),
        ({}, "about", ALL, {}),
        ({}, "about", ALL - {"when", "where"}, NOWHERE),
    ],
)
def test_each_act_changes_the_slots_that_a_turn_fills(said, act, keeps, changed):
    result = merged(read(**said), act, keeps)
    assert held(result) == {name: value for name, value in (BEFORE | changed).items() if value}
    assert result.act == act


def test_who_else_asks_everyone_but_those_left_out_before():
    said = read(all_states=True)
    rest = merged(said, "more", ALL - {"who"}, excluded=("XAA",), all_states=True, topic="gold")
    assert (rest.scope.all_states, rest.scope.excluded, rest.scope.kept) == (True, ("XAA",), ("excluded", "topic"))
    assert merged(said, "replace", ALL - {"who"}, excluded=("XAA",), topic="gold").scope.excluded == ()


GOLD: dict[str, Any] = {"topic": "gold"}
OF_SET = GOLD | {"members_of": ("AFRICA",)}
EVERYONE = GOLD | {"all_states": True}
ARTICLE = {"states": ("XAA",), "treaties": (TreatyScope(treaty="UNTOC", articles=("18",)),)}


@pytest.mark.parametrize(("before", "said", "act", "keeps", "after"), [
    # Leaving out one of all or of a set excludes it, in the order in which they are named.
    (EVERYONE, {"excluded": ("XAA",)}, "remove", ALL, EVERYONE | {"excluded": ("XAA",)}),
    (EVERYONE | {"excluded": ("XAA",)}, {"excluded": ("XGA",)}, "remove", ALL, EVERYONE | {"excluded": ("XAA", "XGA")}),
    (EVERYONE, {"excluded": ("XIL", "XAA", "XGA")}, "remove", ALL, EVERYONE | {"excluded": ("XIL", "XAA", "XGA")}),
    (OF_SET, {"excluded": ("XAA",)}, "remove", ALL, OF_SET | {"excluded": ("XAA",)}),
    (OF_SET, {"excluded": ("XAA",)}, "correct", ALL, OF_SET | {"excluded": ("XAA",)}),
    (OF_SET, {"excluded": ("XAA",)}, "replace", ALL, OF_SET | {"excluded": ("XAA",)}),
    # Leaving out the only one asked asks the rest.
    (GOLD | {"states": ("XAA",)}, {"excluded": ("XAA",)}, "remove", ALL, EVERYONE | {"excluded": ("XAA",)}),
    # An article that was the subject gives way to a topic; one that only narrowed a topic stays.
    (ARTICLE, {"topic": "witnesses"}, "replace", ALL - {"topic"}, {"states": ("XAA",), "topic": "witnesses"}),
    (ARTICLE, {"topic": "witnesses"}, "about", ALL - {"topic"}, {"states": ("XAA",), "topic": "witnesses"}),
    (ARTICLE | GOLD, {"topic": "witnesses"}, "replace", ALL - {"topic"}, ARTICLE | {"topic": "witnesses"}),
])  # fmt: skip
def test_a_turn_changes_the_scope_before_it(before, said, act, keeps, after):
    scope = merged(read(**said), act, keeps, **before).scope
    assert scope == replace(Scope(**after), kept=scope.kept)


def test_an_unclear_name_after_a_group_does_not_ask_the_group_again():
    said = replace(read(), unclear="Wyndral", options=("East Wyndral", "West Wyndral"))
    assert held(merged(said, "replace", ALL - {"who"}, groups=("EU",), topic="gold")) == {"topic": "gold"}


def test_the_parties_that_a_topic_is_about_stay_with_it():
    # After "the floods in Belmora", "and Corvia?" is still about Belmora, "and piracy?" no longer.
    before = {"states": ("XAA",), "topic": "the floods"}
    state = ConversationState(read=replace(read(**before), topic_parties=("XAB",)))
    kept = merge_turn(state, read(states=("XAC",)), TurnReading(act="replace", keeps=frozenset(ALL - {"who"})))
    assert kept.topic_parties == ("XAB",)
    other = merge_turn(state, read(topic="piracy"), TurnReading(act="replace", keeps=frozenset(ALL - {"topic"})))
    assert other.topic_parties == ()
    assert override(kept, {"states": ["AUT"]}, PartyTable.load()).topic_parties == ("XAB",)


def asked(kind: QuestionKind, **scope: Any) -> Resolution:
    return with_kind(Resolution(scope=Scope(**scope), question=kind), kind)


def after(before: Resolution | ConversationState, said: Resolution, act: Act, *keeps: Slot) -> Resolution:
    state = before if isinstance(before, ConversationState) else ConversationState(read=before, shown=SHOWN)
    return merge_turn(state, said, TurnReading(act=act, keeps=frozenset(keeps)))


def test_the_kind_goes_on_with_what_follows_from_it():
    before = asked("number", states=("XAA",), topic="ships")
    # Read alone, "And Belmora?" is of the unspecific kind "content" or "ambiguous", so the earlier kind is kept.
    for said in (asked("content", states=("XAB",)), asked("ambiguous", states=("XAB",))):
        kept = after(before, said, "replace", "topic", "kind")
        assert (kept.kind, kept.answer_type, kept.scope.states) == ("number", "number", ("XAB",))
    changed = after(before, asked("position", states=("XAB",)), "replace", "topic")
    assert (changed.kind, changed.answer_type, changed.stance) == ("position", None, True)


def test_a_kind_of_its_own_that_is_sure_goes_before_the_one_kept():
    before, everything = asked("which_states", topic="gold", years=("2020",)), (*SCOPE_SLOTS, "kind")
    summary = asked("summary", states=("XAB",))
    whole = after(before, summary, "replace", *everything)
    assert (whole.kind, held(whole)) == ("summary", {"states": ("XAB",)})
    unsure = after(before, replace(summary, kind_chance=0.4), "replace", *everything)
    assert (unsure.kind, unsure.scope.topic) == ("which_states", "gold")
    another = after(asked("summary", states=("XAA",), years=("2020",)), summary, "replace", *everything)
    assert held(another) == {"states": ("XAB",), "years": ("2020",)}


def test_what_sums_up_goes_on_with_the_topic_that_it_keeps():
    before = asked("content", states=("XAA",), topic="gold", treaties=(TreatyScope(treaty="UNTOC"),))
    both = after(before, asked("summary"), "about", "who", "topic", "treaty")
    assert (both.kind, both.scope.topic, both.scope.treaties) == ("summary", "gold", before.scope.treaties)
    whole = after(before, asked("summary"), "about", "who", "treaty")
    assert (whole.kind, held(whole)) == ("summary", {"states": ("XAA",)})
    # A summary is of what was shown, and does not continue after it as "more" does.
    shown = after(before, asked("summary"), "more", *SCOPE_SLOTS, "kind")
    assert (shown.kind, shown.act, shown.scope.topic) == ("summary", "about", "gold")


def test_a_wish_for_more_is_none_for_another_form():
    before = asked("content", states=("XAA",), topic="gold")
    more = after(before, asked("format_request"), "more", *SCOPE_SLOTS, "kind")
    assert (more.kind, more.act, more.scope.topic) == ("content", "more", "gold")


def test_who_else_after_one_state_asks_which_others():
    others = replace(asked("which_states"), kind_chance=0.5)
    more = after(asked("reason", states=("XAA",), topic="gold"), others, "more", "topic", "kind")
    assert (more.kind, more.scope.all_states, more.scope.topic, more.shown) == ("which_states", True, "gold", SHOWN)


def test_who_names_nobody_asks_whoever_was_asked_or_everyone():
    before, who = asked("position", states=("XAA",), topic="gold"), asked("which_states", all_states=True)
    same = after(before, who, "about", "who", "topic")
    assert (same.scope.all_states, held(same)) == (False, {"states": ("XAA",), "topic": "gold"})
    anyone = after(before, who, "about", "topic")
    assert (anyone.scope.all_states, held(anyone)) == (True, {"topic": "gold"})
    assert after(anyone, asked("reason"), "about", "who", "topic").scope.all_states


def test_what_a_treaty_says_is_asked_on_until_somebody_is_named():
    before = asked("treaty_text", treaties=(TreatyScope(treaty="UNTOC", articles=("4",)),))
    article = asked("content", treaties=(TreatyScope(treaty="UNTOC", articles=("16",)),))
    assert after(before, article, "replace", "kind").provision
    named = after(before, asked("content", states=("XAB",)), "replace", "topic", "kind", "treaty")
    assert (named.kind, named.provision) == ("content", False)


def test_who_delivered_a_statement_is_asked_once_and_doubts_ask_again_what_was_asked():
    before = asked("source", states=("XAA",), topic="gold")
    about = after(before, asked("content", topic="tolls"), "replace", "who", "kind")
    assert (about.kind, about.scope.states, about.scope.topic) == ("content", ("XAA",), "tolls")
    assert after(before, asked("content", states=("XAB",)), "replace", "topic", "kind").kind == "source"
    doubt = replace(asked("source"), kind_chance=0.3)
    assert after(asked("content", states=("XAA",), topic="gold"), doubt, "about", "who", "topic").kind == "content"


def test_after_thanks_the_question_before_goes_on():
    before = asked("position", states=("XAA",), topic="gold")
    thanks = after(before, asked("greeting"), "about", *SCOPE_SLOTS, "kind")
    assert (thanks.kind, thanks.scope.topic) == ("greeting", "gold")
    state = state_after(thanks, Answer(question="thanks", answer="", status="abstained"), Retrieved())
    goes_on = after(state, asked("content", states=("XAB",)), "replace", "topic", "kind")
    assert (goes_on.kind, goes_on.scope.states, goes_on.scope.topic) == ("position", ("XAB",), "gold")


def test_shorter_after_thanks_repeats_what_more_showed(parties):
    first, both = Shown(statements=("s1",)), Shown(statements=("s1", "s2"))
    more = replace(asked("content", states=("XAA",), topic="gold"), act="more", shown=first)
    state = ConversationState(read=more, shown=both)
    for _ in range(2):
        thanks = after(state, asked("greeting"), "about", *SCOPE_SLOTS, "kind")
        state = state_after(thanks, Answer(question="thanks", answer="", status="abstained"), Retrieved())
        assert state.shown == both
    turn = EarlierTurn(question="thanks", state=state)
    shorter, what_else = (read_question(text, parties, history=[turn]) for text in ("shorter", "what else?"))
    assert (shorter.act, shorter.shown) == ("more", first)
    assert (what_else.act, what_else.shown) == ("more", both)


def test_an_aside_holds_all_of_the_question_before_it(parties):
    asked, shown = "Which States do not extradite their nationals?", SHOWN
    before = read_question(asked, parties)
    for aside in ("thank you", "what is the weather in Paris?"):
        said = read_question(
            aside, parties, history=[EarlierTurn(question=asked, state=ConversationState(read=before, shown=shown))]
        )
        state = state_after(said, Answer(question=aside, answer="", status="abstained"), Retrieved())
        assert (said.is_statement_question, said.earlier_kind, state.shown) == (False, "which_states", shown)
        turn = EarlierTurn(question=aside, state=state)
        later = read_question("and in 2020?", parties, history=[turn])
        assert (later.stance, later.denies, later.stance_from) == (True, True, asked)
        shorter = read_question("shorter", parties, history=[turn])
        assert (shorter.answered_as, shorter.is_statement_question, shorter.denies) == ("which_states", True, True)
        more = read_question("who else?", parties, history=[turn])
        assert (more.act, more.shown) == ("more", shown)
    first = read_question("what is the weather in Paris?", parties)
    shorter = read_question("shorter", parties, history=[first.question])
    assert not shorter.is_statement_question


@pytest.mark.parametrize(("scope", "more", "years", "interval", "months"), [
    ({"interval": ("2018", None)}, {"years": ("2010",)}, "2010 2018 2019", None, ""),
    ({"interval": ("2018", None)}, {"years": ("2016", "2017"), "interval": ("2016", "2017")}, "", ("2016", None), ""),
    ({"years": ("2020",), "months": ("2020-10",)}, {"years": ("2018",), "months": ("2018-03",)}, "2018 2020", None,
     "2020-10 2018-03"),
    ({"interval": ("2018", None)}, {"pick": "latest"}, "", ("2018", None), ""),
    ({}, {"years": ("2018",)}, "2018", None, ""),
])  # fmt: skip
def test_an_added_time_is_searched_beside_the_earlier(scope, more, years, interval, months):
    found = merged(read(**more), "add", ALL, **{"states": ("XAA",), **scope}).scope
    assert (found.interval, found.months) == (interval, tuple(months.split()))
    assert {*years.split()} <= {*found.years} and bool(years) == bool(found.years)


def test_the_date_of_the_latest_statement_is_asked_on_without_words_for_it():
    before = replace(asked("date", states=("XAA",), topic="gold", pick="latest"), answer_type=None)
    kept = after(before, asked("content", states=("XAB",)), "replace", "topic", "when", "kind")
    assert (kept.kind, kept.scope.pick, kept.answer_type) == ("date", "latest", None)
    everyone = asked("number", topic="ships", all_states=True)
    assert after(everyone, asked("content", years=("2019",)), "replace", "who", "topic", "kind").answer_type is None


def test_a_form_that_is_not_offered_gives_the_same_and_says_so():
    table = after(asked("summary", states=("XAA",)), asked("format_request"), "about", *SCOPE_SLOTS, "kind")
    assert (table.kind, table.answered_as, table.scope.states) == ("format_request", "summary", ("XAA",))
    assert [note.kind for note in table.party_notes] == ["form_unknown"]


def test_more_and_about_know_what_was_shown():
    assert merged(read(), "more", ALL).shown == SHOWN
    assert merged(read(), "about", ALL).shown == SHOWN
    assert merged(read(states=("XAB",)), "replace", ALL).shown is None


def test_turns_before_a_state_are_not_read(parties):
    state = ConversationState(read=read(states=("XGA",), topic="gold"))
    history = [
        EarlierTurn(question="What did Arvandia say about firearms?", overrides={"states": ["Wakanda"]}),
        EarlierTurn(question="What did Belmora say about witnesses?", state=state),
    ]
    after = read_question("and in 2031?", parties, history=history)
    assert (after.scope.states, after.scope.topic, after.scope.years) == (("XGA",), "gold", ("2031",))


def test_a_state_gives_the_reading_that_its_questions_give(parties):
    turns = ["What did Arvandia say about extradition in 2031?", "and Belmora?", "and on firearms?", "without Belmora"]
    plain: list[str | EarlierTurn] = []
    known: EarlierTurn | None = None
    for question in turns:
        by_questions = read_question(question, parties, history=plain)
        by_state = read_question(question, parties, history=[known] if known else [])
        assert by_state.scope == by_questions.scope
        plain.append(question)
        known = EarlierTurn(question=question, state=ConversationState(read=by_questions))


def test_slots_are_those_that_a_question_names():
    assert slots_of(read(states=("XAA",), years=("2020",))) == {"who", "when"}
    assert slots_of(read(treaties=(TreatyScope(treaty="TIP"),), agenda_items=("4",))) == {"treaty", "where"}
    assert not slots_of(read(all_states=True))


def test_a_topic_after_a_summary_is_asked_about_and_not_summarised():
    before = replace(read(states=("XAA",)), kind="summary", kind_chance=0.97)
    said = replace(read(topic="sanctions"), kind="content", kind_chance=0.68)
    on_topic = after(before, said, "replace", "who", "kind")
    assert (on_topic.kind, held(on_topic)) == ("content", {"states": ("XAA",), "topic": "sanctions"})
    fragment = replace(read(states=("XAB",)), kind="content")
    assert after(before, fragment, "replace", "kind").kind == "summary"


def test_who_else_of_another_topic_asks_everyone():
    said = replace(read(all_states=True, topic="illegal guns"), kind="which_states")
    turned = merged(said, "more", ALL)
    assert turned.scope.all_states and turned.scope.topic == "illegal guns" and not turned.scope.states
    assert turned.kind == "which_states" and turned.act == "replace"
    # On the same topic, the turn stays a wish for more.
    assert merged(replace(said, scope=replace(said.scope, topic="Extradition")), "more", ALL).act == "more"


def test_whoever_was_found_to_have_said_the_quoted_words_is_asked_on(parties):
    quoted = read_question('Who said "A questionnaire is not an agent"?', parties)
    shown = Shown(parties=("XAB",), statements=("s1",), sentences=("s1:4",), years=("2018",))
    turn = EarlierTurn(question=quoted.question, state=ConversationState(read=quoted, shown=shown))
    when = read_question("when?", parties, history=[turn])
    assert (when.scope.states, when.kind, when.answered_as, when.quote) == (("XAB",), "date", "source", quoted.quote)
    on = EarlierTurn(question="when?", state=ConversationState(read=when, shown=shown))
    for before in (turn, on):
        more = read_question("what else did they say?", parties, history=[before])
        assert (more.scope.states, more.act, more.answered_as, more.quote) == (("XAB",), "more", "content", "")


@pytest.mark.parametrize(
    ("first", "turn", "denies"),
    [
        ("Which States extradite their own nationals?", "and who does not?", True),
        ("Which States extradite their own nationals?", "and who will not hear of it?", True),
        ("¿Qué Estados entregan a sus propios nacionales?", "¿y los que se niegan?", True),
        ("Which States extradite their own nationals?", "and who doesn't?", True),
        ("Which States extradite their own nationals?", "WHO DOESN’T?", True),
        ("Which States mentioned corruption?", "and who does not?", False),
        ("Which States mentioned corruption?", "who hasn’t?", False),
        ("Which States extradite their own nationals?", "and who did not mention it?", False),
    ],
)
def test_a_turn_that_negates_asks_who_denies_or_after_who_spoke_who_was_silent(first, turn, denies, parties):
    read = read_question(turn, parties, history=[first])
    assert (read.denies, read.scope.negated, read.scope.all_states) == (denies, not denies, True)


@pytest.mark.parametrize("first", ["hello", "What is the weather?", "你好"])
def test_a_question_after_a_greeting_or_small_talk_is_asked(first: str, parties: PartyTable) -> None:
    turn = read_question("Belmora on extradition?", parties, history=[first])
    assert turn.is_statement_question and (turn.scope.states, turn.scope.topic) == (("XAB",), "extradition")
