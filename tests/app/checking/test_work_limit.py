import pytest

from app.answering.localization import localize
from app.checking.checker import Checker
from app.checking.comparing.corpus_texts import CorpusTexts
from app.checking.findings import Attribution, Quotation
from app.checking.quote_verifier import CheckLimits, QuoteVerifier
from app.checking.reading.documents import read_pasted
from ingest.loaders.loaded import LoadLimits


def judged(workspace, words: str, limits: CheckLimits):
    """Returns the finding on words of Belmora, and the units of work that it took."""
    judge = QuoteVerifier(CorpusTexts(workspace.store.catalogue), localize(workspace.corpus.parties(), "en"), limits)
    return judge.check(Quotation(text=words, spans=(), marked=True), Attribution(parties=("XAB",))), judge.work


@pytest.mark.timeout(60)
@pytest.mark.parametrize("repeated", ["review ", "the review of the mechanism ", "the … ", "the [x] ", "[x] … "])
def test_a_quotation_takes_no_more_work_than_one_may(workspace, repeated):
    limits = CheckLimits()
    _, done = judged(workspace, repeated * (8000 // len(repeated)), limits)
    texts = CorpusTexts(workspace.store.catalogue)
    searched, longest = texts.size, max(len(stored.statement.source_text) for stored in texts.all)
    # Each reading of the quotation searches every text once; fuzzy matching ends once it is over its limit.
    assert done <= limits.quotation + 40 * searched + 2 * 8000 * longest


@pytest.mark.heavy
@pytest.mark.timeout(60)
def test_a_quotation_longer_than_any_is_looked_for_only_as_it_is_and_says_so(workspace):
    finding, done = judged(workspace, "the review of the mechanism " * 15_000, CheckLimits())
    assert finding.verdict == "not_found" and [each.kind for each in finding.remarks] == ["too_long"]
    assert "20,000 characters" in str(finding.remarks[0])
    assert done <= 10 * CorpusTexts(workspace.store.catalogue).size


def test_what_a_document_has_too_much_of_is_listed_as_not_checked(workspace, spoken):
    texts, parties = workspace.texts, workspace.corpus.parties
    words = spoken["XAB_08_2016"]
    text = "\n\n".join(f"Belmora said: “{words[at]}”" for at in (5, 6, 7, 8))
    whole = Checker(texts, parties, LoadLimits()).check(read_pasted(text))
    part = Checker(texts, parties, LoadLimits(), CheckLimits(document=15_000_000)).check(read_pasted(text))
    assert (len(whole.findings), whole.skipped) == (4, ())
    assert part.findings == whole.findings[: len(part.findings)] and 0 < len(part.findings) < 4
    assert [skipped.reason.kind for skipped in part.skipped] == ["work_spent"] * (4 - len(part.findings))
    assert not part.passed


def test_a_check_ends_where_its_listener_does(checker, spoken):
    seen = []

    def listen(done: int, total: int) -> None:
        seen.append((done, total))
        if done == 1:
            raise KeyboardInterrupt

    text = "\n\n".join(f"Belmora said: “{words}”" for words in spoken["XAB_08_2016"][5:9])
    with pytest.raises(KeyboardInterrupt):
        checker.check(read_pasted(text), listen)
    assert seen == [(0, 4), (1, 4)]
