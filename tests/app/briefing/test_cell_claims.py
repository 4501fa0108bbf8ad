"""Briefings worded by a chat model: claims that hold are shown above their quotations, others are not shown."""

import json
import threading
import time
import zipfile
from dataclasses import replace
from itertools import pairwise

import pytest
from openpyxl import load_workbook

from app.answering.claims.form import quoted_parts
from app.answering.verify_citations import verify_citation
from app.briefing.as_json import contract_of
from app.briefing.cell_claims import MOST_CLAIMS
from app.briefing.request import read_request
from app.briefing.table_builder import TableBuilder
from app.briefing.talking_points import choose_points
from app.chat_model import LlmConfig
from app.cli.print_documents import print_briefing
from app.errors import BriefingError
from app.export.briefing_lines import arrange
from app.export.write import write_briefing
from app.ui.briefing_view import briefing_html
from prompts.prompt import load_prompt
from prompts.wording import load_briefing_words
from tests.fakes import fake_workspace
from tests.fakes_chat import writer
from tests.fakes_store import annotated, keep

pytestmark = pytest.mark.integration

SUPPORT = "Austria supports the proposed extradition protocol without any reservation whatsoever."
NUMBER = "Under the extradition protocol, Austria answered 48 requests in the year 2015."
AGAIN = "Poland attaches the greatest importance to extradition protocol talks, as this hall knows well."
UNION = "The European Union endorses the extradition protocol."
PLAIN = "We met many friends in Vienna, and we thank the host for its generous welcome."
SOUND = "Austria says that it supports the proposed extradition protocol"
BAD = (
    ("Poland supports the proposed extradition protocol without any reservation", SUPPORT),
    ("Austria answered 84 requests under the extradition protocol in 2015", NUMBER),
    ("Austria says of the extradition protocol “it is dead on arrival”", SUPPORT),
    ("Austria does not support the proposed extradition protocol", SUPPORT),
    ("Austria supports the proposed extradition protocol wholeheartedly", None),
    ("Austria supports the [extradition protocol](http://198.51.100.7)", SUPPORT),
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    opened = fake_workspace(tmp_path_factory.mktemp("worded") / "store")
    about = {"session": "10", "date": "2020-10-13", "language": "en"}
    keep(
        opened.store,
        opened.corpus._embedder,
        annotated("a10", [SUPPORT, PLAIN, NUMBER], state="AUT", **about),
        annotated("p10", [PLAIN, AGAIN], state="POL", **about),
        annotated("f10", [PLAIN], state="FIN", **about),
        annotated("eu", [UNION], state="EU", on_behalf_of="EU", **about),
    )
    with opened:
        yield opened


def build(desk, script, *, states="AUT", topics=("extradition protocol",), quotations=3, config=(), how=(), **options):
    config = LlmConfig(**{"model": "openai:test", "timeout_seconds": 5, "max_retries": 0} | dict(config))
    made = None if script is None else writer(script, config=config, **options)
    builder = TableBuilder(desk.steps.retriever, desk.store.catalogue, desk.corpus.parties, desk.reviews.of, made)
    request = read_request(desk.corpus.parties(), states=[states], topics=topics, quotations=quotations)
    return builder.build(request, **dict(how))


def number_of(user, words):
    """Returns the id of the sentence that holds these words, as a list; empty if the prompt lacks them."""
    line = next((line for line in user.splitlines() if words in line), None)
    return [] if line is None else [line[1 : line.index("]")]]


def said(*pairs):
    """Returns a model script of claims, each citing the sentence with these words; None cites an unknown id."""

    def script(system, user):
        return [(text, ["S99"] if words is None else number_of(user, words)) for text, words in pairs]

    return script


def texts_of(briefing, folder, capsys):
    """Returns what a reader sees of the briefing, by output format."""
    shown = {"page": briefing_html(arrange(briefing))}
    print_briefing(arrange(briefing), ())
    shown["terminal"] = " ".join(capsys.readouterr().out.split())
    for name in ("a.docx", "a.md", "a.xlsx"):
        write_briefing(briefing, folder / name)
    for form in ("one_pager", "talking_points"):
        write_briefing(briefing, folder / f"{form}.md", form=form)
        shown[form] = (folder / f"{form}.md").read_text(encoding="utf-8")
    with zipfile.ZipFile(folder / "a.docx") as archive:
        shown["docx"] = "".join(archive.read(n).decode() for n in archive.namelist() if n.endswith(".xml"))
    shown["md"] = (folder / "a.md").read_text(encoding="utf-8")
    sheets = load_workbook(folder / "a.xlsx").worksheets
    shown["xlsx"] = "\n".join(str(c.value) for sheet in sheets for row in sheet.iter_rows() for c in row if c.value)
    return shown


def test_a_claim_that_holds_stands_over_its_quotation(desk):
    briefing = build(desk, said((SOUND, SUPPORT)))
    (cell,) = briefing.cells
    (claim,) = cell.claims
    assert (claim.text, claim.state) == (SOUND, "AUT")
    assert [briefing.citation(n).quote for n in claim.citations] == [SUPPORT]
    assert {*claim.citations} <= {*cell.citations} and cell.unworded is None
    assert briefing.composer == "model" and briefing.writing.model == "openai:test"
    assert briefing.writing.prompt_versions == (load_prompt("compose").version,)
    for citation in briefing.citations:
        assert verify_citation(citation, desk.corpus.show(citation.statement_id)) == "verified"


def test_claims_are_shown_in_every_format_and_bad_ones_in_none(desk, tmp_path, capsys):
    briefing = build(desk, said(*BAD, (SOUND, SUPPORT)), states="AUT, POL")
    cell = briefing.cells[0]
    assert [claim.text for claim in cell.claims] == [SOUND]
    assert len(cell.dropped) == len(BAD) and all(claim.reason for claim in cell.dropped)
    label = load_briefing_words("en").say("worded")
    for name, text in texts_of(briefing, tmp_path, capsys).items():
        assert SOUND in text, name
        assert f"“{SOUND}" not in text, name
        if name not in ("docx", "xlsx"):
            # Words that show the kind of position are marked up, which splits the quotation after "supports".
            assert text.index(SOUND) < text.index("the proposed extradition protocol without"), name
        assert (label if name not in ("one_pager", "talking_points") else "Points without quotation marks") in text
        assert f"left out because they did not hold: {len(BAD) + len(briefing.cells[1].dropped)}" in text, name
        for bad, _ in BAD:
            assert bad.partition("](")[0] not in text, (name, bad)


def test_json_tells_claims_and_what_was_dropped_beside_what_it_told_before(desk):
    plain = contract_of(build(desk, None))
    contract = contract_of(build(desk, said(*BAD, (SOUND, SUPPORT))))
    (row,), (before,) = contract["rows"], plain["rows"]
    assert {**before, "claims": row["claims"], "dropped_claims": row["dropped_claims"]} == row
    assert {"state", "topic", "session", "kind", "citations", "note"} <= row.keys() and row["citations"][0]["quote"]
    assert row["claims"] == [{"text": SOUND, "state": "AUT", "citations": [1], "direction": None}]
    assert {claim["text"] for claim in row["dropped_claims"]} >= {text for text, _ in BAD[:2]}
    assert (contract["composer"], contract["model"], plain["composer"], plain["model"]) == (
        "model", "openai:test", "extractive", None,
    )  # fmt: skip
    assert contract["notes"] and contract["usage"]["requests"] == 1 and plain["usage"] is None
    assert contract["points"][0]["claim"] == row["claims"][0]
    assert json.loads(json.dumps(contract)) == contract


def test_a_citation_that_the_model_adds_is_quoted_in_the_cell_and_leaves_key_and_kind_alone(desk):
    plain = build(desk, None, quotations=1).cells[0]
    claim = "Under the extradition protocol, Austria answered 48 requests in 2015"
    briefing = build(desk, said((claim, NUMBER)), quotations=1)
    (cell,) = briefing.cells
    assert [c.text for c in cell.claims] == [claim]
    assert [briefing.citation(n).quote for n in cell.citations] == [SUPPORT, NUMBER, UNION]
    assert (cell.key, cell.kind) == (plain.key, plain.kind)
    assert [(w.start, w.text) for w in cell.words] == [(w.start, w.text) for w in plain.words]
    assert cell.more == plain.more - 1


def test_neighbours_that_overlap_are_quoted_as_one(desk, tmp_path):
    opened = fake_workspace(tmp_path / "store")
    texts = [SUPPORT, "These safeguards of the extradition protocol protect everyone.", PLAIN]
    with opened:
        item = annotated("a", texts, state="AUT", session="10", date="2020", language="en")
        keep(opened.store, opened.corpus._embedder, item)
        briefing = build(opened, said((SOUND, SUPPORT)))
        for cell in briefing.cells:
            spans = sorted((briefing.citation(n).start, briefing.citation(n).end) for n in cell.citations)
            assert all(end <= start for (_, end), (start, _) in pairwise(spans))


def test_what_a_group_said_is_labelled_with_the_group(desk, tmp_path, capsys):
    claim = "The European Union says that it endorses the extradition protocol"
    bad = "Finland endorses the extradition protocol"
    briefing = build(desk, said((bad, UNION), (claim, UNION)), states="FIN")
    (cell,) = briefing.cells
    assert [(c.text, c.state) for c in cell.claims] == [(claim, "EU")]
    assert cell.kind == "no_position" and [c.text for c in cell.dropped] == [bad]
    shown = texts_of(briefing, tmp_path, capsys)
    assert f"statement of European Union: {claim}" in shown["docx"] and f"European Union: {claim}" in shown["terminal"]
    assert f"<b><bdi>European Union</bdi></b>: {claim}" in shown["page"]


def test_a_sentence_that_is_copied_is_no_claim(desk):
    briefing = build(desk, said((SUPPORT, SUPPORT)))
    (cell,) = briefing.cells
    assert cell.claims == () and cell.unworded == "nothing" and briefing.composer == "extractive"
    assert "no more than its quotation" in cell.dropped[0].reason


def test_a_cell_holds_few_claims(desk):
    words = ("supports", "says that it supports", "states that it supports", "notes that it supports")
    briefing = build(desk, said(*((f"Austria {each} the proposed protocol", SUPPORT) for each in words)))
    assert len(briefing.cells[0].claims) == MOST_CLAIMS
    assert not any(quoted_parts(claim.text) for claim in briefing.cells[0].claims)


def test_a_cell_without_evidence_is_not_asked_about(desk):
    briefing = build(desk, lambda system, user: pytest.fail("it was asked"), states="CUB")
    assert briefing.writing is None and briefing.cells[0].unworded is None


TOPICS = ("extradition", "the extradition", "on extradition", "about extradition", "of extradition")


def never(system, user):
    time.sleep(3)
    return []


@pytest.mark.parametrize(
    ("script", "reasons", "told"),
    [
        (lambda s, u: ConnectionError("refused"), ["failed", "failed", "not_asked"], "the model failed: 2"),
        (never, ["slow", "slow", "not_asked"], "it did not answer in time: 2"),
        (lambda s, u: [], ["nothing", "nothing", "nothing"], "nothing that it wrote held: 5"),
        (lambda s, u: "not JSON at all {", ["nothing", "nothing", "nothing"], "nothing that it wrote held: 5"),
    ],
    ids=["refused", "slow", "nothing", "broken"],
)
def test_a_model_that_gives_nothing_leaves_the_quotations_and_is_not_asked_for_ever(desk, script, reasons, told):
    seconds = 0.2 if script is never else 5
    began = time.monotonic()
    config = {"timeout_seconds": seconds, "output": "structured"}
    briefing = build(desk, script, topics=TOPICS, config=config)
    assert time.monotonic() - began < 2 * seconds + 6
    plain = build(desk, None, topics=TOPICS)
    assert [cell.unworded for cell in briefing.cells][:3] == reasons
    assert briefing.citations == plain.citations and briefing.points == plain.points
    assert [replace(cell, unworded=None, dropped=()) for cell in briefing.cells] == list(plain.cells)
    assert briefing.composer == "extractive" and briefing.writing.model == "openai:test"
    (note,) = [note for note in briefing.writing.notes if told in note]
    assert note.startswith("Cells of quotations alone: 5")


def test_a_model_that_fails_once_is_asked_again(desk):
    calls = []

    def script(system, user):
        calls.append(user)
        return ConnectionError("refused") if len(calls) % 2 else said((SOUND, SUPPORT))(system, user)

    briefing = build(desk, script, topics=TOPICS, config={"output": "structured"})
    assert [cell.unworded for cell in briefing.cells] == ["failed", None, "failed", None, "failed"]


def test_usage_and_cost_are_summed_over_the_cells(desk):
    prices = {"input_price": 1000, "output_price": 2000}
    briefing = build(desk, said((SOUND, SUPPORT)), states="AUT, POL", config=prices, usage=(900, 40))
    assert briefing.writing.usage == {
        "prompt_tokens": 1800, "completion_tokens": 80, "requests": 2, "estimated": False,
        "cost": pytest.approx(2 * (900 * 1000 + 40 * 2000) / 1_000_000),
    }  # fmt: skip


def test_whoever_leaves_stops_the_model(desk):
    heard = []
    stopped = threading.Event()

    def progress(step):
        heard.append(step)
        if len(heard) > 1:
            raise KeyboardInterrupt

    script = said(*[(SOUND, SUPPORT)] * 20)
    with pytest.raises(KeyboardInterrupt):
        build(desk, script, how={"progress": progress}, pause=0.02, stopped=stopped)
    assert stopped.wait(5)


def test_quotations_alone_can_be_asked_for_and_a_model_that_is_not_set_cannot(desk):
    briefing = build(desk, said((SOUND, SUPPORT)), how={"composer": "extractive"})
    assert briefing == replace(build(desk, None), made=briefing.made)
    with pytest.raises(BriefingError, match="UNTOC_LLM__MODEL"):
        build(desk, None, how={"composer": "model"})
    with pytest.raises(BriefingError, match="use extractive, model"):
        build(desk, None, how={"composer": "poet"})


def test_points_are_claims_with_their_quotations_within_the_same_limits(desk):
    briefing = build(desk, said((SOUND, SUPPORT)), states="AUT, POL")
    first, *others = briefing.points
    assert first.claim.text == SOUND and first.citations == first.claim.citations
    assert [point.party for point in briefing.points[:2]] == ["AUT", "POL"] and others[0].claim is None
    plain = choose_points(build(desk, None, states="AUT, POL"), max_points=None, max_tokens=None)
    # Where a claim and its quotation exceed the limit, the quotation alone may fit.
    short = choose_points(briefing, max_points=1, max_tokens=30)
    assert [point.claim for point in short] == [None] and short[0] == plain[0]
    assert len(choose_points(briefing, max_points=1, max_tokens=None)) == 1


def test_what_a_reviewer_rejected_is_not_claimed(desk, tmp_path, capsys):
    key = build(desk, None).cells[0].key
    desk.reviews.keep(key, "rejected")
    try:
        rejected = build(desk, said((SOUND, SUPPORT)))
        assert rejected.cells[0].claims and rejected.points == ()
        assert SOUND not in briefing_html(rejected)
        assert all(SOUND not in text for text in texts_of(rejected, tmp_path, capsys).values())
    finally:
        desk.reviews.forget(key)
