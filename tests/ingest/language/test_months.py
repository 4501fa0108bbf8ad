"""Names of months, in the forms that headings write."""

import pytest

from ingest.language.months import month_numbers


@pytest.mark.parametrize(("number", "names"), [
    (1, "january jan janvier enero января январь يناير"),
    (2, "february feb février fevrier febrero февраля февраль فبراير شباط"),
    (6, "june jun juin junio июня июнь يونيو يونيه حزيران"),
    (8, "august aug août aout agosto августа август أغسطس آب"),
    (9, "september sept sep septembre septiembre setiembre сентября сентябрь سبتمبر أيلول"),
    (12, "december dec décembre decembre diciembre декабря декабрь ديسمبر"),
])  # fmt: skip
def test_month_is_known_by_each_of_its_names(number: int, names: str) -> None:
    assert {name: month_numbers().get(name) for name in names.split()} == dict.fromkeys(names.split(), number)


def test_levantine_months_of_two_words_are_told_apart() -> None:
    names = ("كانون الثاني", "تشرين الأول", "تشرين الثاني", "كانون الأول")
    assert [month_numbers()[name] for name in names] == [1, 10, 11, 12]


@pytest.mark.parametrize("word", ["mar.", "set", "ene", "اب", "second"])
def test_ordinary_words_are_no_months(word: str) -> None:
    assert word not in month_numbers()
