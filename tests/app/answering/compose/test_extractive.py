"""The extractive composer: quotations and nothing else, best first, inert in Markdown."""

import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from app.answering.compose.extractive import Composition, compose, escape, quote, render, repeats, words_of
from app.answering.localization import localize
from app.records import Sources
from app.retrieval.party_evidence import PartyEvidence, ScoredSentence
from app.retrieval.relevance import WORDS_MIN, Relevance, lexical_relevance
from ingest.parties.party_table import PartyTable
from prompts.wording import load_wording
from tests.fakes_corpora import Stored, split
from tests.fakes_store import annotated
from vectorstore.records import ScannedWord, Sentence, Statement

WORDING = load_wording("en")


@pytest.fixture
def sources(stored: Stored) -> Sources:
    return Sources(
        statements={statement.statement_id: statement for statement, _ in stored.values()},
        sentences={statement.statement_id: sentences for statement, sentences in stored.values()},
    )


def _found(
    party: str, sentences: list[Sentence], *, confidence: float = 0.9, relevance: Relevance | None = None
) -> PartyEvidence:
    relevance = relevance or lexical_relevance(confidence)
    evidence = tuple(ScoredSentence(sentence=sentence, relevance=relevance) for sentence in sentences)
    return PartyEvidence(party=party, statements=(), sentences=evidence)


def _paragraphs(stored: Stored, name: str) -> list[Sentence]:
    """The first long sentence of each paragraph, so that no two join into one quotation."""
    first: dict[int, Sentence] = {}
    for sentence in stored[name][1]:
        if sentence.paragraph is not None and len(sentence.text) > 60:
            first.setdefault(sentence.paragraph, sentence)
    return list(first.values())


def _compose(found: list[PartyEvidence], sources: Sources, parties: PartyTable, *, limit: int = 5) -> Composition:
    return compose(found, sources, localize(parties, "en"), limit=limit, answer_type=None)


def test_compose_quotes_the_strongest_first_and_counts_the_rest(stored, sources, parties):
    chosen = _paragraphs(stored, "XAA_12_2024")[::-1][:6]
    made = _compose([_found("XAA", chosen)], sources, parties, limit=4)
    assert [citation.number for citation in made.citations] == [1, 2, 3, 4]
    assert chosen[0].text in made.citations[0].quote
    assert made.more == 2
    assert {claim.state for claim in made.claims} == {"XAA"}


def test_compose_gives_every_party_a_quotation_however_many_there_are(stored, sources, parties):
    found = [_found(name[:3], _paragraphs(stored, name)[:3]) for name in sorted(stored) if name.endswith("_2022")]
    made = _compose(found, sources, parties, limit=2)
    assert {claim.state for claim in made.claims} == {item.party for item in found}


@pytest.mark.parametrize(("chance", "shown"), [(0.95, ["XAA", "XGR"]), (0.8, ["XAA", "XGR"]), (0.79, ["XAA"])])
def test_a_group_is_quoted_beside_a_member_where_it_is_sure(chance, shown, stored, sources, parties):
    own, other = (_paragraphs(stored, name)[:1] for name in ("XAA_12_2024", "XAB_11_2022"))
    calibrated = Relevance(chance=chance, source="calibrated", threshold=0.5, near=0.1, sort_key=0.0)
    group = _found("XGR", other, relevance=calibrated)
    made = _compose([_found("XAA", own), replace(group, members=("XAA",))], sources, parties)
    assert [claim.state for claim in made.claims] == shown


def test_compose_leaves_weak_sentences_out_alone_and_behind_strong_ones(stored, sources, parties):
    weak = _found("XAA", _paragraphs(stored, "XAA_12_2024"), confidence=WORDS_MIN - 0.01)
    assert _compose([weak], sources, parties) == Composition()
    assert _compose([], sources, parties) == Composition()
    assert _compose([PartyEvidence(party="XAA", statements=())], sources, parties) == Composition()
    found = _found("XAA", _paragraphs(stored, "XAA_12_2024")[:3])
    far = tuple(replace(item, relevance=lexical_relevance(WORDS_MIN - 0.01)) for item in found.sentences[1:])
    mixed = replace(found, sentences=(found.sentences[0], *far))
    made = _compose([mixed], sources, parties)
    assert len(made.citations) == 1 and made.more == 0


def test_compose_names_what_is_missing(stored, sources, parties):
    agreements = [s for s in stored["000_6237221ecf9e9373"][1] if "outstanding number" in s.text]
    found = [_found("IRN", agreements)]
    made = compose(found, sources, localize(parties, "en"), limit=5, answer_type="number")
    assert made.missing == "number" and len(made.citations) == 1
    assert _compose(found, sources, parties).missing is None


