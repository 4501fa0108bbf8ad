"""Names of months, in the forms that headings write."""

import pytest
from babel import Locale

from ingest.language.dates import find_dates, month_numbers
from tests.cases import Cases

cases = Cases(__file__)


@cases("number", "names")
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


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("14-Oct-2024", "2024-10-14"),
        ("2024/10/14", "2024-10-14"),
        ("二〇二四年十月十八日", "2024-10-18"),
        ("agenda item 6 – 17 October 2024", "2024-10-17"),
        ("Tema 4 – 15 de octubre de 2024", "2024-10-15"),
        ("items 2 (a) and 3 - 17 October 2024", "2024-10-17"),
        ("пункт 6 – 17 октября 2024 года", "2024-10-17"),
        ("Statement No. 3-17 October 2024", "2024-10-17"),
        ("tenth session, 12-16 October 2020", "2020-10-12/2020-10-16"),
        ("agenda item 4, 12–16 October 2020", "2020-10-12/2020-10-16"),
        ("point 6, 3 to 7 June 2024", "2024-06-03/2024-06-07"),
        ("CTOC/COP/2024/10/14", None),
        ("resolution 2024/10/11", None),
        ("resolutions 2024/10/11 and 2024/10/12", None),
        ("résolution 2024/10/11", None),
        ("第2024/10/11号决议", None),
        ("adopted the resolution on 2024/10/11", "2024-10-11"),
        ("二〇二四年十月十四日至十八日", "2024-10-14/2024-10-18"),
        ("二〇二四年十月三十日至十一月二日", "2024-10-30/2024-11-02"),
        ("at this point 12-16 October 2020", "2020-10-12/2020-10-16"),
        ("Vienna no 12-16 October 2020", "2020-10-12/2020-10-16"),
        ("Point 6 – 17 octobre 2024", "2024-10-17"),
        ("document n° 6 – 17 octobre 2024", "2024-10-17"),
        ("20/10/22", None),
        ("31-Feb-2024", None),
    ],
)
def test_a_date_is_read_in_whatever_form_is_sure_and_the_number_of_an_item_is_no_day(text, iso):
    assert next((found.iso for found in find_dates(text)), None) == iso
