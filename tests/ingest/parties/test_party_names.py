"""Every name of every party in six languages, hard names written by hand, and ambiguous names."""

import csv
import re
import subprocess
import sys
import time
import timeit
import unicodedata
from pathlib import Path

import pytest

from ingest.parties.name_tokens import tokens_of
from ingest.parties.party_names import (
    ambiguous_names,
    built_in,
    cldr_names,
    demonym_forms,
    display_name,
    local_names,
    names_in,
    spellings,
    trie_of,
    unmarked,
)
from ingest.parties.party_table import PartyTable
from prompts.wording import LANGUAGES, Language
from scripts import make_parties_page
from tests.cases import Cases, all_at_once

cases = Cases(__file__)

TABLE = PartyTable.load()
STATES = [row for row in built_in().values() if row.kind == "state"]
SCRIPTS = {"ar": "[\u0600-\u06ff]", "ru": "[\u0400-\u04ff]", "zh": "[\u4e00-\u9fff]"}
# States that are cities or have no capital.
WITHOUT_CAPITAL = {"MCO", "SGP", "SMR", "VAT"}
# Expected are the parties in order, `-` for none. `COD/COG` is one ambiguous name with these options; `~IRN` is an
# unknown name, for which exactly these parties, if any, are suggested first.
with Path(__file__).with_name("hard_names.csv").open(encoding="utf-8", newline="") as handle:
    HARD_NAMES = [(row["how"], row["language"], row["text"], row["expected"]) for row in csv.DictReader(handle)]


def folded(name: str) -> str:
    return " ".join(token.folded for token in tokens_of(name))


def listed() -> dict[tuple[Language, str], tuple[str, ...]]:
    """Returns the ambiguous names: the parties that each may mean, by language and folded name."""
    return {
        (name.language, folded(form)): name.codes
        for name in ambiguous_names()
        for form in (demonym_forms(name.name, name.language) if name.form == "demonym" else (name.name,))
    }


@all_at_once(("name", "code"), [row[2:] for row in HARD_NAMES if row[0] == "name"])
def test_find_gives_the_one_party_of_a_hard_name_in_a_question_in_lower_case_too(name, code):
    told = TABLE.find(f"My delegation listened to what {name}’s delegation said, and agrees ({name}).")
    assert [match.codes for match in told] == [(code,), (code,)]
    # In lower case these are ordinary words; "la paz" is "peace".
    if name not in {"US", "Malé", "La Paz"}:
        asked = TABLE.find(f"what did {name.lower()} say about article 4?", relaxed=True)
        assert [match.codes for match in asked] == [(code,)]


@all_at_once(("how", "language", "text", "expected"), [row for row in HARD_NAMES if row[0] not in ("typed", "name")])
def test_find_gives_what_is_meant_by_a_hard_name(how, language, text, expected):
    found = TABLE.find(text, language or None, relaxed=how == "question")
    assert " ".join("/".join(match.codes) for match in found) == expected.strip("-")


