"""Follow-ups that only the turn before them explains: "shorter", "the second one", "17?".

They are read by the kinds of their words (`app/question/data`): a wish for another form of the answer, the choice of a
reading that was offered, a bare number, an article of the treaty under discussion.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Final

from app.question.lexicon import SIGNS, Item, lexicon_of, lexicon_of_all
from app.question.resolution import Resolution, Restyle, Shown
from app.question.scope_fields import SUBJECT_SEPARATOR, field_of, parts_of, slots_of
from app.records import Note, Style, TreatyScope
from ingest.language.lexicons import RegexPatterns
from ingest.parties.name_tokens import fold_token
from ingest.parties.party_table import PartyTable
from ingest.treaties.references import find_paragraphs, paragraphs_of
from ingest.treaties.treaties import PROTOCOLS, article_title
from vectorstore.stems import is_function_word

_STYLES: Final[tuple[Style, ...]] = ("shorter", "points")
# Maximum length of a wish in characters, and of a choice in words: longer texts ask for more.
_MAX_WISH: Final = 100
_MAX_CHOICE_WORDS: Final = 5
# The number of a citation as an answer writes it: "[2]".
_CITATION_MARK: Final = re.compile(r"\[\s*\d+\s*\]")
_THINGS: Final = RegexPatterns("thing_pronouns")
# Kinds of words that deny what follows: "not the first".
_DENYING: Final = frozenset({"except", "left_out", "left_out_time"})
# Kinds of words that may accompany a number which is all that a follow-up says.
_BESIDE_NUMBER: Final = frozenset({"fill", "and", "ask", "about", "stop", "article", "session"})


def restyle(question: str, *, in_part: bool = False) -> Restyle | None:
    """Returns the form that a question asks for, where it asks for nothing else; None for any other question.

    `in_part` takes it from a question with other words as well, such as one that is known to ask for a form.
    """
    wanted = Restyle()
    # A wish is often too short to identify its language.
    for item in lexicon_of_all("answer_forms").items(question) if len(question) <= _MAX_WISH else ():
        style = next((name for name in _STYLES if name in item.kinds), None)
        # "un" is a filler word in French; "UN recap" is about an organization.
        if question[item.start : item.end] == "UN" and not question.isupper():
            return None
        if not (in_part or style or item.kinds & {"language", "form_filler", *SIGNS}):
            return None
        wanted = Restyle(style=style or wanted.style, language=item.values.get("language", wanted.language))
    return None if wanted == Restyle() else wanted


def wants_more(question: str) -> bool:
    """Returns whether a language only describes something else that is wanted: "make an English audio file of it"."""
    items = lexicon_of_all("answer_forms").items(question)
    bare = ("language" in item.kinds and "in_language" not in item.kinds for item in items)
    return any(named and not after.kinds for named, after in zip(bare, items[1:], strict=False))


def without_form(question: str, *, follows: bool) -> tuple[str, Restyle | None]:
    """Returns a question without the clause before or after it that asks for a form, and that form, if there is one.

    "What did Cuba say? In French, please." and "in French: …" ask for French. In a follow-up a comma ends no clause,
    since "too long, half of it" only asks for a form.
    """
    leads = [found.end() for found in re.finditer(r"[:.：。!！,،，]\s*(?=\w)", question)][:1]
    trails = [found.end() for found in re.finditer(r"[?.!;؟？。！；]\s*(?=\w)", question)][-1:]
    clauses = [(question[:cut], question[cut:]) for cut in leads] + [(question[cut:], question[:cut]) for cut in trails]
    for clause, rest in clauses if restyle(question) is None else ():
        form, paused = restyle(clause), clause.rstrip()[-1] in ",،，"
        # "In French, which statements …?" may ask for statements in French; "in brief, …" only for another form.
        if form is not None and not (paused and (follows or form.language)):
            return rest.strip(), form
    return question, None


def without_lead_in(question: str) -> str:
    """Returns a follow-up without words that only lead in to what it names: "no, I meant visas", "那么签证呢"."""
    items = lexicon_of_all("answer_forms").items(question, correct_typos=False)
    leads = takewhile(lambda item: item.kinds & {"lead_in", "denial", *SIGNS}, items)
    end = max((item.end for item in leads if "lead_in" in item.kinds), default=0)
    return question[end:].lstrip(" ,:，：、") or question


def with_topic_for_pronoun(question: str, alone: Resolution, before: Resolution) -> str:
    """Returns a follow-up with the topic before in place of a pronoun: "who wants to abolish the veto?" for "… it?".

    That is done where the topic of the turn is such a verb; of "who supports it?" the topic before is all of it.
    """
    topic, language = before.scope.topic, alone.scope.language
    known = before.wording.language if before.wording is not None else before.scope.language
    found = getattr(_THINGS, language).search(question) if alone.scope.topic and language == known else None
    if found is None or not topic or SUBJECT_SEPARATOR in topic:
        return question
    begin = question.find(alone.scope.topic)
    if not (begin >= 0 and found.start() <= begin + len(alone.scope.topic) and begin < found.end()):
        return question
    object_of = "" if language == "zh" else " "
    return f"{question[: found.start()]}{found['verb']}{object_of}{topic}{question[found.end() :]}"


def citation_asked(question: str, before: Resolution, shown: Shown | None) -> int | None:
    """Returns the number of the one citation of the answer before that a follow-up asks for: "only the second", "[2]".

    After a question on a session or an article, "and the third?" asks for another one, unless it speaks of a quotation.
    """
    items = lexicon_of(before.scope.language, "answer_forms").items(question) if len(question) <= _MAX_WISH else ()
    marked = _CITATION_MARK.search(question) is not None
    # "Only 2" may mean the citation with that number, "2" alone may mean anything.
    named = marked or any(item.kinds & {"citation", "citation_filler"} for item in items)
    digits = [
        item for item in items if named and question[item.start : item.end].isdecimal() and "number" in item.kinds
    ]
    chosen = [item for item in items if "ordinal" in item.kinds] + digits
    allowed = {"ordinal", "citation", "citation_filler", "form_filler", *SIGNS}
    if len(chosen) != 1 or not all(item.kinds & allowed for item in items if item not in digits):
        return None
    other = before.unclear is not None or bool(before.scope.sessions or before.scope.treaties)
    quoted = before.unclear is None and (marked or any("citation" in item.kinds for item in items))
    nothing_shown = shown is not None and not shown.sentences
    return None if nothing_shown or (other and not quoted) else chosen[0].number("ordinal", "number")


def chosen_option(reply: str, name: str | None, options: Sequence[str], language: str, parties: PartyTable) -> str:
    """Returns the option that a short reply to a counter-question about `name` means, else the reply as it is.

    "The first" refers to the order in which the options were shown; "the Democratic one" and "South" name one. "Not the
    first" means the other one of two.
    """
    words = re.findall(r"[\w']+", reply)
    if name is None or not options or not words or len(words) > _MAX_CHOICE_WORDS or parties.find(reply):
        return reply
    lexicon = lexicon_of(language)
    items = lexicon.items(reply)

    def meant(place: int, named: Sequence[Item]) -> str:
        denied = _is_denied(items, named)
        if denied is None:
            return reply
        left = [option for option in options if (option == options[place]) != denied]
        return left[0] if len(left) == 1 else reply

    places: dict[int, Item] = {}
    for item in items:
        # "Second" and "2" are positions, "one" in "the Democratic one" is not.
        if "ordinal" in item.kinds or ("number" in item.kinds and reply[item.start : item.end].isdecimal()):
            places[item.number("ordinal", "number") - 1] = item
        elif pick := {"earliest", "latest"} & {*item.kinds, item.values.get("pick_alone")}:
            places[0 if pick == {"earliest"} else len(options) - 1] = item
    if places:
        (place, *others) = places
        return meant(place, [places[place]]) if not others and 0 <= place < len(options) else reply
    reply_words = {fold_token(word) for word in words if "fill" not in lexicon.kinds_of(word)}
    shared = [reply_words & {fold_token(word) for word in re.findall(r"[\w']+", option)} for option in options]
    most = max(shared, key=len)
    if most and [*map(len, shared)].count(len(most)) == 1:
        spans = [word.span() for word in re.finditer(r"[\w']+", reply) if fold_token(word[0]) in most]
        named = [item for item in items if any(item.start < end and start < item.end for start, end in spans)]
        return meant(shared.index(most), named)
    whole = f"{reply.strip()} {name}"
    return whole if _is_denied(items, items[-1:]) is False and len(parties.resolve(whole).codes) == 1 else reply


def _is_denied(items: Sequence[Item], named: Sequence[Item]) -> bool | None:
    """Returns whether a reply denies what it names, as "not the first" does; None if it may do either.

    "No, the first" denies nothing, since a pause ends the denial; "without doubt the first" and "why not the first?"
    may do either.
    """
    if not named:
        return None
    start, end = items.index(named[0]), items.index(named[-1])

    def clause(side: Sequence[Item]) -> list[Item]:
        return [*takewhile(lambda item: not item.kinds & {"and", "stop"}, side)]

    before, beside = clause(items[:start][::-1]), [*items[start : end + 1], *clause(items[end + 1 :])]
    direct = next((item for item in before if "fill" not in item.kinds), None)
    denials = [item for item in (*before, *beside) if item.kinds & _DENYING and item not in named]
    if not denials:
        return False
    return True if denials == [direct] and not any("ask" in item.kinds for item in before) else None


def by_number(alone: Resolution, before: Resolution) -> Resolution:
    """Reads a bare number by what was asked about before: "17?" as an article, "and the eleventh?" as a session."""
    items = lexicon_of(alone.scope.language).items(alone.question)
    numbers = [item for item in items if item.kinds & {"number", "ordinal", "roman"}]
    if len(numbers) != 1 or not all(item.kinds & _BESIDE_NUMBER for item in items if item not in numbers):
        return alone
    number = str(numbers[0].number("number", "ordinal", "roman"))
    treaty = next((each.treaty for each in before.scope.treaties if article_title(each.treaty, number)), None)
    # `all_states` of a bare number is a guess from its kind; what the number stands for takes precedence.
    alone = replace(alone, scope=replace(alone.scope, all_states=False))
    if slots_of(alone) - {"topic"} or not (before.scope.sessions or treaty):
        return alone
    sessions = (number,) if before.scope.sessions else ()
    treaties = () if sessions or treaty is None else (TreatyScope(treaty=treaty, articles=(number,)),)
    return replace(alone, scope=replace(alone.scope, topic="", sessions=sessions, treaties=treaties), unnamed=False)


def by_treaty(alone: Resolution, before: Resolution) -> Resolution:
    """Reads "article 4" and "the Protocol" as of the one Protocol discussed, and a treaty alone as of its article."""
    own, articles = alone.scope.treaties, parts_of("treaties", before.scope)
    if not before.scope.topic and slots_of(alone) == {"treaty"} and len(own) == 1 and not own[0].articles:
        # "And of the UNCAC?" after article 16 asks about the article of that number.
        code = own[0].treaty
        same = [(code, number, named) for _, number, named in articles if number and article_title(code, number)]
        treaties = field_of("treaties", [(code, "", ""), *same])
        alone = replace(alone, scope=replace(alone.scope, treaties=treaties))
    about = {treaty.treaty for treaty in before.scope.treaties}
    named = {treaty.treaty for treaty in alone.scope.treaties}
    if len(about) != 1 or not about <= set(PROTOCOLS) or not (alone.assumed_treaty or named == set(PROTOCOLS)):
        return alone
    (code,) = about
    numbers = [(number, named) for _, number, named in parts_of("treaties", alone.scope) if number]
    in_protocol = [(code, number, named) for number, named in numbers if article_title(code, number)]
    if numbers and not in_protocol:
        return alone
    return replace(alone, scope=replace(alone.scope, treaties=field_of("treaties", [(code, "", ""), *in_protocol])))


def by_paragraph(alone: Resolution, before: Resolution) -> Resolution:
    """Reads "and paragraph 5?" and "what did Cuba say about paragraph 5?" as of the article asked about before."""
    named, scope = find_paragraphs(alone.question), alone.scope
    articles = [part for part in parts_of("treaties", before.scope) if part[1]]
    if not (named and articles) or scope.agenda_items or any(treaty.articles for treaty in scope.treaties):
        return alone
    paragraphs = [paragraph for each in named for paragraph in paragraphs_of(each.paragraph or "")]
    treaties = field_of("treaties", [(*part[:2], paragraph) for part in articles for paragraph in paragraphs])
    words = [alone.question[each.start : each.end].strip() for each in named]
    topic = "" if any(scope.topic in each or each in scope.topic for each in words) else scope.topic
    return replace(alone, scope=replace(scope, treaties=treaties, topic=topic))


def with_other_object(alone: Resolution, before: Resolution, parties: PartyTable) -> Resolution:
    """Reads "and against Iran?" after "sanctions against Iraq" as of sanctions against Iran, and else as it is."""
    topic, scope = before.scope.topic, alone.scope
    named = [match for match in parties.find(topic, before.scope.language) if {*match.codes} <= {*before.topic_parties}]
    found = parties.find(alone.question, scope.language)
    items = lexicon_of(scope.language, "question_patterns").items(alone.question[: found[0].start]) if found else []
    only = len(found) == 1 and found[0].code is not None and not alone.question[found[0].end :].strip(" ?？؟.呢")
    beside = [item for item in items if not item.kinds & {"against", "and", "fill", *SIGNS}]
    joins = all(is_function_word(alone.question[item.start : item.end], scope.language) for item in beside)
    against = joins and any("against" in item.kinds for item in items)
    if len(named) != 1 or not (only and against):
        return alone
    topic = f"{topic[: named[0].start]}{found[0].text}{topic[named[0].end :]}"
    return replace(
        alone,
        scope=replace(scope, states=(), groups=(), topic=topic, all_states=False),
        topic_parties=found[0].codes,
        party_notes=(Note(kind="topic_party", values={"party": found[0].codes[0]}),),
        wording=None,
        stance=before.stance,
        kind_chance=0.0,
    )
