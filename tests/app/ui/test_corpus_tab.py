from dataclasses import replace

import gradio as gr
import pytest

from app.ui.corpus_tab import _CorpusTabController, statement_html
from app.ui.evidence_panel import whole_statement
from tests.fakes_ui import FakeCorpus, fake_workspace, hostile_statement, sample_statement, statement
from vectorstore.records import Metadata, Statement, StatementSpan

FIELDS = ("state", "session", "date", "language", "file")


def listed(corpus, words="", *wanted):
    """Returns the rows of the table, the ids of its statements and what is said above it."""
    table, _, ids, count = _CorpusTabController(corpus).listed(words, FIELDS, *wanted)
    return (table.value["metadata"] or {"display_value": []})["display_value"], ids, count


def test_table_lists_every_statement_by_its_names_with_inferred_fields_marked():
    _, corpus = fake_workspace()
    rows, ids, count = listed(corpus)
    assert len(rows) == len(ids) == 4 and "Statements listed: 4, of 4" in count
    assert any("10 (inferred)" in row for row in rows) and any("Arabic" in row for row in rows)
    assert any("12–16 October 2020" in row for row in rows) and any("2 May 2031" in row for row in rows)


@pytest.mark.parametrize(
    ("words", "wanted", "found"),
    [
        ("iran 2020", (), 1), ("session 10", (), 1), ("arabic", (), 1), ("joint training", (), 1),
        ("iran 2031", (), 0), ("session 3", (), 1), ("session 12", (), 0), ("iran session 10", (), 1),
        ("group joint training", (), 1), ("arabic joint training", (), 0),
        ("", (["IRN", "XAA"], [], [], [], []), 2), ("", ([], [], [], ["2031"], ["en"]), 2),
    ],
)  # fmt: skip
def test_statements_are_found_by_names_by_words_of_the_text_and_by_filters(words, wanted, found):
    _, corpus = fake_workspace()
    assert len(listed(corpus, words, *wanted)[1]) == found


def test_empty_store_says_what_to_do():
    assert "on the Ingest tab" in listed(FakeCorpus())[2]


def test_several_are_corrected_or_removed_together_and_taken_back():
    _, corpus = fake_workspace()
    controller, before = _CorpusTabController(corpus), dict(corpus.stored)
    ids = listed(corpus)[1][:2]
    steps, message, *_ = controller.change(ids, {"session": "14"})
    assert "Corrected: 2." in message
    assert sum(item.metadata.session == "14" for item in corpus.stored.values()) == 2
    assert controller.undo(steps)[0] == [] and corpus.stored == before
    steps, message, *_ = controller.change(ids, None)
    assert "Removed: 2." in message and len(corpus.stored) == 2
    controller.undo(steps)
    assert corpus.stored == before
    assert "Choose statements first" in controller.change([], None)[1]


def test_statement_that_is_open_stays_so_under_its_new_id_or_is_closed_with_what_was_removed():
    _, corpus = fake_workspace()
    controller, old = _CorpusTabController(corpus), sample_statement().statement_id
    other = next(each for each in corpus.stored if each != old)
    steps, _, *opened = controller.change([old, other], {"session": "14"}, old)
    assert opened[0] in corpus.stored and opened[0] != old and "14" in [field.value for field in opened[3:]]
    assert controller.undo(steps, opened[0])[2] == old
    assert controller.change([other], {"session": "14"}, old)[2] == gr.skip()
    _, _, here, form, detail, *_ = controller.change([old], None, old)
    assert here is None and not form.visible and detail == ""


def test_intervention_stays_open_when_its_record_has_another_id(monkeypatch):
    controller, asked = _CorpusTabController(FakeCorpus()), []
    monkeypatch.setattr(controller, "opened", asked.append)
    controller._reopened("aa.3", {"aa": "bb"})
    assert asked == ["bb.3"]