@all_at_once(("text", "expected"), [row[2:] for row in HARD_NAMES if row[0] == "typed"])
def test_resolve_gives_what_is_meant_by_a_typed_name_and_only_suggests_for_an_error(text, expected):
    resolution = TABLE.resolve(text)
    if expected.startswith("~"):
        suggested = expected[1:].split()
        assert resolution.codes == ()
        assert list(resolution.suggestions[: len(suggested)]) == suggested
    else:
        assert "/".join(resolution.codes) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_spelling_of_every_party_is_found_as_it_alone(language):
    asked_back = listed()
    wrong, tried = [], 0
    for row in built_in().values():
        for form, spelling in spellings(row, language):
            name = unmarked(spelling)
            expected = asked_back.get((language, folded(name)), (row.code,))
            tried += 1
            for written in (name, f"({name})", name.replace(" ", "\n")):
                if [match.codes for match in TABLE.find(written, language)] != [expected]:
                    wrong.append((row.code, form, written, TABLE.find(written, language)))
    assert wrong == []
    assert tried > 4 * len(STATES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_short_and_official_names_are_found_without_being_told_the_language(language):
    asked_back, wrong = listed(), []
    for row in STATES:
        names = names_in(row, language)
        official = names.official if names else None
        for name in {display_name(row, language), cldr_names(language)[row.alpha2 or ""], official} - {None}:
            expected = asked_back.get((language, folded(name)), (row.code,))
            seen = {TABLE.resolve(name).codes, *(match.codes for match in TABLE.find(name))}
            if seen != {expected}:
                wrong.append((row.code, name, seen))
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_states_with_an_official_name_of_their_own_have_it_in_every_language(language):
    missing = [
        row.code
        for row in STATES
        if row.official not in {None, row.name} and getattr(names_in(row, language), "official", None) is None
    ]
    # The longer names of these two States are not those that the United Nations uses.
    assert missing == ["IRL", "KNA"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_capitals_are_known_in_every_language(language):
    asked_back, missing = {(name.language, code) for name in ambiguous_names() for code in name.codes}, []
    for row in STATES:
        capitals = [name for form, name in spellings(row, language) if form == "capital"]
        # A capital with the name of its State needs no entry: Guatemala, Panamá.
        same = any(row.name in capital for capital in row.capitals) or row.code in {"LUX", "DJI", "KWT"}
        if not capitals and not same and row.code not in WITHOUT_CAPITAL and (language, row.code) not in asked_back:
            missing.append(row.code)
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_are_shown_in_the_script_of_the_language(language):
    script = re.compile(SCRIPTS.get(language, "[A-Za-z]"))
    assert [row.code for row in STATES if not script.search(display_name(row, language))] == []


def test_ambiguous_names_are_asked_back_in_every_language_of_the_list_and_only_those():
    asked_back = listed()
    ambiguous = {
        (language, folded(name.text)): name.codes
        for language in LANGUAGES
        for name in trie_of(language)
        if len(name.codes) > 1
    }
    assert ambiguous == asked_back
    assert all(name.reason and set(name.codes) <= built_in().keys() for name in ambiguous_names())
    for name in ambiguous_names():
        assert [match.codes for match in TABLE.find(name.name, name.language)] == [name.codes]


@cases("nominative", "forms", tuples=True)
def test_russian_official_names_are_found_in_all_cases(nominative, forms):
    rows = [
        row for row in STATES if (getattr(names_in(row, "ru"), "official", None) or "").startswith(nominative + " ")
    ]
    assert rows
    for row in rows:
        official = local_names()[row.code, "ru"].official or ""
        for case in forms:
            inflected = official.replace(nominative, case, 1).replace("ская Республика", "ской Республики")
            assert [match.codes for match in TABLE.find(f"от имени {inflected}.")] == [(row.code,)]


@cases("ending", "forms", tuples=True)
def test_russian_short_names_are_found_in_all_cases(ending, forms):
    names = [(row.code, cldr_names("ru")[row.alpha2 or ""]) for row in STATES]
    declined = [(code, name[: -len(ending)]) for code, name in names if name.endswith(ending) and " " not in name]
    assert declined
    for code, stem in declined:
        for case in forms:
            assert [match.codes for match in TABLE.find(f"из {stem}{case}", "ru")] == [(code,)]


def test_arabic_names_are_found_behind_prefixed_conjunctions_and_prepositions():
    asked_back, wrong = listed(), []
    for row in STATES:
        name = display_name(row, "ar")
        expected = asked_back.get(("ar", folded(name)), (row.code,))
        to = "لل" + name[2:] if name.startswith("ال") else "ل" + name
        for written in ("و" + name, "ب" + name, "وب" + name, to, "و" + to):
            if row.code != "MLI" and [match.codes for match in TABLE.find(written, "ar")] != [expected]:
                wrong.append(written)
    assert wrong == []


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_names_resolve_without_accents_and_in_any_case(language):
    for row in STATES:
        name = display_name(row, language)
        bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
        expected = TABLE.resolve(name).codes
        assert TABLE.resolve(bare).codes == TABLE.resolve(name.upper()).codes == expected
        assert TABLE.resolve(name.lower()).codes == expected


@pytest.mark.slow
def test_a_typing_error_never_resolves_to_another_state_and_suggests_the_right_one():
    wrong = []
    for row in STATES:
        name, middle = row.name.partition(" (")[0], len(row.name.partition(" (")[0]) // 2
        for typed in (name[:middle] + name[middle + 1 :], name[:middle] + name[middle] + name[middle:]):
            resolution = TABLE.resolve(typed)
            if resolution.codes != (row.code,) and (resolution.codes or row.code not in resolution.suggestions):
                wrong.append((row.code, typed, resolution))
    assert wrong == []


def test_groups_have_a_name_in_every_language_and_members_that_are_states():
    states = {row.code for row in STATES}
    for row in built_in().values():
        if row.kind != "state":
            assert [lang for lang in LANGUAGES[1:] if (row.code, lang) not in local_names()] == []
            assert {member.name for member in row.members} <= states
            dates = [date for member in row.members for date in (member.since, member.until) if date]
            assert all(re.fullmatch(r"\d{4}(?:-\d\d-\d\d)?", date) for date in dates)


def test_groups_that_speak_at_the_united_nations_are_known():
    speaking = (
        "EU G77 NON_ALIGNED AFRICAN_GROUP GRULAC ARAB_GROUP OIC WEOG EEG ASIA_PACIFIC ASEAN CARICOM GUAM AU ARAB_LEAGUE"
        " LDC SIDS AOSIS NORDIC BENELUX BRICS CIS CSTO SCO ECOWAS SADC PIF GCC OAS MERCOSUR JUSCANZ VISEGRAD LMG"
    )
    assert set(speaking.split()) <= built_in().keys()


@cases("group", "state", "date", "member", at_once=True)
def test_members_of_groups_depend_on_the_date(group, state, date, member):
    assert (state in TABLE.members(group, date)) is member


def test_the_page_of_parties_shows_our_tables():
    page = make_parties_page.PAGE.read_text(encoding="utf-8")
    made = make_parties_page.tables()
    assert make_parties_page.filled(page, made) == page
    assert made["groups"] in page and made["ambiguous"] in page


def test_the_page_of_parties_is_filled_between_its_marks_only():
    page = "By hand.\n<!-- made: groups -->\n| old |\n<!-- end -->\nAfter."
    made = make_parties_page.tables()
    before, table, after = make_parties_page.filled(page, made).partition(made["groups"])
    assert (before, after) == ("By hand.\n<!-- made: groups -->\n", "<!-- end -->\nAfter.")
    assert "| EU | European Union |" in table


@pytest.mark.slow
def test_an_english_question_reads_no_other_language():
    asked = "from ingest.parties.party_table import PartyTable; from ingest.parties.party_names import trie_of; "
    asked += "PartyTable.load().find('What did Iran say?', 'en'); print(trie_of.cache_info().currsize)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"


@pytest.mark.parametrize("language", LANGUAGES)
def test_tries_are_built_fast(language):
    trie_of(language)
    build = trie_of.__wrapped__
    seconds = timeit.repeat(lambda: build(language), timer=time.process_time, number=1, repeat=3)
    assert min(seconds) < 0.5  # 0.05 s to 0.15 s on an idle core
