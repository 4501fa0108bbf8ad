"""Frames that decide whose words a question asks for: by words around a name, where the tagger alone is often wrong.

In "according to Chile, what does Peru refuse?" Chile speaks and Peru is the topic; in "who spoke of Cuba?" Cuba is; and
"does Chile agree with Peru on tolls?" compares both. The words are in `app/question/data/question_frames.yaml`.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Final

from app.question.lexicon import Item, find_forms, lexicon_of
from app.question.role_tagger.network import RoleReading
from app.question.role_tagger.words import Word
from app.question.spans.span import NAMED, POSSESSIVE, with_spans_as_items
from ingest.language.lexicons import RegexPatterns

_ARTICLE: Final = RegexPatterns("common").article
_COMMAS: Final = frozenset(",،、，")


def view_holders(roles: RoleReading) -> Mapping[int, int]:
    """Returns where parties start whose view is asked, and the words before them: "in the view of Mali and Chad"."""
    items, holders, listed_from = _items(roles), dict[int, int](), -1
    for word in roles.words:
        if word.kind not in NAMED:
            continue
        ahead, behind = _before(roles, items, word.start), [i for i in items if i.start >= word.end]
        led = ahead[-1].kinds if ahead else frozenset[str]()
        view = any("view" in item.kinds for item in [i for i in behind if "owner" not in i.kinds][:1])
        listed = "and" in led and [item.end for item in ahead[-2:-1]] == [listed_from]
        if "view_of" in led or ("view_in" in led and view) or listed:
            holders[word.start], listed_from = ahead[-1].start, word.end
    return holders


def asked_of_a_party(roles: RoleReading) -> range | None:
    """Returns the place of the words that say what is asked of a party: "how large is Suriname's forest cover?".

    There is none where its statement as a document is asked about: "when did it speak?".
    """
    party = next((word for word in roles.of("who", "mention") if word.kind in NAMED), None)
    if party is None or roles.has_kind("statement", "speak_verb", "session", "meeting", "stance"):
        return None
    content = {word.start for word in roles.beside_topic()}
    # "Thank" and "praise" are words that ask, unless nothing else is asked.
    asked = [word for word in roles.of("-") if word.start in content or word.does == {"reply"}]
    owner = next((len(each) for each in POSSESSIVE if roles.text.startswith(each, party.end)), 0)
    after = [word for word in asked if word.start >= party.end] or asked
    if not after:
        return None
    begin = party.end + owner if owner and after[0].start >= party.end else after[0].start
    return range(begin, max(after[-1].end, *(word.end for word in roles.of("mention")), 0))


def asks_who_spoke_of(roles: RoleReading) -> bool:
    """Returns whether those who spoke of a party or cited an article are asked for: "who cited article 4?"."""
    named = next(iter(_named(roles)), None)
    if named is not None and roles.text.startswith(POSSESSIVE, named.end):
        return False
    # "What was said about timber?" asks no party, and so everyone, while "who mentioned timber?" is read by its words.
    frames = {"said_of"} if named is None else {"spoke_of", "said_of"}
    spoken_of = named or next(iter(roles.of("topic")), None)
    ahead = _before(roles, _items(roles), spoken_of.start) if spoken_of is not None else []
    if not ahead or not ahead[-1].kinds & frames:
        return False
    *asking, verb = ahead
    only_asks = all(item.kinds & {"who", "everyone", "states", "ask", "fill"} for item in asking)
    return only_asks and ("said_of" in verb.kinds or any(i.kinds & {"who", "everyone", "states"} for i in asking))


def speaks_of_one_party(roles: RoleReading) -> bool:
    """Returns whether one party alone is named, as the one spoken of: "what was said about Cuba?"."""
    return [word.kind in NAMED for word in _named(roles)] == [True] and asks_who_spoke_of(roles)


def spoken_of(roles: RoleReading) -> frozenset[int]:
    """Returns where the parties start that another one is asked about: "Mali's attitude to France", "mention France".

    Its name is the object of an attitude, or of a verb of speaking that follows the party asked.
    """
    objects = {part[-1].start for form, part in _attitudes(roles) if form == "towards"}
    named = [word for word in roles.of("who", "mention") if word.kind in NAMED]
    for word in named[1:]:
        ahead = _before(roles, _items(roles), word.start)
        objects |= (
            {word.start} if ahead and "spoke_of" in ahead[-1].kinds and ahead[-1].start >= named[0].end else set()
        )
    asked = {word.start for word in roles.of("who") if word.kind in NAMED} - objects
    return frozenset(word.start for word in named if asked and word.start in objects)


def asks_when_first_said(roles: RoleReading) -> bool:
    """Returns whether the first of several statements is asked for: "since when does Mali criticise the troops?".

    "Since when does Mali ban shell companies?" asks for a date that a statement tells.
    """
    topic = [*roles.of("topic")]
    beside = [item for item in _items(roles) if not any(word.start <= item.start < word.end for word in topic)]
    kinds = frozenset[str]().union(*(item.kinds for item in beside))
    return bool(kinds & {"since_when", "earliest"} and kinds & {"speak_verb", "spoke_of", "voices"})


def speak_of_each_other(roles: RoleReading) -> bool:
    """Returns whether several parties are asked about each other: "relations between Mali and France"."""
    several = sum(word.kind == "party" for word in roles.of("who")) > 1
    return several and any(form == "mutual" for form, _ in _attitudes(roles))


def compares_views(roles: RoleReading) -> bool:
    """Returns whether one party's view is compared with that of another one, outside the topic, that is named."""
    topic = [*roles.of("topic")]
    agrees = (item.start for item in _items(roles) if "agrees" in item.kinds)
    beside = any(not any(word.start <= start < word.end for word in topic) for start in agrees)
    named = {label for word, label in zip(roles.words, roles.labels, strict=True) if word.kind in NAMED}
    return beside and {"who", "mention"} <= named