def test_statement_that_was_changed_elsewhere_says_so():
    controller, gone = _CorpusTabController(FakeCorpus()), "changed or removed meanwhile"
    assert gone in controller.save("a" * 16, *[""] * 11)[4] and gone in controller.opened("a" * 16)[2]


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl"), (None, "auto")])
def test_direction_of_a_statement_is_that_of_its_language_not_of_its_first_line(language, direction):
    metadata = Metadata(language=language)
    held = statement("a.txt", "بسم الله الرحمن الرحيم\n\nMr. President, we agree.", metadata)
    assert f'u-quote" dir="{direction}"' in statement_html(held, str)
    corpus = FakeCorpus([held])
    assert whole_statement(corpus, held.statement_id, 0, 4)["dir"] == direction


def test_save_sends_only_what_changed():
    _, corpus = fake_workspace()
    controller = _CorpusTabController(corpus)
    old = sample_statement()
    _, _, _, *fields = controller.opened(old.statement_id)
    values = [field.value for field in fields]
    assert values[0] == "Iran (Islamic Republic of)"
    sent = []
    original = corpus.edit

    def edit(statement_id, changes):
        sent.append(dict(changes))
        return original(statement_id, changes)

    corpus.edit = edit
    unchanged = controller.save(old.statement_id, *values)
    assert sent == [] and "Nothing was changed" in unchanged[4]
    values[4] = " 11 "
    changed = controller.save(old.statement_id, *values)
    assert sent == [{"session": "11"}]
    assert changed[1] == "" and changed[2] != old.statement_id and "Saved." in changed[4]


def test_statement_is_shown_escaped_with_its_family_or_as_gone():
    _, corpus = fake_workspace()
    chosen, _, html, *_ = _CorpusTabController(corpus).opened("nothing")
    assert chosen is None and "changed or removed" in html
    _, corpus = fake_workspace()
    html = statement_html(hostile_statement(), corpus.party_name)
    assert "<img" not in html and "<script" not in html
    html = statement_html(sample_statement(), str, "near-duplicate of '<img src=x>.txt' (97% alike)")
    assert "Family: <bdi>near-duplicate of &#39;&lt;img src=x&gt;.txt" in html
    assert "Family" not in statement_html(sample_statement(), str)


TEXT = "The Chair: Order.\nMr. A (Arvandia): We agree.\nMr. B (Utopia): We do not."
ROLES = {"Order.": ("office", None), "We agree.": ("party", "XAA"), "We do not.": ("unknown", None)}


def record_with_parts():
    metadata = Metadata(body="UNTOC COP", session="11")
    record = replace(sample_statement().document, document_id="r", kind="record", source_text=TEXT, metadata=metadata)
    parts = []
    for ordinal, (words, (role, state)) in enumerate(ROLES.items(), start=1):
        start = TEXT.index(words)
        span = StatementSpan(
            ordinal=ordinal, start=start, end=start + len(words), role=role, named="<b>Mr.</b> A",
            summarised=ordinal == 2,
        )  # fmt: skip
        parts.append(Statement(statement_id=f"r.{ordinal}", document=record, span=span, metadata=Metadata(state=state)))
    return record, parts


def test_record_lists_its_interventions_with_buttons_that_open_them():
    record, parts = record_with_parts()
    html = statement_html(record.as_statement(), lambda code: "Arvandia" if code else "nobody", None, parts)
    assert [f'data-id="r.{n}"' in html for n in (1, 2, 3)] == [True] * 3
    assert "Open intervention 2, Arvandia" in html and "Nobody's position (an office of the meeting)" in html
    assert "&lt;b&gt;Mr." in html and "<b>" not in html
    assert html.count("The record's") == 1 and html.count("The speaker's") == 2


def test_intervention_shows_its_own_words_and_leads_to_its_record():
    _, parts = record_with_parts()
    html = statement_html(parts[1], str)
    assert ">We agree.</div>" in html and "Order." not in html
    assert 'data-id="r"' in html and "the record's words" in html
