"""Lists: the whole scope is asked at once, what is read closely is bounded, and a rare name is always found."""

from collections.abc import Iterator

import pytest

from app.retrieval.sentence_ranker import _LIST_PARTIES, _LIST_SENTENCES
from app.wiring import Workspace
from tests.fakes import fake_workspace

PARTIES = 200
# The one that names a rare name, late in a long statement on other things.
RARE = 137


def _code(number: int) -> str:
    return f"X{chr(65 + number // 26)}{chr(65 + number % 26)}"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("many")
    rows, names = ["file,state,body,session,date,agenda_item,language"], ["code,name,aliases,kind"]
    for number in range(PARTIES):
        code = _code(number)
        names.append(f"{code},Land {code},,state")
        rows.append(f"{number}.txt,{code},UNTOC COP,10,2020,,en")
        text = (
            f"Herons of valley {number} are counted by the customs service. Extradition treaties were signed in March."
        )
        if number == RARE:
            text = "\n\n".join(
                [*(f"{text} The harvest of year {n} was good." for n in range(9)), "We mourn the victims of Quillmere."]
            )
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    (folder / "statements.csv").write_text("\n".join(rows), encoding="utf-8")
    (folder / "parties.csv").write_text("\n".join(names), encoding="utf-8")
    with fake_workspace(tmp_path_factory.mktemp("store") / "store") as workspace:
        workspace.corpus.ingest([folder])
        yield workspace


def test_a_rare_name_is_found_whoever_says_it(desk: Workspace) -> None:
    answer = desk.assistant.ask("Which States mentioned Quillmere?", overrides={"topic": "the victims of Quillmere"})
    assert [claim.state for claim in answer.claims] == [_code(RARE)]


def test_what_is_read_closely_does_not_grow_with_the_parties(desk: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    score = desk.ranker._read_pairs

    def counting(topic: str, texts: list[str]) -> object:
        read.extend(texts)
        return score(topic, texts)

    monkeypatch.setattr(desk.ranker, "_read_pairs", counting)
    answer = desk.assistant.ask("Which States spoke about extradition?", overrides={"topic": "extradition"})
    assert 0 < len(read) <= max(_LIST_SENTENCES, 2 * _LIST_PARTIES)
    assert len(answer.coverage.states_without_evidence) + len({c.state for c in answer.claims}) == PARTIES
    (closely,) = [note for note in answer.scope.notes if "read closely" in note]
    assert str(PARTIES) in closely and str(_LIST_PARTIES) in closely
