"""Citation spans: a chosen sentence brings the sentence that its anaphor ("these measures") refers to."""

from dataclasses import replace

from app.answering.citations import cite
from app.answering.quotation_context import QuotableSpan, resolve_anaphora, spans
from app.answering.quoting import quote
from app.records import Sources
from tests.cases import Cases
from tests.fakes_corpora import Stored, split
from tests.fakes_store import annotated
from vectorstore.records import Sentence

cases = Cases(__file__)


def _sentences(*texts: str) -> list[Sentence]:
    """Sentences of one paragraph."""
    return [replace(sentence, paragraph=1) for sentence in annotated("s", texts).sentences]


def _quotable(span: range, **others: range) -> QuotableSpan:
    return QuotableSpan(statement_id="s", span=span, **others)


PLAIN = "Ondrava thanks the Secretariat for the documents."


@cases("text", at_once=True)
def test_referent_is_the_sentence_before_where_nothing_names_another(text: str) -> None:
    assert resolve_anaphora(_sentences(PLAIN, "Nothing of the kind here.", text), 2) == 1


@cases("text", at_once=True)
def test_referent_is_none_where_a_sentence_stands_on_its_own(text: str) -> None:
    assert resolve_anaphora(_sentences(PLAIN, text), 1) is None
    assert resolve_anaphora(_sentences("These measures are illegal."), 0) is None


@cases("pointing")
def test_referent_is_the_nearest_sentence_that_names_the_noun(pointing: str) -> None:
    sentences = _sentences("Some measures were taken.", "Coercive measures were imposed.", PLAIN, PLAIN, pointing)
    assert resolve_anaphora(sentences, 4) == 1


def test_referent_follows_the_noun_and_is_near() -> None:
    sentences = _sentences(
        "An illegal border was drawn.", PLAIN, "Some actions were taken.", PLAIN, "These illegal actions hurt."
    )
    assert resolve_anaphora(sentences, 4) == 2
    # A referent too far back is passed over, and the sentence before is taken.
    sentences = _sentences("Coercive measures were imposed.", *[PLAIN] * 9, "These measures are illegal.")
    assert resolve_anaphora(sentences, 10) == 9


def test_spans_join_an_adjacent_referent_into_one_and_keep_a_distant_one_apart() -> None:
    sentences = _sentences(PLAIN, "Coercive measures were imposed.", "These measures are illegal.", PLAIN)
    assert spans(sentences, [2]) == [_quotable(range(1, 3))]
    sentences = _sentences("Coercive measures were imposed.", PLAIN, PLAIN, "These measures are illegal.")
    assert spans(sentences, [3]) == [_quotable(range(3, 4), apart=range(0, 1))]
    assert spans(sentences, []) == []


def test_spans_quote_every_sentence_once() -> None:
    sentences = _sentences("Coercive measures were imposed.", PLAIN, "These measures are illegal.", "It is so.", PLAIN)
    for chosen in ([2, 0], [0, 2], [3, 2, 0], [4, 3, 2, 1, 0], [2, 3]):
        made = spans(sentences, chosen)
        quoted = [ordinal for each in made for span in each.parts for ordinal in span]
        assert len(quoted) == len(set(quoted)), chosen
        assert set(chosen) <= set(quoted), chosen


def test_spans_join_chosen_neighbours_up_to_the_longest() -> None:
    sentences = _sentences(*[PLAIN] * 9)
    made = spans(sentences, [3, 2, 4, 5, 6, 7])
    assert made[0] == _quotable(range(3, 7))
    assert all(len(each.span) <= 4 for each in made)


def test_cite_the_sample_s_article_4_with_the_measures_it_speaks_of(stored: Stored) -> None:
    statement, sentences = stored["000_6237221ecf9e9373"]
    about = next(s.ordinal for s in sentences if "under article 4" in s.text)
    [each] = spans(sentences, [about])
    citation = cite(statement, sentences, each.span, 1)
    assert each.span == range(about - 1, about + 1) and each.apart is None
    assert "unilateral coercive measures" in citation.quote and "under article 4" in citation.quote
    assert citation.sentence_ids == tuple(sentences[n].sentence_id for n in (about - 1, about))


@cases("text", "announces", at_once=True)
def test_spans_bring_what_a_sentence_announces(text: str, announces: bool) -> None:
    made = spans(_sentences(PLAIN, text, "Our courts sit in Velmyra."), [1])
    assert made == [_quotable(range(1, 3 if announces else 2))]


@cases("text", "voices", at_once=True)
def test_a_span_is_either_the_speakers_own_or_quoted_from_others(text: str, voices: str) -> None:
    sentences = split(text)
    assert len(sentences) == len(voices)
    every = [*range(len(voices))]
    for chosen in (*([at] for at in every), every, every[::-1]):
        made = spans(sentences, chosen, source=text, extendable=chosen)
        assert all(len({voices[at] for at in part}) == 1 for each in made for part in each.parts), chosen


