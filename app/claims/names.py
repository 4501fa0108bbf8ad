"""Names in a claim: it may name its own party first, and others only where its evidence names them."""

from collections.abc import Iterable
from typing import Final

import regex

from app.claims.lexicon import operators
from ingest.dates import MONTH_NUMBER
from ingest.parties import PartyMatch, PartyTable
from ingest.treaties import find_treaties
from vectorstore.stems import fold, is_filler, is_function_word, language_of, stem, words_of

_CAPITAL: Final = regex.compile(r"\p{Lu}[\p{L}\p{M}\p{N}]*(?:-[\p{L}\p{M}]+)*")
_LATIN: Final = regex.compile(r"\p{Latin}[\p{Latin}\p{M}\p{N}]+")
# Written with a capital wherever States meet; they name nobody.
_COMMON: Final = frozenset(
    fold(word)
    for word in """state states party parties convention protocol protocols conference government governments minister
    ministry delegation assembly council united nations secretariat chair madam mister mr ms article agenda session
    republic member members i its the état états parties partie convention conférence gouvernement ministère délégation
    estado estados parte partes convención conferencia gobierno ministerio delegación государство государства сторона
    стороны конвенция конвенции конвенцию конференция конференции протокол протокола министерство делегация""".split()
)


def misnamed(
    claim: str,
    language: str,
    evidence: str,
    evidence_language: str,
    holder: str | None,
    also: frozenset[str],
    parties: PartyTable,
) -> str | None:
    """Returns which name of a claim speaks against it, or None.

    Args:
        claim: The claim.
        language: Its language.
        evidence: What it rests on.
        evidence_language: Its language.
        holder: Whose words the evidence is; that party is named first, if any is.
        also: Others that may be named.
        parties: Who can be named.
    """
    matches = [match for match in parties.find(claim, language) if match.form != "capital"]
    known = {code for match in parties.find(evidence, evidence_language) for code in match.codes}
    known |= also | ({holder} if holder else set())
    for match in matches:
        if not known & set(match.codes):
            return f"it names {match.text}, whom its evidence does not name"
    if matches and holder is not None and holder not in matches[0].codes:
        return f"it speaks of {matches[0].text} first, but its evidence is from {holder}"
    own = [
        sum(holder in m.codes for m in parties.find(*text))
        for text in ((claim, language), (evidence, evidence_language))
    ]
    if own[0] > own[1] + 1:
        return "it names its own party where its evidence may name another"
    treaties = {match.treaty for match in find_treaties(claim)}
    if not treaties <= {match.treaty for match in find_treaties(evidence)} | _meant(evidence):
        return "it names a treaty that its evidence does not"
    unknown = _unknown(claim, language, evidence, evidence_language, parties.find(claim, language))
    return f"it names {unknown}, which its evidence does not" if unknown else None


def _meant(evidence: str) -> set[str]:
    """Returns the Convention where the evidence speaks of one without its name, as statements on it do."""
    words = {fold(word) for word in words_of(evidence)}
    spoken = words & {"convention", "convencion", "конвенция", "конвенции", "конвенцию", "конвенцией", "الاتفاقيه"}
    article = words & {"article", "articles", "articulo", "статья", "статьи", "статье", "статью", "الماده", "للماده"}
    return {"UNTOC"} if spoken or article or "公约" in evidence or "条" in evidence else set()


def _unknown(
    claim: str, language: str, evidence: str, evidence_language: str, matches: Iterable[PartyMatch]
) -> str | None:
    """Returns the first name that the evidence does not hold: a word with a capital, or in another script."""
    spans = [(m.start, m.end) for m in matches] + [(m.start, m.end) for m in find_treaties(claim)]
    there = {fold(word) for word in words_of(evidence)}
    roots = {stem(word, evidence_language) for word in words_of(evidence)}
    spans += [match.span() for match in operators(language).finditer(claim)]
    names = _CAPITAL if language in ("en", "fr", "es") else regex.compile(f"{_CAPITAL.pattern}|{_LATIN.pattern}")
    for match in names.finditer(claim):
        word = match.group()
        if any(start <= match.start() < end for start, end in spans):
            continue
        if language_of(word, "en") != language_of(evidence[:1] or "a", "en") and language != evidence_language:
            # Names are spelt otherwise in another script.
            continue
        for part in words_of(word):
            plain = fold(part)
            common = plain in _COMMON or plain in MONTH_NUMBER or len(plain) == 1
            common = common or is_function_word(part, language) or is_filler(part, language)
            if not (common or plain in there or stem(part, evidence_language) in roots):
                return part
    return None
