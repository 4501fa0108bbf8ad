"""The position table over a small store, with models that need no weights."""

import hashlib
from dataclasses import replace
from itertools import product

import pytest

from app.answering.verify_citations import verify_citation
from app.briefing.as_json import contract_of
from app.briefing.cells import Review
from app.briefing.edit import add_quotation, drop_quotation, recheck_briefing, without_rejected
from app.briefing.request import read_request, request_of_briefing
from app.errors import BriefingError
from app.export.briefing_lines import Sayings
from tests.cases import Cases
from tests.fakes import fake_workspace
from tests.fakes_briefing import REJECTED
from tests.fakes_store import annotated, keep
from vectorstore.records import Mention

pytestmark = pytest.mark.integration

cases = Cases(__file__)

SUPPORT = "Austria supports the proposed extradition protocol without any reservation whatsoever."
OURS = SUPPORT.replace("Austria supports", "We support")
AGAIN = "Poland attaches the greatest importance to extradition protocol talks, as this hall knows well."
PLAIN = "We met many friends in Vienna, and we thank the host for its generous welcome."


def _filled(path):
    at_8, at_10 = {"session": "8", "language": "en"}, {"session": "10", "language": "en"}
    rejects = "Austria rejects the extradition protocol, since its safeguards were taken out."
    union = "The Union endorses the extradition protocol."
    opened = fake_workspace(path)
    store(
        opened,
        annotated("a08", [SUPPORT, PLAIN], state="AUT", date="2016-10-17", **at_8),
        annotated("a10", [rejects, PLAIN], state="AUT", date="2020-10-12", **at_10),
        annotated("p08", [AGAIN, PLAIN], state="POL", date="2016-10-18", **at_8),
        annotated("p10", [PLAIN, AGAIN], state="POL", date="2020-10-13", **at_10),
        annotated("c10", [PLAIN], state="CHE", date="2020-10-13", **at_10),
        annotated("f10", [PLAIN], state="FIN", date="2020-10-13", **at_10),
        annotated("eu", [union], state="EU", on_behalf_of="EU", date="2020-10-12", **at_10),
    )
    return opened


def store(workspace, *items):
    keep(workspace.store, workspace.corpus._embedder, *items)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    with _filled(tmp_path_factory.mktemp("table") / "store") as opened:
        yield opened


@pytest.fixture
def own(tmp_path):
    """A workspace of its own, for a test that changes the store."""
    with _filled(tmp_path / "store") as opened:
        yield opened


def build(workspace, parties=(), progress=lambda step: None, excluded=(), **given):
    """Builds a briefing, by default on the extradition protocol; `parties` gives fictional parties by code."""
    request = read_request(workspace.corpus.parties(), **({"topics": ["extradition protocol"]} | given))
    request = replace(request, parties=parties or request.parties, excluded=excluded)
    return workspace.briefings.build(request, progress)


def store_said(workspace, name, words, **known):
    """Stores a statement of a fictional State with these words and a sentence on nothing."""
    store(workspace, annotated(name, [words, PLAIN], **{"state": "XGA", "language": "en"} | known))


def test_every_party_and_subject_has_a_cell_in_the_order_asked(workspace):
    briefing = build(workspace, states=["POL, AUT, FIN, CUB"], topics=["extradition protocol", "nuclear waste"])
    asked = product(("POL", "AUT", "FIN", "CUB"), ("Extradition protocol", "Nuclear waste"))
    assert [(cell.party, cell.subject) for cell in briefing.cells] == [*asked]


def test_silence_is_told_from_absence(workspace):
    briefing = build(workspace, states=["AUT, CHE, CUB"])
    said, silent, absent = briefing.cells
    assert said.citations and silent.kind == "no_position" and absent.kind == "no_statement"
    assert silent.note == "Nothing was found in these words (statements searched: 1); it may have been said in others."
    assert (silent.standing, absent.standing) == ("unproven", "no_statement")
    assert build(workspace, states=["CHE"], topics=["extradition"]).cells[0].standing == "no_position"
    kinds = [(row["kind"], row["standing"]) for row in contract_of(briefing)["rows"]]
    assert kinds == [(said.kind, said.standing), ("no_position", "unproven"), ("no_statement", "no_statement")]
    assert briefing.coverage.states_without_statement == ("CUB",)
    assert "CHE" in briefing.coverage.states_without_evidence


