"""Patterns that decide whose words a question asks for, where the tagger alone is often wrong: words around a name.

In "according to Chile, what does Peru refuse?" Chile speaks and Peru is the topic; in "who spoke of Cuba?" Cuba is; and
"does Chile agree with Peru on tolls?" compares both. Others ask who was silent. The words are in
`question_patterns.yaml` and `who_was_silent.yaml` of `app/question/data`.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, takewhile
from typing import Final

from app.question.lexicon import SIGNS, Item, find_forms, is_article, lexicon_of, lexicon_of_all
from app.question.role_tagger.network import NO_ROLE, RoleReading
from app.question.role_tagger.words import Word
from app.question.spans.span import NAMED, POSSESSIVE, with_spans_as_items
from vectorstore.stems import is_function_word

# Kinds of words for what a party says or thinks.
_OF_OPINION: Final = frozenset({"stance", "statement", "speak_verb", "attitude", "opinion", "relation", "view_of"})

# Kinds of words for what a party does when it speaks.
_OF_VERBS: Final = frozenset({"stance", "speak_verb", "spoke_of", "voices"})

# Kinds of words within a group's name, beside unknown words: "of", "for", "States".
_IN_NAMES_OF_GROUPS: Final = frozenset({"fill", "states", "other_treaty", "by", "between", "since"})

# Kinds of words that deny what follows: "not the group", "except in 2010".
DENIALS: Final = frozenset({"except", "left_out", "left_out_clause", "left_out_time"})


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
    if party is None or roles.has_word_kind("statement", "speak_verb", "session", "meeting", "stance"):
        return None
    content = {word.start for word in roles.beside_topic()}
    # "Thank" and "praise" are words that ask, unless nothing else is asked.
    asked = [word for word in roles.of(NO_ROLE) if word.start in content or word.lexicon_kinds == {"reply"}]
    owner = next((len(each) for each in POSSESSIVE if roles.text.startswith(each, party.end)), 0)
    after = [word for word in asked if word.start >= party.end] or asked
    if not after:
        return None
    begin = party.end + owner if owner and after[0].start >= party.end else after[0].start
    return range(begin, max(after[-1].end, *(word.end for word in roles.of("mention")), 0))


def noun_asked_for(roles: RoleReading) -> range | None:
    """Returns the place of a noun that is asked for beside the topic: "what is Mali's reply time for requests?".

    None where it stands for what a party says or thinks, such as "position" or "concern".
    """
    items = _items(roles)
    asking = next((item for item in items if not item.kinds & SIGNS), None)
    party = next((word for word in roles.of("who") if word.kind in NAMED), None)
    topic = next(roles.of("topic"), None)
    if asking is None or "what_is" not in asking.kinds or party is None or topic is None or party.start > topic.start:
        return None
    # "Mali's deadline for requests", "the deadline of Mali for requests".
    owned = roles.text.startswith(POSSESSIVE, party.end)
    begin, end = (party.end + len("'s"), topic.start) if owned else (asking.end, party.start)
    noun = [word for word in roles.of(NO_ROLE) if begin <= word.start < end and not word.lexicon_kinds & {"fill", "by"}]
    noun = [word for word in noun if word.kind == "word" and is_article(word.text) is None]
    of_opinion = _kinds_of([item for item in items if begin <= item.start < end]) & _OF_OPINION
    # "What did Mali ask for", in Arabic "what is that which Mali asks for", has no noun.
    clause = any(word.is_content and is_function_word(word.text, roles.language) for word in noun)
    if of_opinion or clause or not any(word.is_content for word in noun):
        return None
    return range(noun[0].start, end if owned else noun[-1].end)


def counts_states(roles: RoleReading) -> bool:
    """Returns whether it asks how many States say or want something: "how many States support fees?"."""
    if any(word.kind == "party" for word in roles.of("who")):
        return False
    sets = [word.span for word in roles.words if word.span is not None and word.kind == "set"]
    items = [item for item in with_spans_as_items(_items(roles), sets, "set") if not item.kinds & {"fill", "of", "by"}]
    for at, (asking, counted) in enumerate(pairwise(items)):
        if "how_many" in asking.kinds and counted.kinds & {"states", "state", "set"}:
            return bool(_kinds_of(items[at + 2 :]) & _OF_VERBS)
    return False


def asks_which_sessions(roles: RoleReading) -> bool:
    """Returns whether the sessions are asked for in which a party spoke: "in which sessions did Mali speak?"."""
    items = [item for item in _items(roles) if not item.kinds & {"fill"}]
    which = any("which" in one.kinds and other.kinds & {"session", "meeting"} for one, other in pairwise(items))
    alone = not roles.follows and "topic" not in roles.labels
    return which and alone and any(word.kind in NAMED for word in roles.of("who"))


def asks_groups(roles: RoleReading) -> bool:
    """Returns whether groups of States alone are asked: "which groups support fees?", not "which groups and States"."""
    items = [item for item in _beside_topic(roles, _items(roles)) if not item.kinds & {"fill", "of", "by"}]
    for at, (asking, noun) in enumerate(pairwise(items)):
        if asking.kinds & {"which", "what_is", "ask", "everyone"} and "groups" in noun.kinds:
            after = items[at + 2 :]
            says = next((each for each, item in enumerate(after) if item.kinds & _OF_VERBS), None)
            return says is not None and not _kinds_of(after[:says]) & {"and", "states", "state"}
    return False


def group_named(roles: RoleReading) -> str:
    """Returns the name of a group of States that no lookup knows: "the Group of Coastal States"; empty without one.

    It is a noun for a group with words for States and others: "the group of States" and "of experts" name none.
    """
    for noun in (item for item in _beside_topic(roles, _items(roles)) if "groups" in item.kinds):
        behind = takewhile(_may_name_group, (word for word in roles.words if word.end > noun.start))
        ahead = takewhile(_is_unknown, (word for word in reversed(roles.words) if word.end <= noun.start))
        run = [*([*ahead][::-1] if roles.language == "zh" else ()), *behind]
        last = max((at for at, word in enumerate(run) if not is_function_word(word.text, roles.language)), default=0)
        own = [word for word in run[: last + 1] if word.start >= noun.end or word.end <= noun.start]
        of_states = any("states" in word.lexicon_kinds for word in run)
        if of_states and any(_is_unknown(word) and word.is_content for word in own):
            return roles.piece(run[0].start, run[last].end)
    return ""


def _may_name_group(word: Word) -> bool:
    return word.kind == "word" and word.lexicon_kinds <= _IN_NAMES_OF_GROUPS


def _is_unknown(word: Word) -> bool:
    return word.kind == "word" and not word.lexicon_kinds


def as_list_of_states(text: str, language: str) -> str:
    """Returns a question that counts States as one that lists them: "which States support fees?"."""
    items = lexicon_of(language, "question_patterns").items(text)
    asking = next((item for item in items if "how_many" in item.kinds), None)
    if asking is None:
        return text
    counted = text[asking.end :].lstrip(" ’'")
    return f"{text[: asking.start]}{asking.values['how_many']}{'' if language == 'zh' else ' '}{counted}"


def asks_who_spoke_of(roles: RoleReading) -> bool:
    """Returns whether those who spoke of a party or cited an article are asked for: "what was said about Cuba?"."""
    named = next(iter(_named(roles)), None)
    if named is None or roles.text.startswith(POSSESSIVE, named.end):
        return False
    ahead = _before(roles, _items(roles), named.start)
    asking = {"who", "everyone", "states"}
    allowed = {*asking, "ask", "fill", "speak_verb", "impersonal"}
    if not ahead or not all(item.kinds & allowed for item in ahead[:-1]):
        return False
    kinds = _kinds_of(ahead[:-1])
    by_nobody = "impersonal" in kinds and ahead[-1].kinds & {"about", "of"}
    return bool(by_nobody or ("spoke_of" in ahead[-1].kinds and kinds & asking))


def asks_who_said(roles: RoleReading) -> bool:
    """Returns whether it begins by asking who said something: "who said that …?", "which States mention …?"."""
    asking = {"who", "everyone", "states"}
    begun = [item for item in _items(roles) if item.kinds & asking or not item.kinds & {"ask", "fill", *SIGNS}][:2]
    return len(begun) > 1 and bool(begun[0].kinds & asking) and "speak_verb" in begun[1].kinds


def asks_everyone_of_topic(roles: RoleReading) -> bool:
    """Returns whether a topic is asked about and nobody is: "what was said about timber?", "what about shelters?"."""
    named = any(word.kind in NAMED for word in roles.of("who", "mention", "not"))
    if named or roles.follows or "topic" not in roles.labels:
        return False
    patterns, unnamed = (lexicon_of(roles.language, name) for name in ("question_patterns", "unnamed_parties"))
    asking = _beside_topic(roles, patterns.items(roles.text))
    kinds = _kinds_of([*asking, *_beside_topic(roles, unnamed.items(roles.text))])
    # "Говорилось о" is also what leads to the object of a verb of speaking.
    kinds = kinds.union(*(patterns.kinds_of(word.text) for word in roles.of(NO_ROLE)))
    plain = all(item.kinds & {"ask", "about", "fill", *SIGNS} for item in asking)
    owned = any(
        roles.text.startswith(POSSESSIVE, word.end) for word in roles.of(NO_ROLE) if "ask" not in word.lexicon_kinds
    )
    of_someone = owned or kinds & {"pronoun", "possessive", "of_them", "state", "attitude"}
    return not of_someone and ("impersonal" in kinds or plain)


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


def is_place(roles: RoleReading, name: Word) -> bool:
    """Returns whether a name that no lookup knows belongs to a common noun, or is where something is.

    "The laboratory in Ostrel", "the Kelvane bridge", "el puerto de Valdora"; whoever speaks is none, such as "the
    Freedonia mission", "el ministro de Freedonia", and "the delegation of Freedonia".
    """
    ahead = [word for word in roles.words if word.end <= name.start]
    behind, verb = [*(word for word in roles.words if word.start > name.start), None, None][:2]
    articles = [is_article(word.text) is not None for word in ahead]
    plain = [word for word, article in zip(ahead, articles, strict=True) if not article]
    if not plain:
        return False
    of = "of" in lexicon_of(roles.language, "question_patterns").kinds_of(plain[-1].text)
    of_noun = of and any(word.is_content for word in plain[-2:-1])
    before = plain[-3:-2] if of_noun else plain[-2:-1]
    if any(word is not None and "speak_verb" in word.lexicon_kinds for word in (*before, verb)):
        return False
    # "The Kelvane bridge", "le col Kantegar"; a verb before its subject has no article: "¿cuándo ratificó Freedonia …".
    before_noun = articles[-1] and behind is not None and behind.is_content and behind.text.islower()
    behind_noun = any(articles[-2:-1]) and ahead[-1].is_content and ahead[-1].text.islower()
    return "place" in plain[-1].lexicon_kinds or of_noun or before_noun or behind_noun


def asks_when_first_said(roles: RoleReading) -> bool:
    """Returns whether the first of several statements is asked for: "since when does Mali criticise the troops?".

    "Since when does Mali ban shell companies?" asks for a date that a statement tells.
    """
    kinds = _kinds_of(_beside_topic(roles, _items(roles)))
    return bool(kinds & {"since_when", "earliest"} and kinds & {"speak_verb", "spoke_of", "voices"})


def asks_for_cause(roles: RoleReading) -> bool:
    """Returns whether it asks what caused something: "what made them change?"."""
    return "cause" in _kinds_of(_beside_topic(roles, _items(roles)))


def speak_of_each_other(roles: RoleReading) -> bool:
    """Returns whether several parties are asked about each other: "relations between Mali and France"."""
    several = sum(word.kind == "party" for word in roles.of("who")) > 1
    return several and any(form == "mutual" for form, _ in _attitudes(roles))


def compares_views(roles: RoleReading) -> bool:
    """Returns whether one party's view is compared with that of another one, outside the topic, that is named."""
    agrees = "agrees" in _kinds_of(_beside_topic(roles, _items(roles)))
    named = {label for word, label in zip(roles.words, roles.labels, strict=True) if word.kind in NAMED}
    return agrees and {"who", "mention"} <= named


