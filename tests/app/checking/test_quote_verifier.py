import pytest

from app.checking.comparing.closest_words import closest_words
from app.checking.comparing.normal_form import KeyedText, match_key
from app.checking.findings_in_words import changes_in_words
from ingest.text.layout import find_blocks
from ingest.text.repair import repair
from tests.cases import Cases
from tests.fakes_checking import check, judged, only
from tests.fakes_corpora import workspace_over

cases = Cases(__file__)

AUT = {"state": "AUT", "date": "2000", "session": "55"}
DEU = {"state": "DEU", "date": "1998", "session": "53"}
KEEPERS = "We do not support the counting of lamps unless every keeper agrees to it in writing."
SHIPS = "Ships shall carry 40 lamps and, as the Convention requires, one bell; no ship may leave without a bell."
PORTS = "Our ports are open at all hours of the day. They close in a storm. The harbour master then raises a flag."


@pytest.fixture(scope="module")
def two(corpus_of):
    return corpus_of(
        ("a", [KEEPERS, SHIPS, "The keepers thank the Chair for the lamps of last year."], AUT),
        ("b", [PORTS, "The keepers thank the Chair for the lamps of last year."], DEU),
        ("c", cases["SPACED"], AUT),
        ("d", cases["NUMBERED"], AUT),
    )


@cases("text", "verdict")
def test_verdict(two, text, verdict):
    assert only(two, text).verdict == verdict


def test_altered_words_come_with_the_diff_and_words_with_exactly_their_place(two):
    finding = only(two, "Austria said: “Ships may carry 40 lamps and one bell; no ship may leave without a bell.”")
    assert finding.diff == (
        "Ships [-shall-] {+may+} carry 40 lamps [-and, as the Convention requires,-] {+and+} one bell;"
        " no ship may leave without a bell."
    )
    assert finding.place is not None and finding.place.statement_id == "a"
    assert only(two, "Austria said: “We […] support the counting of lamps”.").diff == (
        "We [-do not-] support the counting of lamps"
    )
    finding = only(two, "Austria said: “one bell; no ship may leave”.")
    assert finding.place is not None
    assert f"{KEEPERS}\n{SHIPS}"[finding.place.start : finding.place.end] == "one bell; no ship may leave"


@pytest.mark.parametrize(
    "held", ["All **must** keep the Group of Lamps* lit.", "All must keep\x07 the Group of Lamps lit."]
)
def test_emphasis_stars_of_notes_and_control_characters_alter_no_words(corpus_of, held):
    corpus = corpus_of(("a", [f"{held} The night is long."], AUT))
    for quoted in (held, held.replace("\x07", "␇"), "All must keep the Group of Lamps lit."):
        assert only(corpus, f"Austria said: “{quoted}”").verdict == "verified"


def test_words_of_two_states_or_under_nobodys_name_are_verified_wherever_they_stand(two):
    for state in ("Austria", "Germany"):
        finding = only(two, f"{state} said: “The keepers thank the Chair for the lamps of last year.”")
        assert finding.verdict == "verified" and {p.state for p in finding.found_in} == {"AUT", "DEU"}
        assert finding.place is not None and finding.place.state == finding.attribution.parties[0]
    finding = only(two, f"It is known that “{KEEPERS}”")
    assert finding.verdict == "verified" and finding.to_json()["attributed_to"] is None


@cases("text", "verdict", "told")
def test_words_that_another_has_within_a_sentence_are_the_named_speakers(corpus_of, text, verdict, told):
    words = "support an annual meeting of all keepers of lamps in the ports."
    checker = corpus_of(
        ("a", [f"We {words}"], AUT),
        ("b", [f"It is for reasons of cost that we {words}"], {"state": "CHL", "date": "2000"}),
    )
    finding = only(checker, text.replace("{}", f"“we {words}”"))
    assert judged(finding) == (verdict, told)
    assert len(finding.found_in) == len({place.statement_id for place in finding.found_in})


@cases("text", "verdict", "told")
def test_a_time_of_which_the_statement_speaks_is_told_and_not_taken_for_its_own(corpus_of, text, verdict, told):
    words = ["In 1998 we lost six ships.", "Three of them went down in a storm, and one has been found."]
    checker = corpus_of(("a", [*words, "We will pay for the lamps."], {**AUT, "date": "2000-03-01"}))
    assert judged(only(checker, text.replace("{}", f"“{words[1][:-1]}”"))) == (verdict, told)