def test_citations_words_and_sources_are_those_of_the_stored_text_each_numbered_once(workspace):
    briefing = build(workspace, states=["AUT, POL"], topics=["extradition protocol", "extradition"])
    assert [citation.number for citation in briefing.citations] == list(range(1, len(briefing.citations) + 1))
    for citation in briefing.citations:
        assert verify_citation(citation, workspace.corpus.show(citation.statement_id)) == "verified"
    assert len(briefing.citations) == len({(c.statement_id, c.start, c.end) for c in briefing.citations})
    words = [word for cell in briefing.cells for word in cell.words]
    assert words
    for word in words:
        citation = briefing.citation(word.citation)
        source = workspace.corpus.show(citation.statement_id).source_text
        assert source[word.start : word.end] == word.text
        assert citation.start <= word.start < word.end <= citation.end
    for source in briefing.sources:
        text = workspace.corpus.show(source.statement_id).source_text
        assert source.text_sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert {s.statement_id for s in briefing.sources if s.cited} == {c.statement_id for c in briefing.citations}


def test_group_speaks_for_its_member_under_its_own_name(workspace):
    briefing = build(workspace, states=["FIN"])
    (cell,) = briefing.cells
    (number,) = cell.citations
    assert briefing.citation(number).state == "EU"
    assert cell.kind == "no_position" and "European Union spoke for it" in cell.note
    assert cell.standing == "of_group"
    # The group's statement counts as searched, so evidence never exceeds what was searched, before or after an edit.
    again = add_quotation(briefing, cell.key, briefing.citation(number)).coverage
    assert again == briefing.coverage and again.statements_with_evidence == 1 <= again.statements_in_scope
    # Words of the party's own, whatever they say, end the standing "of_group".
    own = build(workspace, states=["AUT"]).citation(1)
    assert add_quotation(briefing, cell.key, replace(own, state="FIN")).cells[0].standing == "untold"


def test_a_member_without_a_statement_has_only_its_group_s_words_if_these_are_on_the_subject(workspace):
    briefing = build(workspace, states=["ITA"], topics=["extradition protocol", "nuclear waste"])
    spoken, silent = briefing.cells
    assert [briefing.citation(number).state for number in spoken.citations] == ["EU"]
    assert (spoken.kind, spoken.standing) == ("no_position", "of_group")
    assert (silent.kind, silent.note) == ("no_statement", "No statement in what was searched; 0 held in all.")
    assert [source.statement_id for source in briefing.sources] == ["eu"]
    assert briefing.coverage.statements_in_scope == 1 and briefing.coverage.states_without_statement == ("ITA",)


def test_a_group_s_words_do_not_hide_what_may_be_the_member_s_own(workspace, monkeypatch):
    def first(item, subject, sentences, parties, *, answering):
        return item.statements and [sentences[item.statements[0].statement_id][0]]

    monkeypatch.setattr("app.briefing.cell_builder.nearest", first)
    briefing = build(workspace, states=["FIN"])
    (cell,) = briefing.cells
    assert {briefing.citation(number).state for number in cell.citations} == {"FIN", "EU"}
    assert (cell.standing, cell.evidence) == ("nearest", ())
    assert "No words of its own" not in cell.note and "European Union spoke for it" in cell.note


def test_notes_of_cells_are_in_the_language_of_the_briefing(workspace):
    briefing = build(workspace, states=["CHE, CUB, FIN"], language="fr")
    assert [cell.note for cell in briefing.cells] == [
        "Rien n’a été trouvé dans ces termes (déclarations consultées : 1) ; cela a pu être dit autrement.",
        "Aucune déclaration dans ce qui a été consulté ; déclarations disponibles en tout : 0.",
        "Aucune parole en son nom propre à ce sujet. "
        "Prise de parole d’un groupe en son nom, citée comme telle : Union européenne.",
    ]


