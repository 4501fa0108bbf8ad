"""Data files of linguistic knowledge: lexicons of patterns in YAML, tables in CSV and lists of words.

`_` stands for white space inside a pattern: "in_our_view" shows a position, "It_was_so_decided" what a meeting did. A
file holds one language or more; its head says where the words come from.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

import regex
import yaml

_REFERENCE: Final = re.compile(r"<<([a-z_.]+)>>")


@cache
def load_lexicon(name: str) -> Mapping[str, Any]:
    """Loads `ingest/language/data/{name}.yaml`; its head says where the words come from."""
    text = (files("ingest.language") / "data" / f"{name}.yaml").read_text(encoding="utf-8")
    return dict(yaml.load(text, Loader=yaml.CSafeLoader))


@cache
def load_table(name: str) -> tuple[Mapping[str, str], ...]:
    """Loads the rows of `ingest/data/{name}.csv` by column; lines that begin with `#` are comments."""
    text = (files("ingest") / "data" / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


@cache
def load_words(key: str, name: str = "words") -> frozenset[str]:
    """Returns a list of words of a lexicon; `-` stands for none, as an ending or particle that may lack."""
    return frozenset("" if word == "-" else word for word in load_lexicon(name)[key].split())


def unfolded(pattern: str) -> str:
    """Returns a pattern that a lexicon breaks into lines as one line."""
    return "".join(pattern.split("\n"))


def alternatives(lines: str) -> str:
    """Returns patterns, one a line and `_` for a space, as one; a line indented further goes on with that above."""
    return "|".join(regex.sub(r"\n\s+", "", lines).split("\n")).replace("_", " ")


def any_of(words: Iterable[str], space: str = r"\s+") -> str:
    """Returns a pattern of any of some words or phrases, longer ones first; what stands for a space is a pattern."""
    return "|".join(re.escape(word).replace(r"\ ", space) for word in sorted(words, key=len, reverse=True))


class Patterns:
    """The patterns of a lexicon, broken into lines, compiled as its attributes; case does not count.

    `<<key>>` in a pattern stands for another one of the file, `<<file.key>>` for one of another file, or a given one.
    """

    def __init__(self, name: str, **given: str) -> None:
        self._name, self._given = name, given

    def __getattr__(self, key: str) -> re.Pattern[str]:
        """Compiles a pattern when it is first asked for."""
        if key.startswith("_"):
            raise AttributeError(key)
        pattern = re.compile(self.source(key), re.IGNORECASE)
        setattr(self, key, pattern)
        return pattern

    def each(self, key: str) -> tuple[re.Pattern[str], ...]:
        """Compiles the patterns of a list."""
        return tuple(re.compile(self.resolved(form), re.IGNORECASE) for form in load_lexicon(self._name)[key])

    def source(self, key: str) -> str:
        """Returns the text of a pattern, to make others of."""
        file, _, own = key.rpartition(".")
        if file:
            return Patterns(file).source(own)
        return self._given[own] if own in self._given else self.resolved(load_lexicon(self._name)[own])

    def resolved(self, pattern: str) -> str:
        """Returns a pattern with what its references stand for."""
        return _REFERENCE.sub(lambda found: self.source(found[1]), unfolded(pattern))


class RegexPatterns(Patterns):
    """Patterns with what only `regex` knows, such as properties of letters."""

    def __getattr__(self, key: str) -> "regex.Pattern[str]":  # type: ignore[override]  # of the other library
        """Compiles a pattern when it is first asked for."""
        if key.startswith("_"):
            raise AttributeError(key)
        pattern = regex.compile(self.source(key), regex.IGNORECASE)
        setattr(self, key, pattern)
        return pattern