def test_what_introduces_a_quotation_or_is_said_of_it_is_quoted_beside_it() -> None:
    sources = _stored("We oppose a court, and Arvandia said the same:\n“A court costs much. We pay.”\nWe thank you.")
    own, others = quote(sources.sentences["s"][:1], sources, 1, first_number=1)
    assert (own.quote, own.quoting) == ("We oppose a court, and Arvandia said the same:", False)
    assert (others.quote, others.quoting) == ("“A court costs much.", True)
    text = "Arvandia said: “It was hard. We support a court.” We reject that view. We go."
    assert spans(split(text), [1], source=text) == [_quotable(range(1, 2), apart=range(2, 3))]


@cases("text", "following", "brought", at_once=True)
def test_spans_bring_what_limits_or_takes_back_a_sentence_and_what_may_answer_a_question(
    text: str, following: str, brought: bool
) -> None:
    made = spans(_sentences(PLAIN, text, following), [1])
    assert made == [_quotable(range(1, 3 if brought else 2))]


OFFENCE = ("Ondrava punishes whoever uses their services.", "Six persons have been convicted.", "Two were set free.")


def test_a_short_quotation_goes_on_within_its_paragraph() -> None:
    made = _sentences(*OFFENCE, "We turn to ships.")
    assert [each.span for each in spans(made, [0])] == [range(0, 1)]
    assert [each.span for each in spans(made, [0], extendable=[0])] == [range(0, 3)]
    parted = [made[0], *(replace(sentence, paragraph=2) for sentence in made[1:])]
    assert [each.span for each in spans(parted, [0], extendable=[0])] == [range(0, 1)]
    far = [made[0], *(replace(sentence, start=sentence.start + 300, end=sentence.end + 300) for sentence in made[1:])]
    assert [each.span for each in spans(far, [0], extendable=[0])] == [range(0, 1)]


def test_a_quotation_does_not_end_before_what_its_last_sentence_brings() -> None:
    objects = ("Some have proposed a court.", "Ondrava strongly opposes this.")
    joined = _sentences(PLAIN, *objects, PLAIN)
    assert [each.span for each in spans(joined, [0, 1])] == [range(0, 3)]
    context = _sentences(PLAIN, PLAIN, *objects, PLAIN)
    assert [each.span for each in spans(context, [0], extendable=[0])] == [range(0, 4)]
    # At the longest span, the last sentence is left to a span of its own.
    long = _sentences(PLAIN, PLAIN, PLAIN, *objects)
    assert [each.span for each in spans(long, [0, 1, 2, 3])] == [range(0, 3), range(3, 5)]


@cases("courtesy")
def test_a_quotation_does_not_go_on_with_a_courtesy(courtesy: str) -> None:
    sentences = [replace(each, paragraph=1) for each in annotated("s", [OFFENCE[0], courtesy, PLAIN]).sentences]
    assert [each.span for each in spans(sentences, [0], extendable=[0])] == [range(0, 1)]


@cases("text", "chosen", "quoted", at_once=True)
def test_a_quotation_holds_the_whole_thought_and_nothing_else(
    text: str, chosen: list[int], quoted: list[list[int]]
) -> None:
    whole, parts = split(text), text.split("\n\n")
    numbers = [at for at, part in enumerate(parts) for _ in split(part)]
    sentences = [replace(each, paragraph=number) for each, number in zip(whole, numbers, strict=True)]
    assert [[*part] for each in spans(sentences, chosen, source=text) for part in each.parts] == quoted


OPENING = "We cannot accept the following proposals:"


def _listed(*items: str) -> list[Sentence]:
    texts = (PLAIN, OPENING, *items)
    return [replace(sentence, paragraph=number) for number, sentence in enumerate(annotated("s", texts).sentences)]


def test_an_item_of_a_list_is_quoted_from_the_words_that_open_it_on() -> None:
    sentences = _listed("(a) A fund for victims;", "(b) A registry of owners;", "(c) A court.")
    assert spans(sentences, [3]) == [_quotable(range(1, 4))]
    assert spans(sentences, [4, 2]) == [_quotable(range(1, 5))]
    # An item that is chosen later from the same list extends the same span.
    assert spans(sentences, [2, 4]) == [_quotable(range(1, 5))]
    assert spans(sentences, [1]) == [_quotable(range(1, 3))]


def test_an_item_far_from_the_words_that_open_its_list_brings_them_as_a_span_of_their_own() -> None:
    sentences = _listed(*(f"({letter}) {'A fund for the victims of trade. ' * 8}" for letter in "abc"))
    opening = range(1, 2)
    assert spans(sentences, [4]) == [_quotable(range(4, 5), opening=opening)]


def _stored(text: str) -> Sources:
    statement = annotated("s", [text], state="XAA").statements[0]
    return Sources(statements={"s": statement}, sentences={"s": split(text)})


def test_a_span_holds_whole_rows_of_a_table() -> None:
    text = "Our views follow.\nA registry shall be kept.\tNot supported.\nThank you."
    made = _stored(text).sentences["s"]
    assert spans(made, [1], source=text) == [_quotable(range(1, 3))]
