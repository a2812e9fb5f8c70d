"""``svp verify --rebuild``: the aggregates as they are, and as a full rebuild makes them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

from svp.cli.common import emit, terminal_progress
from svp.cli.tables import rows_table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from svp.settings import Settings
    from warehouse.rebuild import RebuildComparison, SliceDifference

__all__ = ["compare_with_rebuild"]

SHOWN_DIFFERENCES = 10

TABLE_COLUMNS = ("table", "slices", "rows", "differing", "pending", "purged")
DIFFERENCE_COLUMNS = ("table", "slice_key", "kept_rows", "rebuilt_rows")


def compare_with_rebuild(settings: Settings, *, as_json: bool) -> tuple[bool, bool]:
    """Print what a rebuild makes otherwise; return whether it does, and whether any slice is pending."""
    from warehouse.rebuild import verify_rebuild

    workspace = settings.workspace.name
    with terminal_progress() as progress:
        found = verify_rebuild(settings, progress=progress)
    emit(
        facts(workspace, found),
        as_json=as_json,
        show=lambda: tables(workspace, found),
    )
    return bool(found.differences), bool(found.pending_slices)


def facts(workspace: str, found: RebuildComparison) -> dict[str, object]:
    """Return what a rebuild found, for machines."""
    return {
        "workspace": workspace,
        "agree": not found.differences,
        "tables": [
            {
                "table": each.table,
                "slices": each.slices,
                "rows": each.rows,
                "differing_slices": len(each.differences),
                "pending_slices": [slice_name(key) for key in each.pending_slices],
                "purged_slices": [slice_name(key) for key in each.purged_slices],
            }
            for each in found.tables
        ],
        "differences": [slice_facts(each) for each in found.differences],
    }


def slice_facts(difference: SliceDifference) -> dict[str, object]:
    """Return a slice that differs, with its day as people write it."""
    return {**asdict(difference), "slice_key": slice_name(difference.slice_key)}


def slice_name(key: int) -> str:
    """Return the day, or the first day of the month, that a slice has as yyyymmdd; any other key as it is."""
    try:
        return date.fromisoformat(f"{key}").isoformat()
    except ValueError:
        return f"{key}"


def tables(workspace: str, found: RebuildComparison) -> RenderableType:
    """Return what a rebuild found, for people."""
    from rich.console import Group
    from rich.text import Text

    rows = [
        {
            "table": each.table,
            "slices": each.slices,
            "rows": each.rows,
            "differing": len(each.differences),
            "pending": len(each.pending_slices),
            "purged": len(each.purged_slices),
        }
        for each in found.tables
    ]
    shown: list[RenderableType] = []
    if found.slices:
        shown.append(rows_table(rows, TABLE_COLUMNS, title="Rebuilt from the facts"))
    if found.differences:
        title = f"Slices that differ (the first {SHOWN_DIFFERENCES}; --json has all)"
        first = [slice_facts(each) for each in found.differences[:SHOWN_DIFFERENCES]]
        shown.append(rows_table(first, DIFFERENCE_COLUMNS, title=title))
    shown.append(Text(f"workspace {workspace}: {conclusion(found)}"))
    return Group(*shown)


def conclusion(found: RebuildComparison) -> str:
    """Return what a rebuild found, in one line."""
    left_out = f"; {found.pending_slices:,} are pending" if found.pending_slices else ""
    if found.purged_slices:
        left_out += f"; {found.purged_slices:,} are left out, as purged days feed them"
    if not found.slices:
        return f"nothing to compare{left_out}"
    if not found.differences:
        return f"all {found.slices:,} slices are as a full rebuild makes them{left_out}"
    mend = "'svp warehouse refresh --from DAY --to DAY' makes them again"
    return f"{len(found.differences):,} of {found.slices:,} slices differ from a full rebuild{left_out}; {mend}"
