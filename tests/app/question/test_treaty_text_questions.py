"""Questions about what a treaty itself says: quoted from its text alone, and never taken for anyone's words."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import MetadataError
from app.wiring import Workspace
from tests.cases import Cases
from tests.conftest import PROJECT
from tests.fakes import fake_workspace

pytestmark = pytest.mark.integration

cases = Cases(__file__)

# The words of these articles are made up; only the titles are those of the Convention.
ARTICLES = {
    "3": ("Scope of application", "These words apply to herons that wade in groups of three, and to article 4."),
    "4": (
        "Protection of sovereignty",
        "Each otter shall swim in its own waters. Nothing here entitles an otter to fish in the waters of another.",
    ),
    "18": ("Mutual legal assistance", "Badgers shall afford one another the widest measure of digging."),
}
TEXT = "United Nations Convention against Transnational Organized Crime\n\n" + "\n".join(
    f"Article {number}\n{title}\n\n{words}\n" for number, (title, words) in ARTICLES.items()
)
CONFERENCE = PROJECT / "evals" / "conference"


def _write(folder: Path) -> Path:
    path = folder / "convention.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The fictional conference and the fictional text of the Convention."""
    folder = tmp_path_factory.mktemp("treaty")
    with fake_workspace(folder / "store") as opened:
        opened.corpus.ingest([CONFERENCE])
        opened.corpus.ingest([_write(folder)], kind="treaty")
        yield opened


@pytest.fixture(scope="module")
def text_alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The fictional text of the Convention and nobody's statement."""
    folder = tmp_path_factory.mktemp("alone")
    with fake_workspace(folder / "store") as opened:
        opened.corpus.ingest([_write(folder)], kind="treaty")
        yield opened


@pytest.mark.parametrize("number", ARTICLES)
@cases("question")
def test_an_article_is_quoted_from_its_own_text(question, number, workspace):
    answer = workspace.assistant.ask(question.format(number))
    assert (answer.status, answer.abstention) == ("answered", None)
    assert [claim.state for claim in answer.claims] == [None] * len(answer.claims)
    assert {(c.kind, c.state, c.on_behalf_of, c.speaker) for c in answer.citations} == {("treaty", None, None, None)}
    assert {c.verdict for c in answer.citations} == {"verified"}
    assert " ".join(c.quote for c in answer.citations) == ARTICLES[number][1]


def test_an_article_is_quoted_where_nobody_has_spoken(text_alone):
    answer = text_alone.assistant.ask("What does article 4 require?")
    assert answer.status == "answered"
    assert " ".join(c.quote for c in answer.citations) == ARTICLES["4"][1]


@cases("question")
def test_the_treaty_is_never_cited_for_what_states_said(question, workspace):
    answer = workspace.assistant.ask(question)
    assert not [c for c in (*answer.citations, *answer.related) if c.kind == "treaty" or c.state is None]
    assert not [passage for passage in answer.retrieved if passage.statement_id in _treaties(workspace)]
    assert "otter" not in " ".join(c.quote for c in (*answer.citations, *answer.related))


def test_states_are_cited_for_the_article_that_the_treaty_also_holds(workspace):
    answer = workspace.assistant.ask("Which States mentioned article 4?")
    assert answer.citations and {c.kind for c in answer.citations} == {"statement"}


@cases("question")
def test_the_treaty_alone_is_no_statement(question, text_alone):
    answer = text_alone.assistant.ask(question)
    assert (answer.status, answer.claims, answer.citations, answer.related) == ("abstained", (), (), ())


def test_an_article_that_the_text_lacks_is_not_answered(workspace):
    answer = workspace.assistant.ask("What does article 10 require?")
    assert (answer.status, answer.claims, answer.citations) == ("abstained", (), ())
    assert answer.abstention is not None and answer.abstention.reason == "not_mentioned"


@pytest.mark.parametrize("question", ["What does article 4 require?", "What does article 4 of the TIP Protocol say?"])
def test_without_the_text_of_that_treaty_it_says_how_to_add_it(question, tmp_path):
    with fake_workspace(tmp_path / "store") as opened:
        if "Protocol" in question:
            opened.corpus.ingest([_write(tmp_path)], kind="treaty")
        answer = opened.assistant.ask(question)
    assert (answer.status, answer.citations) == ("abstained", ())
    assert answer.abstention is not None and answer.abstention.reason == "index_incomplete"
    assert "as the text of a treaty" in answer.abstention.message


@pytest.mark.parametrize("changes", [{"state": "IRN"}, {"on_behalf_of": "EU"}, {"speaker": "Chair", "title": "Otters"}])
def test_nobody_can_be_made_the_speaker_of_a_treaty(changes, workspace):
    (identifier,) = _treaties(workspace)
    with pytest.raises(MetadataError, match="nobody speaks"):
        workspace.corpus.edit(identifier, changes)
    assert workspace.corpus.show(identifier).metadata.state is None


def _treaties(workspace: Workspace) -> tuple[str, ...]:
    return tuple(s.document_id for s in workspace.corpus.documents() if s.kind == "treaty")
