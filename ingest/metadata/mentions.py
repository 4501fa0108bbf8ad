"""Mentions in a statement's sentences: "article 18 of the Convention" is a mention of (UNTOC, 18)."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import Final

from ingest.metadata.alignment import aligned_with
from ingest.parties.party_lookup import PartyLookup
from ingest.parties.party_table import PartyTable
from ingest.treaties.references import ArticleMention, find_agenda_items, find_articles
from ingest.treaties.treaties import find_treaties, named_treaties
from ingest.treaties.treaty_attribution import (
    OTHER_CONVENTION,
    last_convention,
    says_convention,
    sole_protocol,
    speaks_of_article,
)
from vectorstore.records import Mention, Metadata, Sentence

# The treaty that "the Convention" means in statements to a body, by the beginning of the body's name. Other bodies may
# draft a convention or discuss several, so that an article "of the Convention" gets no treaty there.
_CONVENTION_OF_BODY: Final = {"UNTOC": "UNTOC", "UNCAC COSP": "UNCAC"}


def find_mentions(sentences: Sequence[Sentence], metadata: Metadata, parties: PartyTable) -> tuple[Mention, ...]:
    """Finds the mentions in each sentence: agenda items, treaties, articles, and groups that its speaker aligns with.

    A named treaty gives a mention without an article, even if an article of it is mentioned as well.
    """
    body, lookup = metadata.body or "", PartyLookup(parties=parties, language=metadata.language)
    own = next((treaty for begins, treaty in _CONVENTION_OF_BODY.items() if body.startswith(begins)), None)
    default = own or last_convention(metadata.title or "")
    # The convention that an earlier sentence names last, meant by "article 30 of the Convention".
    named_before: str | None = None
    # A group's statement mentions the alignment of its members with this same statement, not its own with another.
    of_state = metadata.on_behalf_of is None
    # The one Protocol that the title, the item or an earlier sentence names, meant by "article 16 of the Protocol".
    protocol = sole_protocol(metadata.title or "", metadata.agenda_item or "")
    # The treaty of the article that is mentioned last, until a sentence names a convention.
    last_cited: str | None = None
    found: dict[Mention, None] = {}
    for sentence, subject in zip(sentences, _protocols_of_headings(sentences, metadata), strict=True):
        mention = partial(Mention, sentence=sentence.sentence_id)
        named = [mention(kind="agenda_item", value=item.item) for item in find_agenda_items(sentence.text)]
        by_name = {match.treaty for match in find_treaties(sentence.text)}
        for code in named_treaties(sentence.text):
            named.append(mention(kind="treaty" if code in by_name else "thereto", treaty=code))
        if of_state:
            groups = aligned_with(sentence.text, metadata.state, lookup)
            named += [mention(kind="alignment", value=group) for group in groups]
        last_cited = None if says_convention(sentence.text) else last_cited
        read = partial(find_articles, sentence.text, default, protocol=protocol, named_before=named_before)
        # Under the item "Trafficking Protocol", after "article 4 of the Protocol", a bare "article 6" is of it as well;
        # the first one only where the sentence speaks of what that article is on.
        articles = read(spoken_of=subject if last_cited == subject else None)
        if subject is not None and last_cited != subject and not says_convention(sentence.text):
            language = sentence.language or metadata.language or "en"
            articles = [
                of_protocol if _speaks_of(sentence.text, language, of_protocol, each) else each
                for each, of_protocol in zip(articles, read(spoken_of=subject), strict=True)
            ]
        for each in articles:
            last_cited = each.treaty or last_cited
            if each.unnamed or each.treaty is not None:
                named.append(mention(kind="article", treaty=each.treaty, value=each.article, paragraph=each.paragraph))
        last = last_convention(sentence.text)
        # "Committee to Elaborate a Convention" in a heading does not tell which convention a later article belongs to.
        if last is not None and (sentence.paragraph is not None or last != OTHER_CONVENTION):
            named_before = last
        protocol = sole_protocol(sentence.text) or protocol
        found |= dict.fromkeys(named)
    return tuple(found)


def _speaks_of(text: str, language: str, article: ArticleMention, other: ArticleMention) -> bool:
    """Returns whether a sentence speaks of what an article is on, rather than the one of another treaty."""
    if article.treaty is None or other.treaty in (None, article.treaty):
        return False
    number = article.article.split()[0]
    return speaks_of_article(text, language, article.treaty, number, rather_than=other.treaty)


def _protocols_of_headings(sentences: Sequence[Sentence], metadata: Metadata) -> Iterator[str | None]:
    """Yields for each sentence the one Protocol that the last heading or agenda item before it is on; None if none is.

    A further agenda item ends the one before.
    """
    # The title and the item of the manifest belong to the heading with which the text begins.
    facts = (metadata.title or "", metadata.agenda_item or "")
    subject = sole_protocol(*facts)
    for is_heading, run in groupby(sentences, lambda sentence: sentence.paragraph is None):
        texts = [sentence.text for sentence in run]
        if is_heading and any(find_agenda_items(text) or sole_protocol(text) for text in texts):
            subject = sole_protocol(*facts, *texts)
        facts = ("", "")
        yield from (subject for _ in texts)