def only_corrects(roles: RoleReading) -> bool:
    """Returns whether a follow-up only puts right whom or what is asked about: "not the group", "not 2019, 2020".

    It begins with a denial, and its other words are names or the topic; "not in favour?" and "who does not?" ask.
    """
    items = lexicon_of(roles.language, "unnamed_parties").items(roles.text)
    opening = next((item.kinds for item in items if not item.kinds & {*SIGNS, "and", "fill"}), frozenset[str]())
    if not (roles.follows and opening & DENIALS) or _kinds_of(items) & {"ask", "everyone", "stance", "speak_verb"}:
        return False
    known = [item for item in items if item.kinds]
    return all(any(item.start <= word.start < item.end for item in known) for word in roles.beside_topic())


def asks_who_was_silent(question: str) -> bool:
    """Returns whether a negated question asks who said nothing on the topic, rather than who denied it.

    "Which States did not mention corruption?" asks who said nothing; "which States do not extradite their nationals?"
    asks who says that it does not. The words of all languages are in `app/question/data/who_was_silent.yaml`.
    """
    kinds = [item.kinds for item in lexicon_of_all("who_was_silent").items(question, correct_typos=False)]
    verb = next((at for at, each in enumerate(kinds) if "saying" in each), 0)
    return any("silent" in each for each in kinds) or any("denied" in each for each in kinds[:verb])


