"""Times that a follow-up counts from the turn before."""

import pytest

from app.question.relative_time import counted_from
from app.records import Interval, Scope

OF_2015 = Scope(years=("2015",))


# A language, a follow-up after a question on 2015, and the year that it asks about.
COUNTED = [
    ("en", "and the year before?", "2014"),
    ("en", "two years later?", "2017"),
    ("en", "And what did it say 3 years earlier?", "2012"),
    ("fr", "et l'année précédente ?", "2014"),
    ("fr", "deux ans plus tard ?", "2017"),
    ("es", "¿y el año anterior?", "2014"),
    ("es", "¿y dos años después?", "2017"),
    ("ru", "а в следующем году?", "2016"),
    ("ru", "а два года спустя?", "2017"),
    ("ru", "а за год до этого?", "2014"),
    ("ar", "وفي العام التالي؟", "2016"),
    ("zh", "那前一年呢？", "2014"),
    ("zh", "两年后呢？", "2017"),
]


@pytest.mark.parametrize(("language", "question", "year"), COUNTED)
def test_years_are_counted_from_the_one_before(language: str, question: str, year: str) -> None:
    assert counted_from(question, Scope(language=language), OF_2015).years == (year,)


@pytest.mark.parametrize(
    ("language", "question", "interval"),
    [
        ("en", "and before that?", (None, "2017")),
        ("en", "and since then?", ("2021", None)),
        ("fr", "et avant cela ?", (None, "2017")),
        ("es", "¿y después de eso?", ("2021", None)),
        ("ru", "а до этого?", (None, "2017")),
        ("ar", "وقبل ذلك؟", (None, "2017")),
        ("zh", "在此之前呢？", (None, "2017")),
    ],
)
def test_before_that_is_before_all_the_years_asked_about(language: str, question: str, interval: Interval) -> None:
    before = Scope(years=("2018", "2019", "2020"), interval=("2018", "2020"))
    assert counted_from(question, Scope(language=language), before).interval == interval


@pytest.mark.parametrize(
    ("question", "said", "before"),
    [
        ("and before that?", Scope(), Scope()),
        ("the year before", Scope(years=("2019",)), OF_2015),
        ("and extradition?", Scope(), OF_2015),
        ("what did they say on trafficking in the year before the Convention came into force", Scope(), OF_2015),
    ],
)
def test_a_time_of_its_own_or_none_before_is_left_alone(question: str, said: Scope, before: Scope) -> None:
    assert counted_from(question, said, before) == said
