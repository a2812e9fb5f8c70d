"""Deliveries, late parents, corrections, undoings and kills in any order: the stores hold what the model says.

``SVP_TEST_ORDERS`` tries so many orders at random.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from loaders.ingest import ingest
from loaders.quarantine import LINE_COLUMN
from loaders.recognise import recognise_all
from loaders.replay import replay_corrections
from loaders.steps import Step
from loaders.terms import Terms
from loaders.tolerance import ANY
from loaders.undo import undo
from svp.errors import InputError, UsageError
from tests.integration.loaders.orders import Delivery, Model, Row, Table
from tests.unit.loaders.builders import a_catalogue, a_session, a_user, write_csv
from warehouse.selfcheck.child import die_at

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from svp.settings import Settings
    from tests.integration.loaders.stores import Stores

ORDERS = int(os.environ.get("SVP_TEST_ORDERS", "0"))
"""Orders to try at random; 0 for a few that are always the same."""
FEW_ORDERS = 20
MOST_STEPS = 12

SOURCES = count(1)
"""One for each order, so that none meets the rows of another."""

USERS = st.sampled_from(["U1", "U2"])
VALUES = st.integers(1, 2)
FIRST_LINE = 2
"""Of a CSV, below its header."""
KEYS: dict[Table, st.SearchStrategy[str]] = {
    "users": USERS,
    "devices": st.sampled_from(["D1", "D2"]),
    "viewing_sessions": st.just("S1"),
}
LOAD_STEPS = (
    Step.STAGED, Step.MERGED, Step.COMMITTED, Step.DOCUMENTED, Step.NOTED, Step.REPLAYED, Step.PUBLISHED,
)  # fmt: skip
UNDO_STEPS = (Step.TAKEN_BACK, Step.UNDOING, Step.DOCUMENTS_BACK)
UNDO_KILLS = st.none() | st.tuples(st.sampled_from(UNDO_STEPS), st.just(1))
LOAD_KILLS = st.none() | st.none() | st.tuples(st.sampled_from(LOAD_STEPS), st.integers(1, 2))

FORKING = multiprocessing.get_context("forkserver")
FORKING.set_forkserver_preload([__name__])

STORED: dict[Table, str] = {
    "users": "SELECT user_id, age, NULL, ended_at IS NOT NULL FROM oltp.users WHERE source = '{source}'",
    "devices": "SELECT device_id, platform::int, user_id, devices.ended_at IS NOT NULL FROM oltp.devices"
    " INNER JOIN oltp.users USING (user_key) WHERE devices.source = '{source}'",
    "viewing_sessions": "SELECT session_id, watch_seconds / 60, user_id, FALSE FROM oltp.viewing_sessions"
    " INNER JOIN oltp.users USING (user_key) WHERE viewing_sessions.source = '{source}'",
}
HELD = (
    "SELECT origin.path, held_row.line FROM ops.held_row INNER JOIN ops.load USING (load_id)"
    " INNER JOIN ops.load AS origin ON origin.load_id = coalesce(load.origin_load_id, load.load_id)"
    " WHERE load.source = '{source}'"
)
NEWEST = "SELECT load_id, state FROM ops.load WHERE path = '{path}' AND origin_load_id IS NULL ORDER BY load_id DESC"
UNFINISHED = "SELECT path, state FROM ops.load WHERE state NOT IN ('planned', 'refused', 'complete', 'undone')"


def a_delivery(table: Table, *rows: Row, is_full: bool = False) -> Delivery:
    """Return a delivery that is named by what it says."""
    said = "_".join(f"{row.key}{row.value}{row.user or ''}" for row in rows)
    lines = tuple(enumerate(rows, start=FIRST_LINE))
    return Delivery(f"{table}_{said}{'_full' * is_full}", table, lines, is_full)


@st.composite
def deliveries(draw: st.DrawFn) -> Delivery:
    """Return a delivery of one to three rows."""
    table: Table = draw(st.sampled_from(list(KEYS)))
    owner = st.none() if table == "users" else USERS
    rows = draw(st.lists(st.builds(Row, KEYS[table], VALUES, owner), min_size=1, max_size=3))
    is_full = table != "viewing_sessions" and draw(st.booleans())
    return a_delivery(table, *rows, is_full=is_full)


@dataclass(frozen=True)
class Action:
    """Something that a process does, and may not outlive."""

    act: Callable[[], object]
    dies_at: tuple[Step, int] | None = None

    def __call__(self) -> None:
        """Do it."""
        if self.dies_at:
            die_at(*self.dies_at)
        self.act()


def load(into: Settings, path: Path, terms: Terms) -> None:
    ingest(into, recognise_all([path]), terms=terms)


def written(table: Table, row: Row) -> dict[str, str]:
    """Return a row as its file has it."""
    key, value, user = row.key, f"{row.value}", row.user or ""
    if table == "users":
        return a_user(key, age=value)
    if table == "devices":
        return {"device_id": key, "user_id": user, "device_type": "TV", "platform": value}
    return a_session(key, user_id=user, watch_duration_minutes=value)


def corrected(path: Path, row: dict[str, str], line: int) -> Path:
    """Write a row in the place of a refused one."""
    return write_csv(path, [{LINE_COLUMN: f"{line}"} | row])


class Orders(RuleBasedStateMachine):
    """One order of events in a source of its own."""

    def __init__(self, stores: Stores, folder: Path) -> None:
        super().__init__()
        self.stores, self.source = stores, f"s{next(SOURCES)}"
        self.folder = folder / self.source
        self.folder.mkdir()
        self.model = Model()
        stores.load(a_catalogue(self.folder), source=self.source)
        self.deliver_it(a_delivery("users", Row("U1", 1)))

    def teardown(self) -> None:
        self.stores.rows("DELETE FROM ops.quarantine RETURNING 1")

    def write(self, delivery: Delivery) -> Path:
        """Write a delivery under a name of its own."""
        folder = self.folder / delivery.name
        folder.mkdir(exist_ok=True)
        return write_csv(
            folder / "rows.csv", [written(delivery.table, row) for _, row in delivery.rows]
        )

    def newest(self, name: str) -> tuple[int, str]:
        """Return the newest load of a delivery and its state."""
        return self.stores.rows(NEWEST.format(path=self.folder / name / "rows.csv"))[0]

    def do(self, act: Callable[[], object], dies_at: tuple[Step, int] | None) -> None:
        """Do something, in a process that may be killed if it is to die."""
        if dies_at is None:
            act()
            return
        child = FORKING.Process(target=Action(act, dies_at))
        child.start()
        child.join()
        assert child.exitcode in {0, 1, -signal.SIGKILL}

    @rule(delivery=deliveries(), dies_at=LOAD_KILLS)
    def deliver(self, delivery: Delivery, dies_at: tuple[Step, int] | None) -> None:
        self.deliver_it(delivery, dies_at)

    def deliver_it(self, delivery: Delivery, dies_at: tuple[Step, int] | None = None) -> None:
        """Deliver, and let the model know once it is stored."""
        path = self.write(delivery)
        terms = Terms(self.source, ANY, may_end=ANY if delivery.is_full else None)
        is_there = any(each.name == delivery.name for each in self.model.deliveries)
        try:
            self.do(partial(load, self.stores.settings, path, terms), dies_at)
        except InputError:
            if not (is_there and delivery.is_full):
                raise
        if not is_there and self.newest(delivery.name)[1] != "planned":
            self.model.deliveries.append(delivery)

    @rule(chance=st.randoms(use_true_random=False), dies_at=UNDO_KILLS)
    def take_back(self, chance: Any, dies_at: tuple[Step, int] | None) -> None:
        names = [each.name for each in self.model.deliveries if each.corrects is None]
        if not names:
            return
        name = chance.choice(names[-3:])
        load_id, _ = self.newest(name)
        try:
            self.do(partial(undo, self.stores.settings, load_id), dies_at)
        except UsageError:
            return
        if self.newest(name)[1] in {"undoing", "undone"}:
            self.model.take_back(name)

    @rule(chance=st.randoms(use_true_random=False), user=USERS, value=VALUES)
    def correct(self, chance: Any, user: str, value: int) -> None:
        world = self.model.world
        if not world.held():
            return
        name, line = chance.choice(sorted(world.held()))
        (of,) = (each for each in self.model.deliveries if each.name == name)
        row = dict(of.rows)[line]._replace(user=user, value=value)
        path = corrected(self.folder / "mend.csv", written(of.table, row), line)
        replay_corrections(self.stores.settings, path, load_id=self.newest(name)[0])
        if ("users", user) in world.stored:
            number = len(self.model.deliveries)
            correction = Delivery(f"{number}", of.table, ((line, row),), corrects=name)
            self.model.deliveries.append(correction)

    @invariant()
    def the_stores_hold_what_the_model_says(self) -> None:
        self.stores.load()
        world, source = self.model.world, self.source
        for table, statement in STORED.items():
            found = {
                (Row(*facts), is_ended)
                for *facts, is_ended in self.stores.rows(statement.format(source=source))
            }
            assert found == world.rows(table)
        plays = self.stores.mongodb["viewing_events"].find({"source": source})
        assert {
            (found["session_id"], found["watch_seconds"] // 60, found["user_ref"].split(":")[1])
            for found in plays
        } == {row for row, _ in world.rows("viewing_sessions")}
        held = self.stores.rows(HELD.format(source=source))
        assert {(path.split("/")[-2], line) for path, line in held} == world.held()
        assert self.stores.rows(UNFINISHED) == []


def test_of_each_row_the_newest_delivery_stands_whatever_order_they_come_in(
    stores: Stores, tmp_path: Path
) -> None:
    wanted = settings(
        max_examples=ORDERS or FEW_ORDERS,
        stateful_step_count=MOST_STEPS,
        derandomize=not ORDERS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )

    class Here(Orders):
        def __init__(self) -> None:
            super().__init__(stores, tmp_path)

    run_state_machine_as_test(Here, settings=wanted)