def has_verb_of_saying(question: str) -> bool:
    """Returns whether a question has a verb of saying: "which States mentioned corruption?"."""
    items = lexicon_of_all("who_was_silent").items(question, correct_typos=False)
    return any("saying" in item.kinds for item in items)


def names_silence(roles: RoleReading) -> bool:
    """Returns whether a word for silence is outside the topic: "which States kept quiet about corruption?"."""
    items = lexicon_of_all("who_was_silent").items(roles.text, correct_typos=False)
    silent = [item.start for item in items if "silent" in item.kinds]
    return any(not any(word.start <= start < word.end for word in roles.of("topic")) for start in silent)


def _named(roles: RoleReading) -> list[Word]:
    return [word for word in roles.words if word.kind in (*NAMED, "article", "treaty")]


def _attitudes(roles: RoleReading) -> Iterator[tuple[str, Sequence[Item]]]:
    parties = [word.span for word in roles.words if word.span is not None and word.kind == "party"]
    return find_forms("attitudes", with_spans_as_items(_items(roles), parties, "party"))


def _items(roles: RoleReading) -> Sequence[Item]:
    return lexicon_of(roles.language, "question_patterns").items(roles.text)


def _beside_topic(roles: RoleReading, items: Sequence[Item]) -> list[Item]:
    topic = [*roles.of("topic")]
    return [item for item in items if not any(word.start <= item.start < word.end for word in topic)]


def _kinds_of(items: Sequence[Item]) -> frozenset[str]:
    return frozenset[str]().union(*(item.kinds for item in items))


def _before(roles: RoleReading, items: Sequence[Item], start: int) -> list[Item]:
    """Returns the items before a name, without the articles that lead to it."""
    ahead = [item for item in items if item.end <= start]
    articles = [*takewhile(lambda i: is_article(roles.text[i.start : i.end]) is not None, reversed(ahead))]
    elided = ahead[: len(ahead) - len(articles)]
    return elided[:-1] if elided and roles.text[elided[-1].start : elided[-1].end].casefold() == "l" else elided
