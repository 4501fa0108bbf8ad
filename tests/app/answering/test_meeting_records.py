"""Questions over records of fictional meetings: only the asked State's own intervention is quoted."""

import csv
import json
import shutil
from dataclasses import replace

import pytest

from app.answering.localization import localize
from app.answering.provenance import reference
from app.answering.verify_citations import verify_citation
from app.briefing.request import read_request
from app.cli import main
from app.errors import MetadataError
from app.settings import Settings
from app.ui.evidence_panel import provenance, speaker_line
from app.wiring import open_workspace
from tests.cases import Cases
from tests.conftest import PROJECT
from tests.fakes import fake_workspace
from tests.fakes_corpora import workspace_over, write_corpus
from vectorstore.records import ScopeFilter

pytestmark = pytest.mark.integration

cases = Cases(__file__)

RECORDS = PROJECT / "tests" / "data" / "records"
NAMES = ("verbatim_en", "summary_en", "compilation_en")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Meeting records, with a manifest that marks as a record the one whose text does not show it."""
    texts = {f"{name}.txt": (RECORDS / f"{name}.txt").read_text(encoding="utf-8") for name in NAMES}
    manifest = "file,state,kind\nverbatim_en.txt,,\nsummary_en.txt,,\ncompilation_en.txt,,record\n"
    return write_corpus(tmp_path_factory.mktemp("records") / "corpus", texts, manifest)


@pytest.fixture(scope="module")
def filled(folder, tmp_path_factory):
    store = tmp_path_factory.mktemp("records-store") / "store"
    with fake_workspace(store) as workspace:
        report = workspace.corpus.ingest([folder])
    return store, report


@pytest.fixture
def desk(filled):
    with fake_workspace(filled[0], read_only=True) as workspace:
        yield workspace


@pytest.fixture
def own_desk(filled, tmp_path):
    shutil.copytree(filled[0], tmp_path / "store")
    with fake_workspace(tmp_path / "store") as workspace:
        yield workspace


def ask(desk, question):
    return desk.assistant.ask(question)


def own_words(desk, citation):
    statement = desk.corpus.show(citation.statement_id)
    return statement.source_text[statement.span.start : statement.span.end]


def test_only_the_intervention_of_the_state_is_quoted(desk):
    answer = ask(desk, "What did Arvandia say about asset recovery?")
    assert answer.status == "answered"
    assert {(c.state, c.kind, c.summarised) for c in answer.citations} == {("XAA", "record", False)}
    for citation in answer.citations:
        assert citation.source_quote in own_words(desk, citation)
        assert citation.speaker == "Mr. Ilvane"
        assert (citation.session, citation.agenda_item) == ("11", "2")
        statement = desk.corpus.show(citation.statement_id)
        assert statement.source_text[citation.start : citation.end] == citation.source_quote
        assert statement.source_text == (RECORDS / "verbatim_en.txt").read_text(encoding="utf-8")


def test_the_chair_and_unknown_speakers_are_never_quoted(desk):
    answer = ask(desk, "What did Quenza say about asset recovery?")
    assert answer.status == "abstained"
    assert answer.coverage.states_without_statement == ("XQN",)
    answer = ask(desk, "Which States spoke about wildlife crime?")
    assert answer.citations == ()
    assert any("without a known State" in note for note in answer.scope.notes)


def test_a_summary_record_is_quoted_as_the_records_words_and_never_as_own_ones(desk):
    answer = ask(desk, "What did Rimalia say about requests within thirty days?")
    (citation,) = answer.citations
    assert (citation.state, citation.kind, citation.summarised) == ("XRM", "reported", True)
    assert "**Rimalia**, as summarised in the record, not in its own words" in answer.answer
    assert answer.claims[0].text.startswith("Rimalia, as summarised in the record: “")
    assert "as summarised in the record" in reference(citation, localize(desk.corpus.parties(), "en"))
    assert speaker_line(citation, lambda code: "Rimalia", str) == "Rimalia, as summarised in the record"
    assert "Summary record: the record's words, not the speaker's" in dict(provenance(citation))


def test_words_spoken_for_a_group_are_the_groups(desk):
    answer = ask(desk, "What did the Group of Riparian States say about joint patrols?")
    (citation,) = answer.citations
    assert (citation.state, citation.on_behalf_of) == ("XGR", "XGR")
    assert citation.speaker == "Mr. Tadesse-Oln (Maravel)"


def test_pointing_back_stops_at_the_beginning_of_an_intervention(desk):
    answer = ask(desk, "What did Arvandia say about villages?")
    (citation,) = answer.citations
    # The anaphor "These assets …" brings the sentence before it, which Arvandia spoke as well.
    assert citation.quote.startswith("Arvandia has recovered ninety million")
    answer = ask(desk, "What did Fyrossa say about migrants in containers?")
    assert [c.quote.startswith("Fyrossa has closed") for c in answer.citations] == [True]


def test_a_span_outside_the_intervention_is_misattributed(desk):
    answer = ask(desk, "What did Arvandia say about asset recovery?")
    citation = answer.citations[0]
    statement = desk.corpus.show(citation.statement_id)
    text = statement.source_text
    start = text.index("Belmora holds that asset recovery")
    quote = text[start : start + 40]
    moved = replace(citation, start=start, end=start + 40, quote=quote, source_quote=quote)
    assert verify_citation(citation, statement) == "verified"
    assert verify_citation(moved, statement) == "misattributed"
    across = replace(citation, end=len(text), source_quote=text[citation.start :], quote=text[citation.start :])
    assert verify_citation(across, statement) == "misattributed"


def test_context_of_a_quotation_stays_within_its_intervention(desk):
    answer = ask(desk, "What did Galdoria say about financial inquiries?")
    assert answer.coverage.statements_in_scope == 1
    context = desk.corpus.context(answer.citations[0])
    assert "Mr. Quent" not in context.before + context.after
    assert "President" not in context.after


def test_the_report_of_an_ingest_says_who_speaks_and_who_is_not_known(filled):
    reasons = {file.file: file.reason for file in filled[1].files}
    assert "a record of 20 interventions: XAA, XAB 2, XGR, XCS" in reasons["verbatim_en.txt"]
    assert "'Mr. Dask (Utopia)' names no State that is known" in reasons["verbatim_en.txt"]
    assert "Chair or Secretariat 5, nobody's position" in reasons["verbatim_en.txt"]


def test_a_record_is_nobodys_though_its_row_names_a_state(tmp_path):
    texts = {"record.txt": "The floor was open.\n\nMs. B. (Nowhere): We oppose it.\n"}
    folder = write_corpus(tmp_path / "in", texts, "file,state,kind\nrecord.txt,XAA,record\n")
    with fake_workspace(tmp_path / "own") as desk:
        (file,) = desk.corpus.ingest([folder]).files
    assert (file.state, file.result) == (None, "added") and "attributed to nobody" in file.reason


def test_a_record_is_one_document_in_the_list_and_unchanged_when_seen_again(own_desk, folder):
    assert sorted(s.file for s in own_desk.corpus.documents()) == [f"{name}.txt" for name in sorted(NAMES)]
    report = own_desk.corpus.ingest([folder])
    assert {file.result for file in report.files} == {"unchanged"}
    assert report.embedded_passages == 0


@pytest.mark.model
def test_a_short_intervention_answers_with_the_real_models(folder, tmp_path):
    with open_workspace(Settings(store=tmp_path / "real")) as desk:
        desk.corpus.ingest([folder])
        for question, state in (
            ("What did Drelnia say about witness protection?", "XDR"),
            ("What did Rimalia say about answering requests?", "XRM"),
            ("What did Belmora say about asset recovery?", "XAB"),
        ):
            assert {c.state for c in ask(desk, question).citations} == {state}
        for question in ("What did Galdoria say about cybercrime?", "What did Fyrossa say about wildlife?"):
            assert ask(desk, question).status == "abstained"


def test_a_draft_manifest_calls_a_record_one_and_names_no_state(own_desk, folder, tmp_path):
    copied = tmp_path / "drafted"
    shutil.copytree(folder, copied)
    path = own_desk.corpus.draft_manifest(copied, overwrite=True)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["file"]: (row["state"], row["kind"]) for row in csv.DictReader(file)}
    assert rows == {f"{name}.txt": ("", "record") for name in NAMES}


def test_a_draft_manifest_knows_the_parties_of_its_folder(tmp_path):
    text = "STATEMENT BY BELMORA\n\nMr. Chair,\n\nWe closed four ports.\n"
    drafted = write_corpus(tmp_path / "drafted", {"a.txt": text})
    with fake_workspace(tmp_path / "own") as desk:
        rows = desk.corpus.draft_manifest(drafted).read_text(encoding="utf-8-sig")
        (drafted / "parties.csv").write_text("code,name\n,\n", encoding="utf-8")
        unknown = desk.corpus.draft_manifest(drafted, overwrite=True).read_text(encoding="utf-8-sig")
    assert "\na.txt,XAB," in rows and "\na.txt,," in unknown


@pytest.mark.slow
def test_a_name_that_parties_csv_learns_later_attributes_its_speaker(folder, tmp_path):
    copied = tmp_path / "later"
    shutil.copytree(folder, copied)
    with fake_workspace(tmp_path / "own") as desk:
        desk.corpus.ingest([copied])
        parties = copied / "parties.csv"
        parties.write_text(parties.read_text(encoding="utf-8") + "XUT,Utopia,,state,\n", encoding="utf-8")
        report = desk.corpus.ingest([copied])
        assert [file.result for file in report.files] == ["updated", "updated", "unchanged"]
        assert report.embedded_passages == 2, "only the words that were nobody's before"
        assert {c.state for c in ask(desk, "What did Utopia say about wildlife crime?").citations} == {"XUT"}
        assert {file.result for file in desk.corpus.ingest([copied]).files} == {"unchanged"}


def test_an_unknown_speaker_is_set_by_hand(own_desk):
    record = next(s for s in own_desk.corpus.documents() if s.file == "verbatim_en.txt")
    unknown = next(s for s in own_desk.corpus.interventions(record.document_id) if s.span.role == "unknown")
    assert ask(own_desk, "What did Wyndral say about wildlife crime?").status == "abstained"
    changed = own_desk.corpus.edit(unknown.statement_id, {"state": "XWY"})
    changed = own_desk.corpus.summary(changed)
    assert (changed.metadata.state, changed.span.role) == ("XWY", "party")
    answer = ask(own_desk, "What did Wyndral say about wildlife crime?")
    assert [c.statement_id for c in answer.citations] == [unknown.statement_id]
    assert own_desk.store.check()[0].ok


@cases("role", "changes", "message")
def test_what_belongs_to_the_chair_or_the_record_is_not_set_on_an_intervention(own_desk, role, changes, message):
    record = next(s for s in own_desk.corpus.documents() if s.file == "verbatim_en.txt")
    item = next(s for s in own_desk.corpus.interventions(record.document_id) if s.span.role == role)
    with pytest.raises(MetadataError, match=message):
        own_desk.corpus.edit(item.statement_id, changes)
    with pytest.raises(MetadataError, match="remove the whole record"):
        own_desk.corpus.remove(item.statement_id)


def test_a_corrected_record_takes_its_interventions_along(own_desk):
    record = next(s for s in own_desk.corpus.documents() if s.file == "verbatim_en.txt")
    changed = own_desk.corpus.edit(record.document_id, {"session": "12"})
    assert changed != record.document_id
    assert {s.metadata.session for s in own_desk.corpus.interventions(changed)} == {"12"}
    assert own_desk.corpus.interventions(record.document_id) == ()
    with pytest.raises(MetadataError, match="several speakers"):
        own_desk.corpus.edit(changed, {"state": "XAA"})


@pytest.mark.usefixtures("scripted_models")
def test_show_lists_the_interventions_of_a_record_and_the_place_of_one(filled, capsys):
    store = ["--store", str(filled[0])]
    main(["list", "--json", *store])
    listed = json.loads(capsys.readouterr().out)
    record = next(item for item in listed if item["file"] == "verbatim_en.txt")
    assert (record["kind"], record["interventions"], record["state"]) == ("record", 20, None)
    main(["show", record["statement_id"], "--json", *store])
    shown = json.loads(capsys.readouterr().out)
    assert [item["state"] for item in shown["interventions"]][2:4] == ["XAA", "XAB"]
    main(["show", shown["interventions"][2]["statement_id"], "--json", *store])
    one = json.loads(capsys.readouterr().out)
    assert (one["state"], one["part"]["role"], one["part"]["record_id"]) == ("XAA", "party", record["statement_id"])
    assert one["source_text"][one["part"]["start"] :].startswith("Mr. President, allow me")
    main(["show", record["statement_id"], *store])
    assert "nobody's" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["verbatim_en", "compilation_en"])
def test_check_of_a_draft_tells_the_speakers_of_a_record_apart(desk, tmp_path, name):
    spoken = [
        (s.metadata.state, desk.store.catalogue.sentences(s.statement_id))
        for s in desk.store.catalogue.summaries(ScopeFilter())
        if s.file == f"{name}.txt" and s.metadata.state and not s.metadata.on_behalf_of
    ]
    (speaker, sentences), (other, _) = list(dict(spoken).items())[:2]
    words = max((sentence.text for sentence in sentences), key=len)
    checker = desk.checker()
    for named, verdict in ((speaker, "verified"), (other, "misattributed")):
        path = tmp_path / f"{named}.txt"
        path.write_text(f"{desk.corpus.party_name(named)} said: “{words}”\n", encoding="utf-8")
        (finding,) = checker.check(checker.read(path)).findings
        assert (finding.verdict, finding.place.state) == (verdict, speaker)


def test_briefing_quotes_each_speaker_of_a_record_from_its_own_words(desk):
    request = read_request(desk.corpus.parties(), topics=["extradition", "assistance"])
    briefing = desk.briefings.build(request)
    assert briefing.citations
    for citation in briefing.citations:
        assert verify_citation(citation, desk.corpus.show(citation.statement_id)) == "verified"
        assert citation.source_quote in own_words(desk, citation)


@pytest.fixture(scope="module")
def six_languages(tmp_path_factory):
    texts = {path.name: path.read_text(encoding="utf-8") for path in RECORDS.iterdir()}
    with workspace_over(tmp_path_factory.mktemp("languages"), texts, kind="record") as workspace:
        yield workspace


@cases("question", "state", "language", "words")
def test_a_question_in_each_language_quotes_the_asked_state_alone(question, state, language, words, six_languages):
    answer = six_languages.assistant.ask(question)
    assert answer.status == "answered"
    assert any(cited.language == language and words in cited.quote for cited in answer.citations)
    assert {cited.kind for cited in answer.citations} <= {"record", "reported"}
    for citation in answer.citations:
        statement = six_languages.corpus.show(citation.statement_id)
        assert statement.metadata.state == citation.state == state
        assert statement.span.holds(citation.start, citation.end)


@cases("question")
def test_what_only_another_speaker_or_the_chair_said_is_no_answer(question, six_languages):
    answer = six_languages.assistant.ask(question)
    assert answer.status == "abstained"
    assert answer.citations == ()


def test_no_sentence_or_passage_leaves_its_intervention(six_languages):
    catalogue = six_languages.store.catalogue
    seen = 0
    for record in six_languages.corpus.documents():
        for item in six_languages.corpus.interventions(record.document_id):
            sentences = catalogue.sentences(item.statement_id)
            passages = catalogue.passages_of([item.statement_id])
            assert all(item.span.start <= s.start < s.end <= item.span.end for s in (*sentences, *passages))
            assert (item.span.role == "party") == bool(passages)
            seen += len(sentences)
        assert catalogue.sentences(record.document_id) == ()
    assert seen > 60


def test_everybody_in_scope_is_a_known_party_or_counted_as_unknown(six_languages):
    found = six_languages.store.catalogue.summaries(ScopeFilter())
    assert {item.span.role for item in found} == {"party", "unknown"}
    assert all((item.metadata.state is None) == (item.span.role == "unknown") for item in found)
