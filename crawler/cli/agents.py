"""`heed agents`: the catalogue of AI product tokens, and how it differs from another list."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from crawler.errors import ConfigurationError
from crawler.policy.agents import CATALOGUE, compare, find_agent


def agents(
    token: Annotated[str | None, typer.Argument(help="One token to show.")] = None,
    diff: Annotated[Path | None, typer.Option(help="A robots.json to compare with.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the AI agents that Heed knows; show one; or compare with a newer robots.json."""
    console = Console()
    if diff is not None:
        raise typer.Exit(_print_difference(diff, as_json=as_json))
    shown = CATALOGUE if token is None else tuple(filter(None, (find_agent(token),)))
    if not shown:
        raise ConfigurationError(f"{token!r} is in no row of the catalogue.")
    rows = [
        {
            "token": agent.token,
            "operator": agent.operator,
            "roles": [role.value for role in agent.roles],
            "policy_only": agent.policy_only,
            "since": agent.since,
            "source": agent.source,
        }
        for agent in shown
    ]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("token", "operator", "roles", "fetches", "since"):
        table.add_column(heading, overflow="fold")
    for agent in shown:
        roles = ", ".join(role.value for role in agent.roles)
        table.add_row(
            agent.token, agent.operator, roles, "no" if agent.policy_only else "yes", agent.since
        )
    console.print(table)


def _print_difference(file: Path, *, as_json: bool) -> int:
    try:
        listed = json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise ConfigurationError(
            f"The list {str(file)!r} cannot be read: {error.strerror or error}."
        ) from None
    except ValueError:
        raise ConfigurationError(f"The list {str(file)!r} is no JSON.") from None
    if not isinstance(listed, dict):
        raise ConfigurationError(f"The list {str(file)!r} is no object keyed by token.")
    difference = compare(CATALOGUE, listed)
    found = {
        "added": list(difference.added),
        "removed": list(difference.removed),
        "changed": list(difference.changed),
    }
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        for kind, tokens in found.items():
            print(f"{kind} ({len(tokens)}): {', '.join(map(str, tokens)) or 'none'}")
    return 1 if any(found.values()) else 0
