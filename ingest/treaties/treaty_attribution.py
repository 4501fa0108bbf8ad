"""Attribution of a mentioned article to its treaty, from the words around the mention.

"Article 4 of the Firearms Protocol" is of that Protocol, "article 4 of the Charter" of no known treaty. This is for
statements; questions are decided in `app/question/spans/treaties.py`.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from ingest.glossary.glossary import gloss
from ingest.language.lexicons import Patterns
from ingest.treaties.treaties import TREATIES, TreatyMatch, article_title, find_treaties
from vectorstore.stems import is_function_word, stem, words_of

_WORDS = Patterns("treaty_attribution")
# In place of a treaty's code: a convention that the text names and that is not in our tables.
OTHER_CONVENTION: Final = "OTHER"


class TreatyAttribution(NamedTuple):
    """The treaty of a mentioned article, and whether the words at the mention refer to it (`named`).

    If `assumed`, it is the default for "the Convention", "the Protocol" or no words at all; None if there is none.
    It is `of_protocol` for "the Protocol", and for no words where a Protocol is spoken of.
    """

    treaty: str | None
    named: bool
    assumed: bool = False
    of_protocol: bool = False


class Defaults(NamedTuple):
    """The treaties that words mean if the text names none before; None if that cannot be known."""

    convention: str | None
    """Meant by "the Convention", and by a bare "article 4"."""
    protocol: str | None
    """Meant by "the Protocol"."""
    spoken_of: str | None = None
    """Meant by a bare "article 4" in place of the convention, if it has an article of that number."""


def sentence_ends(text: str) -> list[int]:
    """Returns the offsets after sentence ends, sorted; approximate, to tell what is named in the same sentence."""
    return [m.end() for m in _WORDS.sentence_end.finditer(text)]


def coordinated(text: str, start: int, end: int) -> bool:
    """Returns whether nothing but a comma or "and" stands between two mentions."""
    return _WORDS.joined.fullmatch(text, start, end) is not None


def attribute(
    text: str, start: int, end: int, number: str, sentence: int, treaties: Sequence[TreatyMatch], meant: Defaults
) -> TreatyAttribution:
    """Returns the treaty of the mention at `[start, end)`, by the words after and before it.

    Its sentence starts at `sentence`; a treaty named earlier in it must have an article of that number. If none is
    named, the treaty is one of `meant`.
    """
    before = [m for m in treaties if m.end <= start]
    linked = next((m for m in treaties if m.start >= end), None)
    if linked is not None and _WORDS.own_link.fullmatch(text, end, linked.start):
        return TreatyAttribution(linked.treaty, True)
    named = _named_after(text, end, before, sentence, meant) or _named_before(text, start, before, sentence, meant)
    if named is not None:
        return named
    same = [m.treaty for m in before if m.start >= sentence and article_title(m.treaty, number)]
    if same and not _WORDS.coordinated.search(text, max(0, start - 40), start):
        return TreatyAttribution(same[-1], False)
    if meant.spoken_of is not None and article_title(meant.spoken_of, number):
        return TreatyAttribution(meant.spoken_of, False, True, True)
    return TreatyAttribution(meant.convention, False, True)


def speaks_of_article(text: str, language: str, treaty: str, number: str, *, rather_than: str) -> bool:
    """Returns whether a text has most words of the title of an article and none of that of another treaty's.

    "Assistance to victims is governed by article 6" speaks of article 6 of the Trafficking Protocol, not of laundering.
    Words that both titles have, or that name the treaty, do not count.
    """
    title, other = (_title_words(code, number) for code in (treaty, rather_than))
    own = title - other - _stems(TREATIES[treaty].name)
    said = _stems(text if language == "en" else gloss(text, language))
    return bool(own) and 2 * len(own & said) >= len(own) and said.isdisjoint(other - title)


def _title_words(treaty: str, number: str) -> frozenset[str]:
    return _stems(article_title(treaty, number) or "")


def _stems(text: str) -> frozenset[str]:
    """Returns the stems of the English content words of a text."""
    return frozenset(stem(word, "en") for word in words_of(text) if not is_function_word(word, "en"))


def last_convention(text: str) -> str | None:
    """Returns the convention that a text names last: `OTHER_CONVENTION` if not in our tables, None if there is none.

    "The Convention" in a later sentence means this one.
    """
    known = find_treaties(text)
    named = [(match.start, match.treaty) for match in known if not TREATIES[match.treaty].protocol]
    for found in _WORDS.a_convention.finditer(text):
        if any(match.start < found.end() and found.start() < match.end for match in known):
            continue
        words = _WORDS.own_article.sub("", found["words"] or "")
        if found["noun"] is None or _qualified(found["noun"], words, found["rest"] or ""):
            named.append((found.start(), OTHER_CONVENTION))
    return max(named)[1] if named else None


def sole_protocol(*texts: str) -> str | None:
    """Returns the Protocol that texts, such as a heading or a sentence, name, if they name exactly one."""
    protocols = {found.treaty for text in texts for found in find_treaties(text) if TREATIES[found.treaty].protocol}
    return protocols.pop() if len(protocols) == 1 else None


def says_convention(text: str) -> bool:
    """Returns whether a text has the word "convention" elsewhere than in the name of a Protocol to one."""
    protocols = [match for match in find_treaties(text) if TREATIES[match.treaty].protocol]
    words = _WORDS.any_convention.finditer(text)
    return any(not any(name.start <= word.start() < name.end for name in protocols) for word in words)


def _named_after(
    text: str, end: int, before: list[TreatyMatch], sentence: int, meant: Defaults
) -> TreatyAttribution | None:
    after = _WORDS.named_after.match(text, end)
    if after is not None:
        noun, link = after["noun"], (after["link"] or "").casefold()
        own = _WORDS.convention.fullmatch(noun) or _WORDS.protocol.fullmatch(noun)
        genitive = link.startswith(("of", "d", "من")) or (not link and "А" <= noun[0] <= "я")
        # "in its domestic law" says where an article is applied, not which instrument it belongs to.
        if genitive or (link and (own or _WORDS.charter.fullmatch(noun))):
            if own and not _qualified(noun, after["words"], after["rest"] or ""):
                return _unqualified(noun, before, sentence, meant)
            return TreatyAttribution(None, True)
    return TreatyAttribution(None, True) if _WORDS.acronym_after.match(text, end) else None


def _named_before(
    text: str, start: int, before: list[TreatyMatch], sentence: int, meant: Defaults
) -> TreatyAttribution | None:
    if before and _WORDS.before_link.fullmatch(text, before[-1].end, start):
        return TreatyAttribution(before[-1].treaty, True)
    foreign = _WORDS.foreign_before.search(text, max(sentence, start - 80), start)
    if foreign is None:
        return None
    noun, at = foreign["noun"], foreign.start("noun")
    if any(m.start <= at < m.end for m in before):
        return None
    own = not foreign["title"] and (_WORDS.convention.fullmatch(noun) or _WORDS.protocol.fullmatch(noun))
    if own and _WORDS.determined.search(text, max(sentence, at - 12), at):
        return _unqualified(noun, before, sentence, meant)
    return TreatyAttribution(None, True)


def _qualified(noun: str, words: str, rest: str) -> bool:
    """Returns whether the words around "Convention" specify one: "on the Rights of the Child", "Geneva"."""
    if noun[0] in "اب" and not noun.startswith("ال"):
        return True
    return bool(words.strip() and not _WORDS.praise.fullmatch(words)) or _WORDS.object.match(rest) is not None


def _unqualified(noun: str, before: list[TreatyMatch], sentence: int, meant: Defaults) -> TreatyAttribution:
    if _WORDS.convention.fullmatch(noun):
        near = [m.treaty for m in before if m.start >= sentence and not TREATIES[m.treaty].protocol]
        return TreatyAttribution(near[-1], True) if near else TreatyAttribution(meant.convention, True, True)
    protocols = [m.treaty for m in before if TREATIES[m.treaty].protocol]
    return TreatyAttribution(protocols[-1], True) if protocols else TreatyAttribution(meant.protocol, True, True, True)
