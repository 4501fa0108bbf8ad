"""A model's claims take the place of the quotations of their parties; the lines that introduce groups stay right."""

from dataclasses import replace

from app.answering.compose.composition import ModelDraft
from app.answering.compose.extractive import introduction
from app.answering.compose.merge_claims import with_claims
from app.answering.localization import localize
from app.records import Claim
from app.retrieval.relevance import Relevance
from tests.app.answering.evidence import composed, evidence_of, first_sentences


def test_each_statement_of_a_group_is_introduced_by_its_members_of_that_time(stored, sources, parties):
    sure = Relevance(chance=0.95, source="calibrated", threshold=0.5, near=0.1, sort_key=0.0)
    own = evidence_of("XAA", first_sentences(stored, "XAA_12_2024")[:1])
    names = sorted(name for name in stored if name.endswith("_2022"))[:2]
    early, late = (
        replace(evidence_of("XGR", first_sentences(stored, name)[:1], relevance=sure), members=members)
        for name, members in zip(names, (("XAA",), ("XAA", "XAB")), strict=True)
    )
    local = localize(parties, "en")
    quoted = composed([own, early, late], sources, parties)
    lines = [introduction(item, local) for item in (early, late)]
    assert list(quoted.introductions.values()) == lines
    for worded in (["XAA"], ["XAA", "XGR", "XGR"]):
        claims = tuple(Claim(text="x", state=state, citations=(at,)) for at, state in enumerate(worded, start=1))
        cited = [replace(each, state=state) for each, state in zip(quoted.citations, worded, strict=False)]
        draft = ModelDraft(claims=claims, citations=tuple(cited))
        merged = with_claims(quoted, draft, (own, early, late), local, model="m")
        assert merged.introductions == {2: lines[0], 3: lines[1]}
