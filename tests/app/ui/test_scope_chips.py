import pytest

from app.records import Scope, TreatyScope
from app.ui.scope_chips import chips, interval_label, scope_html, treaties_json, without

SCOPE = Scope(
    states=("IRN", "XAA"),
    groups=("XGG",),
    treaties=(TreatyScope(treaty="UNTOC", articles=("4", "16 bis")), TreatyScope(treaty="TIP")),
    sessions=("10",),
    years=("2020",),
    months=("2020-10",),
    pick="latest",
    agenda_items=("4",),
    topic="sovereignty",
    kept=("states",),
    notes=("article 4 read as <UNTOC> article 4",),
)


def name(code):
    return f"Name of {code}"


SET = Scope(members_of=("AFRICA", "EU"), topic="gold")
RUNS = Scope(years=("1999", "2010", "2011", "2012", "2019", "2020"))
PERIOD = Scope(topic="gold", excluded=("XAA", "AFRICA"), interval=("2018", None), years=("2018", "2019", "2020"))


@pytest.mark.parametrize(
    ("scope", "labels"),
    [
        (SCOPE, [
            ("State", "Name of IRN"), ("State", "Name of XAA"), ("Group", "Name of XGG"), ("Treaty", "UNTOC article 4"),
            ("Treaty", "UNTOC article 16 bis"), ("Treaty", "TIP"), ("Session", "10"), ("Year", "2020"),
            ("Month", "October 2020"), ("Agenda item", "4"), ("Statement", "latest only"), ("Topic", "sovereignty"),
        ]),
        (SET, [("All States of", "Africa"), ("All States of", "Name of EU"), ("Topic", "gold")]),
        (RUNS, [("Year", "1999"), ("Year", "2010–2012"), ("Year", "2019"), ("Year", "2020")]),
        (PERIOD, [("Without", "Name of XAA"), ("Without", "Africa"), ("Period", "since 2018"), ("Topic", "gold")]),
    ],
)  # fmt: skip
def test_chips_name_each_part(scope, labels):
    assert [(chip.kind, chip.label) for chip in chips(scope, name)] == labels


@pytest.mark.parametrize(
    ("scope", "kind", "value", "left"),
    [
        (SCOPE, "states", "IRN", {"states": ["XAA"]}),
        (SCOPE, "treaties", "UNTOC 4",
         {"treaties": [{"treaty": "UNTOC", "articles": ["16 bis"]},
                       {"treaty": "TIP", "articles": []}]}),
        # Removing its only article removes the treaty.
        (Scope(treaties=(TreatyScope(treaty="UNTOC", articles=("4",)),)), "treaties", "UNTOC 4", {"treaties": []}),
        (SCOPE, "topic", "", {"topic": ""}), (SCOPE, "pick", "latest", {"pick": None}),
        (SCOPE, "months", "2020-10", {"months": []}),
        # An override of a time replaces the whole time, so its remaining parts are given as well.
        (Scope(years=("2019", "2020"), months=("2019-10", "2020-10")), "years", "2019",
         {"years": ["2020"], "months": ["2019-10", "2020-10"]}),
        (Scope(years=("2020",), months=("2020-10", "2020-11"), interval=("2020-10", "2020-11")), "months", "2020-11",
         {"years": ["2020"], "months": ["2020-10"], "interval": ["2020-10", "2020-11"]}),
        (SET, "members_of", "AFRICA", {"members_of": ["EU"]}),
        (RUNS, "years", "2010/2012", {"years": ["1999", "2019", "2020"]}),
        (RUNS, "years", "2019", {"years": ["1999", "2010", "2011", "2012", "2020"]}),
        (PERIOD, "excluded", "XAA", {"excluded": ["AFRICA"]}),
        (PERIOD, "interval", "2018/", {"interval": None, "years": []}),
        # Values that a page made up, and the scope does not hold, change nothing.
        (SCOPE, "language", "en", {}), (SCOPE, "__class__", "en", {}), (SCOPE, "treaties", "nonsense", {}),
        (SCOPE, "years", "<2020>", {}), (SCOPE, "states", "XYZ", {}),
    ],
)  # fmt: skip
def test_without_a_part_the_rest_stays(scope, kind, value, left):
    assert without(scope, kind, value) == left


@pytest.mark.parametrize(
    ("value", "label"),
    [("2018/", "since 2018"), ("/2020-10", "until October 2020"), ("2015-01/2018-12", "January 2015–December 2018")],
)
def test_a_period_is_named_by_its_ends(value, label):
    assert interval_label(value) == label


def test_bare_article_number_is_of_the_convention():
    assert treaties_json(["4", "UNTOC 16", "TIP", " "]) == [
        {"treaty": "UNTOC", "articles": ["4", "16"]},
        {"treaty": "TIP", "articles": []},
    ]


def test_the_paragraphs_of_an_article_are_chips_that_can_be_removed_and_typed():
    asked = TreatyScope(treaty="TIP", articles=("9", "4"), paragraphs=(("9", "1 (b)"), ("9", "5")))
    scope = Scope(treaties=(asked,))
    assert [chip.value for chip in chips(scope, name)] == ["TIP 9 (1) (b)", "TIP 9 (5)", "TIP 4"]
    assert treaties_json(["TIP 9 (1) (b)", "TIP 9(5)", "TIP 4"]) == [
        {"treaty": "TIP", "articles": ["9", "4"], "paragraphs": [["9", "1 (b)"], ["9", "5"]]}
    ]
    assert without(scope, "treaties", "TIP 9 (5)")["treaties"] == [
        {"treaty": "TIP", "articles": ["9", "4"], "paragraphs": [["9", "1 (b)"]]}
    ]


def test_notes_and_kept_parts_are_shown_escaped():
    html = scope_html(SCOPE, name, editable=True)
    assert "Article 4 read as &lt;UNTOC&gt; article 4" in html
    assert html.count("from before") == 2
    assert 'aria-label="Remove Year 2020 and ask again"' in html


def test_what_was_searched_is_said_where_nothing_filters():
    assert "all States" in scope_html(Scope(topic="extradition"), name, editable=True, everyone=True)
    for named in (SCOPE, SET):
        assert "all States" not in scope_html(named, name, editable=True, everyone=True)
    assert "all States" not in scope_html(Scope(topic="extradition"), name, editable=True)
    assert "all statements" in scope_html(Scope(), name, editable=True)
