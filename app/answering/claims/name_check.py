"""Names in a claim: its own party comes first, and it names others only where its evidence does.

"Belmora supports …" fails where the evidence is Arvandia's and does not name Belmora.
"""

from ingest.parties.party_table import PartyTable
from ingest.treaties.treaties import find_treaties
from vectorstore.stems import fold, words_of


def check_names(
    claim: str,
    language: str,
    evidence: str,
    evidence_language: str,
    holder: str | None,
    also: frozenset[str],
    parties: PartyTable,
) -> str | None:
    """Returns why the names in a claim fail against its evidence; None if they pass.

    The holder of the evidence is named first, if any party is; others may be named as well (`also`).
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
    if not treaties <= {match.treaty for match in find_treaties(evidence)} | _implied_treaties(evidence):
        return "it names a treaty that its evidence does not"
    return None


def _implied_treaties(evidence: str) -> set[str]:
    """Returns UNTOC where the evidence says "the Convention" or "article 4" without naming a treaty."""
    words = {fold(word) for word in words_of(evidence)}
    spoken = words & {"convention", "convencion", "конвенция", "конвенции", "конвенцию", "конвенцией", "الاتفاقيه"}
    article = words & {"article", "articles", "articulo", "статья", "статьи", "статье", "статью", "الماده", "للماده"}
    return {"UNTOC"} if spoken or article or "公约" in evidence or "条" in evidence else set()
