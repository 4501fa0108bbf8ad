"""200 planted errors per draft, over the fictional conference in six languages and over real speeches."""

import random
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path

import pytest
import regex

from app.checking.reading.blocks import make_document
from app.checking.reading.markdown_blocks import markdown_blocks
from app.wiring import Workspace
from tests.fakes_checking import SAID_WHEN, Plant, Planter, Source, draft
from tests.fakes_corpora import debate, manifest_of, texts_of, workspace_over

pytestmark = pytest.mark.slow

EACH = 50
SPEECHES = 32


def sources(workspace: Workspace) -> list[Source]:
    catalogue = workspace.store.catalogue
    return [
        Source(
            code=summary.metadata.state,
            year=int((summary.metadata.date or "0")[:4]),
            session=summary.metadata.session or "",
            file=summary.file,
            language=summary.metadata.language or "en",
            sentences=tuple(s.text for s in catalogue.sentences(summary.document_id) if s.paragraph),
        )
        for summary in catalogue.documents()
        if summary.metadata.state
    ]


def language_of(plant: Plant, known: list[Source]) -> str:
    """The language of the sentence around a quotation: by script, else French or Spanish by source, else English."""
    for pattern, language in ((r"\p{Han}", "zh"), (r"\p{Arabic}", "ar"), (r"\p{Cyrillic}", "ru")):
        if regex.search(pattern, plant.quote):
            return language
    spoken = {source.language for source in known if source.code == plant.speaker and source.year == plant.year}
    return spoken.pop() if len(spoken) == 1 and spoken <= {"fr", "es"} else "en"


def wrongly_judged(workspace: Workspace, seed: int, *, later: bool) -> list[tuple[Plant, list[str]]]:
    known = sources(workspace)
    plants = Planter(known, seed).plants(EACH)
    parties = workspace.corpus.parties()
    names = {lang: {s.code: parties.display(s.code, lang) for s in known} for lang in SAID_WHEN}
    text = draft(plants, names, {p.quote: language_of(p, known) for p in plants}, seed, later=later)
    document = make_document(markdown_blocks(text))
    report = workspace.checker().check(document)
    starts = [document.text.index(f"Point {number}\n") for number in range(1, len(plants) + 1)]
    judged: list[list[str]] = [[] for _ in plants]
    for finding in report.findings:
        judged[bisect_right(starts, finding.quotation.spans[0][0]) - 1].append(finding.verdict)
    return [(plant, got) for plant, got in zip(plants, judged, strict=True) if got != [plant.expected]]


@pytest.mark.parametrize(("seed", "later"), [(101, False), (102, True)])
def test_every_planted_error_is_judged_right_in_six_languages(workspace, seed, later):
    assert wrongly_judged(workspace, seed, later=later) == []


@pytest.fixture(scope="module")
def speeches(test_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A store over some of the real speeches, drawn by seed."""
    rows = random.Random(7).sample(debate(test_data), SPEECHES)
    texts, manifest = texts_of(test_data, rows), manifest_of(rows)
    with workspace_over(tmp_path_factory.mktemp("speeches"), texts, manifest, parties="") as workspace:
        yield workspace


@pytest.mark.parametrize(("seed", "later"), [(201, False), (202, True)])
def test_every_planted_error_is_judged_right_over_real_speeches(speeches, seed, later):
    assert wrongly_judged(speeches, seed, later=later) == []
