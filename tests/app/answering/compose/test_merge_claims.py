"""Merging: a model's claims stand in place of the quotations of whoever holds the words that they rest on."""

from dataclasses import replace

from app.answering.compose.composition import Composition, ModelDraft
from app.answering.compose.extractive import introduction
from app.answering.compose.merge_claims import with_claims
from app.answering.localization import localize
from app.records import Citation, Claim
from app.retrieval.relevance import Relevance
from ingest.parties.party_table import PartyTable
from tests.app.answering.evidence import composed, evidence_of, first_sentences
from tests.cases import Cases
from tests.made import citation

cases = Cases(__file__)


def claim(text: str, state: str, *citations: int) -> Claim:
    return Claim(text=text, state=state, citations=citations)


def merge(
    quoted: Composition, claims: tuple[Claim, ...], cited: tuple[Citation, ...], parties: PartyTable
) -> Composition:
    return with_claims(quoted, ModelDraft(claims=claims, citations=cited), [], localize(parties, "en"), model="m")


def test_a_claim_on_a_joint_statement_is_that_of_each_holder_asked_about(parties):
    joint = citation("We fish.", state="XGA", held_by=("XGA", "XLH"))
    own = citation("We sail.", state="XGA", number=2)
    quoted = Composition(claims=(claim("Lanhai: “We fish.”", "XLH", 1),), citations=(joint,))
    claims = claim("Galdoria fishes", "XGA", 1), claim("Galdoria fishes and sails", "XGA", 1, 2)
    merged = merge(quoted, claims, (joint, own), parties)
    assert merged.claims == (replace(claims[0], state="XLH"),) and merged.citations == (joint,)
    assert merged.draft is not None and merged.draft.claims
    # Asked about both, Lanhai keeps its quotation.
    both = claim("Galdoria: “We fish.”", "XGA", 1), *quoted.claims
    merged = merge(replace(quoted, claims=both), claims[:1], (joint,), parties)
    assert [each.text for each in merged.claims] == ["Galdoria fishes", "Lanhai: “We fish.”"]
    # A third holder's claim is shown once, under the first that was asked about.
    of_all = replace(joint, held_by=("XGA", "XLH", "XAA"))
    both = *quoted.claims, claim("Arvandia: “We fish.”", "XAA", 1)
    merged = merge(replace(quoted, claims=both, citations=(of_all,)), claims[:1], (of_all,), parties)
    assert [(each.text, each.state) for each in merged.claims] == [
        ("Galdoria fishes", "XLH"),
        ("Arvandia: “We fish.”", "XAA"),
    ]


def test_without_a_claim_of_whoever_was_asked_about_the_answer_is_quotations_alone(parties):
    own, group = citation("We fish."), citation("The Group fishes.", state="XGR")
    quoted = Composition(claims=(claim("Arvandia: “We fish.”", "XAA", 1),), citations=(own,))
    merged = merge(quoted, (claim("The Group fishes", "XGR", 1),), (group,), parties)
    assert merged.claims == quoted.claims and merged.draft is not None and not merged.draft.claims
    assert merged.notes == (localize(parties, "en").say("model_nothing", model="m"),)


@cases("state", "kind", "quote", "text", "missing")
def test_what_a_claim_of_the_party_rests_on_is_not_said_to_be_missing(state, kind, quote, text, missing, parties):
    cited = citation("We fish."), citation("The Group fishes.", state="XGR", number=2)
    claims = claim("Arvandia: “We fish.”", "XAA", 1), claim("The Group: “The Group fishes.”", "XGR", 2)
    quoted = Composition(claims=claims, citations=cited, missing=kind, quoted_groups={"XGR": ("XAA",)})
    written = tuple(replace(each, text=text) for each in claims if each.state == state)
    assert merge(quoted, written, tuple(replace(each, quote=quote) for each in cited), parties).missing == missing


def test_each_statement_of_a_group_is_introduced_by_its_members_of_that_time(stored, sources, parties):
    sure = Relevance(chance=0.95, source="calibrated", threshold=0.5, may_answer_min=0.1, sort_key=0.0)
    own = evidence_of("XAA", first_sentences(stored, "XAA_12_2024")[:1])
    names = sorted(name for name in stored if name.endswith("_2022"))[:2]
    early, late = (
        replace(evidence_of("XGR", first_sentences(stored, name)[:1], relevance=sure), spoke_for=members)
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