def test_an_empty_cell_refers_to_nothing_beside_it(own, monkeypatch):
    store_said(own, "x", "The extradition protocol was printed in May.")
    monkeypatch.setattr("app.briefing.cell_builder.on_subject", lambda *_: [])
    monkeypatch.setattr("app.briefing.cell_builder.nearest", lambda *_, **__: [])
    for party in ("XGA", "FIN"):
        (cell,) = build(own, (party,)).cells
        assert cell.note.startswith("Nothing was found in these words (statements searched: 1);")


def test_a_later_position_is_told_as_a_change_and_supersedes_the_earlier_one(workspace):
    briefing = build(workspace, states=["AUT"])
    (change,) = briefing.changes
    earlier, later = briefing.citation(change.earlier), briefing.citation(change.later)
    assert (earlier.date, later.date) == ("2016-10-17", "2020-10-12")
    assert (change.earlier_kind, change.later_kind) == ("supports", "opposes")
    (cell,) = briefing.cells
    latest, first, of_group = (briefing.citation(number) for number in cell.citations)
    assert (latest.date, cell.superseded) == ("2020-10-12", {first.number: latest.number})
    kinds = [cell.suggestions[each.number].kind for each in (latest, first, of_group)]
    assert kinds == ["opposes", "supports", "supports"]
    assert cell.kind == "opposes"
    left = drop_quotation(briefing, cell.key, latest.number)
    assert left.cells[0].kind == "supports" and briefing.changes and not left.changes


def test_latest_statement_is_quoted_though_only_earlier_ones_take_a_position(own):
    earlier = [
        "Galdoria supports the extradition protocol.", PLAIN, "We endorse the extradition protocol.", PLAIN,
        "Galdoria is in favour of the extradition protocol.",
    ]  # fmt: skip
    store(own, annotated("g08", earlier, state="XGA", session="8", date="2016-10-17", language="en"))
    latest = "The extradition protocol was signed for Galdoria on 2 May."
    store_said(own, "g12", latest, session="12", date="2024-10-17")
    briefing = build(own, ("XGA",), quotations=2)
    assert [citation.date for citation in briefing.citations] == ["2024-10-17", "2016-10-17"]
    # Its position of 2016 is not shown as its present one.
    assert briefing.cells[0].standing == "reports_practice"


def test_of_an_article_the_sentence_that_names_its_subject_comes_first(own):
    texts = [
        "On 2 May we notified you under article 16 that the Convention is our legal basis for extradition.", PLAIN,
        "We support the surrender of our nationals for trial, as article 16 foresees.", PLAIN,
    ]  # fmt: skip
    item = annotated("g12", texts, state="XGA", session="12", date="2024-10-17", language="en")
    citing = (item.sentences[0], item.sentences[2])
    mentions = tuple(Mention(sentence=s.sentence_id, kind="article", treaty="UNTOC", value="16") for s in citing)
    store(own, replace(item, mentions=mentions))
    briefing = build(own, ("XGA",), topics=[], articles=["16"], quotations=1)
    assert [citation.quote for citation in briefing.citations] == texts[:1]


def test_language_read_out_again_is_found_and_quoted_once_in_the_cell(workspace):
    briefing = build(workspace, states=["POL"])
    (repetition,) = briefing.repetitions
    cited = [briefing.citation(number) for number in repetition.citations]
    assert [citation.statement_id for citation in cited] == ["p08", "p10"]
    assert {citation.quote for citation in cited} == {AGAIN}
    own = [briefing.citation(n) for n in briefing.cells[0].citations]
    assert [citation.quote for citation in own if citation.state == "POL"] == [AGAIN]
    assert briefing.changes == ()


def test_sessions_split_the_table(workspace):
    briefing = build(workspace, states=["AUT, FIN"], sessions=["8, 10"])
    kinds = {(cell.party, cell.session): cell.kind for cell in briefing.cells}
    assert kinds["FIN", "8"] == "no_statement" and kinds["FIN", "10"] == "no_position"
    assert (kinds["AUT", "8"], kinds["AUT", "10"]) == ("supports", "opposes")
    by_session = build(workspace, states=["AUT"], by_session=True)
    assert by_session.sessions == ("8", "10") and len(by_session.changes) == 1


