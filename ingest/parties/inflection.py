"""Inflected forms of the words of names: plurals of demonyms, Russian cases, Arabic prefixes ("لإيران", "Ираном").

Rules, not word lists: they are meant for names, which a match must also begin with a capital for.
"""

from collections.abc import Iterable

from ingest.parties.name_matcher import fold

_ADJECTIVE = ("ый", "ого", "ому", "ым", "ом", "ая", "ой", "ую", "ое", "ые", "ых", "ыми")
_SOFT_ADJECTIVE = ("ий", "его", "ему", "им", "ем", "яя", "ей", "юю", "ее", "ие", "их", "ими")
_VELAR_ADJECTIVE = ("ий", "ого", "ому", "им", "ом", "ая", "ой", "ую", "ое", "ие", "их", "ими")
# By the ending of the nominative: how many letters are cut, and what follows the stem. The first that fits counts.
_RUSSIAN: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("рикий", 2, ("ий", "ия", "ию", "ием", "ии")),  # Маврикий is a noun
    *((end, 2, _VELAR_ADJECTIVE) for end in ("кий", "кая", "кое", "кие")),
    *((end, 2, _SOFT_ADJECTIVE) for end in ("нее", "няя", "ний")),
    *((end, 2, _ADJECTIVE) for end in ("ый", "ая", "ое", "ые", "той")),
    ("овы", 1, ("ы", "ых", "ым", "ыми")),
    ("ия", 2, ("ия", "ии", "ию", "ией")),
    ("ие", 2, ("ие", "ия", "ию", "ием", "ии")),
    ("ья", 2, ("ья", "ьи", "ью", "ьей", "ье")),
    ("ва", 2, ("ва", "вы", "ве", "ву", "вой", "вов", "вам", "вами", "вах")),
    ("а", 1, ("а", "ы", "и", "е", "у", "ой", "ою")),
    ("я", 1, ("я", "и", "е", "ю", "ей")),
    ("й", 1, ("й", "я", "ю", "ем", "е")),
    ("ь", 1, ("ь", "я", "ю", "ем", "е", "и", "ью")),
    ("во", 2, ("во", "ва", "ву", "вом", "ве")),
    ("ы", 1, ("ы", "", "ов", "ам", "ами", "ах")),
)
_ARABIC_ENDINGS = ("", "ة", "ون", "ين", "ات")
_RUSSIAN_MASCULINE = ("а", "у", "ом", "ем", "е")
_RUSSIAN_PLURAL = ("ы", "и", "ов", "ев", "ам", "ами", "ах")


def demonym_forms(demonym: str, language: str) -> tuple[str, ...]:
    """The forms of a masculine singular: plurals, feminines, and in Arabic those with the article.

    Irregular feminines stand in the tables beside the masculine; Russian cases are left to `RussianLemmas`.
    """
    if language == "en":
        if demonym.endswith(("s", "sh", "ch", "ese", "z", "ois", "men")):
            return (demonym,)
        return (demonym, demonym + "s")
    if language == "fr":
        if demonym.endswith("e"):
            return (demonym, demonym + "s")
        if demonym.endswith("en"):
            return tuple(demonym + ending for ending in ("", "s", "ne", "nes"))
        return tuple(demonym + ending for ending in (("", "e", "es") if demonym[-1] in "sx" else ("", "s", "e", "es")))
    if language == "es":
        return _spanish_forms(demonym)
    if language == "ar":
        first, _, last = demonym.rpartition(" ")
        bare = [(first + " " + last + ending).strip() for ending in _ARABIC_ENDINGS]
        bare += [" ".join(word + ending for word in demonym.split()) for ending in _ARABIC_ENDINGS if first]
        return (*bare, *(" ".join("ال" + word for word in form.split()) for form in bare))
    return (demonym,)


def _spanish_forms(demonym: str) -> tuple[str, ...]:
    if demonym.endswith("o"):
        return tuple(demonym[:-1] + ending for ending in ("o", "a", "os", "as"))
    for accented, plain in (("és", "es"), ("án", "an"), ("ón", "on")):
        if demonym.endswith(accented):
            stem = demonym[:-2] + plain
            return (demonym, stem + "a", stem + "es", stem + "as")
    if demonym.endswith(("l", "n", "r", "s")):
        return tuple(demonym + ending for ending in ("", "a", "es", "as"))
    return (demonym, demonym + "s", demonym + "es") if demonym[-1] in "íú" else (demonym, demonym + "s")


def russian_forms(word: str) -> tuple[str, ...]:
    """The case forms of a Russian word in a name; an acronym or short word has only itself."""
    if word.isupper() or len(word) < 3:
        return (word,)
    lower = word.casefold().replace("ё", "е")
    if lower.endswith("ец"):
        # австриец: австрийца, but испанец: испанца; plurals as well, since only people are called so.
        stem = lower[:-2] + ("йц" if lower[-3] in "аеиоуюя" else "ц")
        return (lower, *(stem + form for form in (*_RUSSIAN_MASCULINE, *_RUSSIAN_PLURAL)))
    if lower.endswith(("анин", "янин")):
        return (lower, *(lower + form for form in _RUSSIAN_MASCULINE), *(lower[:-2] + form for form in ("", "е", "ам")))
    if lower.endswith(("оа", "уа")):
        return (lower,)  # Самоа, Никарагуа
    for ending, cut, forms in _RUSSIAN:
        if lower.endswith(ending):
            return tuple(lower[:-cut] + form for form in forms)
    if lower[-1] in "бвгджзклмнпрстфхцчшщ":
        return (lower, *(lower + form for form in _RUSSIAN_MASCULINE))
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
