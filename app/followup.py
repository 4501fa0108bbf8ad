"""Follow-ups: what a question takes over from the turns before it."""

from dataclasses import replace

from app.resolution import Resolution


def carry(current: Resolution, previous: Resolution | None) -> Resolution:
    """Takes over from the turn before what a follow-up leaves out."""
    if previous is None or current.unclear:
        return current
    scope, kept = current.scope, []
    named = scope.states or scope.groups or current.open
    if not named and (previous.scope.states or previous.scope.groups):
        scope = replace(scope, states=previous.scope.states, groups=previous.scope.groups)
        kept.append("states")
    about = scope.topic or scope.treaties or scope.agenda_items
    if not about:
        scope = replace(
            scope,
            topic=previous.scope.topic,
            treaties=previous.scope.treaties,
            agenda_items=previous.scope.agenda_items,
        )
        kept.append("topic")
    when = scope.years or scope.sessions or scope.bodies
    if not when and kept == ["topic"] and (previous.scope.years or previous.scope.sessions or previous.scope.bodies):
        # "and Austria?" asks the same of another State, so the occasion stays as well.
        scope = replace(
            scope, years=previous.scope.years, sessions=previous.scope.sessions, bodies=previous.scope.bodies
        )
        kept.append("years")
    return replace(current, scope=replace(scope, kept=tuple(kept)), has_frame=True)