def test_claims_set_nothing_in_quotation_marks_but_quotations(stored, sources, parties, tmp_path):
    extra = tmp_path / "parties.csv"
    extra.write_text('code,name,aliases,kind\nXZZ,"Coalition ""Clean Seas""",,group\n', encoding="utf-8")
    named = parties.with_extra(extra)
    made = _compose([_found("XZZ", _paragraphs(stored, "XAA_12_2024")[:1])], sources, named)
    assert made.claims[0].text == f"Coalition Clean Seas: “{made.citations[0].quote}”"


def test_a_group_that_spoke_for_members_and_for_others_has_all_of_them(stored, sources, parties):
    own, other = _paragraphs(stored, "XAA_12_2024")[:1], _paragraphs(stored, "XGR_12_2024")[:2]
    groups = [replace(_found("XGR", other[at : at + 1]), members=(code,)) for at, code in enumerate(("XMR", "XAA"))]
    assert _compose([_found("XAA", own), *groups], sources, parties).spoken_for == {"XGR": ("XMR", "XAA")}


def test_quote_numbers_a_distant_referent_after_the_others(stored, sources):
    statement, sentences = stored["XAA_12_2024"]
    texts = ["Coercive measures were imposed.", "Rain fell.", "Snow fell.", "These measures are illegal.", "Hail fell."]
    source = " ".join(texts)
    moved = [
        replace(s, start=source.index(text), end=source.index(text) + len(text), text=text)
        for s, text in zip(sentences, texts, strict=False)
    ]
    fiction = replace(statement.document, source_text=source, edits=(), blocks=()).as_statement()
    made = quote(
        [moved[3], moved[1]],
        Sources(statements={statement.statement_id: fiction}, sentences={statement.statement_id: moved}),
        5,
        first_number=3,
    )
    assert [citation.quote for citation in made] == [texts[3], texts[1], texts[0]]
    assert [citation.number for citation in made] == [3, 4, 5]


def test_render_gives_attribution_then_quotations_with_markers(stored, sources, parties):
    found = [
        _found("XAA", _paragraphs(stored, "XAA_12_2024")[:2]),
        _found("XAB", _paragraphs(stored, "XAB_11_2022")[:1]),
    ]
    made = _compose(found, sources, parties, limit=4)
    made = replace(made, more=2, missing="date")
    blocks = render(made, made.claims, made.citations, localize(parties, "en")).split("\n\n")
    assert blocks[0] == WORDING.say("missing_date")
    assert blocks[1].startswith("**Arvandia** · ") and blocks[4].startswith("**Belmora** · ")
    assert [re.findall(r"\[\d+\]$", block) for block in blocks] == [[], [], ["[1]"], ["[2]"], [], ["[3]"], []]
    assert blocks[-1] == WORDING.say("more", count=2)


def test_render_keeps_a_quotation_over_paragraphs_in_one_block(stored, sources, parties):
    sentences = stored["XZR_11_2022"][1]
    edge = next(s.ordinal for s in sentences if s.ordinal and s.paragraph != sentences[s.ordinal - 1].paragraph)
    made = _compose([_found("XZR", [sentences[edge - 1], sentences[edge]])], sources, parties)
    assert "\n" in made.citations[0].quote
    text = render(made, made.claims, made.citations, localize(parties, "en"))
    assert text.count("\n\n") == 1


@pytest.mark.parametrize(("language", "semicolon"), [("en", "; "), ("fr", "\xa0; "), ("ar", "؛ "), ("zh", "；")])
def test_remarks_are_joined_as_the_language_does(language, semicolon, stored, sources, parties):
    made = _compose([_found("XAA", _paragraphs(stored, "XAA_12_2024")[:1])], sources, parties)
    local = localize(parties, language)
    (cited,) = (replace(citation, superseded_by=2, quoting=True) for citation in made.citations)
    remarks = (local.say("superseded", number=2), local.say("quoting"))
    assert f"*({semicolon.join(remarks)})*" in render(made, made.claims, [cited], local)


HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)> [click](javascript:alert(1)) ![p](http://x/y.png) "
    "**bold** _it_ `code` ~~no~~ # head | cell &lt; \\* we shall support article 4."
)


