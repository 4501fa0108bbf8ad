"""Other forms of a name's words: plurals of demonyms, Russian cases, Arabic prefixes.

Rules, not word lists: they are meant for names, which a match must also begin with a capital for.
"""

from collections.abc import Iterable

from ingest.name_matcher import fold

_ADJECTIVE = ("ый", "ого", "ому", "ым", "ом", "ая", "ой", "ую", "ое", "ые", "ых", "ыми")
_SOFT_ADJECTIVE = ("ий", "его", "ему", "им", "ем", "яя", "ей", "юю", "ее", "ие", "их", "ими")
_VELAR_ADJECTIVE = ("ий", "ого", "ому", "им", "ом", "ая", "ой", "ую", "ое", "ие", "их", "ими")
# Endings by the ending of the nominative, longest first; a noun takes the first that fits.
_RUSSIAN: tuple[tuple[str, tuple[str, ...]], ...] = (
    *((end, _VELAR_ADJECTIVE) for end in ("кий", "кая", "кое", "кие")),
    *((end, _ADJECTIVE) for end in ("ный", "ная", "ное", "ные", "вый", "вая", "вое", "вые", "тый", "тая")),
    *((end, _SOFT_ADJECTIVE) for end in ("нее", "няя", "ний")),
    ("ия", ("ия", "ии", "ию", "ией")),
    ("ие", ("ие", "ия", "ию", "ием", "ии")),
    ("ья", ("ья", "ьи", "ью", "ьей", "ье")),
    ("ва", ("ва", "вы", "ве", "ву", "вой", "вов", "вам", "вами", "вах")),
    ("а", ("а", "ы", "и", "е", "у", "ой", "ою")),
    ("я", ("я", "и", "е", "ю", "ей")),
    ("й", ("й", "я", "ю", "ем", "е")),
    ("ь", ("ь", "я", "ю", "ем", "е", "и", "ью")),
    ("во", ("во", "ва", "ву", "вом", "ве")),
    ("ы", ("ы", "", "ов", "ам", "ами", "ах")),
)


def plurals(demonym: str, language: str) -> tuple[str, ...]:
    """The demonym itself and its plural (and feminine) forms in that language."""
    if language == "en":
        if demonym.endswith(("s", "sh", "ch", "ese", "z", "ois", "men")):
            return (demonym,)
        return (demonym, demonym + "s")
    if language == "fr":
        if demonym.endswith("e"):
            return (demonym, demonym + "s")
        endings = ("",) if demonym.endswith(("s", "x")) else ("", "s", "e", "es")
        return tuple(demonym + ending for ending in endings)
    if language == "es":
        return (demonym, demonym + ("s" if demonym[-1] in "aeioáéó" else "es"))
    return (demonym,)


def russian_forms(word: str) -> tuple[str, ...]:
    """The case forms of a Russian word in a name; an acronym or short word has only itself."""
    if word.isupper() or len(word) < 3:
        return (word,)
    lower = word.casefold().replace("ё", "е")
    for ending, forms in _RUSSIAN:
        if lower.endswith(ending):
            stem = lower[: -2 if len(ending) == 3 else -len(ending)]
            return tuple(stem + form for form in forms)
    if lower[-1] in "бвгджзклмнпрстфхцчшщ":
        return (lower, *(lower + form for form in ("а", "у", "ом", "ем", "е")))
    return (lower,)


def arabic_variants(folded: str, first: bool) -> Iterable[str]:
    """The word without its prefixed conjunctions and prepositions; only the first word of a name has them."""
    if not first or len(folded) < 4:
        return
    rest = folded
    if rest[0] in "وف":
        rest = rest[1:]
        yield rest
    if rest.startswith("لل"):
        yield "ال" + rest[2:]
        yield rest[1:]
    elif rest[0] in "بكل" and len(rest) > 3:
        yield rest[1:]


def arabic_demonyms(demonym: str) -> tuple[str, ...]:
    """The demonym with and without the article."""
    return (demonym, "ال" + demonym)


class RussianLemmas:
    """Maps the folded case forms of the words of Russian names to the folded word in the table."""

    def __init__(self) -> None:
        self._lemmas: dict[str, set[str]] = {}

    def learn(self, word: str) -> None:
        """Adds the forms of one word."""
        lemma = fold(word)
        for form in russian_forms(word):
            folded = fold(form)
            if folded != lemma:
                self._lemmas.setdefault(folded, set()).add(lemma)

    def __call__(self, folded: str, first: bool) -> Iterable[str]:
        """The words of the table that this form may stand for."""
        return self._lemmas.get(folded, ())
