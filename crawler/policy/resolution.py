"""What given statements come to beside their decision: advice and labels (decision.md, door)."""

from collections.abc import Mapping
from typing import cast

from crawler.policy.model import Decision, State

Json = Mapping[str, object]


def advisory(decision: Decision) -> dict[str, str]:
    """Refusals that were heard but do not bind in the decision's profile: use to state."""
    found: dict[str, str] = {}
    for statement in decision.statements:
        use = statement.use
        heard = State(found.get(use.value, State.UNKNOWN))
        outranks = statement.state.rank > max(heard.rank, decision.states[use].rank)
        if statement.state.refuses and outranks and not statement.binds(decision.profile):
            found[use.value] = statement.state.value
    return found


def given_notes(decision: Decision, statements: object) -> dict[str, object]:
    """Evidence for statements that an input gives itself; nothing where it gives none.

    Labels (`page`) stand under their own signal and under `resolution`: kept, never a permission.
    """
    if not isinstance(statements, list):
        return {}
    rows = [row for row in cast("list[Json]", statements) if "page" in row]
    labels = [row["page"] for row in rows]
    advice = advisory(decision)
    summary = ({"advisory": advice} if advice else {}) | ({"label": labels[0]} if labels else {})
    notes: dict[str, object] = {str(row.get("signal")): {"page": row["page"]} for row in rows}
    return notes | ({"resolution": summary} if summary else {})
