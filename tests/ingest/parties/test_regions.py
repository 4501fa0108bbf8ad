"""Regions: every State is in exactly one sub-region, and words for regions are found in six languages."""

from itertools import combinations

import pytest

from ingest.parties.party_table import PartyTable
from ingest.parties.regions import find_regions, members_of, region_named, regions
from prompts.wording import LANGUAGES, Language
from tests.cases import Cases

cases = Cases(__file__)

_SUB_REGIONS = (
    *("NORTHERN_AFRICA", "EASTERN_AFRICA", "MIDDLE_AFRICA", "SOUTHERN_AFRICA", "WESTERN_AFRICA"),
    *("CARIBBEAN", "CENTRAL_AMERICA", "SOUTH_AMERICA", "NORTHERN_AMERICA"),
    *("CENTRAL_ASIA", "EASTERN_ASIA", "SOUTH_EASTERN_ASIA", "SOUTHERN_ASIA", "WESTERN_ASIA"),
    *("EASTERN_EUROPE", "NORTHERN_EUROPE", "SOUTHERN_EUROPE", "WESTERN_EUROPE"),
    *("AUSTRALIA_NEW_ZEALAND", "MELANESIA", "MICRONESIA", "POLYNESIA"),
)
_CONTINENTS = ("AFRICA", "AMERICAS", "ASIA", "EUROPE", "OCEANIA")


@pytest.mark.parametrize("level", [_SUB_REGIONS, _CONTINENTS])
def test_every_state_is_in_exactly_one_region_of_a_level(level: tuple[str, ...]) -> None:
    assert frozenset().union(*(regions()[code].members for code in level)) == {*PartyTable.load().codes("state")}
    for one, other in combinations(level, 2):
        assert not regions()[one].members & regions()[other].members


@cases("code", "count")
def test_regions_have_as_many_states_as_the_standard_gives_them(code: str, count: int) -> None:
    assert len(regions()[code].members) == count


def test_no_region_has_the_code_of_a_party_and_each_has_a_name_in_every_language() -> None:
    parties = PartyTable.load()
    for code, region in regions().items():
        assert parties.get(code) is None
        assert all(region.names.get(language) for language in LANGUAGES), code


@cases("text", "language", "codes", at_once=True)
def test_words_for_regions_are_found_in_their_forms(text: str, language: Language, codes: list[str]) -> None:
    assert [mention.code for mention in find_regions(text, language)] == codes


def test_regions_are_named_by_code_or_by_name() -> None:
    assert region_named("AFRICA") == region_named("Afrique") == region_named("африканский") == "AFRICA"
    assert region_named("Atlantis") is None


def test_members_of_groups_are_those_of_a_date() -> None:
    parties = PartyTable.load()
    assert "GBR" in members_of(["EU"], parties, "2019") and "GBR" not in members_of(["EU"], parties, "2021")
    assert members_of(["SAHEL", "NORDIC"], parties) == {
        "BFA", "MLI", "MRT", "NER", "TCD", "DNK", "FIN", "ISL", "NOR", "SWE",
    }  # fmt: skip
