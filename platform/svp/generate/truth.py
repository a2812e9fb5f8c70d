"""What was planted, so that an analysis of the data can be scored against it."""

from __future__ import annotations

import csv
from dataclasses import asdict, is_dataclass
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from svp.generate.arrays import Columns, Floats, Values, choose_where, labels
from svp.generate.boxes import HOUSEHOLD_TYPES, household_type
from svp.generate.people import GENRES, SEGMENTS
from svp.generate.rhythm import ACTIVITY_SIGMA
from svp.generate.rows.ids import title_ids, user_ids
from svp.generate.subscriptions import is_serial_churner, monthly_hazard

if TYPE_CHECKING:
    from svp.generate.arguments import Arguments
    from svp.generate.catalogue import Catalogue
    from svp.generate.people import People

__all__ = ["parameters", "titles", "users"]


def users(people: People) -> pa.RecordBatch:
    """Return what users are like, which shows in all they do; one row per user, in the order of the people.

    - ``segment``: decides the taste, and follows from the age.
    - ``household_type``: how its set-top box is watched; null without a box.
    - ``engagement``: log of the activity, in deviations from the median user.
    - ``activity_factor``: plays of a subscribed day against the mean of all users.
    - ``is_serial_churner``: whether the user cancels and returns again and again.
    - ``monthly_hazard``: chance that a paid month is the last, past the early months.
    - ``taste_*``: share of the genre in what the user looks for.
    """
    everyone = np.arange(len(people))
    households = labels(HOUSEHOLD_TYPES, household_type(people))
    columns: Columns = {
        "user_id": user_ids(people, everyone),
        "segment": labels(SEGMENTS, people.segment),
        "household_type": choose_where(people.has_box, households, None),
        "engagement": people.engagement,
        "activity_factor": np.exp(ACTIVITY_SIGMA * people.engagement - ACTIVITY_SIGMA**2 / 2),
        "is_serial_churner": is_serial_churner(people),
        "monthly_hazard": monthly_hazard(people),
    }
    shares = np.diff(people.taste, prepend=0.0)
    names = [f"taste_{genre.lower().replace('-', '_')}" for genre in GENRES]
    return _batch(columns | dict(zip(names, shares.T, strict=True)))


def titles(catalogue: Catalogue) -> pa.RecordBatch:
    """Return what makes titles chosen and liked; one row per title, in the order of the catalogue.

    - ``popularity``: weight with which it is chosen among its genre when it is no longer new and not yet old.
    - ``popularity_rank``: by that weight, from 1, among the titles that there are when the period ends.
    - ``premiere_weight``: what is added on the day it joins the catalogue; 0 for channels, which are never new.
    - ``decay_days``: days in which what is left of a premiere falls by 1/e.
    - ``quality``: standard normal; ratings and completion rise with it.
    """
    weight = catalogue.settled_weight
    return _batch(
        {
            "content_id": title_ids(np.arange(len(catalogue))),
            "popularity": weight,
            "popularity_rank": _ranks(weight),
            "premiere_weight": catalogue.new_title_weight,
            "decay_days": catalogue.decay_days,
            "quality": catalogue.quality,
        }
    )


def _ranks(weight: Floats) -> Values:
    """Return 1 for the largest weight, 2 for the next, and so on."""
    order = np.argsort(-weight, kind="stable")
    rank = np.empty(len(weight), dtype=np.int64)
    rank[order] = np.arange(1, len(weight) + 1)
    return pa.array(rank)


def _batch(columns: Columns) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict(
        {
            name: column if isinstance(column, pa.Array) else pa.array(column)
            for name, column in columns.items()
        }
    )


def parameters(arguments: Arguments) -> dict[str, Any]:
    """Return the arguments, and every effect size and parameter of a distribution, ready for JSON.

    Under ``parameters`` stands by name, as ``viewing.STALL_EFFECT``, a ``value`` with its ``unit`` and ``meaning``.
    """
    text = files("svp.generate").joinpath("parameters.csv").read_text(encoding="utf-8")
    named = {
        f"{row['module']}.{row['name']}": {
            "value": _plain(_constant(row["module"], row["name"])),
            "unit": row["unit"],
            "meaning": row["meaning"],
        }
        for row in csv.DictReader(text.splitlines())
    }
    values = arguments.values() | {"start_on": arguments.start_on.isoformat()}
    return {"arguments": values, "parameters": named}


def _constant(module: str, name: str) -> Any:
    return getattr(import_module(f"svp.generate.{module}"), name)


def _plain(value: Any) -> Any:
    """Return numbers, texts, lists and dictionaries for whatever a constant is made of."""
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value
