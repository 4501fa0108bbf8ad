from dataclasses import replace

from app.ui.corpus_tab import _CorpusTabController, statement_html, table_html
from tests.fakes_ui import fake_workspace, hostile_statement, sample_statement
from vectorstore.records import Metadata, Span, Statement


def test_table_lists_every_statement_with_inferred_fields_marked():
    _, corpus = fake_workspace()
    html, page = _CorpusTabController(corpus).table("", 0, "")
    assert page == 0 and html.count('data-action="open"') == 4
    assert '10</bdi><span class="u-inferred">inferred</span>' in html
    assert "Arabic" in html and "2 May 2031" in html


def test_filter_takes_all_words_in_any_field():
    _, corpus = fake_workspace()
    html, _ = _CorpusTabController(corpus).table("iran 2020", 0, "")
    assert html.count('data-action="open"') == 1 and "(stored: 4)" in html
    assert "None found." in _CorpusTabController(corpus).table("iran 2031", 0, "")[0]


def test_table_pages_stay_within_bounds():
    _, corpus = fake_workspace()
    many = [replace(corpus.documents()[0], document_id=f"s{index}") for index in range(120)]
    html = table_html(many, 2, 120, corpus.party_name)
    assert html.count('data-action="open"') == 20 and "101–120 of 120" in html
    assert 'data-to="next" disabled' in html
    assert _CorpusTabController(corpus).table("", 99, "")[1] == 0


def test_empty_store_says_what_to_do():
    assert "on the Ingest tab" in table_html([], 0, 0, str)


def test_save_sends_only_what_changed():
    _, corpus = fake_workspace()
    shelf = _CorpusTabController(corpus)
    old = sample_statement()
    _, _, _, *fields = shelf.opened(old.statement_id)
    values = [field.value for field in fields]
    sent = []
    original = corpus.edit

    def edit(statement_id, changes):
        sent.append(dict(changes))
        return original(statement_id, changes)

    corpus.edit = edit
    unchanged = shelf.save(old.statement_id, "", 0, "", *values)
    assert sent == [] and "Nothing was changed" in unchanged[4]
    values[4] = " 11 "
    changed = shelf.save(old.statement_id, "", 0, "", *values)
    assert sent == [{"session": "11"}]
    assert changed[2] != old.statement_id and "Saved." in changed[4]


def test_wrong_metadata_is_one_line_and_keeps_the_form():
    _, corpus = fake_workspace()
    shelf = _CorpusTabController(corpus)
    identifier = sample_statement().statement_id
    values = ["<Nowhere>", *[""] * 10]
    result = shelf.save(identifier, "", 0, "", *values)
    assert result[2] == identifier and "no party &#x27;&lt;Nowhere&gt;&#x27;" in result[4]


def test_removed_statement_is_gone_from_the_table():
    _, corpus = fake_workspace()
    html, _, chosen, *_ = _CorpusTabController(corpus).remove(sample_statement().statement_id, "", 0, "")
    assert html.count('data-action="open"') == 3 and chosen is None


def test_statement_that_is_gone_is_one_line():
    _, corpus = fake_workspace()
    chosen, _, html, *_ = _CorpusTabController(corpus).opened("nothing")
    assert chosen is None and "no statement" in html


def test_hostile_statement_is_escaped():
    _, corpus = fake_workspace()
    html = _CorpusTabController(corpus).table("", 0, "")[0] + statement_html(hostile_statement(), corpus.party_name)
    assert "<img" not in html and "<script" not in html


def test_family_of_a_statement_is_named_and_inert():
    html = statement_html(sample_statement(), str, "near-duplicate of '<img src=x>.txt' (97% alike)")
    assert "Family: <bdi>near-duplicate of &#x27;&lt;img src=x&gt;.txt" in html
    assert "Family" not in statement_html(sample_statement(), str)


TEXT = "The Chair: Order.\nMr. A (Arvandia): We agree.\nMr. B (Utopia): We do not."
ROLES = {"Order.": ("office", None), "We agree.": ("party", "XAA"), "We do not.": ("unknown", None)}


def record_with_parts():
    metadata = Metadata(body="UNTOC COP", session="11")
    record = replace(sample_statement().document, document_id="r", kind="record", source_text=TEXT, metadata=metadata)
    parts = []
    for ordinal, (words, (role, state)) in enumerate(ROLES.items(), start=1):
        start = TEXT.index(words)
        span = Span(
            ordinal=ordinal, start=start, end=start + len(words), role=role, named="<b>Mr.</b> A",
            summarised=ordinal == 2,
        )  # fmt: skip
        parts.append(Statement(statement_id=f"r.{ordinal}", document=record, span=span, metadata=Metadata(state=state)))
    return record, parts


def test_record_lists_its_interventions_with_buttons_that_open_them():
    record, parts = record_with_parts()
    html = statement_html(record, lambda code: "Arvandia" if code else "nobody", None, parts)
    assert [f'data-id="r.{n}"' in html for n in (1, 2, 3)] == [True] * 3
    assert "Open intervention 2, Arvandia" in html and "Nobody&#x27;s position (office)" in html
    assert "&lt;b&gt;Mr." in html and "<b>" not in html
    assert html.count("The record's") == 1 and html.count("The speaker's") == 2


def test_intervention_shows_its_own_words_and_leads_to_its_record():
    _, parts = record_with_parts()
    html = statement_html(parts[1], str)
    assert ">We agree.</div>" in html and "Order." not in html
    assert 'data-id="r"' in html and "the record's words" in html
