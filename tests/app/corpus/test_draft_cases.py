import hashlib
import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from app.corpus.draft_cases import Judgement, drafts_path, save_draft
from app.errors import DraftError
from app.question.turns.state import EarlierTurn
from app.records import Abstention, Answer, Citation, Claim, Scope, TreatyScope
from evals.cases.case import Case, load_cases
from tests import made
from tests.app.cli.conftest import process
from tests.app.conftest import nobody_writes, obey_permissions
from tests.cases import Cases

cases = Cases(__file__)

RIGHT = Judgement(verdict="right")
UNUSUAL = (
    'two\nlines, "quotes", a \\ backslash, \t a tab, "id": "chat-2031-01-01-000000000000"\r\n'
    "line ends \x0b \x0c \x85 \u2028 \u2029, \u202eright to left\u202c, السيد الرئيس، 主席 🕊 \x00"
)


def citation(number: int = 1, *, state: str = "XAA", quote: str = "We support\narticle 4.") -> Citation:
    return made.citation(
        " ".join(quote.split()), source_quote=quote, number=number, state=state, session="10", date="2031-05-02",
        file=f"txt/{state}.txt", paragraph=1, start=40,
    )  # fmt: skip


def answer(question: str = "What did Arvandia say about article 4?", **changes: Any) -> Answer:
    treaties = (TreatyScope(treaty="UNTOC", articles=("4",)),)
    scope = Scope(states=("XAA",), treaties=treaties, sessions=("10",), years=("2031",), topic="sovereignty")
    claims = (Claim(text="", state="XAA", citations=(1,)),)
    given: dict[str, Any] = {"status": "answered", "scope": scope, "claims": claims, "citations": (citation(),)}
    return Answer(question=question, answer="", **{"trace_id": "trace-1"} | given | changes)


def saved_case(store: Path, given: Answer, **options: Any) -> Case:
    draft = save_draft(store, given, RIGHT, **options)
    assert draft.new
    case = load_cases(drafts_path(store))[-1]
    assert case.id == draft.identifier
    return case


def test_saved_answer_is_a_draft_case(tmp_path):
    case = saved_case(tmp_path, answer(), overrides={"years": ["2031"]})
    assert re.fullmatch(r"chat-\d{4}-\d\d-\d\d-[0-9a-f]{12}", case.id)
    assert (case.question, case.history, case.lang) == ("What did Arvandia say about article 4?", (), "en")
    assert (case.type, case.answerable, case.unanswerable_kind) == ("single_state", True, None)
    assert (case.expect.status, case.expect.states, case.expect.years) == ("answered", ("XAA",), ("2031",))
    assert (case.expect.reason, case.expect.missing) == (None, None)
    assert case.tags == {
        "session": "10", "topic": "sovereignty", "article": "UNTOC 4", "answer_was": "right", "answer_trace": "trace-1",
        "overrides": {"years": ["2031"]},
    }  # fmt: skip
    assert (case.review.status, case.review.source, case.may_gate) == ("draft", "chat", False)


def test_evidence_is_the_cited_spans_any_of_which_answers(tmp_path):
    case = saved_case(tmp_path, answer(citations=(citation(), citation(2, quote="Article 4 matters."))))
    assert case.evidence_groups == (("e1", "e2"),)
    first = case.evidence[0]
    assert (first.file, first.state, first.start, first.end, first.lang) == ("txt/XAA.txt", "XAA", 40, 61, "en")
    assert first.quote == "We support\narticle 4."
    assert first.sha256 == hashlib.sha256(b"We support\narticle 4.").hexdigest()


@cases("changes", "expected", "states", tuples=True)
def test_type_and_states_follow_from_what_was_asked(tmp_path, changes, expected, states):
    claims = tuple(Claim(text="", state=state, citations=(1,)) for state in ("XBB", "XAA", None, "XBB"))
    case = saved_case(tmp_path, answer(claims=claims, **changes | {"scope": Scope(**changes["scope"])}))
    assert (case.type, case.expect.states) == (expected, states)
    assert case.expect.missing == changes.get("missing")
    assert case.answerable == (case.expect.status == "answered")


@pytest.mark.parametrize(("reason", "expected"), [("not_mentioned", "unanswerable"), ("ambiguous", "ambiguous")])
def test_abstention_is_kept_with_its_reason_and_without_evidence(tmp_path, reason, expected):
    abstention = Abstention(reason=reason, message="")
    case = saved_case(tmp_path, answer(status="abstained", abstention=abstention, claims=(), citations=()))
    assert (case.type, case.answerable) == (expected, False)
    assert (case.expect.status, case.expect.reason) == ("abstained", reason)
    assert case.evidence == () and case.evidence_groups == ()


def test_earlier_turns_are_kept_with_what_was_set_for_them(tmp_path):
    first = EarlierTurn(question="What did Belmora say?", overrides={"years": []})
    history = (first, EarlierTurn(question="and 2031?"))
    case = saved_case(tmp_path, answer("and Arvandia?"), history=history)
    assert case.history == ("What did Belmora say?", "and 2031?")
    assert case.tags["history_overrides"] == [{"years": []}, {}]


