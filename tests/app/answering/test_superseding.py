"""What a later statement supersedes: only another direction, of the same party, certainly later."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.answering.citation_spans import cite_place, takes_back
from app.answering.superseding import (
    _COUNTERFACTUAL,
    _DISOWNS,
    directions_of,
    earlier_than_latest,
    with_directions,
    with_superseding,
)
from app.records import Citation, Claim
from tests.fakes_store import annotated
from vectorstore.records import Metadata, Statement

NO = "Arvandia rejects the court."
YES = "Arvandia fully supports the court."


def cited(number: int, text: str, year: str, state: str | None = "XAA", *held_by: str) -> tuple[Citation, Statement]:
    metadata = Metadata(state=state, date=year, language="en", held_by=held_by or None)
    (made,) = annotated(f"s{number}", [text]).statements
    statement = replace(made.document, metadata=metadata).as_statement()
    place = cite_place(statement, 0, len(text), page=None, paragraph=1)
    return replace(place, number=number, quote=text, source_quote=text), statement


def superseded(*made: tuple[Citation, Statement], asked: Sequence[str] = ()) -> dict[int, int | None]:
    citations = [citation for citation, _ in made]
    statements = {statement.statement_id: statement for _, statement in made}
    found = with_superseding(citations, directions_of(citations, "court", "en"), statements, asked)
    return {citation.number: citation.superseded_by for citation in found}


def test_an_earlier_position_is_superseded_by_the_latest_other_one_of_its_party() -> None:
    assert superseded(cited(1, YES, "2024"), cited(2, YES, "2020"), cited(3, NO, "2016")) == {1: None, 2: None, 3: 1}
    assert superseded(cited(1, YES, "2024"), cited(2, YES, "2016")) == {1: None, 2: None}
    assert superseded(cited(1, YES, "2024", "XAB"), cited(2, NO, "2016")) == {1: None, 2: None}
    assert superseded(cited(1, YES, "2016"), cited(2, NO, "2016")) == {1: None, 2: None}
    made = [cited(1, YES, "2024"), cited(2, YES, "2016"), cited(3, YES, "2016", "XAB")]
    assert earlier_than_latest([c for c, _ in made], {s.statement_id: s for _, s in made}) == {2}


@pytest.mark.parametrize(
    ("earlier", "later", "asked", "superseding"),
    [
        ((None, "XDR", "XAB"), (None, "XRM", "XCS"), (), False),
        ((None, "XDR", "XAB"), (None, "XRM", "XCS"), ("XDR", "XRM"), False),
        ((None,), (None,), (), False),
        ((None, "XDR", "XAB"), (None, "XAB", "XDR"), (), True),
        ((None, "XDR", "XAB"), ("XDR",), ("XDR",), True),
        ((None, "XDR", "XAB"), ("XDR",), ("XDR", "XAB"), False),
        ((None, "XDR", "XAB"), ("XDR",), (), False),
        (("XAA", "XAA", "XDR"), (None, "XAA", "XAB"), ("XAA",), True),
    ],
)
def test_only_words_of_whoever_is_cited_supersede_a_joint_statement(earlier, later, asked, superseding) -> None:
    made = [cited(1, NO, "2018", *earlier), cited(2, YES, "2020", *later)]
    assert superseded(*made, asked=asked) == {1: 2 if superseding else None, 2: None}
    statements = {s.statement_id: s for _, s in made}
    assert earlier_than_latest([c for c, _ in made], statements, asked) == ({1} if superseding else set())


def test_words_that_take_back_another_view_are_no_sure_position_of_their_own() -> None:
    words = "The court for pirates is urgently needed. We disagree with that view."
    citation, _ = cited(1, words, "2024")
    assert not directions_of([citation], "court for pirates", "en")[1].sure


def test_words_quoted_from_others_have_no_direction() -> None:
    citation, _ = cited(1, NO, "2024")
    claims = [Claim(text="", state="XAA", citations=(1,))]
    for quoting, direction in ((False, "against"), (True, None)):
        told = with_directions(claims, directions_of([replace(citation, quoting=quoting)], "court", "en"))
        assert [claim.direction for claim in told] == [direction]


@pytest.mark.parametrize(
    ("words", "direction"),
    [
        # An item of a list has the direction of the words that open it.
        ("We cannot accept the following:\n(a) A fund;\n(b) Creating a court for pirates;", "against"),
        ("Our delegation supports:\n- A fund;\n- A court for pirates.", "for"),
        ("It is a myth that:\nThe court for pirates must be founded.", "mentions"),
        ("We wish to say the following:\n- We oppose a fund;\n- We fully support the court for pirates.", "for"),
        # What a later sentence disowns or revises is no position.
        ("The court for pirates is urgently needed. We disagree with that view.", "against"),
        ("The court for pirates must be founded now. We share none of these reasons.", "mentions"),
        ("The court for pirates is forbidden by our law. We have since changed our law.", "mentions"),
        ("We would have supported the court for pirates, had the text been balanced.", None),
        ("We would have backed the court, had it been fair. The court for pirates is a great step, it is said.", None),
        ("We would have preferred another text, but we fully support the court for pirates.", "for"),
        ("We support the court for pirates. We have since changed our position.", "mentions"),
        # What disowns an objection, before or after, disowns no support; nor does a law that was changed for it.
        ("Some say that the court for pirates is too costly. That is wrong. We support the court for pirates.", "for"),
        ("The court for pirates must be founded. They say that it is dear. That is wrong.", "for"),
        ("We support the court for pirates. This is wrong in their view, but we do support it.", "for"),
        ("We support the court for pirates. We do not accept that it would be costly; that is a myth.", "for"),
        ("We have always supported the court for pirates. We can no longer support it.", "against"),
        ("We opposed it the following year. The court for pirates must be founded.", "for"),
        ("The court for pirates is a good tool. We would not agree if it were used to punish the poor.", "for"),
        ("That is wrong, and we support the court for pirates.", "for"),
        ("We support the court for pirates. We have since changed our law so that it can be used.", "for"),
        ("The court for pirates is urgently needed. We have since changed our law so that it can be used.", "for"),
        # Nor is it what would have been where another clause takes the position, or the subject is not the speaker.
        ("We would have supported the court for pirates earlier, had we been asked; we support it now.", "for"),
        ("We would have backed the court, had it been fair. We fully support the court for pirates now.", "for"),
        ("If the court for pirates had been there, many lives would have been saved.", "for"),
    ],
)
def test_direction_is_that_of_the_quotation_as_it_stands(words: str, direction: str | None) -> None:
    citation, _ = cited(1, words, "2024")
    found = directions_of([citation], "court for pirates", "en")[1].direction
    assert found == direction


@pytest.mark.parametrize(
    ("words", "sure"),
    [
        ("We fully support the court for pirates. We cannot agree to it in this form.", False),
        ("We fully support the court for pirates. It should leave the rest of the Convention untouched.", True),
    ],
)
def test_plain_words_of_both_directions_are_not_sure(words: str, sure: bool) -> None:
    citation, _ = cited(1, words, "2024")
    assert directions_of([citation], "court for pirates", "en")[1].sure == sure


@pytest.mark.parametrize(
    "words",
    [
        "We disagree.", "We do not share this view.", "That is wrong.", "Not supported.", "Rejetée.",
        "Rechazado.", "Отклонено.", "مرفوض.", "不支持。", "Arvandia accepts none of that.",
        "Nous ne partageons pas cet avis.", "Cela est faux.", "No compartimos esa opinión.", "Eso no es cierto.",
        "Мы не разделяем это мнение.", "Это не так.", "نحن لا نشاطر هذا الرأي.", "هذا غير صحيح.",
        "我们不同意这一看法。",
    ],
)  # fmt: skip
def test_words_that_disown_what_stands_before_are_known_in_six_languages(words: str) -> None:
    assert _DISOWNS.search(words) is not None


@pytest.mark.parametrize(
    "words",
    [
        "We do not support impunity.", "It is not only a court that we need.", "We accept the court.",
        "Nous ne voulons pas de cour.", "No apoyamos la impunidad.", "Мы не поддерживаем суд.", "我们不同意设立法院。",
    ],
)  # fmt: skip
def test_a_sentence_of_its_own_disowns_nothing(words: str) -> None:
    assert _DISOWNS.search(words) is None


@pytest.mark.parametrize(
    "words",
    [
        "We would have joined, had we been asked.", "Had it been fair, we could have supported the text.",
        "Nous aurions soutenu le texte s’il avait été équilibré, ou si la cour y figurait.",
        "Habríamos apoyado el texto si fuera equilibrado.", "Мы поддержали бы этот текст.",
        "لو كان النص متوازنا لأيدناه.",
        "我们本可支持该案文。",
    ],
)  # fmt: skip
def test_what_would_have_been_is_known_in_six_languages(words: str) -> None:
    assert _COUNTERFACTUAL.search(words) is not None


@pytest.mark.parametrize(
    "words",
    [
        "We have since revised it.", "This is no longer our position.", "Nous avons depuis changé de loi.",
        "Desde entonces hemos modificado la ley.", "С тех пор мы изменили закон.", "منذ ذلك الحين غيرنا القانون.",
        "此后我们改变了立场。",
    ],
)  # fmt: skip
def test_what_revises_an_earlier_view_is_known_in_six_languages(words: str) -> None:
    assert takes_back(words)