def test_statements_without_a_session_have_a_column_of_their_own_beside_sessions(own):
    store_said(own, "u12", OURS, date="2024-10-12")
    briefing = build(own, ("AUT", "XGA"), by_session=True)
    kinds = {(cell.party, cell.session): cell.kind for cell in briefing.cells}
    assert briefing.sessions == ("8", "10", "") and kinds["XGA", ""] == "supports"
    assert {kinds["XGA", "8"], kinds["AUT", ""]} == {"no_statement"}
    assert briefing.coverage.states_without_statement == ()
    assert Sayings(briefing).session("") == "no session"
    dropped = recheck_briefing(briefing, lambda cited: [replace(c, session=c.session or "12") for c in cited])
    assert dropped.cells[-1].citations == ()
    cell = next(cell for cell in briefing.cells if (cell.party, cell.session) == ("XGA", ""))
    away = briefing.cells[0].citations[0]
    corrected = recheck_briefing(briefing, lambda old: [replace(c, quote="") if c.number == away else c for c in old])
    assert corrected != briefing and corrected.cells[briefing.cells.index(cell)].citations == cell.citations
    assert {"XGA", "AUT"} == {point.party for point in briefing.points}
    cells = tuple(replace(each, review=REJECTED) if each is cell else each for each in briefing.cells)
    assert {"AUT"} == {point.party for point in without_rejected(replace(briefing, cells=cells)).points}
    assert build(own, ("XGA",), by_session=True).sessions == ()


def test_a_number_that_is_a_session_of_two_bodies_splits_no_table(own):
    for name, body in (("w10", "CCPCJ"), ("x10", "UNTOC COP")):
        store_said(own, name, OURS, session="10", body=body)
    for how in ({"by_session": True}, {"sessions": ["10"]}):
        with pytest.raises(BriefingError, match=r"session 10 of several bodies \(CCPCJ, UNTOC COP\)"):
            build(own, ("AUT", "XGA"), **how)
    assert build(own, ("XGA",), by_session=True, bodies=["UNTOC COP"]).sessions == ("10",)
    assert build(own, ("AUT",), by_session=True).sessions == ("8", "10")


def test_changes_between_sessions_are_told_by_date_whatever_the_order_asked(workspace):
    briefing = build(workspace, states=["AUT"], sessions=["10, 8"])
    (change,) = briefing.changes
    assert (change.earlier_kind, change.later_kind) == ("supports", "opposes")
    assert {n for cell in briefing.cells for n in cell.citations} == {c.number for c in briefing.citations}


def test_a_change_between_sessions_is_told_by_the_quotation_of_a_session_that_takes_a_position(own):
    said = {
        "g08": ("8", "2016-10-17", "Galdoria supports the extradition protocol."),
        "g10": ("10", "2020-10-12", "Galdoria rejects the extradition protocol."),
        "g11": ("10", "2020-10-14", "The extradition protocol is before us today."),
    }
    for name, (session, day, words) in said.items():
        store_said(own, name, words, session=session, date=day)
    split, whole = (build(own, ("XGA",), by_session=by_session) for by_session in (True, False))
    assert {each.citation(each.cells[-1].citations[0]).date for each in (split, whole)} == {"2020-10-14"}
    found = [[(c.earlier_kind, c.later_kind) for c in briefing.changes] for briefing in (split, whole)]
    assert found == [[("supports", "opposes")]] * 2


def test_a_session_in_which_only_a_group_spoke_for_a_state_has_a_column(own):
    assert build(own, states=["ITA"], by_session=True).sessions == ("10",)
    store_said(own, "eu2", "The Union endorses it.", state="EU", on_behalf_of="EU")
    assert build(own, states=["ITA"], by_session=True).sessions == ("10", "")


def test_what_is_repeated_in_a_rejected_cell_is_told_again_when_the_review_is_withdrawn(own):
    (cell,) = build(own, states=["POL"]).cells
    own.reviews.keep(cell.key, "rejected", kind=None, reviewer="ab")
    briefing = build(own, states=["POL"])
    assert briefing.cells[0].is_rejected and briefing.repetitions and not without_rejected(briefing).repetitions