@cases("austria", "chile", "speakers", "verdict", "remarks")
def test_looser_words_of_a_speaker_count_only_as_its_own_sentence(
    corpus_of, austria, chile, speakers, verdict, remarks
):
    own = "we support an annual meeting of all keepers of lamps in the ports"
    first, second = (text.replace("{}", own if text[0] != "{" else own.capitalize()) for text in (austria, chile))
    checker = corpus_of(("a", [first], AUT), ("b", [second], {"state": "CHL", "date": "2000"}))
    assert judged(only(checker, f"{speakers} said: “{own.capitalize()}”.")) == (verdict, remarks)


def test_common_words_are_listed_at_so_many_places_also_beside_another_party(corpus_of):
    own = "we thank all keepers of lamps in the ports."
    checker = corpus_of(*((str(n), [f"{n} times {own}" if n % 2 else f"W{own[1:]}"], AUT) for n in range(80)))
    finding = only(checker, f"Meeting Germany in Vienna, Austria said: “W{own[1:]}”")
    assert finding.verdict == "verified" and len(finding.found_in) == 25


@cases("said", "told")
def test_parts_in_another_order_are_altered_and_told(two, said, told):
    assert judged(only(two, f"Germany said: “{said}”"), "other_order") == ("altered", told)


@cases("metadata", "attributed")
def test_who_holds_a_statement_decides_whose_words_it_verifies(corpus_of, metadata, attributed):
    checker = corpus_of(("a", [SHIPS], metadata))
    assert {words: only(checker, f"{words}: “{SHIPS}”").verdict for words in attributed} == attributed


TREATY = [
    "United Nations Convention against Transnational Organized Crime",
    "Article 4\nProtection of sovereignty",
    "Nothing in this Convention entitles a State Party to count the lamps of another State.",
    "Article 16\nExtradition",
    "A State Party shall submit the case without undue delay to its keepers.",
]


@cases("text", "verdict", "remarks")
def test_words_of_a_treaty_are_held_to_the_article_that_is_named(corpus_of, text, verdict, remarks):
    checker = corpus_of(("untoc", ["\n\n".join(TREATY)], {"kind": "treaty"}), ("a", [SHIPS], AUT))
    report = check(checker, text.replace("{}", f"“{TREATY[2][:-1]}”"))
    assert judged(report.findings[0]) == (verdict, remarks)
    assert report.notes == ()


@cases("article", "remarks")
def test_words_that_stand_in_several_articles_are_compared_with_each(corpus_of, article, remarks):
    words = "Each State Party shall keep the lamps of its ports in good repair."
    first = ["\n\n".join([*TREATY[:2], words, *TREATY[3:], words])]
    second = ["Protocol against the Smuggling of Migrants by Land, Sea and Air\n\nArticle 7\nCooperation\n\n" + words]
    checker = corpus_of(("untoc", first, {"kind": "treaty"}), ("smuggling", second, {"kind": "treaty"}))
    assert judged(only(checker, f"Article {article} provides: “{words}”")) == ("verified", remarks)


def test_a_quotation_of_an_article_says_that_no_treaty_is_stored(two):
    assert "no treaty text" in check(two, f"Article 4 reads: “{TREATY[2]}”").notes[0]
    assert check(two, f"Austria said: “{KEEPERS}” and “{TREATY[2]}”").notes == ()


def test_an_empty_store_says_so(corpus_of):
    report = check(corpus_of(), f"Austria said: “{SHIPS}”")
    assert report.summary["not_found"] == 1 and "holds no statements" in report.notes[0]


def test_json_is_the_contract(two):
    report = check(two, f"Austria said: “{KEEPERS}” and called it a “golden rule”.").to_json()
    (finding,) = report["findings"]
    assert report["summary"] == {"verified": 1, "altered": 0, "misattributed": 0, "not_found": 0}
    assert (finding["quote"], finding["attributed_to"], finding["verdict"]) == (KEEPERS, "AUT", "verified")
    assert (finding["statement_id"], finding["start"], finding["end"]) == ("a", 0, len(KEEPERS))
    assert finding["found_in"] == [{"statement_id": "a", "state": "AUT"}] and finding["diff"] is None
    assert [skipped["quote"] for skipped in report["skipped"]] == ["golden rule"]


