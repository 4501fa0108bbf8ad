"""Treaties and articles that a question names: "article 4 of the Firearms Protocol", "the fourth article"."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any, Final

from app.question.lexicon import Item, find_forms
from app.question.spans.span import Span, apart, merge_equal, span_over
from ingest.language.lexicons import load_words
from ingest.treaties.references import ArticleMention, find_articles, find_paragraphs, paragraphs_of
from ingest.treaties.treaties import PROTOCOLS, find_treaties
from vectorstore.stems import is_function_word

_UNTOC_WORDS: Final = load_words("untoc_words", "treaty_names")
# Kinds of words between an article and a paragraph of it: "article 16 of the Convention, paragraph 3".
_BESIDE_PARAGRAPH: Final = frozenset({"and", "fill", "convention", "protocol"})


def find_treaty_spans(text: str, items: Sequence[Item]) -> list[Span]:
    """Finds treaties and articles; "the Protocol" alone may be any of the three."""
    # An article that its treaty lacks is kept, so that the search finds that nobody has mentioned it.
    known = _articles(text, items)
    named = {(each.start, each.article) for each in _articles(text, items, default_treaty=None)}
    places = {(each.start, each.article) for each in known}
    of_any = [
        each for each in _articles(text, items, protocol=PROTOCOLS[0]) if (each.start, each.article) not in places
    ]
    spans = [_article_span(e, (e.treaty or e.lacking or "",), (e.start, e.article) in named) for e in known]
    spans = merge_equal(spans + [_article_span(each, PROTOCOLS, True) for each in of_any])
    named_treaties = merge_equal([span_over("treaty", each, codes=(each.treaty,)) for each in find_treaties(text)])
    spans += apart(named_treaties, spans)
    mentions, of_protocols = find_articles(text), any(item.kinds & {"protocol", "protocols"} for item in items)
    for _, part in find_forms("articles", items):
        # "The fourth article" and "artcle 4", which `find_articles` does not find, are of the treaty that is named.
        numbers = [str(i.number("number", "ordinal")) for i in part if i.kinds & {"number", "ordinal"}]
        codes = named_treaties[0].codes if named_treaties else PROTOCOLS if of_protocols else ()
        articles = tuple(product(codes or ("UNTOC",), numbers, ("",)))
        span = span_over("article", *part, articles=articles, treaty_form="named" if codes else "bare")
        spans += [] if span.overlaps((*spans, *mentions)) else [span]
    for before, item, after in zip([None, *items], items, [*items[1:], None], strict=False):
        titled = word_of_longer_title(text, before, item).lower() not in ("", *_UNTOC_WORDS)
        ours = (after is None or "other_treaty" not in after.kinds) and not titled
        protocols = "protocols" in item.kinds or ("protocol" in item.kinds and (ours or of_any))
        codes = ("UNTOC",) if "convention" in item.kinds and ours else PROTOCOLS if protocols else ()
        span = span_over(
            "treaty", item, codes=codes, treaty_form="one" if "protocol" in item.kinds and not of_any else "short"
        )
        if codes and not span.overlaps(spans):
            spans.append(span)
    return spans


def _articles(text: str, items: Sequence[Item], **options: Any) -> list[ArticleMention]:  # noqa: ANN401
    """Returns the articles of known treaties, each with the further paragraphs beside it: "(3), and paragraph 5"."""
    mentions = [each for each in find_articles(text, **options) if each.treaty or each.lacking]
    paragraphs = find_paragraphs(text) if mentions else []
    treaties = find_treaties(text) if paragraphs else []
    joints = [i for i in items if i.kinds & _BESIDE_PARAGRAPH or any(t.start <= i.start < t.end for t in treaties)]
    for more in paragraphs:
        # The articles of a list share their offsets; a paragraph behind them is that of the last.
        for at, one in reversed([*enumerate(mentions)]):
            between = range(min(one.end, more.end), max(one.start, more.start))
            if all(item in joints for item in items if item.start in between):
                start, end = min(one.start, more.start), max(one.end, more.end)
                listed = [each for each in mentions if (each.start, each.end) == (one.start, one.end)]
                mentions = [replace(m, start=start, end=end) if m in listed else m for m in mentions]
                written = ", ".join(filter(None, (one.paragraph, more.paragraph)))
                mentions[at] = replace(mentions[at], paragraph=written)
                break
    return mentions


def _article_span(mention: ArticleMention, treaties: Sequence[str], named: bool) -> Span:
    paragraphs = paragraphs_of(mention.paragraph) if mention.paragraph else ("",)
    articles = tuple(product(treaties, (mention.article,), paragraphs))
    return span_over("article", mention, articles=articles, treaty_form="named" if named else "bare")


def word_of_longer_title(text: str, before: Item | None, noun: Item) -> str:
    """Returns the word that makes a noun a longer title, "World Economic Forum", "Ottawa Convention"; empty if none."""
    joined = before is not None and text[before.end : noun.start] == " " and text[noun.end : noun.end + 1] != "-"
    if before is None or not joined or text.isupper() or before.kinds:
        return ""
    word = text[before.start : before.end]
    return word if word[0].isupper() and not is_function_word(word.lower(), "en") else ""
