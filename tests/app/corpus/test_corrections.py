"""Corrections: which party holds a statement afterwards, and what two concurrent changes lead to."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import ingest.annotate
import ingest.records.division
from app.errors import DuplicateError, NotFoundError
from app.wiring import Workspace
from ingest.report import FileResult
from tests.cases import Cases
from tests.fakes import fake_workspace
from tests.fakes_corpora import write_corpus
from vectorstore.records import DocumentSummary

pytestmark = pytest.mark.integration

cases = Cases(__file__)

PARTIES = cases["PARTIES"]
SPEECH = "Mr. President,\n\nWe support extradition. Our courts apply the law on it.\n\nI thank you.\n"
JOINT = "Mr. President,\n\nI speak on behalf of Arvandia and Belmora. We support the text.\n\nIt is good for us.\n"
RECORD = cases["RECORD"]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with fake_workspace(tmp_path / "store") as opened:
        yield opened


@pytest.fixture
def send(workspace: Workspace, tmp_path: Path) -> Callable[..., tuple[FileResult, DocumentSummary]]:
    """Returns a function that ingests one text with a row of a manifest; it returns the outcome and the document."""

    def send(
        text: str, row: str = ",", parties: str = PARTIES, head: str = "state,on_behalf_of"
    ) -> tuple[FileResult, DocumentSummary]:
        folder = write_corpus(tmp_path / "corpus", {"a.txt": text}, f"file,{head}\na.txt,{row}\n", parties)
        (file,), (summary,) = workspace.corpus.ingest([folder]).files, workspace.corpus.documents()
        return file, summary

    return send


@pytest.fixture
def take(send: Callable[..., tuple[FileResult, DocumentSummary]]) -> Callable[..., str]:
    """Returns a function that ingests one text with a row of a manifest, and returns its id."""
    return lambda text, row=",": send(text, row)[1].document_id


@pytest.mark.parametrize(
    ("change", "meanwhile", "left"),
    [
        (lambda c, i: c.edit(i, {"state": "XAB"}), lambda c, i: c.edit(i, {"state": "XAA"}), ["XAA"]),
        (lambda c, i: c.edit(i, {"state": "XAB"}), lambda c, i: c.remove(i), []),
        (lambda c, i: c.remove(i), lambda c, i: c.edit(i, {"state": "XAA"}), ["XAA"]),
    ],
    ids=["edit-edit", "edit-remove", "remove-edit"],
)  # fmt: skip
def test_of_two_changes_at_once_the_second_finds_what_the_first_made(
    change, meanwhile, left, workspace, take, monkeypatch
):
    identifier, corpus, writer = take(SPEECH), workspace.corpus, workspace.store.writer

    def just_before_the_lock(**options):
        monkeypatch.setattr(workspace.store, "writer", writer)
        meanwhile(corpus, identifier)
        return writer(**options)

    monkeypatch.setattr(workspace.store, "writer", just_before_the_lock)
    with pytest.raises(NotFoundError, match=identifier):
        change(corpus, identifier)
    assert [summary.metadata.state for summary in corpus.documents()] == left


def test_a_document_that_goes_meanwhile_is_told_as_such(workspace, take, monkeypatch):
    statement_id = take(SPEECH)
    statement = workspace.corpus.show(statement_id)
    catalogue = workspace.store.catalogue
    monkeypatch.setattr(catalogue, "document", lambda _: statement.document)
    monkeypatch.setattr(catalogue, "statement", lambda _: statement)
    workspace.corpus.remove(statement_id)
    for use in (
        lambda: workspace.corpus.undo_step(statement_id),
        lambda: workspace.corpus.summary(statement_id),
        lambda: workspace.corpus.summary(f"{statement_id}.1"),
        lambda: workspace.corpus.page_image(statement_id, 0, 5),
    ):
        with pytest.raises(NotFoundError, match="no statement"):
            use()


def test_a_change_is_not_taken_back_from_under_a_later_one(workspace, take):
    identifier, corpus = take(SPEECH), workspace.corpus
    step = corpus.undo_step(identifier)
    changed = corpus.edit(identifier, {"session": "10"})
    later = corpus.edit(changed, {"state": "XAA"})
    with pytest.raises(NotFoundError, match=changed):
        corpus.restore(replace(step, now=changed))
    assert [summary.document_id for summary in corpus.documents()] == [later]


@cases("row", "changes", "holders", "speaker", tuples=True)
def test_a_joint_or_a_groups_statement_is_whose_the_manifest_or_a_person_says(
    row, changes, holders, speaker, workspace, take
):
    identifier = take(JOINT, row)
    if changes is not None:
        identifier = workspace.corpus.edit(identifier, changes)
    metadata = workspace.corpus.show(identifier).metadata
    assert (metadata.holders, metadata.speaker) == (holders, speaker)
    assert metadata.on_behalf_of == ("XAG" if holders == ("XAG",) else None)


@pytest.mark.parametrize(("removed", "holders"), [("XAA", ()), ("XAB", ("XAA",))])
def test_a_party_that_is_taken_back_holds_no_joint_statement_any_more(removed, holders, workspace, take):
    take(JOINT, "XAA,")
    assert workspace.corpus.remove_party(removed) == ()
    (summary,) = workspace.corpus.documents()
    assert (summary.metadata.holders, summary.input_key) == (holders, "")


def test_a_record_that_was_corrected_comes_back_with_all_that_was_set_of_its_speakers(workspace, take):
    record, corpus = take(RECORD), workspace.corpus
    corpus.edit(f"{record}.1", {"speaker": "Mr. A. Ilvane"})
    corpus.edit(f"{record}.3", {"state": "XAC"})
    assert not workspace.store.catalogue.vectors.missing()
    step = corpus.undo_step(record)
    assert step.parts[0].metadata.held_by == ("XAA", "XAB")
    changed = corpus.edit(record, {"session": "10"})
    corpus.restore(replace(step, now=changed))
    before = [(part.metadata, part.span, part.passages) for part in step.parts]
    assert [(part.metadata, part.span, part.passages) for part in corpus.interventions(record)] == before
    assert workspace.store.check()[0].ok


def test_a_store_is_embedded_anew_and_brought_up_to_date_at_once(workspace, take, monkeypatch):
    take(SPEECH)
    monkeypatch.setattr(ingest.annotate, "ANNOTATION_VERSION", 999)
    built, build = [], workspace.store.index.sync
    monkeypatch.setattr(workspace.store.index, "sync", lambda: built.append(build()))
    checks = {check.name: check.detail for check in workspace.corpus.doctor(rebuild=True, reembed=True).checks}
    assert checks["annotation"] == "1 brought up to date"
    assert len(built) == 1


@pytest.fixture(params=["doctor", "ingest"])
def upgrade(request, workspace, tmp_path, monkeypatch) -> Callable[[], str]:
    """Returns a function that has a newer version bring the store up to date, and returns what it reports."""

    def upgrade() -> str:
        monkeypatch.setattr(ingest.annotate, "ANNOTATION_VERSION", 999)
        if request.param == "ingest":
            (file,) = workspace.corpus.ingest([tmp_path / "corpus"]).files
            assert file.result == "updated"
            return file.reason or ""
        checks = {check.name: check.detail for check in workspace.corpus.doctor(rebuild=True).checks}
        return checks["annotation"].removeprefix("1 brought up to date")

    return upgrade


@pytest.mark.parametrize("states", [{3: "XAC", 5: "XAB"}, {5: "XAB"}, {3: "XAC"}, {2: "XAC", 4: ""}])
def test_states_set_on_speakers_of_one_name_survive_an_upgrade_where_they_were_set(states, workspace, take, upgrade):
    record, corpus = take(RECORD), workspace.corpus
    for number, state in states.items():
        corpus.edit(f"{record}.{number}", {"state": state})
    assert upgrade() == ""
    (summary,) = corpus.documents()
    parts = corpus.interventions(summary.document_id)
    read = {1: "XAA", 2: "XAB", 3: None, 4: "XAB", 5: None}
    assert {part.span.ordinal: part.metadata.state or None for part in parts} == read | {
        number: state or None for number, state in states.items()
    }
    assert workspace.store.check()[0].ok


def test_ingest_after_an_upgrade_finds_the_file_unchanged(workspace, take, tmp_path, monkeypatch):
    take(SPEECH)
    (before,) = workspace.corpus.documents()
    monkeypatch.setattr(ingest.annotate, "ANNOTATION_VERSION", 999)
    workspace.corpus.doctor(rebuild=True)
    (after,) = workspace.corpus.documents()
    assert after.input_key.partition("-")[2] == before.input_key.partition("-")[2]
    (file,) = workspace.corpus.ingest([tmp_path / "corpus"]).files
    assert file.result == "unchanged" and workspace.corpus.documents() == (after,)


def test_a_state_set_by_hand_that_an_upgrade_cannot_place_is_named(workspace, take, upgrade, monkeypatch):
    record, corpus = take(RECORD), workspace.corpus
    corpus.edit(f"{record}.3", {"state": "XAC"})
    find = ingest.records.division.find_interventions

    def otherwise(*args, **options):
        return tuple(replace(item, named=item.named.removeprefix("The ")) for item in find(*args, **options))

    monkeypatch.setattr(ingest.records.division, "find_interventions", otherwise)
    assert "set again, of 'The representative of Wyndral'" in upgrade()


@pytest.mark.parametrize("otherwise", ["another speaker", "session"])
def test_states_set_by_hand_stay_where_a_newer_version_reads_something_else_otherwise(
    otherwise, workspace, take, tmp_path, monkeypatch
):
    corpus, folder, record = workspace.corpus, tmp_path / "corpus", take(RECORD)
    corpus.edit(record, {"date": "2021-05-03"})
    (held,) = corpus.documents()
    corpus.edit(f"{held.document_id}.3", {"state": "XAC"})
    corpus.edit(f"{held.document_id}.4", {"state": ""})
    as_of_an_older_version(workspace)
    find, merge = ingest.records.division.find_interventions, ingest.annotate.merge

    def found(*args, **options):
        return tuple(replace(item, named=item.named.removeprefix("Mr. ")) for item in find(*args, **options))

    def merged(*args, **options):
        merged = merge(*args, **options)
        return replace(merged, metadata=replace(merged.metadata, session="7"))

    if otherwise == "session":
        monkeypatch.setattr(ingest.annotate, "merge", merged)
    else:
        monkeypatch.setattr(ingest.records.division, "find_interventions", found)
    (file,) = corpus.ingest([folder]).files
    (summary,) = corpus.documents()
    parts = corpus.interventions(summary.document_id)
    assert [part.metadata.state for part in parts] == ["XAA", "XAB", "XAC", None, None]
    assert {part.metadata.session for part in parts} == {summary.metadata.session}
    assert summary.metadata.date == "2021-05-03" and "by hand" not in (file.reason or "")
    assert corpus.ingest([folder]).files[0].result == "unchanged"


def test_a_party_that_is_taken_back_and_added_again_has_its_words_in_a_record(workspace, take, upgrade):
    corpus = workspace.corpus

    def states() -> list[str | None]:
        (record,) = corpus.documents()
        return [part.metadata.state for part in corpus.interventions(record.document_id)]

    corpus.edit(f"{take(RECORD)}.3", {"state": "XAC"})
    corpus.remove_party("XAB")
    assert states() == ["XAA", None, "XAC", None, None]
    corpus.edit(f"{take(RECORD)}.4", {"state": ""})
    assert states() == ["XAA", "XAB", "XAC", None, None]
    assert upgrade() == ""
    assert states() == ["XAA", "XAB", "XAC", None, None]


def test_a_corrected_kind_of_whom_a_row_names_takes_no_correction_back(workspace, send):
    _, summary = send(SPEECH, "XAG,2020", head="state,date")
    workspace.corpus.edit(summary.document_id, {"date": "2021-05-03"})
    parties = PARTIES.replace("Circle,,group", "Circle,,state")
    file, summary = send(SPEECH, "XAG,2020", parties, head="state,date")
    metadata = summary.metadata
    assert (metadata.state, metadata.on_behalf_of, metadata.date) == ("XAG", None, "2021-05-03")
    assert file.reason is None


@cases("row", "changes", "holder")
def test_a_corrected_code_of_a_group_in_a_row_takes_nothing_back(row, changes, holder, workspace, take, send):
    workspace.corpus.edit(take(SPEECH, row), changes)
    _, summary = send(SPEECH, row, PARTIES.replace("XAG", "XAH"))
    assert (summary.metadata.state, summary.metadata.date) == (holder, "2021-05-03")


@pytest.mark.parametrize("older", [False, True])
def test_a_record_that_was_corrected_keeps_it_when_a_party_is_added_until_its_row_changes(older, workspace, send):
    _, summary = send(RECORD, "2020", head="date")
    assert summary.metadata.date == "2020"
    workspace.corpus.edit(summary.document_id, {"date": "2021-05-03"})
    if older:
        as_of_an_older_version(workspace)
    for names in ("XAZ,Zubrovia,,state\n", "XAZ,Zubrovia,,state\nXAW,Wyndral,,state\n"):
        file, summary = send(RECORD, "2020", f"{PARTIES}{names}", head="date")
        assert summary.metadata.date == "2021-05-03" and "lost" not in (file.reason or "")
    file, summary = send(RECORD, "2022", head="date")
    assert summary.metadata.date == "2022" and "date was set to '2021-05-03', and" in file.reason


def as_of_an_older_version(workspace: Workspace) -> None:
    """Gives the only document, whose date was corrected, the key that a first version would have given it."""
    (held,) = workspace.corpus.documents()
    workspace.store.catalogue.touch(held.document_id, input_key="0-0!date")


@cases("text", "changes", "learnt", "holder")
def test_what_was_corrected_by_hand_stays_when_names_are_learnt(text, changes, learnt, holder, workspace, take, send):
    edited = workspace.corpus.show(workspace.corpus.edit(take(text), changes)).metadata
    for names in (learnt, f"{learnt}\nXAE,Esterna,,state"):
        file, summary = send(text, parties=f"{PARTIES}{names}\n")
        assert file.result == ("unchanged" if summary.metadata == edited else "updated")
        of_group = holder if "Circle" in text and holder != "XAC" else None
        edited = replace(edited, state=holder, on_behalf_of=of_group)
        assert summary.metadata == edited


@pytest.mark.parametrize("state", ["Arvandia", ""])
def test_a_statement_goes_to_whom_a_corrected_table_names_unless_its_row_says_whose_it_is(state, workspace, send):
    given = f"Statement by Arvandia\n\n{SPEECH}", f"{state and 'XAA'},"
    session = workspace.corpus.edit(send(*given)[1].document_id, {"session": "10"})
    swapped = (
        PARTIES.replace("XAA,Arvandia", "XAA,Belm").replace("XAB,Belmora", "XAB,Arvandia").replace("Belm,", "Belmora,")
    )
    file, document = send(*given, swapped)
    assert (document.metadata.state, document.metadata.session) == ("XAA" if state else "XAB", "10")
    assert (file.result, document.document_id == session) == (("unchanged", True) if state else ("updated", False))


def test_taking_back_neither_takes_another_files_statement_nor_doubles_one(workspace, take, tmp_path):
    first, corpus = take(SPEECH), workspace.corpus
    (tmp_path / "corpus" / "b.txt").write_text(f"{SPEECH}More.\n", encoding="utf-8")
    edited = corpus.edit(first, {"state": "XAA"})
    step = corpus.undo_step(edited)
    corpus.remove(edited, undoable=True)
    corpus.ingest([tmp_path / "corpus"], include_unlisted=True)
    corpus.restore(replace(step, now=None))
    assert sorted((d.file, d.metadata.state) for d in corpus.documents() if d.file == "a.txt") == [("a.txt", "XAA")]
    changed = corpus.edit(edited, {"session": "5"})
    (tmp_path / "corpus" / "b.txt").write_text(SPEECH, encoding="utf-8")
    corpus.ingest([tmp_path / "corpus"], include_unlisted=True)
    (other,) = (d for d in corpus.documents() if d.file == "b.txt")
    twin = corpus.edit(other.document_id, {"state": "XAA"})
    with pytest.raises(DuplicateError, match=r"b\.txt"):
        corpus.restore(replace(step, now=changed))
    assert {d.document_id for d in corpus.documents()} == {changed, twin}


def test_a_corrected_language_is_that_of_every_paragraph_without_another(workspace, take):
    corpus, text = workspace.corpus, cases["TWO_LANGUAGES"]
    identifier = corpus.edit(take(text), {"language": "fr"})
    identifier = corpus.edit(identifier, {"language": "en"})
    sentences = workspace.store.catalogue.sentences(identifier)
    assert {s.language for s in sentences if "nous" in s.text} == {"fr"}
    assert {s.language for s in sentences if "nous" not in s.text} == {"en"}


def test_a_corrected_language_is_that_of_paragraphs_taken_for_another(workspace, take, monkeypatch):
    corpus = workspace.corpus
    identifier = take(cases["GALICIAN"])
    assert corpus.show(identifier).metadata.language == "es"
    identifier = corpus.edit(corpus.edit(identifier, {"language": "gl"}), {"session": "10"})
    assert {s.language for s in workspace.store.catalogue.sentences(identifier)} == {"gl", "fr"}
    monkeypatch.setattr(ingest.annotate, "ANNOTATION_VERSION", 999)
    corpus.doctor(rebuild=True)
    (summary,) = corpus.documents()
    assert {s.language for s in workspace.store.catalogue.sentences(summary.document_id)} == {"gl", "fr"}


HEADED = f"Statement by Arvandia\n\nTenth session, 12 October 2020\n\n{SPEECH}"
BY_HAND = {"state": "XAB", "session": "12", "date": "2024-10-14"}


@cases("changed", "row", "kept", "notes")
def test_what_was_corrected_by_hand_stays_or_is_reported_when_the_file_changes(
    changed, row, kept, notes, workspace, take, send
):
    corpus = workspace.corpus
    corpus.edit(take(HEADED), BY_HAND)
    for text in (HEADED.replace(*changed), f"{HEADED.replace(*changed)}\nMore. We add this."):
        file, summary = send(text, f",,{row}", head="state,on_behalf_of,session") if row else send(text)
        assert {name: getattr(summary.metadata, name) for name in BY_HAND} == kept
        assert [note for note in notes if note not in (file.reason or "")] == []
        assert file.result == "replaced" and (notes or file.reason is None)
        # What was lost is told once.
        notes = []
        corpus.edit(summary.document_id, kept)


OWN = "The fund works. Each province has an office of its own. We thank the secretariat for its help this year.\n"
OTHER = "Our position has not changed. There is no case for another register, and none for more reports.\n"


@cases("first", "second", "set_to", "state", "told")
def test_a_state_set_by_hand_stays_with_the_words_it_was_set_for(
    first, second, set_to, state, told, workspace, take, send
):
    workspace.corpus.edit(take(first.format(OWN=OWN, OTHER=OTHER)), {"state": set_to})
    file, summary = send(second.format(OWN=OWN, OTHER=OTHER))
    assert summary.metadata.state == state
    assert (f"state was set to {set_to!r}," in (file.reason or "")) is (state != set_to)
    assert told in (file.reason or "")


def test_a_session_set_by_hand_stays_when_a_second_statement_makes_the_file_a_record(workspace, take, send):
    own = f"Statement by Arvandia\n\n{OWN}"
    workspace.corpus.edit(take(own), {"session": "12", "date": "2024-10-14", "speaker": "Ms. Roe"})
    file, summary = send(f"{own}\nStatement by Belmora\n\n{OTHER}")
    found = summary.kind, summary.metadata.session, summary.metadata.date, summary.metadata.speaker
    assert found == ("record", "12", "2024-10-14", None)
    assert "speaker was set to 'Ms. Roe', and is now read as None" in file.reason
    assert "session was" not in file.reason


def test_what_was_set_by_hand_outlives_the_removal_of_a_party(workspace, take, send):
    workspace.corpus.edit(take(f"Statement by Arvandia\n\n{OWN}"), {"session": "12", "speaker": "Ms. Roe"})
    workspace.corpus.remove_party("XAA")
    metadata = send(f"Statement by Arvandia\n\n{OWN}More.\n")[1].metadata
    assert (metadata.state, metadata.session) == ("XAA", "12")


def test_what_was_set_by_hand_does_not_pass_to_another_text(workspace, take, send):
    workspace.corpus.edit(take(OWN), {"session": "12"})
    file, summary = send(OTHER)
    assert summary.metadata.session is None
    assert "session was set to '12', and is now read as None" in file.reason


def test_states_set_on_interventions_are_reported_when_the_record_changes(workspace, take, send):
    workspace.corpus.edit(f"{take(RECORD)}.3", {"state": "XAC"})
    for changed, told in ((RECORD, False), (RECORD.replace("good", "useful"), True)):
        file, _ = send(changed)
        assert ("state of 'The representative of Wyndral' was set to 'XAC' by hand" in (file.reason or "")) is told
