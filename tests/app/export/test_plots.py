"""Pictures: right without colour, in every script that the fonts have, the same at every run."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from app.briefing.cells import Briefing, Cell, Subject
from app.export import plots
from app.export.arrange import arrange
from app.export.plots import describe_heat_map, describe_timeline, heat_map, timeline
from app.retrieval.position_marks import KINDS
from tests.fakes_briefing import EXTRADITION, fake_briefing


@pytest.fixture(scope="module")
def briefing() -> Briefing:
    return arrange(fake_briefing())


def table(parties: int, subjects: int) -> Briefing:
    codes = [f"X{number:02}" for number in range(parties)]
    labels = [f"Topic {number}" for number in range(subjects)]
    cells = [
        Cell(party=code, subject=label, session=None, kind=KINDS[(row + column) % len(KINDS)])
        for row, code in enumerate(codes)
        for column, label in enumerate(labels)
    ]
    return Briefing(
        title="Many", parties=tuple(codes), names={code: f"State {code}" for code in codes}, cells=tuple(cells),
        subjects=tuple(Subject(label=label) for label in labels),
    )  # fmt: skip


def ink(png: bytes) -> bytes:
    """A picture as a bad printer shows it: black where it is dark."""
    return Image.open(BytesIO(png)).convert("L").point(lambda value: 255 * (value > 110)).tobytes()


@pytest.mark.parametrize("draw", [heat_map, timeline])
def test_the_same_briefing_gives_the_same_picture(draw: object, briefing: Briefing) -> None:
    assert callable(draw) and draw(briefing) == draw(briefing)


def test_each_kind_has_a_mark_of_its_own_without_colour() -> None:
    one = table(1, 1)
    drawn = set()
    for kind in KINDS:
        cell = replace(one.cells[0], kind=kind)
        picture = Image.open(BytesIO(heat_map(replace(one, cells=(cell,)))))
        # The cell, without the legend below it.
        drawn.add(ink(_bytes(picture.crop((0, 0, picture.width, int(picture.height * 0.6))))))
    assert len(drawn) == len(KINDS)


def _bytes(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, format="png")
    return out.getvalue()


def test_many_parties_make_a_taller_picture_with_letters_of_the_same_size() -> None:
    few, many = (Image.open(BytesIO(heat_map(table(parties, 5)))) for parties in (12, 40))
    assert few.width == many.width
    assert many.height - few.height == pytest.approx(28 * plots._ROW * plots._DPI, abs=2)


@pytest.mark.parametrize("draw", [heat_map, timeline])
def test_a_briefing_about_nothing_is_a_picture(draw: object) -> None:
    assert callable(draw)
    assert Image.open(BytesIO(draw(Briefing(title="Nothing")))).width > 100


@pytest.mark.parametrize("language", ["ar", "zh", "ru"])
def test_names_in_other_scripts_are_drawn_without_a_warning(language: str) -> None:
    briefing = arrange(fake_briefing(language, sessions=("8", "10")))
    assert heat_map(briefing) != heat_map(replace(briefing, names={}))
    assert timeline(briefing)


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
    assert heat_map(briefing) == heat_map(codes)


def test_hostile_names_are_drawn_as_they_are() -> None:
    briefing = arrange(fake_briefing())
    names = briefing.names | {"XAA": r"$\frac{1}{0}$", "XAB": "two\nlines\x07", "XNO": ""}
    assert heat_map(replace(briefing, names=names)) and timeline(replace(briefing, names=names))


def test_the_heat_map_is_told_in_words(briefing: Briefing) -> None:
    told = describe_heat_map(briefing)
    assert told.startswith("Positions by party and topic. ")
    assert f"{EXTRADITION}: supports 3 · no position found 2 · no statement 1" in told


def test_the_timeline_is_told_in_words_with_what_it_cannot_show(briefing: Briefing) -> None:
    sources = (replace(briefing.sources[0], date=None), *briefing.sources[1:])
    told = describe_timeline(replace(briefing, sources=sources))
    assert "Rimalia (fictional): 1; 12–16 October 2020 supports" in told
    assert "Group of Riparian States (fictional): 1; 12 October 2020 proposes" in told
    assert told.endswith("Statements without a date, not shown: 1.")


@pytest.mark.parametrize(
    ("value", "years"),
    [
        ("2018", 2018.5),
        ("2020-01-01", 2020.0),
        ("2020-01-01/2020-01-03", 2020 + 1 / 366),
        (None, None),
        ("soon", None),
        ("2020-13-01", None),
    ],
)
def test_a_date_is_a_time_in_years(value: str | None, years: float | None) -> None:
    assert plots._years_of(value) == (None if years is None else pytest.approx(years))
