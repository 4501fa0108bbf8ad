"""Names of months, in the forms that headings write."""

import pytest
from babel import Locale

from ingest.language.dates import find_dates, iso_date, month_numbers
from tests.cases import Cases

cases = Cases(__file__)


@cases("number", "names", at_once=True)
def test_month_is_known_by_each_of_its_names(number: int, names: str) -> None:
    assert {name: month_numbers().get(name) for name in names.split()} == dict.fromkeys(names.split(), number)


def test_levantine_months_of_two_words_are_told_apart() -> None:
    names = ("كانون الثاني", "تشرين الأول", "تشرين الثاني", "كانون الأول")
    assert [month_numbers()[name] for name in names] == [1, 10, 11, 12]


@pytest.mark.parametrize("word", ["mar.", "set", "ene", "اب", "second"])
def test_ordinary_words_are_no_months(word: str) -> None:
    assert word not in month_numbers()


@pytest.mark.parametrize("code", ["en", "en_GB", "fr", "es", "es_PE", "ru", "ar", "ar_SY"])
def test_months_are_those_of_the_cldr(code: str) -> None:
    months = Locale.parse(code).months
    widths = ("wide", "abbreviated") if code.startswith("en") else ("wide",)
    names = [
        each for context in ("format", "stand-alone") for width in widths for each in months[context][width].items()
    ]
    assert [month_numbers().get(name.lower().strip(".")) for _, name in names] == [number for number, _ in names]


@cases("text", "iso", at_once=True)
def test_a_date_is_read_in_whatever_form_is_sure_and_the_number_of_an_item_is_no_day(text, iso):
    assert next((found.iso for found in find_dates(text)), None) == iso


@cases("text", "iso", at_once=True)
def test_iso_date_for_any_form(text, iso):
    assert iso_date(text) == iso
