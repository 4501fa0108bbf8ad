"""The number of States that a list names, for "how many States support fees?"."""

from dataclasses import replace

from app.answering.compose.composition import Composition
from app.answering.localization import Localization
from app.answering.verify_citations import VerifiedClaims
from app.retrieval.retrieved import Retrieved


def with_state_count(
    checked: VerifiedClaims, composed: Composition, retrieved: Retrieved, local: Localization
) -> Composition:
    """Opens a list with how many of the States with statements in scope it names, in the direction asked for.

    Groups are named beside them, and likewise those whose quotation does not surely take that direction.
    """
    asked = retrieved.direction_asked if composed.shows_directions else None
    if composed.shows_directions and asked not in ("for", "against"):
        # Those on both sides are listed, whose number nobody asked for.
        return composed
    held = {citation.number: citation.held_by for citation in checked.citations}
    found, unsure = dict[str, None](), dict[str, None]()
    for claim in checked.claims:
        holders = (claim.state or "", *(code for number in claim.citations for code in held.get(number, ())))
        into = found if asked is None or claim.direction == asked else unsure
        into.update(dict.fromkeys(filter(None, holders)))
    states = [code for code in found if local.parties.kind_of(code) == "state"]
    groups = [code for code in found if code not in states]
    in_scope = {code for summary in retrieved.statements_in_scope for code in summary.metadata.holders}
    searched = sum(local.parties.kind_of(code) == "state" for code in in_scope)
    lines = [local.say("states_counted", count=len(states), searched=searched)]
    lines += [local.say("groups_beside", groups=local.names(groups))] if groups else []
    lines += [local.say("direction_unsure", parties=local.names(unsure))] if unsure else []
    return replace(composed, opening="\n\n".join(lines))
