"""svp selfcheck: the proof, on the servers in use, that kills lose nothing and double nothing."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from svp.cli.common import JsonOption, emit, settings_from, terminal_progress
from svp.cli.tables import new_table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from warehouse.selfcheck import SelfCheck

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(selfcheck)


def selfcheck(
    context: typer.Context,
    *,
    kills: Annotated[
        int, typer.Option(min=0, help="Loads killed at random moments, beside one at every step.")
    ] = 5,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Decides the random moments; printed, to repeat them.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Prove that killed runs and their repeats leave what runs that were not killed leave.

    A generated sample is loaded, replayed, taken back and refreshed on your servers, in two workspaces of its own
    that are removed afterwards: once without a kill, and once killed at every named step and at random moments,
    each time repeated. Then all three stores are compared by hash. Exit 6 if one differs.

    \b
    Example: svp selfcheck --kills 100
    """
    from warehouse.selfcheck import self_check

    settings = settings_from(context)
    chosen = secrets.randbelow(1_000_000) if seed is None else seed
    with terminal_progress() as progress:
        found = self_check(settings, random_kills=kills, seed=chosen, progress=progress)
    facts = {"seed": chosen, **asdict(found)}
    emit(facts, as_json=as_json, show=lambda: _tables(found, chosen))
    found.require_agreement()


def _tables(found: SelfCheck, seed: int) -> RenderableType:
    from rich.console import Group

    killed = new_table("killed", "kills", "left as", title="Kills", numbers=("kills",))
    moments = Counter(
        (kill.action, kill.moment if kill.moment.startswith("when") else "at random", kill.state)
        for kill in found.kills
    )
    for (action, moment, state), number in moments.items():
        killed.add_row(f"{action}, {moment}", f"{number}", state)
    stores = new_table(
        "store", "rows", "after kills and repeats", title="Stores", numbers=("rows",)
    )
    for store in found.stores:
        same = ", ".join(store.differing) or "the same as without a kill"
        stores.add_row(store.store, f"{store.rows:,}", same)
    line = f"{len(found.kills)} runs killed and repeated in {found.seconds:.0f} s (--seed {seed})"
    return Group(killed, stores, line)
