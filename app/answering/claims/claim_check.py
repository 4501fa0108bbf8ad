"""Checks of a claim against its premise: form, names, references, quotation marks, and every word of it.

Every word of a claim must occur in a sentence of its evidence, in the same order (`token_alignment`). Between two
languages, the glossary and the synonyms must know every word. "Arvandia will sign the treaty" fails against "We would
sign the treaty if others did". What rules cannot see is left to the reader, who has the quotations below it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import regex

from app.answering.claims.form import MAX_CLAIM_CHARS, NOT_QUOTED, ill_formed, quoted_parts
from app.answering.claims.premise import Premise
from app.answering.claims.token_alignment import SUBJECTLESS, ClaimBody, EvidenceSentence, is_aligned
from app.answering.claims.tokens import CONTENT, NONVERIDICAL, OPERATORS, ClaimToken, tokenize
from app.retrieval.list_context import opens, split_with_openings
from app.retrieval.terms import content_terms
from ingest.glossary.glossary import NamedTerm, terms_within
from ingest.language.claim_words import SELF, imperatives, possessive
from ingest.language.detection import language_of_sentence
from ingest.language.lexicons import Patterns, RegexPatterns
from ingest.metadata.sessions import find_session_mentions
from ingest.parties.party_table import PartyMatch, PartyTable
from ingest.text.canonical_form import squash
from ingest.treaties.references import find_agenda_items, find_articles
from ingest.treaties.treaties import find_treaties
from prompts.wording import LANGUAGES
from vectorstore.stems import fold, words_of

# A claim in Latin script is in the language of its evidence if that contains at least this share of its terms.
_SAME_LANGUAGE_MIN: Final = 0.6
_OTHER_SCRIPTS: Final = frozenset({"ru", "ar", "zh"})
# Prompt leak: so many words in a row of the instructions, repeated in a claim and absent from its evidence.
_MIN_LEAKED_WORDS: Final = 6
# The last letters of a noun by which groups of one name are known.
_NOUN_LETTERS: Final = 5
_DRAFTS: Final = RegexPatterns("drafts")
_TREATY_WORDS: Final = Patterns("treaty_attribution")
_QUESTION: Final = ("?", "？", "؟")


# Operators that may translate an operator: "must" may become "should".
_TRANSLATED_BY: Final = {
    "not": frozenset({"not", "ended", "without", "unless", "against"}),
    "must": frozenset({"must", "should"}),
    "may": frozenset({"may", "can", "would", "doubt"}),
    "against": frozenset({"against", "guard", "not", "ended", "without", "doubt"}),
    "if": frozenset({"if", "unless", "evenif", "until"}),
    "unless": frozenset({"unless", "if", "without"}),
}
# Operators that some of the languages express by the form of a verb.
_FORMS: Final = frozenset({"be", "was", "been", "by", "will", "would"})
# Prefixes of the token keys that are the same in every language.
_SAME: Final = ("article ", "treaty ", "month ")


def check_claim(claim: str, premise: Premise, parties: PartyTable, *, instructions: str = "") -> str | None:
    """Returns why a claim fails, in words for the trace of the answer; None if it passes.

    The claim comes without citation numbers, and must not repeat the `instructions` that its writer was given.
    """
    if fault := ill_formed(claim):
        return fault
    for part in quoted_parts(claim):
        if not squash(part) or not any(squash(part) in squash(quote) for quote in premise.quotes):
            return NOT_QUOTED
    if _repeats(claim, instructions, premise.text):
        return "it repeats instructions"
    language = _language(claim, premise)
    fault = _check_names(claim, language, premise, parties)
    if fault := fault or _check_references(claim, premise.text, premise.sessions, premise.agenda_items):
        return fault
    # Instructions to a reader are in the language of the evidence, or in English, in which most are written.
    instructing = [imperatives(each) for each in {premise.language, "en"}.intersection(LANGUAGES)]
    quotes = [quote for quote in premise.quotes if not any(each.search(quote) for each in instructing)]
    if not quotes:
        return "its evidence is an instruction to whoever reads it"
    sentences = [
        EvidenceSentence(
            text=text, tokens=_tokenize(text, premise.language, premise, parties), language=premise.language
        )
        for quote in quotes
        for text in _sentences(quote)
    ]
    body = _claim_body(_tokenize(claim, language, premise, parties), claim, language, premise)
    if not any(token.counts for token in body.tokens):
        return "it says nothing that could be compared"
    if language != premise.language:
        return _untranslated(body, claim, sentences, language, premise.language)
    return _check_wording(body, claim, sentences)


def _check_names(claim: str, language: str, premise: Premise, parties: PartyTable) -> str | None:
    """Returns why the names in a claim fail against its evidence; None if they pass.

    Where a claim names parties, the holder must come first; others must be in the evidence or in `may_also_name`.
    """
    evidence, holder = premise.text, premise.holder
    matches = parties.find(claim, language, capitals="none")
    there = parties.find(evidence, premise.language)
    known = {code for match in there for code in match.codes} | premise.may_also_name | {holder}
    for match in matches:
        if not known & set(match.codes):
            return f"it names {match.text}, whom its evidence does not name"
    if matches and holder is not None and holder not in matches[0].codes:
        return f"it speaks of {matches[0].text} first, but its evidence is from {holder}"
    in_claim, in_evidence = (sum(holder in m.codes for m in found) for found in (parties.find(claim, language), there))
    if in_claim > in_evidence + 1:
        return "it names its own party where its evidence may name another"
    treaties = {match.treaty for match in find_treaties(evidence)}
    if _TREATY_WORDS.says_convention.search(evidence) or _TREATY_WORDS.says_article.search(evidence):
        # "The Convention" and "article 4" without a treaty are of UNTOC.
        treaties.add("UNTOC")
    if not {match.treaty for match in find_treaties(claim)} <= treaties:
        return "it names a treaty that its evidence does not"
    return None


def _check_references(
    claim: str, evidence: str, sessions: frozenset[str] = frozenset(), agenda_items: frozenset[str] = frozenset()
) -> str | None:
    """Returns why the references in a claim fail; None if the evidence, or the sessions and items given, have them."""
    there = find_articles(evidence)
    articles = {(mention.treaty, mention.article) for mention in there}
    paragraphs = {(mention.treaty, mention.article, mention.paragraph) for mention in there}
    for mention in find_articles(claim):
        article = (mention.treaty, mention.article)
        if article not in articles:
            return f"it cites article {mention.article} of {mention.treaty or 'another text'}, its evidence does not"
        if mention.paragraph is not None and (*article, mention.paragraph) not in paragraphs:
            return f"it cites paragraph {mention.paragraph}, its evidence does not"
    items = {mention.item for mention in find_agenda_items(evidence)} | agenda_items
    for item in find_agenda_items(claim):
        if item.item not in items:
            return f"it names agenda item {item.item}, its evidence does not"
    known_sessions = {str(match.number) for match in find_session_mentions(evidence)} | sessions
    for match in find_session_mentions(claim):
        if str(match.number) not in known_sessions:
            return f"it names session {match.number}, its evidence does not"
    return None


def _sentences(quote: str) -> Iterator[str]:
    """Yields the sentences of a quotation that state something; questions do not."""
    listed = any(opens(line.rstrip()) for line in quote.splitlines())
    for sentence in split_with_openings(quote if listed else " ".join(quote.split())):
        if not sentence.text.rstrip("\"'”’»)").endswith(_QUESTION):
            yield " ".join(sentence.together.split())


def _tokenize(text: str, language: str, premise: Premise, parties: PartyTable) -> tuple[ClaimToken, ...]:
    def token(name: PartyMatch) -> ClaimToken:
        # Others who hold a joint statement stay apart: "Belmora has signed" is no deed of Arvandia, but "we" is.
        kind, keys = ("self", {SELF}) if premise.holder in name.codes else ("name", set(name.codes))
        return ClaimToken(kind=kind, keys=frozenset(keys), start=name.start, end=name.end)

    named = parties.find(text, language, capitals="none")
    names = tuple(map(token, named))
    taken = {at for name in named for at in range(name.start, name.end)}
    groups = (found.span() for found in _own_groups(text, premise.holder, parties))
    own = (
        ClaimToken(kind="self", keys=frozenset({SELF}), start=start, end=end)
        for start, end in groups
        if taken.isdisjoint(range(start, end))
    )
    return tuple(_delegations(tokenize(text, language, (*names, *own)), names, summarised=premise.summarised))


def _own_groups(text: str, holder: str | None, parties: PartyTable) -> Iterator["regex.Match[str]"]:
    """Yields where a group that speaks calls itself by the noun of its name: "the Group", "our Union"."""
    if holder is None or parties.kind_of(holder) in (None, "state"):
        return
    called = fold(" ".join(parties.display(holder, language) for language in LANGUAGES))
    for found in _DRAFTS.own_group.finditer(text):
        noun = words_of(found.group())[-1] if found.group().isascii() else found.group()
        if fold(noun).removeprefix("ال").removeprefix("本")[-_NOUN_LETTERS:] in called:
            yield found


def _delegations(
    tokens: Sequence[ClaimToken], names: Sequence[ClaimToken], *, summarised: bool
) -> Iterator[ClaimToken]:
    """Yields tokens with one for the speaker in place of "the delegation of Arvandia"; in a summary "her" is a "my"."""
    at = 0
    while at < len(tokens):
        one, *others = tokens[at : at + 3]
        owner = (
            next((n for n, other in enumerate(others) if other.kind != "link"), None) if one.kind == "noun" else None
        )
        if owner is not None and others[owner] in names and SELF in others[owner].keys:
            yield replace(others[owner], start=one.start)
            at += owner + 2
            continue
        hers = summarised and one.kind == "third" and SELF in one.keys and others and others[0].kind == "noun"
        yield replace(one, kind="self") if hers else one
        at += 1


def _claim_body(tokens: tuple[ClaimToken, ...], claim: str, language: str, premise: Premise) -> ClaimBody:
    """Returns a claim without its reporting clause ("Arvandia says that") and without possessive links."""
    tokens = tuple(_without_possessives(tokens, claim, language))
    named = spoken = False
    for at, token in enumerate(tokens):
        if named and (token.kind == "stop" or (spoken and token.kind in ("break", "comma"))):
            return ClaimBody(tokens=tokens[at + 1 :], framed=True, partial=premise.holder is None)
        if named and spoken and token.kind == "third" and SELF in token.keys:
            return ClaimBody(tokens=tokens[at:], framed=True, partial=premise.holder is None)
        if named and spoken and token.kind != "third":
            # In "insists on", the link belongs to the verb of saying.
            rest = tokens[at + (token.kind == "link") :]
            return ClaimBody(tokens=rest, stressed=True, partial=premise.holder is None)
        if token.kind == "say" and not spoken:
            spoken = True
        elif token.kind == "self" and not named:
            named = True
        elif not (token.kind in ("link", "comma", "noun") or token.keys & premise.years):
            break
    return ClaimBody(tokens=tokens, partial=premise.holder is None)


def _without_possessives(tokens: Sequence[ClaimToken], claim: str, language: str) -> Iterator[ClaimToken]:
    """Yields tokens without the links between what is owned and its owner, as "of" in "the courts of Arvandia"."""
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        owned = following is not None and following.kind == "self" and token.kind == "link"
        if not (owned and possessive(language).fullmatch(claim[token.start : token.end])):
            yield token


def _language(claim: str, premise: Premise) -> str:
    """Returns the language of a claim: that of its evidence if most of its terms occur there, else the detected one."""
    guess = language_of_sentence(claim, premise.language)
    if guess == premise.language or guess in _OTHER_SCRIPTS or premise.language in _OTHER_SCRIPTS:
        return guess
    terms, there = (content_terms(text, premise.language) for text in (claim, premise.text))
    return premise.language if len(terms & there) >= _SAME_LANGUAGE_MIN * max(1, len(terms)) else guess


def _check_wording(body: ClaimBody, claim: str, sentences: Sequence[EvidenceSentence]) -> str | None:
    """Returns why a claim does not align with its evidence, naming the first word that is missing; else None."""
    if is_aligned(body, sentences):
        return None
    known = {key for sentence in sentences for token in sentence.tokens for key in token.keys}
    for token in body.tokens:
        if token.counts and not token.keys - {SELF} & known:
            return f"its word “{claim[token.start : token.end]}” is not in its evidence"
    return "its words do not stand so in one sentence of its evidence, or without others that turn or limit them"


def _untranslated(
    body: ClaimBody, claim: str, sentences: Sequence[EvidenceSentence], language: str, to: str
) -> str | None:
    """Returns why a claim in another language than its evidence fails; None if it passes."""
    # Word order differs between languages, so every word must be known to the glossary or the synonyms, one sentence
    # must hold all of them, and the operators must be the same.
    if any(token.kind == "name" for token in body.tokens):
        return "it names another party, and is in another language than its evidence"
    terms = terms_within(claim, language, to=to)
    fault = "what it says in another language cannot be found in its evidence"
    for sentence in sentences:
        if not _translates(body, sentence, terms):
            continue
        if _polarity(body.tokens) == _polarity(sentence.tokens):
            return None
        fault = "its evidence, in another language, holds words that turn or limit it, or lacks them"
    return fault


def _translates(body: ClaimBody, sentence: EvidenceSentence, terms: Sequence[NamedTerm]) -> bool:
    known = {key for token in sentence.tokens for key in token.keys if key[0] == "~" or key.startswith(_SAME)}
    numbers = iter([token.keys for token in sentence.tokens if token.kind == "number"])
    translated = [term for term in terms if any(_holds(sentence, other) for other in term.terms)]
    for token in body.tokens:
        if token.kind == "number":
            if not any(token.keys & other for other in numbers):
                return False
        elif token.kind in CONTENT - {"noun", "opener"} and not (
            token.keys & known or any(term.start <= token.start and token.end <= term.end for term in translated)
        ):
            return False
    subjectless = sentence.language in SUBJECTLESS
    return any(SELF in token.keys for token in sentence.tokens) or subjectless or body.framed


def _holds(sentence: EvidenceSentence, term: str) -> bool:
    if sentence.language == "zh":
        return term in sentence.text
    keys = {key for token in sentence.tokens for key in token.keys}
    return all(token.keys & keys for token in tokenize(term, sentence.language) if token.counts)


def _polarity(tokens: Sequence[ClaimToken]) -> tuple[set[str], int]:
    """Returns the kinds of a text's operators, and how many of its words reverse or weaken what follows them."""
    kinds = {token.kind for token in tokens} & (OPERATORS - _FORMS)
    return kinds, sum(token.kind in NONVERIDICAL for token in tokens)


