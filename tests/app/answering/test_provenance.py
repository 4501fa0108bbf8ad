"""Provenance lines and references give the known facts, leave out the unknown, and mark the inferred."""

from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from app.answering.citations import cite
from app.answering.localization import localize
from app.answering.provenance import attribution, date_in_words, day_in_words, provenance, reference
from app.records import Citation
from prompts.wording import LANGUAGES, load_wording
from tests.cases import Cases
from tests.fakes_corpora import Stored

cases = Cases(__file__)


@pytest.fixture
def citation(stored: Stored) -> Citation:
    statement, sentences = stored["000_6237221ecf9e9373"]
    about = next(sentence.ordinal for sentence in sentences if "under article 4" in sentence.text)
    return cite(statement, sentences, range(about, about + 1), 1)


@pytest.fixture
def of_a_group(stored: Stored) -> Citation:
    statement, sentences = stored["XGR_10_2020"]
    return cite(statement, sentences, range(4, 5), 1)


def test_provenance_marks_what_was_inferred_and_leaves_out_what_is_not_known(citation):
    def line(**changes):
        return provenance(replace(citation, **changes), load_wording("en"))

    assert line() == "UNTOC COP, session 10 (inferred), 12–16 October 2020, agenda item 4"
    unknown = {"body": None, "session": None, "agenda_item": None}
    assert (line(**unknown, date="2020"), line(**unknown, date=None)) == ("2020", "")
    # An agenda item without a number, such as "General debate", is given by its name alone.
    debate = line(agenda_item="General debate")
    assert debate.endswith("General debate") and "agenda item" not in debate
    assert line(agenda_item="2, 4").endswith("agenda items 2, 4")


@cases("language", "line")
def test_facts_are_joined_by_the_commas_of_their_language(citation, parties, language, line):
    known = replace(citation, agenda_item="2, 4", inferred=())
    assert provenance(known, load_wording(language)) == line
    assert line in reference(known, localize(parties, language)) and ", " not in line


def test_attribution_names_the_state_marked_as_inferred_or_the_group_and_who_delivered_it(
    citation, of_a_group, parties
):
    line = attribution(citation, localize(parties, "en"))
    assert line.startswith("**Iran (Islamic Republic of) (inferred)** · ")
    for made, marked in (
        (of_a_group, "Group of Riparian States (inferred)"),
        (replace(citation, summarised=True), "(inferred)"),
    ):
        line = attribution(replace(made, inferred=("state",)), localize(parties, "en"))
        assert marked in line.partition(" · ")[0]
    line = attribution(of_a_group, localize(parties, "en"))
    assert line.startswith("**Group of Riparian States**, statement delivered by Belmora · ")
    assert reference(of_a_group, localize(parties, "en")).startswith("Group of Riparian States (Belmora), ")
    assert "заявление сделано: Бельмора · " in attribution(of_a_group, localize(parties, "ru"))
    by_person = replace(of_a_group, speaker="Ms. Ilse Farrow")
    assert "заявление сделано: Ms. Ilse Farrow · " in attribution(by_person, localize(parties, "ru"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_references_and_attributions_without_provenance(language, citation, of_a_group, parties):
    line = reference(citation, localize(parties, language))
    assert "{" not in line and "2020" in line and citation.file in line
    for one in (citation, of_a_group):
        bare = replace(one, body=None, session=None, date=None, agenda_item=None, inferred=())
        assert not attribution(bare, localize(parties, language)).rstrip().endswith("·")


def test_attribution_escapes_what_a_text_brought(citation, parties):
    hostile = replace(
        citation, body="<b>COP</b> [x](javascript:1)", agenda_item="*4*", on_behalf_of="XGR", speaker="_<i>_"
    )
    line = attribution(hostile, localize(parties, "en"))
    shown = MarkdownIt().render(line)
    assert "<a " not in shown and "<b>" not in shown and "<i>" not in shown and "<em>" not in shown
    assert "&lt;b&gt;COP&lt;/b&gt; [x](javascript:1)" in shown and "*4*" in shown


def test_reference_names_place_and_file(citation, parties):
    line = reference(replace(citation, symbol="CTOC/COP/2020/1", page=3), localize(parties, "en"))
    assert line.startswith("Iran (Islamic Republic of) (inferred), ")
    parts = ("session 10 (inferred)", "12–16 October 2020", "CTOC/COP/2020/1", "page 3", "000_6237221ecf9e9373.txt")
    assert [part for part in parts if part not in line] == []
    assert "None" not in line and "paragraph" in line


@cases("value", "spoken", at_once=True)
def test_date_in_words_in_english(value, spoken):
    assert date_in_words(value, "en") == spoken


@cases("language", "spoken")
def test_date_in_words_in_other_languages(language, spoken):
    text = date_in_words("2020-10-12/2020-10-16", language)
    assert text is not None and text.replace("\u200f", "").replace("\u202f", " ") == spoken


def test_a_day_that_there_is_not_is_shown_as_it_was_written():
    assert day_in_words("--02-30", "en") == "02-30"
    assert day_in_words("--10-03", "en") == "3 October"
