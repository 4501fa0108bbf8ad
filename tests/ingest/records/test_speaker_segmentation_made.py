"""Randomly composed records: each paragraph is attributed to its speaker or to nobody, never to another speaker."""

from hypothesis import given
from hypothesis import strategies as st

from tests.cases import Cases

cases = Cases(__file__)

STATES = {"XAA": "Arvandia", "XAB": "Belmora", "XGA": "Galdoria", "XRM": "Rimalia", "XZR": "Zarechia"}
TITLES = ("Mr. Olm", "Mrs. van Dam", "Ms. K. Ito-Bel", "Dame Alis Port", "H.E. Mr. Sim", "Archbishop Ro", "Mr. N’Ko")
NOTES = ("", " (spoke in French)", " (interpretation from Arabic)")
# Names of speakers who represent no known party, at the head of an intervention in a verbatim record.
OTHERS = cases.tuples("OTHERS")
# Paragraphs of a speech that look like another speaker's.
SPEECH = cases.tuples("SPEECH")
ENDS = ("It was so decided.", "The meeting rose at 1 p.m.", "Draft resolution L.4 was adopted.", "Agenda item 7")

turn = st.tuples(
    st.sampled_from([*STATES, None]),
    st.sampled_from(TITLES),
    st.sampled_from(NOTES),
    st.sampled_from(OTHERS),
    st.lists(st.sampled_from(SPEECH), min_size=1, max_size=3),
    st.sampled_from((None, None, None, *ENDS)),
)


@given(turns=st.lists(turn, min_size=2, max_size=8), wide=st.booleans())
def test_no_paragraph_of_a_made_record_is_in_another_mouth(turns, wide, split):
    pieces, expected = [], []
    for number, (state, title, note, other, speech, end) in enumerate(turns):
        head = other if state is None else f"{title} ({STATES[state]}){note}:"
        words = [f"{paragraph} Mark {number}-{n}." for n, paragraph in enumerate(speech)]
        pieces += [f"{head} {words[0]}", *words[1:]]
        expected += [(f"Mark {number}-{n}.", state) for n in range(len(speech))]
        if end is not None:
            pieces += [end, f"Afterwards mark {number} was heard."]
            expected.append((f"Afterwards mark {number} was heard.", None))
    text = ("\n\n" if wide else "\n").join(pieces)
    if len({state for state, *_ in turns if state is not None}) < 2:
        return
    found = split(text, "en")
    for words, state in expected:
        at = text.index(words)
        mouths = [item.group or item.state for item in found if item.start <= at < item.end]
        assert mouths in ([state], []) if state is not None else mouths in ([None], [])
    # No intervention of a State is lost.
    holders = [item.state for item in found if item.state is not None]
    assert holders == [state for state, *_ in turns if state is not None]


TOLD = ("said that assets had been returned", "welcomed the report", "did not share that view", "asked who would pay")
GOES_ON = cases.tuples("GOES_ON")
NARRATED = cases.tuples("NARRATED")

told_turn = st.tuples(
    st.sampled_from(list(STATES)),
    st.booleans(),
    st.sampled_from(TITLES),
    st.sampled_from(TOLD),
    st.lists(st.sampled_from(GOES_ON), max_size=2),
    st.sampled_from((None, *NARRATED)),
)


@given(turns=st.lists(told_turn, min_size=2, max_size=8), wide=st.booleans())
def test_no_paragraph_of_a_made_summary_record_is_in_another_mouth(turns, wide, split):
    paragraphs = []
    for state, named, title, verb, more, narrated in turns:
        who = f"{title} ({STATES[state]})" if named else f"The representative of {STATES[state]}"
        paragraphs += [(f"{who} {verb}.", state), *((words, state) for words in more)]
        if narrated is not None:
            paragraphs += [(narrated, None), ("That was for mark.", None)]
    numbered = [(f"{n}. {words} See note {n}x.", state) for n, (words, state) in enumerate(paragraphs, start=1)]
    text = ("\n\n" if wide else "\n").join(words for words, _ in numbered)
    if len({state for _, state in numbered if state is not None}) < 2:
        return
    found = split(text, "en")
    for n, (_, state) in enumerate(numbered, start=1):
        at = text.index(f"See note {n}x.")
        mouths = [item.group or item.state for item in found if item.start <= at < item.end]
        assert mouths == [state] if state is not None else mouths in ([None], [])
    assert all(item.summarised for item in found)
