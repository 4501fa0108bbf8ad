"""The extractive composer: quotations and nothing else, best first."""

from dataclasses import replace

import pytest

from app.answering.compose import extractive
from app.answering.compose.composition import Composition
from app.answering.compose.extractive import compose
from app.answering.localization import localize
from app.records import Sources
from app.retrieval.party_evidence import PartyEvidence
from app.retrieval.relevance import WORDS_MIN, Relevance, lexical_relevance
from tests.app.answering.evidence import composed, evidence_of, first_sentences
from tests.fakes_corpora import split
from tests.fakes_store import annotated


def test_compose_quotes_the_strongest_first_and_counts_the_rest(stored, sources, parties):
    chosen = first_sentences(stored, "XAA_12_2024")[::-1][:6]
    made = composed([evidence_of("XAA", chosen)], sources, parties, limit=4)
    assert [citation.number for citation in made.citations] == [1, 2, 3, 4]
    assert chosen[0].text in made.citations[0].quote
    assert made.unquoted == 2
    assert {claim.state for claim in made.claims} == {"XAA"}


def test_a_quotation_that_fails_verification_gives_its_place_to_the_next_one(stored, sources, parties, monkeypatch):
    chosen = first_sentences(stored, "XAA_12_2024")[:3]

    def sound(citations, statements):
        return [c for c in citations if chosen[0].text not in c.quote]

    monkeypatch.setattr(extractive, "sound_citations", sound)
    made = composed([evidence_of("XAA", chosen)], sources, parties, limit=1)
    # The quotation that fails comes last, so that it is told as dropped and no number is missing.
    assert [chosen[0].text in citation.quote for citation in made.citations] == [False, True]
    assert [claim.citations for claim in made.claims] == [(1,), (2,)]
    alone = composed([evidence_of("XAA", chosen[:1])], sources, parties, limit=1)
    assert [c.number for c in alone.citations] == [1]


def test_compose_gives_every_party_a_quotation_however_many_there_are(stored, sources, parties):
    found = [
        evidence_of(name[:3], first_sentences(stored, name)[:3]) for name in sorted(stored) if name.endswith("_2022")
    ]
    made = composed(found, sources, parties, limit=2)
    assert {claim.state for claim in made.claims} == {item.party for item in found}


@pytest.mark.parametrize(("chance", "shown"), [(0.95, ["XAA", "XGR"]), (0.8, ["XAA", "XGR"]), (0.79, ["XAA"])])
def test_a_group_is_quoted_beside_a_member_where_it_is_sure(chance, shown, stored, sources, parties):
    own, other = (first_sentences(stored, name)[:1] for name in ("XAA_12_2024", "XAB_11_2022"))
    calibrated = Relevance(chance=chance, source="calibrated", threshold=0.5, may_answer_min=0.1, sort_key=0.0)
    group = evidence_of("XGR", other, relevance=calibrated)
    made = composed([evidence_of("XAA", own), replace(group, spoke_for=("XAA",))], sources, parties)
    assert [claim.state for claim in made.claims] == shown


def test_compose_leaves_weak_sentences_out_alone_and_behind_strong_ones(stored, sources, parties):
    weak = evidence_of("XAA", first_sentences(stored, "XAA_12_2024"), confidence=WORDS_MIN - 0.01)
    assert composed([weak], sources, parties) == Composition()
    assert composed([], sources, parties) == Composition()
    assert composed([PartyEvidence(party="XAA", statements=())], sources, parties) == Composition()
    found = evidence_of("XAA", first_sentences(stored, "XAA_12_2024")[:3])
    far = tuple(replace(item, relevance=lexical_relevance(WORDS_MIN - 0.01)) for item in found.sentences[1:])
    mixed = replace(found, sentences=(found.sentences[0], *far))
    made = composed([mixed], sources, parties)
    assert len(made.citations) == 1 and made.unquoted == 0


def test_compose_names_what_is_missing(stored, sources, parties):
    agreements = [s for s in stored["000_6237221ecf9e9373"][1] if "outstanding number" in s.text]
    found = [evidence_of("IRN", agreements)]
    made = compose(found, sources, localize(parties, "en"), limit=5, answer_type="number")
    assert made.missing == "number" and len(made.citations) == 1
    assert composed(found, sources, parties).missing is None


def test_claims_set_nothing_in_quotation_marks_but_quotations(stored, sources, parties, tmp_path):
    extra = tmp_path / "parties.csv"
    extra.write_text('code,name,aliases,kind\nXZZ,"Coalition ""Clean Seas""",,group\n', encoding="utf-8")
    named = parties.with_extra(extra)
    made = composed([evidence_of("XZZ", first_sentences(stored, "XAA_12_2024")[:1])], sources, named)
    assert made.claims[0].text == f"Coalition Clean Seas: “{made.citations[0].quote}”"


def test_a_group_that_spoke_for_members_and_for_others_has_all_of_them(stored, sources, parties):
    own, other = first_sentences(stored, "XAA_12_2024")[:1], first_sentences(stored, "XGR_12_2024")[:2]
    groups = [
        replace(evidence_of("XGR", other[at : at + 1]), spoke_for=(code,)) for at, code in enumerate(("XMR", "XAA"))
    ]
    assert composed([evidence_of("XAA", own), *groups], sources, parties).quoted_groups == {"XGR": ("XMR", "XAA")}


def test_an_item_far_down_a_list_is_one_claim_with_the_words_that_open_it(parties):
    long = ("A fund for the victims of this trade, which all ports pay. " * 5).strip()
    text = f"We cannot accept the following:\n(a) {long}\n(b) {long}\n(c) A registry."
    made = split(text)
    sources = Sources(statements={"s": annotated("s", [text], state="XAA").statements[0]}, sentences={"s": made})
    answer = composed([evidence_of("XAA", made[-1:])], sources, parties)
    assert [citation.quote for citation in answer.citations] == ["We cannot accept the following:", "(c) A registry."]
    assert [claim.citations for claim in answer.claims] == [(1, 2)]
    assert "“We cannot accept the following:” “(c) A registry.”" in answer.claims[0].text
