"""Inflected forms of the words of names: plurals of demonyms, Russian cases, Arabic prefixes ("لإيران", "Ираном").

The rules, with the endings of `inflection.yaml`, are for names: a match must also begin with a capital.
"""

from collections.abc import Iterable

from ingest.language.lexicons import load_lexicon

_TABLE = load_lexicon("inflection")


def _endings(key: str) -> tuple[str, ...]:
    return _split(_TABLE[key])


def _split(words: str) -> tuple[str, ...]:
    return tuple("" if word == "-" else word for word in words.split())


def demonym_forms(demonym: str, language: str) -> tuple[str, ...]:
    """Returns the forms of a masculine singular: plurals, feminines, and in Arabic those with the article.

    Irregular feminines stand in the tables beside the masculine; Russian cases are left to `russian_forms`.
    """
    if language == "ar":
        first, _, last = demonym.rpartition(" ")
        bare = [(first + " " + last + ending).strip() for ending in _endings("arabic")]
        bare += [" ".join(word + ending for word in demonym.split()) for ending in _endings("arabic") if first]
        return (*bare, *(" ".join("ال" + word for word in form.split()) for form in bare))
    return _by_ending(f"{language}_demonyms", demonym) or (demonym,)


def _by_ending(key: str, word: str) -> tuple[str, ...]:
    row = next((row for row in _TABLE.get(key, ()) if word.endswith(_split(row["of"]))), None)
    return () if row is None else tuple(word[: len(word) - row["cut"]] + form for form in _split(row["endings"]))


def russian_forms(word: str) -> tuple[str, ...]:
    """Returns the case forms of a Russian word in a name; an acronym or short word has only itself."""
    if word.isupper() or len(word) < 3:
        return (word,)
    lower = word.casefold().replace("ё", "е")
    if lower.endswith("ец"):
        # австриец: австрийца, but испанец: испанца; plurals as well, since only people are called so.
        stem = lower[:-2] + ("йц" if lower[-3] in "аеиоуюя" else "ц")
        return (lower, *(stem + form for form in (*_endings("russian_masculine"), *_endings("russian_plural"))))
    if lower.endswith(_endings("russian_people")):
        plural = (lower[:-2] + form for form in _endings("russian_plural_of_people"))
        return (lower, *(lower + form for form in _endings("russian_masculine")), *plural)
    return _by_ending("russian", lower) or (lower,)


def arabic_variants(folded: str, first: bool) -> Iterable[str]:
    """Yields a word without prefixed conjunctions and prepositions, which only the first word of a name has."""
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
