"""Pictures: right without colour, in every script that the fonts have, the same at every run."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.briefing.cells import Briefing
from app.export import plots
from app.export.briefing_lines import MARKS, TINTS, arrange
from app.export.plots import describe_timeline, timeline
from app.retrieval.positions.position_marks import KINDS
from tests.fakes_briefing import ASSISTANCE, EXTRADITION, fake_briefing, with_cells

pytestmark = pytest.mark.integration


def test_the_same_briefing_gives_the_same_picture(briefing: Briefing) -> None:
    assert timeline(briefing) == timeline(briefing)


def test_each_kind_has_a_mark_and_a_tint_of_its_own() -> None:
    assert len({*MARKS.values()}) == len({*TINTS.values()}) == len(KINDS)


@pytest.mark.parametrize("language", ["ar", "zh", "ru"])
def test_names_in_other_scripts_are_drawn_without_a_warning(language: str) -> None:
    briefing = arrange(fake_briefing(language, sessions=("8", "10")))
    assert timeline(briefing) != timeline(replace(briefing, names={}))


@pytest.fixture
def only_the_first_font(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(plots, "_installed", lambda: ("DejaVu Sans",))
    plots._glyphs.cache_clear()
    yield
    plots._glyphs.cache_clear()


@pytest.mark.usefixtures("only_the_first_font")
def test_a_name_that_no_font_can_show_gives_way_to_the_code() -> None:
    assert plots._showable("阿尔万迪亚", "XAA") == "XAA"
    assert plots._showable("أرفانديا", "XAA") == "أرفانديا"
    briefing = arrange(fake_briefing("zh"))
    codes = replace(briefing, names=briefing.names | {"XAA": "XAA", "XAB": "XAB", "XLH": "XLH"})
    assert timeline(briefing) == timeline(codes)


def test_what_one_of_two_holders_repeats_is_joined_in_its_row_alone(
    briefing: Briefing, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn, canvas = [], plots._canvas

    def kept(rows: int, *, legend: int) -> object:
        drawn.append(canvas(rows, legend=legend))
        return drawn[-1]

    monkeypatch.setattr(plots, "_canvas", kept)
    (again,) = briefing.repetitions
    repeated = {briefing.citation(number).statement_id for number in again.citations}
    sources = (replace(s, held_by=("XAA", "XAB")) if s.statement_id in repeated else s for s in briefing.sources)
    timeline(replace(briefing, sources=tuple(sources)))
    lines = [line for line in drawn[0][1].lines if line.get_linestyle() == "-" and line.get_zorder() == 2]
    joins = [{*line.get_ydata()} for line in lines]
    assert joins == [{plots._rows(briefing).index((again.party, again.subject))}]


def test_each_subject_of_a_party_has_a_row_and_is_named(briefing: Briefing) -> None:
    rows = plots._rows(briefing)
    assert [row for row in rows if row[0] == "XAA"] == [("XAA", EXTRADITION), ("XAA", ASSISTANCE)]
    kinds = {(dot.row, dot.kinds) for dot in plots._dots(briefing, rows) if rows[dot.row][0] == "XAA"}
    assert len({row for row, _ in kinds}) == 2
    # A party that is cited on none keeps its row, and a single subject needs no name.
    assert {party for party, _ in rows} >= {*briefing.parties}
    one = replace(briefing, subjects=briefing.subjects[:1])
    assert EXTRADITION not in describe_timeline(one) and len({*plots._rows(one)}) == len({p for p, _ in rows})


def test_hostile_names_are_drawn_as_they_are(briefing: Briefing) -> None:
    names = briefing.names | {"XAA": r"$\frac{1}{0}$", "XAB": "two\nlines\x07", "XNO": ""}
    assert timeline(replace(briefing, names=names))


def test_the_timeline_is_told_in_words_with_what_it_cannot_show(briefing: Briefing) -> None:
    sources = (replace(briefing.sources[0], date=None), *briefing.sources[1:])
    description = describe_timeline(replace(briefing, sources=sources))
    assert f"Rimalia (fictional): 1; 12–16 October 2020 {EXTRADITION}: supports" in description
    assert f"Group of Riparian States (fictional): 1; 12 October 2020 {ASSISTANCE}: proposes" in description
    assert description.endswith("Statements without a date, not shown: 1.")
    # A nearest passage is no position, so it is not on the timeline.
    rimalia = next(code for code, name in briefing.names.items() if name.startswith("Rimalia"))
    near = with_cells(briefing, rimalia, EXTRADITION, ASSISTANCE, nearest=True, review=None)
    near = replace(near, moments=())
    assert "Rimalia (fictional): 1; 12–16 October 2020" not in describe_timeline(near)


@pytest.mark.parametrize(
    ("value", "years"),
    [
        ("2018", 2018.5), ("2020-01-01", 2020.0), ("2020-01-01/2020-01-03", 2020 + 1 / 366), (None, None),
        ("soon", None), ("2020-13-01", None),
    ],
)  # fmt: skip
def test_a_date_is_a_time_in_years(value: str | None, years: float | None) -> None:
    assert plots._years_of(value) == (None if years is None else pytest.approx(years))


def test_a_long_name_is_cut_between_words_and_where_there_are_none_by_its_width() -> None:
    assert plots._shortened("…") == "…"
    assert plots._shortened("the extradition of nationals to other States") == "the extradition of nationals to…"
    assert (
        plots._shortened("引渡本国国民给其他缔约国并在国内起诉拒绝引渡的本国国民")
        == "引渡本国国民给其他缔约国并在国内…"
    )
    assert plots._shortened("extradition" * 4) == "extraditionextraditionextraditione"[:33] + "…"
