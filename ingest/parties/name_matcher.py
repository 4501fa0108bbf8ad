"""Dictionary matching of names in text: a trie of folded tokens, with rules for upper and lower case.

"Malé" is a name and "male" is not; a name in capitals may be a word of a heading.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from ingest.language.lexicons import load_words
from ingest.parties.capitals import is_in_title
from ingest.parties.inflection import arabic_variants, russian_forms
from ingest.parties.name_tokens import Token, fold_token, tokens_of
from prompts.wording import Language

NameForm = Literal["name", "official", "former", "demonym", "capital", "group"]
Case = Literal["any", "title", "initial", "upper", "proper", "exact", "code"]

_HONORIFICS = load_words("honorifics", "parties")
_PRIORITY: dict[NameForm, int] = {"name": 0, "official": 0, "group": 0, "former": 1, "demonym": 2, "capital": 3}
_NEVER_LOWER = load_words("never_lower", "parties")
_SHOUTABLE = load_words("shoutable", "parties")


@dataclass(frozen=True, slots=True)
class KnownName:
    """One spelling of one or several parties; without codes, it is a longer name that hides a party's shorter one."""

    codes: tuple[str, ...]
    form: NameForm
    case: Case
    pattern: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A name found in `tokens[first:last]`."""

    first: int
    last: int
    name: KnownName

    @property
    def rank(self) -> tuple[int, int]:
        """Sort key of the matches at one position: highest for the longest, then for names, demonyms, capitals."""
        return (self.last, -_PRIORITY[self.name.form])


def case_rule(text: str, tokens: list[Token], form: NameForm) -> Case:
    """Says how strictly the case of a name counts, from how it is written in the table."""
    letters = [c for c in text if c.isalpha()]
    if not any(c.isupper() or c.islower() for c in letters):
        return "any"
    if all(len(t.word) == 1 for t in tokens):
        return "upper"
    if len(tokens) == 1:
        if any(c.isdigit() for c in text):
            return "any"
        if text.isupper():
            return "upper"
        return "initial" if text[0].isupper() and text[1:].islower() else ("any" if text.islower() else "exact")
    if form in ("group", "demonym") and not text[0].islower():
        return "title"
    return "any"


@dataclass(slots=True)
class _Node:
    children: dict[str, "_Node"] = field(default_factory=dict)
    names: list[KnownName] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class RiskyWords:
    """Words of one language that are a party's name only after one of the `cues`, since they have another meaning too.

    All are folded: in Arabic "financial" is spelt like Mali, which is meant after "delegation".
    """

    words: frozenset[str] = frozenset()
    cues: frozenset[str] = frozenset()


class NameTrie:
    """A trie of names in some languages, some of whose words are `risky`; finds inflected Russian and Arabic names."""

    def __init__(self, *languages: Language, risky: RiskyWords | None = None) -> None:
        self._root, self._risky = _Node(), risky or RiskyWords()
        self._inflected = {"ru", "ar"}.intersection(languages)
        # The words of Russian names by their case forms, all folded.
        self._lemmas: dict[str, dict[str, None]] = {}

    def __iter__(self) -> Iterator[KnownName]:
        """Yields all names, in no order; those with several codes are ambiguous."""
        stack = [self._root]
        while stack:
            node = stack.pop()
            yield from node.names
            stack += node.children.values()

    def add(self, text: str, codes: tuple[str, ...], form: NameForm, case: Case | None = None) -> None:
        """Adds a name; the same name of several parties of equal rank becomes ambiguous."""
        tokens = tokens_of(text)
        if not tokens:
            return
        if tokens[0].folded == "the" and len(tokens) > 1:
            tokens = tokens[1:]
            text = text[tokens[0].start :]
        pattern = (tokens[0].folded, *(t.key for t in tokens[1:]))
        name = KnownName(codes, form, case or case_rule(text, tokens, form), pattern, text)
        node = self._root
        for key in pattern:
            node = node.children.setdefault(key, _Node())
        node.names = _merge(node.names, name)
        for token in tokens if "ru" in self._inflected else ():
            for inflected in map(fold_token, russian_forms(token.word)):
                if inflected != token.folded:
                    self._lemmas.setdefault(inflected, {})[token.folded] = None

    def _forms(self, folded: str, first: bool) -> Iterator[str]:
        """Yields the words that a token may stand for: itself, then those that it is a form of."""
        yield folded
        yield from self._lemmas.get(folded, ())
        if "ar" in self._inflected:
            yield from arabic_variants(folded, first)

    def exact(self, tokens: list[Token]) -> KnownName | None:
        """Returns the name that is written by exactly these tokens, in any case, or None."""
        node = self._root
        for key in (tokens[0].folded, *(t.key for t in tokens[1:])):
            following = node.children.get(key)
            if following is None:
                return None
            node = following
        written = [t.word for t in tokens]
        names = [n for n in node.names if n.case != "exact" or [t.word for t in tokens_of(n.text)] == written]
        return min(names or node.names, key=lambda name: name.case != "exact", default=None)

    def longest(self, tokens: list[Token], first: int, relaxed: bool) -> NameMatch | None:
        """Returns the longest name that starts at `tokens[first]`, or None."""
        if not self._inflected and tokens[first].folded not in self._root.children:
            return None
        best: NameMatch | None = None
        stack = [(self._root, first)]
        while stack:
            node, at = stack.pop()
            if at > first and node.names and (best is None or at >= best.last):
                for name in node.names:
                    if self._written(name, tokens, first, at, relaxed):
                        found = NameMatch(first, at, name)
                        # In Russian "Бразилии" is a form of Brazil's name and of its capital's.
                        best = found if best is None or found.rank > best.rank else best
                        break
            if at == len(tokens) or not node.children:
                continue
            token = tokens[at]
            gap = token.gap if at > first else ""
            keys = (gap + form for form in self._forms(token.folded, at == first))
            stack += [(node.children[key], at + 1) for key in keys if key in node.children]
        return best

    def _written(self, name: KnownName, tokens: list[Token], first: int, last: int, relaxed: bool) -> bool:
        single = last - first == 1
        before = tokens[first - 1] if first else None
        after = tokens[last] if last < len(tokens) else None
        if not name.codes:
            # A word that is spelt like a name hides it only in the same case: the verb "usa" hides no "USA".
            exact = name.case == "exact" or (single and name.text.islower())
            return not exact or tokens[first].word == name.text
        if single and before is not None and before.folded in _HONORIFICS:
            return False
        inverted = "," in "".join(name.pattern) and name.pattern[-1].lstrip(",") in {"of", "the"}
        if inverted and after is not None and after.gap == "" and after.word[0].isupper():
            # `Congo, Republic of Korea` is two States, not `Congo, Republic of`.
            return False
        if name.form == "capital" and is_in_title(tokens[max(0, first - 2) : first], tokens[last : last + 3]):
            return False
        alone = before is None and after is None
        cued = alone or (before is not None and before.folded in self._risky.cues)
        typed = relaxed and name.form == "name" and not tokens[first].word.islower()
        if single and name.pattern[0] in self._risky.words and not cued and not typed:
            return False
        return _case_allows(name, tokens[first:last], before, after, relaxed)


def _merge(names: list[KnownName], new: KnownName) -> list[KnownName]:
    """Keeps the names of the best rank at a node, united where they differ only in their parties.

    A name that counts only as written (Malé, عمّان) stands before those of the same folded letters.
    """
    if new.case == "exact":
        return [new, *(name for name in names if name != new)]
    exact = [name for name in names if name.case == "exact"]
    if exact:
        return exact + _merge(names[len(exact) :], new)
    if not names:
        return [new]
    old = names[0]
    if not old.codes or not new.codes:
        return [old if not old.codes else new]
    if _PRIORITY[new.form] != _PRIORITY[old.form]:
        ranked = sorted((old, new), key=lambda name: _PRIORITY[name.form])
        same = set(new.codes) <= set(old.codes) or set(old.codes) <= set(new.codes)
        return [ranked[0]] if not same or ranked[0].case == ranked[1].case else ranked
    codes = tuple(sorted({*old.codes, *new.codes}))
    case = old.case if old.case == new.case else "any"
    return [KnownName(codes, old.form, case, old.pattern, old.text)]


def _is_proper(name: KnownName, tokens: list[Token]) -> bool:
    """Returns whether each word has the capitals of the table: La Paz, but neither "la paz" nor "LA PAZ"."""
    return all(
        (given.word[0].isupper() or not wanted.word[0].isupper())
        and (len(given.word) == 1 or given.word.isupper() == wanted.word.isupper())
        for given, wanted in zip(tokens, tokens_of(name.text), strict=True)
    )


def _case_allows(
    name: KnownName, tokens: list[Token], before: Token | None, after: Token | None, relaxed: bool
) -> bool:
    word = tokens[0].word
    if name.case == "any":
        return True
    if name.case == "title":
        return relaxed or word[0].isupper() or word[0].isdigit()
    if name.case == "initial":
        return word[0].isupper() or (relaxed and tokens[0].folded not in _NEVER_LOWER)
    if name.case == "proper":
        return _is_proper(name, tokens)
    if name.case == "exact":
        return word == name.text or (relaxed and word.casefold() == name.text.casefold())
    shouted = any(t is not None and len(t.word) > 3 and t.word.isupper() for t in (before, after))
    if name.case == "code":
        return relaxed and word == name.text and not shouted
    if all(t.word.isupper() or t.word.isdigit() for t in tokens):
        return not (shouted and tokens[0].folded in _SHOUTABLE and len(tokens) == 1)
    if not relaxed:
        return False
    if len(tokens) > 1:
        # `u.s.a.` but not `u s a`, and not `us` over two words.
        return all(left.end + 1 == right.start for left, right in pairwise(tokens))
    if tokens[0].folded == "us":
        return before is not None and before.folded == "the"
    return tokens[0].folded not in _NEVER_LOWER
