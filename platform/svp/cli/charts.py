"""A picture where people would look rather than read: columns drawn with block characters."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["column_chart"]

BLOCKS = " ▁▂▃▄▅▆▇█"
EIGHTHS = len(BLOCKS) - 1


def column_chart(
    values: Sequence[float], *, title: str, first: str, last: str, rows: int = 6, columns: int = 84
) -> str:
    """Return one column per value, the highest ``rows`` lines tall, with its scale at the left.

    Args:
        values: what is drawn, oldest first; only the last ``columns`` are.
        title: the line above.
        first: label under the first column.
        last: label under the last column.
        rows: height of the tallest column, in lines.
        columns: width of the picture, in characters.
    """
    shown = list(values)[-columns:]
    width = max(1, columns // max(1, len(shown)))
    top = max(shown, default=0) or 1
    heights = [round(value / top * rows * EIGHTHS) for value in shown]
    scale = len(f"{top:,.0f}")
    lines = [title]
    for row in range(rows - 1, -1, -1):
        label = f"{top:,.0f}" if row == rows - 1 else "0" if row == 0 else ""
        cells = (BLOCKS[min(EIGHTHS, max(0, height - row * EIGHTHS))] for height in heights)
        lines.append(f"{label:>{scale}} ┤" + "".join(cell * width for cell in cells))
    axis = width * len(shown)
    lines.append(" " * (scale + 2) + first + last.rjust(max(len(last) + 1, axis - len(first))))
    return "\n".join(lines)