def test_escape_makes_markup_inert_without_changing_how_it_reads():
    shown = (
        MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(f"> “{escape(HOSTILE)}” [1]")
    )
    assert not re.search(r"<(?!/?(?:blockquote|p)>)", shown)
    plain = re.sub(r"</?(?:blockquote|p)>\n?", "", shown).strip()
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        plain = plain.replace(entity, char)
    assert plain == f"“{HOSTILE}” [1]"


@pytest.mark.parametrize("text", ["- item", "1. item", "# head", "> quote", "===", "```", "| a | b |", "    code"])
def test_render_keeps_a_hostile_second_paragraph_inside_the_quotation(text, parties):
    source = f"We agree.\n\n{text} we shall."
    hostile = annotated("s", [source], state="XAA", language="en")
    own = Sources(statements={"s": hostile.statements[0]}, sentences={"s": hostile.sentences})
    made = _compose([_found("XAA", list(hostile.sentences))], own, parties)
    shown = MarkdownIt().enable("table").render(render(made, made.claims, made.citations, localize(parties, "en")))
    assert not re.search(r"<(?:ul|ol|h\d|table|pre|code)", shown)
    assert shown.count("<blockquote>") == 1


def _twice(statement: Statement, sentence: Sentence, *, scanned: bool) -> tuple[Statement, Sentence]:
    """A copy of a sentence in a statement of its own, either as text or as read from a scan (OCR)."""
    word = ScannedWord(start=0, end=5, left=0.0, top=0.0, right=1.0, bottom=1.0, confidence=0.96)
    identifier = "scan" if scanned else "text"
    copied = replace(statement.document, document_id=identifier, scanned=(word,) if scanned else ())
    return copied.as_statement(), replace(sentence, statement_id=identifier, ordinal=0)


@pytest.mark.parametrize("scan_first", [True, False])
def test_words_read_off_a_scan_give_way_to_the_same_words_in_a_text(stored, scan_first):
    statement, _ = stored["XAA_12_2024"]
    sentence = _paragraphs(stored, "XAA_12_2024")[0]
    copies = [_twice(statement, sentence, scanned=scanned) for scanned in (scan_first, not scan_first)]
    sources = Sources(
        statements={held.statement_id: held for held, _ in copies},
        sentences={held.statement_id: (once,) for held, once in copies},
    )
    (made,) = quote([once for _, once in copies], sources, 5, first_number=1)
    assert (made.statement_id, made.also_in) == ("text", ("scan",))


def test_an_item_far_down_a_list_is_one_claim_with_the_words_that_open_it(parties):
    long = ("A fund for the victims of this trade, which all ports pay. " * 5).strip()
    text = f"We cannot accept the following:\n(a) {long}\n(b) {long}\n(c) A registry."
    made = split(text)
    sources = Sources(statements={"s": annotated("s", [text], state="XAA").statements[0]}, sentences={"s": made})
    composed = _compose([_found("XAA", made[-1:])], sources, parties)
    assert [citation.quote for citation in composed.citations] == ["We cannot accept the following:", "(c) A registry."]
    assert [claim.citations for claim in composed.claims] == [(1, 2)]
    assert "“We cannot accept the following:” “(c) A registry.”" in composed.claims[0].text


QUOTED = (
    "We fully support the mechanism for the review of implementation, which the Conference established in 2018, and"
    " call on all States to organise their co-operation with it."
)


@pytest.mark.parametrize(
    "sentence",
    [
        QUOTED,
        QUOTED.upper(),
        QUOTED.replace(" ", "\n").replace("review", "re\u00adview"),
        QUOTED.replace("co-operation", "cooperation"),
        "We fully support the mechanism for the review of implementation",
    ],
    ids=["same", "case", "white space", "hyphen", "part"],
)
def test_same_words_are_a_repetition(sentence):
    assert repeats(words_of(sentence), [words_of("Thank you."), words_of(QUOTED)])


@pytest.mark.parametrize(
    "sentence",
    [
        QUOTED.replace("fully support", "do not support"), QUOTED.replace("fully support", "fully oppose"),
        QUOTED.replace("2018", "2019"), QUOTED.replace("all States", "all our States"),
        QUOTED.replace("fully", "not"), QUOTED + " We do so gladly.", "", QUOTED.replace("mechanism", "mechanisms"),
        QUOTED.replace("established", "re-established"), QUOTED.replace("Conference", "Conferences"),
    ],
    ids=["negated", "another verb", "another number", "a word more", "negation for a word", "more said", "nothing",
         "plural", "prefix", "another name"],
)  # fmt: skip
def test_other_words_are_no_repetition(sentence):
    assert not repeats(words_of(sentence), [words_of(QUOTED)])