def test_same_turn_is_written_once(tmp_path):
    first = save_draft(tmp_path, answer(), RIGHT)
    path = drafts_path(tmp_path)
    # The same turn, saved on another day and answered again since.
    saved = path.read_text(encoding="utf-8").replace(first.identifier[:15], "chat-2020-01-01")
    path.write_text(saved, encoding="utf-8")
    again = save_draft(tmp_path, answer(trace_id="trace-2"), RIGHT)
    assert not again.new and again.identifier == f"chat-2020-01-01{first.identifier[15:]}"
    assert len(load_cases(path)) == 1
    # No file but the lock is left behind.
    assert {each.name for each in path.parent.iterdir()} - {"drafts.lock"} == {path.name}


def test_other_question_history_or_scope_is_another_case(tmp_path):
    scope, history = replace(answer().scope, years=("2030",)), (EarlierTurn(question="What did Belmora say?"),)
    drafts = [save_draft(tmp_path, answer(*other), RIGHT) for other in ((), ("What did Arvandia say?",))]
    drafts.append(save_draft(tmp_path, answer(), RIGHT, history=history))
    drafts.append(save_draft(tmp_path, answer(scope=scope), RIGHT))
    assert all(draft.new for draft in drafts)
    assert [case.id for case in load_cases(drafts_path(tmp_path))] == [draft.identifier for draft in drafts]


def test_unusual_text_stays_one_line_and_comes_back_as_it_was(tmp_path):
    given = answer(UNUSUAL, citations=(citation(quote=UNUSUAL),), scope=Scope(states=("XAA",), topic=UNUSUAL))
    case = saved_case(tmp_path, given, history=(EarlierTurn(question=UNUSUAL),), overrides={"topic": UNUSUAL})
    assert case.question == case.history[0] == case.evidence[0].quote == UNUSUAL
    assert case.tags["topic"] == case.tags["overrides"]["topic"] == UNUSUAL
    text = drafts_path(tmp_path).read_text(encoding="utf-8")
    assert len(text.splitlines()) == 1 and text.endswith("\n") and "السيد الرئيس" in text
    assert not save_draft(tmp_path, given, RIGHT, history=(EarlierTurn(question=UNUSUAL),)).new


def test_bytes_that_are_no_text_do_not_spoil_the_file(tmp_path):
    assert saved_case(tmp_path, answer("What did \ud800 say?")).question == "What did \ufffd say?"


def test_what_others_wrote_into_the_file_stays(tmp_path):
    path = drafts_path(tmp_path)
    path.parent.mkdir()
    path.write_bytes(b'{"id": "by-hand"}\nnot JSON')
    assert save_draft(tmp_path, answer(), RIGHT).new
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ['{"id": "by-hand"}', "not JSON"] and json.loads(lines[2])["review"]["source"] == "chat"


def test_folder_that_cannot_be_made_is_one_clear_line(tmp_path):
    (tmp_path / "evals").write_text("in the way", encoding="utf-8")
    with pytest.raises(DraftError, match="not saved") as caught:
        save_draft(tmp_path, answer(), RIGHT)
    assert "\n" not in str(caught.value) and "--store" in str(caught.value)


def test_lock_held_by_another_is_one_clear_line(tmp_path, monkeypatch):
    monkeypatch.setattr("app.corpus.draft_cases._WAIT_SECONDS", 0.05)
    save_draft(tmp_path, answer(), RIGHT)
    with FileLock(drafts_path(tmp_path).with_suffix(".lock")), pytest.raises(DraftError, match="another process"):
        save_draft(tmp_path, answer("What did Arvandia say?"), RIGHT)
    assert len(load_cases(drafts_path(tmp_path))) == 1


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="takes a capability from root, which Linux has")
@pytest.mark.parametrize("used_before", [False, True])
def test_read_only_store_is_one_clear_line_and_keeps_what_it_has(tmp_path: Path, *, used_before: bool) -> None:
    store = tmp_path / "store"
    store.mkdir()
    if used_before:
        save_draft(store, answer("What did Arvandia say?"), RIGHT)
    before = {path: path.read_bytes() for path in store.rglob("*") if path.is_file()}
    code = (
        "import sys; from pathlib import Path; from app.records import Answer; from app.corpus.draft_cases "
        "import Judgement, save_draft\n"
        "from app.errors import AppError\n"
        "answer = Answer(question='q', answer='', status='answered')\n"
        "try:\n    save_draft(Path(sys.argv[1]), answer, Judgement(verdict='right'))\n"
        "except AppError as error:\n    print(error)"
    )
    with nobody_writes(store):
        ran = process(store, code=code, preexec_fn=obey_permissions)
    said = ran.stdout.decode()
    assert ran.returncode == 0, ran.stderr
    assert said.count("\n") == 1 and "Permission denied" in said and "--store" in said
    assert {path: path.read_bytes() for path in store.rglob("*") if path.is_file()} == before


def test_wrong_answer_asks_what_would_have_been_right(tmp_path):
    save_draft(tmp_path, answer(), RIGHT)
    wrong = Judgement(verdict="wrong", should_be="That was the 2030 position")
    assert save_draft(tmp_path, answer(), wrong).new
    assert not save_draft(tmp_path, answer(), wrong).new
    right, case = load_cases(drafts_path(tmp_path))
    assert right.tags["answer_was"] == "right" and "should_be" not in right.tags
    assert case.tags["answer_was"] == "wrong" and case.tags["should_be"] == "That was the 2030 position"
