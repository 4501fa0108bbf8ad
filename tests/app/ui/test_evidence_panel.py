from dataclasses import replace

from app.answering.provenance import reference_by_name
from app.records import Answer
from app.ui.evidence_panel import evidence_section, fetched, provenance, speaker_line, whole_statement
from app.ui.templates import render
from ingest.parties.party_table import PartyTable
from prompts.wording import load_wording
from tests.fakes_ui import (
    ARABIC,
    FakeCorpus,
    arabic_statement,
    cite,
    fake_workspace,
    group_statement,
    hostile_statement,
    sample_statement,
)

NAMES = FakeCorpus().party_name


def section(question: str, **changes) -> str:
    assistant, corpus = fake_workspace()
    return evidence_section(1, replace(assistant.ask(question), **changes), corpus)


def test_card_marks_the_quote_inside_its_paragraph_which_is_cut_around_it_with_the_whole_one_at_hand():
    html = section("What did Iran say about article 4?")
    start, end = html.index("<mark>"), html.index("</mark>")
    assert html[start:end].startswith("<mark>Cognizant of the importance role")
    assert html[end:].startswith("</mark> In this context and with the view")
    assert "More of the paragraph" in html and " …</blockquote>" in html
    assert html.count("u-inferred") == 3 * 2, "State and session of each card"


def test_card_holds_the_stored_characters():
    _, corpus = fake_workspace()
    citation = cite(arabic_statement(), 1, "وتدعو", "يوما.")
    answer = Answer(question="q", answer="[1]", status="answered", citations=(citation,))
    html = evidence_section(4, answer, corpus)
    assert f'<pre dir="rtl">{ARABIC[citation.start : citation.end]}</pre>' in html
    assert '<blockquote class="u-quote" dir="rtl" lang="ar">' in html
    assert 'id="card-4-1"' in html


def test_related_citations_stand_apart_and_more_sentences_are_counted():
    html = section("What did Iran say about article 4?")
    assert html.index("Evidence</h2>") < html.index('id="card-1-2"') < html.index("Related, not an answer")
    assert html.index("Related, not an answer") < html.index('id="card-1-3"')
    assert "More sentences on this, not shown: 2" in section("Iran")


def test_related_passage_does_not_look_like_an_answer_until_it_is_used():
    assistant, corpus = fake_workspace()
    answer = assistant.ask("Iran")
    related = evidence_section(1, answer, corpus).split("Related, not an answer")[1]
    assert "Verified" not in related and 'data-action="use" data-turn="1" data-number="3"' in related
    used = evidence_section(1, answer, corpus, (3,))
    assert "Related, not an answer" not in used and used.count(">Verified</span>") == 3


def test_whole_statement_is_told_with_the_place_of_its_quotation():
    assistant, corpus = fake_workspace()
    cited = assistant.ask("Iran").citations[1]
    asked = {"statement": cited.statement_id, "start": cited.start, "end": cited.end}
    fetch = fetched(corpus, whole_statement)
    parts = fetch(asked)
    text = corpus.show(cited.statement_id).source_text
    assert parts["before"] + parts["quote"] + parts["after"] == text and parts["quote"] == cited.source_quote
    assert set(fetch(asked | {"start": "x"})) == {"note"}


def test_statement_removed_meanwhile_keeps_the_card():
    assistant, corpus = fake_workspace()
    answer = assistant.ask("Iran")
    corpus.stored.clear()
    html = evidence_section(1, answer, corpus)
    assert "No statement" in html and "Cognizant of the importance" in html


def test_every_verdict_has_a_badge_and_hostile_statements_are_escaped():
    html = section("hostile")
    assert "<img" not in html and "<script" not in html and "onerror=&#34;" in html
    assert html.count("&lt;img src=x") >= 4
    citation = cite(hostile_statement(), 1, "we support", "article 4.")
    for verdict, words in (("altered", "Altered"), ("misattributed", "Misattributed"), ("not_found", "Not found")):
        assert f"u-{verdict}" in section("Iran", citations=(replace(citation, verdict=verdict),))
        assert f">{words}</span>" in section("Iran", citations=(replace(citation, verdict=verdict),))


def test_panel_shows_the_newest_and_hides_the_others():
    html = render("panel", turns=[{"number": 1, "evidence": "one"}, {"number": 2, "evidence": "two"}], shown=2)
    assert 'data-turn="1" aria-label="Evidence for question 1" hidden>' in html
    assert 'data-turn="2" aria-label="Evidence for question 2">' in html


def test_answer_without_citations_says_so():
    assert "No evidence to show" in section("Korea")


def test_provenance_lists_what_is_known_and_marks_what_was_inferred():
    citation = cite(sample_statement(), 1, "We are well aware", "responses.", page=3, symbol="CTOC/X/1")
    assert provenance(citation) == (
        ("Conference of the Parties to the UNTOC", False),
        ("Session 10", True),
        ("12–16 October 2020", False),
        ("Agenda item 4", False),
        ("International cooperation", False),
        ("CTOC/X/1", False),
        ("Page 3", False),
        ("Paragraph 1", False),
        ("000_6237221ecf9e9373.txt", False),
    )


def test_several_agenda_items_are_told_by_their_numbers():
    citation = cite(sample_statement(), 1, "We are well aware", "responses.", agenda_item="2, 5")
    assert ("Agenda items 2, 5", False) in provenance(citation)


def test_whose_a_statement_is_is_said_of_groups_treaties_and_nobody():
    citation = cite(group_statement(), 1, "The Group", "authorities.")
    known = PartyTable.load().display
    assert speaker_line(citation, lambda code: NAMES(code) if code == "XGG" else known(code or ""), str) == (
        "Group of Fictional States (group), delivered by Arvandia"
    )
    # Whoever delivered a group's words is named in the language of the other names.
    in_russian = {"Arvandia": "Арвандия"}.__getitem__
    assert speaker_line(citation, lambda code: "Группа", in_russian) == "Группа (group), delivered by Арвандия"
    assert reference_by_name(citation, lambda code: "Группа", in_russian, load_wording("ru")).startswith(
        "Группа (Арвандия), "
    )
    citation = cite(sample_statement(), 1, "We are well aware", "responses.", kind="treaty", state=None, title="UNTOC")
    assert speaker_line(citation, NAMES, str) == "UNTOC"
    assert provenance(citation)[0] == ("Treaty text, not a State's words", False)
    citation = cite(sample_statement(), 1, "We are well aware", "responses.", state=None)
    assert speaker_line(citation, NAMES, str) == "Not attributed to a State"