def check_translation(text: str, language: str, quote: str, quote_language: str, parties: PartyTable) -> str | None:
    """Returns why a translation of a quotation fails; None if it passes."""
    if fault := ill_formed(text, longest=2 * len(quote) + MAX_CLAIM_CHARS):
        return fault
    if language_of_sentence(text, language) != language:
        return "it is in another language"
    if fault := _check_references(text, quote) or _check_references(quote, text):
        return fault
    named, there = parties.find(text, language), parties.find(quote, quote_language)
    # A capital may be a place, and "Belmoran courts" may become "courts there", but no other party may come in.
    foreign = _elsewhere([match for match in named if match.form != "capital"], there)
    foreign += _elsewhere([match for match in there if match.is_name], named)
    if foreign:
        return f"it names {foreign[0]}, or does not, unlike the quotation"
    translated, original = tokenize(text, language), tokenize(quote, quote_language)
    if _figures(translated) != _figures(original):
        return "its numbers or dates are not those of the quotation"
    for kind, allowed in _TRANSLATED_BY.items():
        for one, other in ((translated, original), (original, translated)):
            if any(token.kind == kind for token in one) and not any(token.kind in allowed for token in other):
                return f"it has words for “{kind}”, or lacks them, unlike the quotation"
    return None


def _elsewhere(names: Sequence[PartyMatch], there: Sequence[PartyMatch]) -> list[str]:
    codes = {code for match in there for code in match.codes}
    return [match.text for match in names if codes.isdisjoint(match.codes)]


def _figures(tokens: Sequence[ClaimToken]) -> tuple[list[str], set[str]]:
    """Returns the numbers of a text, sorted, and the months that it names."""
    numbers = sorted(key for token in tokens if token.kind == "number" for key in token.keys)
    return numbers, {key for token in tokens for key in token.keys if key.startswith("month ")}


def _repeats(claim: str, instructions: str, evidence: str) -> bool:
    """Returns whether a claim repeats an n-gram of the instructions that its evidence does not contain."""

    def ngrams(text: str) -> set[tuple[str, ...]]:
        words = [word.lower() for word in words_of(text)]
        return {tuple(words[at : at + _MIN_LEAKED_WORDS]) for at in range(len(words) - _MIN_LEAKED_WORDS + 1)}

    return bool(instructions) and bool((ngrams(claim) & ngrams(instructions)) - ngrams(evidence))
