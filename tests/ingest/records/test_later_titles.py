"""A second statement in one file: it is split off, or the file is nobody's and the report says why."""

import pytest

from tests.cases import Cases

cases = Cases(__file__)

OPENING = (
    "Statement by Arvandia\n\n15 October 2024\n\nMr. President,\n\nArvandia supports the fund. "
    "We opened an office in each of our provinces. Thank you."
)
OTHER = "Mr. President,\n\nWe cannot support the fund. We have no offices."
PROSE = "The fund has been of use. Its offices are open on all days of the week."
# Lines that are no titles before a salutation; headings of a part and running heads.
LOOKALIKES = [*((words, OTHER) for words in cases["SALUTED"]), *((words, PROSE) for words in cases["UNSALUTED"])]


@pytest.fixture
def read(annotator, read):
    """Returns a function that reads a text, and tells who holds each part of it and what the report says."""

    def read_text(text):
        unsplit = read(text)
        parts = annotator.interventions(unsplit.document)
        holders = [item.group or item.state for item in parts] if parts else [unsplit.document.metadata.state]
        return holders, unsplit.reason or ""

    return read_text


@cases("title", "holders")
def test_a_second_statement_is_split_off_or_the_file_is_nobodys(title, holders, read):
    found, reason = read(f"{OPENING}\n\n{title}\n\n{OTHER}\n")
    assert found == holders
    assert ("further statements inside" in reason or "sections of" in reason) is (holders == [None])


@cases("title")
def test_a_title_that_says_by_whom_a_statement_is_needs_no_salutation_after_it(title, read):
    holders, _ = read(f"{OPENING}\n\n{title}\n\n{PROSE}\n")
    assert holders in (["XAA", "XAB"], [None])


@pytest.mark.parametrize(("words", "after"), LOOKALIKES)
def test_lines_that_look_like_a_title_leave_a_statement_its_own(words, after, read):
    assert read(f"{OPENING}\n\n{words}\n\n{after}\n")[0] == ["XAA"]


def test_a_title_in_another_language_that_names_no_party_only_makes_a_note(read):
    french = (
        "Monsieur le Président,\n\nNotre pays soutient le fonds de toutes ses forces. Nous avons ouvert un bureau dans "
        "chacune de nos provinces, et nous remercions le secrétariat de son aide pendant toute cette année."
    )
    titles = (
        "Déclaration de S.E. M. Nadir Oram, Ministre des affaires étrangères",
        "Statement by Mr. Anton Breck, Minister",
    )
    for title, after, holder in ((titles[0], french, "XAA"), (titles[1], OTHER, None)):
        holders, reason = read(f"{OPENING}\n\n{title}\n\n{after}\n")
        assert holders == [holder]
        assert title in reason and ("perhaps in two languages" in reason) is (holder is not None)


@cases("forwarded", "annex", "holders")
def test_the_annex_of_a_letter_that_transmits_another_party_s_words_is_that_party_s(forwarded, annex, holders, read):
    letter = "Letter dated 5 May 2022 from the Permanent Representative of Arvandia addressed to the President"
    text = f"{letter}\n\nI have the honour to {forwarded}\n\n{annex}\n\nThe bazaar was shut.\n"
    assert read(text)[0] == holders


@pytest.mark.parametrize("title", ["Statement by Belmora in its national capacity", "Belmora (national capacity)"])
def test_a_national_statement_under_its_own_title_is_not_the_group_s(title, read):
    opening = (
        "Statement by the Group of Riparian States, delivered by Belmora\n\nMr. President,\n\nThe Group wants lamps."
    )
    assert read(f"{opening} They shall be lit.\n\n{title}\n\nMr. President,\n\nOur quays are dark.\n")[0] == [
        "XGR",
        "XAB",
    ]
