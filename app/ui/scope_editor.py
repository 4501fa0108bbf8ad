"""The scope editor of the Ask tab: its fields, what they offer for an answer, and the overrides that they make."""

import re
from collections.abc import Collection, Sequence
from functools import partial
from typing import Any, Final, get_args

import gradio as gr

from app.corpus.corpus import Corpus
from app.question.scope_fields import number_runs
from app.records import Pick, Scope
from app.ui.parts import box, label, several
from app.ui.scope_chips import Overrides, single_numbers, treaties_json, treaty_values, value_label
from app.ui.words import language, say
from ingest.parties.regions import regions

# The fields, in the order in which `build_editor` returns them.
FIELDS: Final = tuple(
    "states members_of excluded treaties years months sessions bodies agenda_items pick since until topic".split()
)
_MONTH: Final = re.compile(r"\d{4}-\d{2}")


def build_editor() -> tuple[gr.Accordion, list[gr.Dropdown | gr.Textbox], gr.Button, gr.Button]:
    """Lays out the editor; returns it, its fields, and its buttons to apply them and to ask as read."""
    with gr.Accordion(label("edit-scope"), open=False, visible=False, elem_id="scope-editor") as accordion:
        with gr.Row():
            who = [several("states-and-groups", 220), several("chip-members_of", 160), several("chip-excluded", 160)]
            articles = several("articles", 220, info=label("articles-such-as"), allow_custom_value=True)
        with gr.Row():
            dates = [several("years", 140), several("months", 140)]
            ends = [box("since-label", 140, placeholder="2018, 2018-10"), box("until-label", 140, placeholder="2020")]
            sessions, agenda_items = several("sessions", 140), several("choose-agenda-items", 140)
        with gr.Row():
            bodies = several("bodies", 220)
            pick = gr.Dropdown(label=label("statements"), choices=[""], value="", min_width=140)
            topic = box("topic-words", 220)
        with gr.Row():
            apply = gr.Button(label("ask-with-scope"), variant="primary", size="sm", min_width=200)
            reset = gr.Button(label("ask-as-read"), size="sm", min_width=200)
    return accordion, [*who, articles, *dates, sessions, bodies, agenda_items, pick, *ends, topic], apply, reset


def field_values(scope: Scope, corpus: Corpus) -> list[Any]:
    """Fills the fields with a scope, and with what the corpus offers beside it."""
    stored = [summary.metadata for summary in corpus.documents()]
    names = partial(corpus.party_name, language=language())
    codes = {*scope.named_parties, *(code for metadata in stored for code in metadata.holders)}
    parties = sorted((names(code), code) for code in codes)
    sets = sorted((value_label("members_of", code, names), code) for code in {*regions(), *scope.members_of})
    excluded = {*parties, *sets, *((value_label("excluded", code, names), code) for code in scope.excluded)}
    articles = treaty_values(scope)
    # An interval is edited by its two ends, so its years are not listed.
    runs = [] if scope.interval else number_runs(scope.years)
    years = sorted({year for metadata in stored for year in map(str, metadata.years)} | set(runs))
    columns = (
        ({m.date[:7] for m in stored if m.date and _MONTH.match(m.date)}, scope.months),
        ({m.session for m in stored if m.session}, scope.sessions),
        ({m.body for m in stored if m.body}, scope.bodies),
        ({m.agenda_item for m in stored if m.agenda_item}, scope.agenda_items),
    )
    offered: list[tuple[list[Any], Sequence[str]]] = [
        (parties, scope.named_parties),
        (sets, scope.members_of),
        (sorted(excluded), scope.excluded),
        (articles, articles),
        ([(value_label("years", value, names), value) for value in years], runs),
        *((_sorted({*held, *asked}), asked) for held, asked in columns),
    ]
    dropdowns = [gr.Dropdown(choices=choices, value=[*value]) for choices, value in offered]
    picks = [(say("pick-all"), ""), *((say(f"pick-{pick}"), pick) for pick in get_args(Pick))]
    since, until = scope.interval or (None, None)
    return [*dropdowns, gr.Dropdown(choices=picks, value=scope.pick or ""), since or "", until or "", scope.topic]


def overrides_of(values: Sequence[Any], scope: Scope, corpus: Corpus) -> Overrides:
    """Returns the overrides of an answer's scope that the values of the fields make."""
    edited = dict(zip(FIELDS, values, strict=True))
    ends = [edited.pop(end).strip() or None for end in ("since", "until")]
    groups = {summary.metadata.on_behalf_of for summary in corpus.documents()} | set(scope.groups)
    return edited | {
        "states": [code for code in edited["states"] if code not in groups],
        "groups": [code for code in edited["states"] if code in groups],
        "treaties": treaties_json(edited["treaties"]),
        "years": [*single_numbers(edited["years"])],
        "pick": edited["pick"] or None,
        "interval": ends if any(ends) else None,
    }


def _sorted(values: Collection[str]) -> list[str]:
    """Returns numbers by size, then words."""
    return sorted(values, key=lambda value: (int(value), "") if value.isdecimal() else (10**9, value))