def test_the_nearest_passage_is_not_told_as_read_out_again(own):
    near = "A protocol was signed in the morning, as every delegation here will remember."
    for name, day in (("h09", "2018-10-12"), ("h10", "2020-10-12")):
        store_said(own, name, near, date=day)
    briefing = build(own, ("XGA",))
    assert briefing.cells[0].nearest and briefing.repetitions == ()


def test_quotations_are_found_in_the_years_and_bodies_asked_about(own):
    found = {
        given: {c.date[:4] for c in own.briefings.find("AUT", "extradition protocol", **dict([given]))}
        for given in (("years", ()), ("years", ("2020",)), ("bodies", ("CCPCJ",)))
    }
    assert [*found.values()] == [{"2016", "2020"}, {"2020"}, set()]


@cases("asked", "parties", tuples=True)
def test_nobody_named_takes_everyone_with_a_statement_then_who_is_not_left_out(workspace, asked, parties):
    briefing = build(workspace, **asked)
    assert sorted(briefing.parties) == parties.split()
    # Made again, a briefing that leaves parties out has the same ones.
    assert request_of_briefing(briefing).parties == (briefing.parties if "excluded" in asked else ())


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"excluded": ("EU", "CHE")}, "nobody with a statement is left"),
        ({"years": ("2016-11",)}, "nobody with a statement is left"),
        ({"states": ["AUT"], "bodies": ["COPP"]}, "'COPP' is no body .* say UNTOC COP"),
    ],
)
def test_what_nobody_has_said_is_refused(workspace, asked, said):
    with pytest.raises(BriefingError, match=said):
        build(workspace, **asked)


def test_a_body_that_only_a_statement_names_is_a_filter(own):
    store_said(own, "club", SUPPORT, body="Riparian Club")
    assert build(own, bodies=["Riparian Club"]).parties == ("XGA",)
    assert build(own, states=["AUT"], bodies=["CCPCJ"]).cells[0].kind == "no_statement"


def test_review_holds_until_the_evidence_changes(own):
    cell = build(own, states=["AUT"]).cells[0]
    own.reviews.keep(cell.key, "changed", kind="conditional", note="read the  second half", reviewer="ab")
    reviewed = build(own, states=["AUT"]).cells[0]
    assert reviewed.holds == "conditional" and reviewed.kind == cell.kind
    assert isinstance(reviewed.review, Review) and reviewed.review.note == "read the second half"
    welcome = "Austria welcomes every extradition protocol."
    store(own, annotated("a12", [welcome], state="AUT", session="12", date="2024-10-14"))
    assert build(own, states=["AUT"]).cells[0].review is None
    own.reviews.keep(cell.key, "rejected")
    assert own.reviews.of([cell.key])[cell.key].kind is None
    own.reviews.forget(cell.key)
    assert own.reviews.of([cell.key]) == {}


def test_review_of_a_groups_words_is_none_of_what_the_group_says_elsewhere(workspace):
    keys = {cell.key for year in ("2016", "2020") for cell in build(workspace, states=["FIN"], years=[year]).cells}
    assert len(keys) == 2


@cases("key", "state", "kind", "said")
def test_review_that_says_nothing_is_refused(workspace, key, state, kind, said):
    with pytest.raises(BriefingError, match=said):
        workspace.reviews.keep(key, state, kind=kind)


def test_progress_counts_every_cell(workspace):
    heard = []
    build(workspace, states=["AUT, POL"], progress=heard.append)
    assert [(step.done, step.total) for step in heard] == [(0, 2), (1, 2)]


def test_what_only_comes_near_is_quoted_as_the_nearest_passage_and_is_no_evidence(own):
    near = "A protocol was signed in the morning."
    store_said(own, "h10", near, date="2020-10-12")
    briefing = build(own, ("XGA",))
    (cell,) = briefing.cells
    assert (cell.kind, cell.standing, cell.note) == ("no_position", "nearest", "")
    assert [briefing.citation(n).quote for n in cell.citations] == [near]
    assert cell.evidence == () and briefing.points == () and briefing.coverage.states_without_evidence == ("XGA",)
    assert replace(cell, review=Review(state="accepted", kind="supports", note="", reviewer="", at="")).evidence