def parts_subjects(roles: RoleReading, start: int, end: int) -> bool:
    """Returns whether the words in `[start, end)` begin another subject: "and about", ", and what about", "& why".

    "And about its victims" begins none, since those are victims of the subject before.
    """
    between = [item for item in lexicon_of(roles.language).items(roles.text) if start <= item.start and item.end <= end]
    written = [roles.text[item.start : item.end].strip(" ¿¡") for item in between]
    # In Arabic the conjunction is a prefix: "وعن". A comma alone parts a topic from what is asked on it: "tolls, why?".
    joints = [n for n, item in enumerate(between) if "and" in item.kinds and written[n] not in _COMMAS]
    after = (
        between[joints[0] + 1 :][:2]
        if joints
        else [i for i, text in zip(between, written, strict=True) if text[:1] == "و"]
    )
    owners = lexicon_of(roles.language, "unnamed_parties").items(roles.text, mend=False)
    owned = any(item.start == end and "possessive" in item.kinds for item in owners)
    counted = bool(joints) and any(start <= i.start < end for i in _items(roles) if "how_many" in i.kinds)
    return (counted or any(item.kinds & {"about", "ask"} for item in after)) and not owned


def counted_after(roles: RoleReading, start: int) -> int | None:
    """Returns where things that are counted are named behind a place: "how many requests"; None if none are."""
    ends = (item.end for item in _items(roles) if "how_many" in item.kinds and item.start >= start)
    return next(ends, None)


def _named(roles: RoleReading) -> list[Word]:
    return [word for word in roles.words if word.kind in (*NAMED, "article", "treaty")]


def _attitudes(roles: RoleReading) -> Iterator[tuple[str, Sequence[Item]]]:
    parties = [word.span for word in roles.words if word.span is not None and word.kind == "party"]
    return find_forms("attitudes", with_spans_as_items(_items(roles), parties, "party"))


def _items(roles: RoleReading) -> Sequence[Item]:
    return lexicon_of(roles.language, "question_frames").items(roles.text)


def _before(roles: RoleReading, items: Sequence[Item], start: int) -> list[Item]:
    """Returns the items before a name, without the articles that lead to it."""
    ahead = [item for item in items if item.end <= start]
    articles = [*takewhile(lambda i: _ARTICLE.fullmatch(roles.text[i.start : i.end]) is not None, reversed(ahead))]
    elided = ahead[: len(ahead) - len(articles)]
    return elided[:-1] if elided and roles.text[elided[-1].start : elided[-1].end].casefold() == "l" else elided
