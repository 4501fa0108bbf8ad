"""Properties of `squash`, the comparison on which every quotation check rests."""

import time
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from ingest.text.canonical_form import squash, squash_map
from tests.cases import Cases

cases = Cases(__file__)

TRICKY = st.text(
    alphabet=st.one_of(
        st.sampled_from("aZé- \n\t\u00ad\u200b\u0301\u0308ﬁ½²“”‘’–—‐…´\u1100\u1161\u11a8가각ｶﾞ中ا\u0655.,'\"`09"),
        st.characters(exclude_categories=["Cs"]),
    )
)
# Without combining marks: NFKC turns a spacing accent into a space and a mark, which a second pass would compose.
STEADY = st.text(
    alphabet=st.characters(exclude_categories=["Cs", "Mn", "Mc", "Me"]).filter(
        lambda char: (
            not any(map(unicodedata.combining, unicodedata.normalize("NFKD", char)))
            and not "\u1100" <= char <= "\u11ff"
        )
    )
)


@cases("text", "squashed", at_once=True)
def test_squash_follows_its_definition(text: str, squashed: str) -> None:
    assert squash(text) == squashed


@given(TRICKY)
def test_squash_map_agrees_with_squash(text: str) -> None:
    mapped = squash_map(text)
    assert mapped.text == squash(text)
    assert len(mapped.offsets) == len(mapped.ends) == len(mapped.text)
    assert list(mapped.offsets) == sorted(mapped.offsets)
    assert all(0 <= s < e <= len(text) for s, e in zip(mapped.offsets, mapped.ends, strict=True))


@given(STEADY)
def test_squash_is_idempotent_without_combining_marks(text: str) -> None:
    assert squash(squash(text)) == squash(text)


@given(TRICKY, st.text(alphabet=" \n\t\u00a0\r\f", min_size=1), st.data())
def test_squash_ignores_inserted_white_space_between_letters(text: str, space: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(text)))
    head, tail = text[:cut] + "a", "b" + text[cut:]
    assert squash(head + space + tail) == squash(head + tail)


def test_squash_map_points_to_the_source_characters() -> None:
    source = "An of\ufb01ce — e\u0301lan co-\noperation"
    mapped = squash_map(source)
    first = mapped.text.index("f")
    assert source[mapped.offsets[first]] == "f"
    assert [source[mapped.offsets[i] : mapped.ends[i]] for i in (first + 1, first + 2)] == ["\ufb01", "\ufb01"]
    accented = mapped.text.index("é")
    assert source[mapped.offsets[accented] : mapped.ends[accented]] == "e\u0301"


def test_squash_is_fast_on_long_texts() -> None:
    for piece in ("Cooperation is self-evident. ", "“Coopération” — naïve, self-evident. ", "التعاون الدولي "):
        text = piece * (100_000 // len(piece))
        started = time.process_time()
        squash(text)
        assert time.process_time() - started < 0.1