@cases("words", "stands")
def test_repaired_reading_is_found_as_whole_words(words, stands):
    source = cases["SOURCE"]
    text = KeyedText(source, repair(source, find_blocks(source), language="en"))
    found = [source[slice(*text.in_source(*span))].split() for span in text.spans(match_key(words))]
    assert [(quoted[0], quoted[-1]) for quoted in found] == [(words.split()[0], words.split()[-1])] * stands


def test_words_of_another_speaker_of_the_same_record_are_not_this_ones():
    record = "Mr. A (Arvandia): We support the protocol.\nMs. B (Belmora): We reject the protocol."
    text = KeyedText(record, (), record.index("\n"))
    assert not any(text.spans(match_key("We support the protocol.")))
    (span,) = text.spans(match_key("We reject the protocol."))
    assert record[slice(*text.in_source(*span))] == "We reject the protocol."


@cases("before", "told")
def test_what_turns_a_quotation_stands_in_its_own_paragraph(tmp_path, before, told):
    words = "the lamps of the harbour were lit by night and by day."
    with workspace_over(
        tmp_path, {"austria.txt": f"Statement by Austria\n\nMr. Chair,\n\n{before}{words}\n"}
    ) as workspace:
        assert judged(only(workspace.checker(), f"Austria said: “{words}”")) == ("verified", told)


def test_words_of_others_in_a_statement_are_told_apart_from_its_own(tmp_path):
    own, others = "We light the lamps of our harbour.", "They shall burn in all of the towers."
    text = f"Statement by Arvandia\n\nMr. Chair,\n\n{own}\n\nComments received\n\nBelmora: Lamps burn.\n\n{others}\n"
    with workspace_over(tmp_path, {"arvandia.txt": text}) as workspace:
        said = (("Arvandia", own), ("Arvandia", others), ("Belmora", others))
        found = [only(workspace.checker(), f"{name} said: “{words}”") for name, words in said]
    assert [each.verdict for each in found] == ["verified", "verified", "misattributed"]
    told = [[remark.kind for remark in each.remarks] for each in found]
    assert told == [[], ["someone_quoted_apart"], ["quoted_by_other", "someone_quoted_apart"]]


@cases("draft", "told")
def test_a_translation_that_the_draft_calls_one_is_compared_with_nothing(two, draft, told):
    assert judged(only(two, draft)) == ("not_found", told)


@cases("earlier", "later", "before", "told")
def test_a_later_statement_is_named_that_gives_a_view_up_or_that_the_draft_leaves_out_today(
    tmp_path, earlier, later, before, told
):
    texts = {
        f"{year}.txt": f"Statement by Arvandia\n12 October {year}\n\nMr. Chair,\n\n{words}\n"
        for year, words in ((2020, earlier), (2024, later))
    }
    with workspace_over(tmp_path, texts) as workspace:
        finding = check(workspace.checker(), f"{before} “{earlier}”").findings[-1]
    assert judged(finding) == ("verified", told)


def test_words_that_a_corrected_version_has_otherwise_are_told(tmp_path):
    words = (
        "The lamps of the harbour were lit by night and by day in {} towns of our coast, and nobody was lost at sea."
    )
    more = "We ask the Secretariat to count lamps in every harbour of the region, and to report to the next session."
    texts = {
        f"{name}.txt": f"Statement by Arvandia\n12 October 2020\n{line}\nMr. Chair,\n\n{words.format(towns)} {more}\n"
        for name, line, towns in (("a", "", 12), ("b", "Corrected version\n", 21))
    }
    with workspace_over(tmp_path, texts) as workspace:
        said = (words.format(12), words.format(21), more)
        found = [only(workspace.checker(), f"Arvandia said: “{each}”") for each in said]
    assert [finding.verdict for finding in found] == ["verified"] * 3
    told = [[str(w) for w in finding.remarks if w.kind == "corrected"] for finding in found]
    assert "in 21 towns" in told[0][0] and told[1:] == [[], []]


@cases("source", "draft", "told", at_once=True)
def test_differences_are_told_as_sentences(source, draft, told):
    like = closest_words(draft, source)
    assert like is not None and changes_in_words(like.changes) == told


@cases("said", "verdict", "told")
def test_words_parted_or_joined_otherwise_are_told(two, said, verdict, told):
    assert judged(only(two, f"Austria said: “{said}”"), "spaces_differ") == (verdict, told)
