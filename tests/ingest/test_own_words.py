"""Quotable parts of a mission's document: speech without cover and footnotes, each attributed to its holder."""

import pytest

from ingest.loaders.loaded import LoadLimits
from ingest.loaders.registry import LOADERS
from ingest.metadata.manifest import ManifestRow
from tests.cases import Cases
from tests.fakes_files import docx_of, odt_of, rtf_of

cases = Cases(__file__)

COVER = cases["COVER"]


SPEECH = f"{COVER.format(state='BELMORA')}\nMr. President,\n\n"


def quotable(annotated):
    """Returns the sentences that may be evidence, each as (holder, text)."""
    holder = {statement.statement_id: statement.metadata.state for statement in annotated.statements}
    return [(holder[each.statement_id], each.text) for each in annotated.sentences if each.paragraph is not None]


def said_in(annotated):
    return [words for _, words in quotable(annotated)]


@cases("text", "said", tuples=True)
def test_what_is_said_is_quoted_and_neither_cover_nor_notes(annotate, text, said):
    assert tuple(said_in(annotate(text.format(SPEECH=SPEECH, COVER=COVER.format(state="BELMORA"))))) == said


@pytest.mark.parametrize(
    ("marks", "notes"),
    [(marks, marks) for marks in ("1 2", "[1] [2]", "(1) (2)", "¹ ²", "* **", "† ‡")]
    + [("1 2", "[1] [2]"), ("¹ ²", "1 2"), ("[1] [2]", "1 2"), ("¹ ²", "(1) (2)")],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_notes_of_every_mark_are_nobodys_words(annotate, marks, notes, gap):
    one, two = marks.split()
    first, second = notes.split()
    text = (
        f"Statement by Belmora\n\nWe protect witnesses of crimes.{one} We trust the courts.{two}\n\nWe thank you.\n\n"
        f"{first} The delegation of Quenza rejects it. It is bad.{gap}{second} Quenza made a reservation. It stands.\n"
    )
    said = [f"We protect witnesses of crimes.{one}", f"We trust the courts.{two}", "We thank you."]
    assert quotable(annotate(text)) == [("XAB", words) for words in said]
    record = (
        f"Mr. Orren (Belmora) said that it was good.{one} It was cheap.\n\nMs. Ferro (Quenza) said that she agreed.\n\n"
        f"{first} The delegation of Belmora subsequently informed the Secretariat that it had intended to abstain.\n"
    )
    said = [
        f"Mr. Orren (Belmora) said that it was good.{one}",
        "It was cheap.",
        "Ms. Ferro (Quenza) said that she agreed.",
    ]
    assert said_in(annotate(record)) == said


@cases("paragraphs")
def test_items_that_marks_open_are_no_footnotes(annotate, paragraphs):
    text = "Statement by Belmora\n\n" + "\n\n".join(paragraphs)
    assert said_in(annotate(text))[-1] == paragraphs[-1]


@cases("notes", "shown")
def test_notes_of_a_web_page_are_nobodys_words(annotate, notes, shown):
    page = (
        "<p>Statement by Belmora</p><p>We accept the text.<a href='#_ftn1'>[a]</a> We vote for it.</p>"
        + notes.format("<p><a href='#_ftnref1'>[a]</a> Quenza rejects it.</p>")
    )
    text = LOADERS[".html"].load(page.encode(), "a.html", LoadLimits()).text
    assert text.count("Quenza rejects it.") == shown
    assert not any("Quenza" in words for _, words in quotable(annotate(text)))


@cases("listed")
def test_list_of_co_sponsors_is_not_quoted_and_its_states_hold_the_statement(annotate, listed):
    said = "We protect witnesses. We thank the co-sponsors\nof the draft, and Fyrossa and Galdoria."
    annotated = annotate(f"Joint statement on witnesses\n16 October 2024\n\n{said}\n{listed}\n")
    assert annotated.document.metadata.held_by == ("XAA", "XDR", "XQN")
    assert said_in(annotated) == [
        "We protect witnesses.",
        "We thank the co-sponsors of the draft, and Fyrossa and Galdoria.",
    ]


@cases("added", "own")
def test_what_others_say_in_a_statement_is_not_quoted(annotate, added, own):
    annotated = annotate(f"{SPEECH}We protect witnesses. We thank you.\n\n{added}\n")
    assert annotated.document.metadata.state == "XAB"
    assert said_in(annotated)[2:] == own


def test_states_of_a_joint_statement_hold_it_though_a_list_runs_over_a_page(annotate):
    foot = "\n\nJoint statement on witnesses, page {}\n\f"
    text = (
        "JOINT STATEMENT\non the protection of witnesses\ndelivered by Quenza on behalf of a group of countries\n"
        "16 October 2024\n\nMadam President,\n\nI deliver this joint statement on behalf of the following countries: "
        "Arvandia, Belmora and my own country, Quenza. We protect witnesses." + foot.format(1) + "We thank you.\n\n"
        "Co-sponsors:\n\nArvandia\nBelmora" + foot.format(2) + "Quenza\nTessaria" + foot.format(3)
    )
    annotated = annotate(text)
    metadata = annotated.document.metadata
    assert (metadata.held_by, metadata.on_behalf_of) == (("XAA", "XAB", "XQN", "XTS"), None)
    assert said_in(annotated)[-2:] == ["We protect witnesses.", "We thank you."]


FOR_GROUP = cases["FOR_GROUP"]


@cases("cells")
def test_manifest_that_names_whose_delegate_speaks_does_not_join_two_capacities(annotate, cells):
    row = ManifestRow(file="a.txt", **cells)
    annotated = annotate(FOR_GROUP, row=row)
    # The text does not say for which State the delegate goes on to speak.
    of_group = [words for state, words in quotable(annotated) if state == "XGR"]
    assert of_group[-1] == "The Group wants boats."
    assert {state for state, _ in quotable(annotated)} == {"XGR", "XAB" if "state" in cells else None}
    whole = annotate(FOR_GROUP, row=row.model_copy(update={"kind": "statement"}))
    assert {state for state, _ in quotable(whole)} == {"XGR"}


@cases("cells", "expected", tuples=True)
def test_what_a_row_says_of_two_capacities_is_kept(annotator, annotate, cells, expected):
    annotated = annotate(FOR_GROUP, row=ManifestRow(file="a.txt", **cells))
    assert [(item.metadata.state, item.metadata.speaker) for item in annotated.statements] == [*expected]
    again = annotator.annotate(annotated.document)
    assert again.statements == annotated.statements


@pytest.mark.parametrize("kind", [None, "record"])
@cases("form", "cells", "told", "holders", tuples=True)
def test_what_is_stored_of_a_text_in_two_capacities_is_what_is_reported(
    form, cells, told, holders, kind, read, annotate
):
    preamble = "The meeting had before it the report of the secretariat on the work of the year. " * 30
    text, row = form.format(FOR_GROUP, preamble=preamble), ManifestRow(**{"file": "a.txt", "kind": kind} | cells)
    assert (read(text, row).reason or "").startswith(told)
    assert tuple(item.metadata.state for item in annotate(text, row).statements) == holders


@cases("parts", "holders", tuples=True)
def test_each_capacity_holds_what_is_said_from_where_it_begins(annotate, parts, holders):
    annotated = annotate(SPEECH + "\n\n".join(parts))
    said = quotable(annotated)
    assert annotated.document.kind == ("record" if len({*holders}) > 1 else "statement")
    assert " ".join(said_in(annotated)) == " ".join(parts)
    for part, holder in zip(parts, holders, strict=True):
        assert {code for code, words in said if words in part} == {holder}


def test_a_group_that_no_lookup_knows_holds_what_is_said_for_it_and_is_labelled(read):
    text = f"{SPEECH}{cases['FOR_CIRCLE']}"
    groups = ("Circle of Nine", "Circle of Ten")
    right, wrong = (ManifestRow(file="a.txt", state=group, on_behalf_of=group) for group in groups)
    for row in (None, right):
        found = read(text, row)
        metadata = found.document.metadata
        assert (metadata.state, metadata.on_behalf_of) == ("Circle of Nine", "Circle of Nine")
        assert "Ambassador" in (metadata.speaker or "") or "ORREN" in (metadata.speaker or "")
        assert "held by a group that no lookup knows: 'Circle of Nine'" in (found.reason or "")
    found = read(text, wrong)
    assert found.document.metadata.state is None and "'Circle of Ten' is no group" in (found.reason or "")


def test_article_of_the_convention_in_a_committee_that_drafts_one_is_of_a_convention_not_named(annotate):
    text = (
        "Statement by Belmora\nAd Hoc Committee to Elaborate a Comprehensive International Convention on Countering the"
        " Use of Information and Communications Technologies for Criminal Purposes\n\nMr. Chair,\n\n"
    )
    annotated = annotate(f"{text}We support Article 30 of the Convention. Article 31 is too long.")
    cited = [(each.treaty, each.value) for each in annotated.mentions if each.kind == "article"]
    assert cited == [(None, "30"), (None, "31")]


@pytest.mark.parametrize("suffix", [".docx", ".odt", ".rtf"])
def test_footnotes_after_a_text_are_nobodys_words(annotate, suffix):
    text = (
        "Mr. Orren (Belmora): We support the mechanism. Our courts apply it.\n\n"
        "Ms. Ferro (Quenza): We support the text. We have no amendment"
    )
    notes = ["The delegation later said that it rejects the mechanism.", "Mr. Orren (Belmora): We never paid for it."]
    made = {".docx": docx_of, ".odt": odt_of, ".rtf": rtf_of}[suffix](text, notes=notes)
    loaded = LOADERS[suffix].load(made, f"a{suffix}", LoadLimits())
    assert all(note in loaded.text for note in notes)
    annotated = annotate(loaded.text, row=ManifestRow(file="a.txt", kind="record"))
    assert " ".join(said_in(annotated)) == (
        "We support the mechanism. Our courts apply it. We support the text. We have no amendment"
    )
    assert [item.span.named for item in annotated.statements] == ["Mr. Orren (Belmora)", "Ms. Ferro (Quenza)"]
    said = said_in(annotate(loaded.text.replace("(", "of ").replace(")", "")))
    assert said and not set(notes) & set(said)


@cases("first", "second", "holders")
def test_two_statements_in_one_text_are_not_all_the_first_ones(read, annotate, first, second, holders):
    accepted = "We accept the text. We vote for it.\n\n" * 20
    text = f"{first}\n\n{accepted}{second}\n\nWe reject the mechanism. We regret it.\n"
    said = quotable(annotate(text))
    assert [next(who for who, words in said if word in words) for word in ("accept", "reject")] == holders
    assert ("sections of Belmora, Quenza" in (read(text).reason or "")) == (None in holders)
    row = ManifestRow(file="a.txt", kind="statement")
    assert {who for who, _ in quotable(annotate(text, row=row))} == {"XAB"}


@pytest.mark.parametrize("other", ["Belmora", "Quenza"])
@cases("first", "second", "facts", tuples=True)
def test_each_statement_in_a_file_has_its_own_occasion(first, second, facts, other, annotate):
    cover, said = (
        "Conference of the Parties to UNTOC, twelfth session\n",
        "Mr. President,\n\nLamps burn. We trim them.\n\n",
    )
    cover = "" if "UNTOC" in first else cover
    annotated = annotate(f"Statement by Belmora\n{cover}{first}\n\n{said}Statement by {other}\n{second}\n\n{said}")
    found = [(item.agenda_item, item.date, item.session) for item in (each.metadata for each in annotated.statements)]
    assert found[: len(facts)] == [tuple(each) for each in facts]
    assert len(found) == (len(facts) if other == "Belmora" else 2)


@cases("headings", "facts")
def test_a_statement_on_several_items_is_parted_at_their_headings(headings, facts, annotate):
    said = "Mr. President,\n\nLamps burn. We trim them. We shall take up item 9 next week."
    text = "\n\n".join(f"{heading}\n\n{said}" for heading in headings)
    found = [
        each.metadata for each in annotate(f"Statement by Arvandia\nVienna, 14-18 October 2024\n\n{text}").statements
    ]
    assert [[each.state, each.agenda_item, each.date] for each in found] == facts
