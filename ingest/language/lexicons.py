"""Data files of linguistic knowledge: lexicons of patterns in YAML, tables in CSV and lists of words.

Inside a pattern, `_` stands for white space, as in "in_our_view" and "United_States". A file holds one language or
more; the comment at its head gives the source of its words.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

import regex
import yaml

_REFERENCE: Final = re.compile(r"<<([a-z_.]+)>>")


@cache
def load_lexicon(name: str) -> Mapping[str, Any]:
    """Loads `ingest/language/data/{name}.yaml`; the comment at its head gives the source of its words."""
    text = (files("ingest.language") / "data" / f"{name}.yaml").read_text(encoding="utf-8")
    return dict(yaml.load(text, Loader=yaml.CSafeLoader))


@cache
def load_table(name: str) -> tuple[Mapping[str, str], ...]:
    """Loads the rows of `ingest/data/{name}.csv` by column; lines that begin with `#` are comments."""
    text = (files("ingest") / "data" / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


@cache
def load_words(key: str, name: str = "words") -> frozenset[str]:
    """Returns a list of words of a lexicon; `-` is the empty string, for an ending or particle that may be missing."""
    return frozenset("" if word == "-" else word for word in load_lexicon(name)[key].split())


def unfolded(pattern: str) -> str:
    """Returns a pattern of a lexicon without its line breaks."""
    return "".join(pattern.split("\n"))


def any_of(words: Iterable[str], space: str = r"\s+") -> str:
    """Returns a pattern for any of the words or phrases, longer ones first; `space` is the pattern of a space.

    Words share their beginnings, "five" and "fifth" as `fi(?:ve|fth)`: a thousand alternatives are slow to try.
    """
    rests: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        rests.setdefault(word[:1], []).append(word[1:])
    forms = [
        (space if first == " " else re.escape(first)) + any_of(rest, space) if first else ""
        for first, rest in rests.items()
    ]
    return forms[0] if len(forms) == 1 else f"(?:{'|'.join(forms)})"


class Patterns:
    """The patterns of a lexicon as attributes, compiled without their line breaks; they ignore case.

    In a pattern, `<<key>>` stands for another one of the file or a `given` one, `<<file.key>>` for one of another file.
    """

    _library: ModuleType = re

    def __init__(self, name: str, **given: str) -> None:
        self._name, self._given = name, given

    def __getattr__(self, key: str) -> re.Pattern[str]:
        """Compiles a pattern when it is first asked for."""
        if key.startswith("_"):
            raise AttributeError(key)
        pattern: re.Pattern[str] = self._library.compile(self.source(key), self._library.IGNORECASE)
        setattr(self, key, pattern)
        return pattern

    @cache  # noqa: B019 - there are few lexicons, which are kept
    def each(self, key: str) -> tuple[re.Pattern[str], ...]:
        """Compiles the patterns of a list."""
        return tuple(re.compile(self.resolved(form), re.IGNORECASE) for form in load_lexicon(self._name)[key])

    def source(self, key: str) -> str:
        """Returns the text of a pattern, for use in other patterns; that of a list matches any of its patterns."""
        file, _, own = key.rpartition(".")
        if file:
            return Patterns(file).source(own)
        if own in self._given:
            return self._given[own]
        form = load_lexicon(self._name)[own]
        return self.resolved(form if isinstance(form, str) else "|".join(form))

    def resolved(self, pattern: str) -> str:
        """Returns a pattern with its references replaced by the patterns that they name."""
        return _REFERENCE.sub(lambda found: self.source(found[1]), unfolded(pattern))


class RegexPatterns(Patterns):
    """Patterns compiled by `regex`, for features that `re` lacks, such as Unicode properties."""

    _library = regex

    if TYPE_CHECKING:

        def __getattr__(self, key: str) -> "regex.Pattern[str]": ...  # type: ignore[override]  # of the other library
