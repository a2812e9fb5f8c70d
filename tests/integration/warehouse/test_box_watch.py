"""What set-top boxes logged is in the hours, by category, and makes customers active beside the apps."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING

import pytest

import warehouse.schema
from loaders import sinks
from loaders.ingest import ingest
from loaders.ledger import list_loads
from loaders.recognise import recognise_all
from loaders.steps import Step
from loaders.terms import Terms
from loaders.undo import undo
from svp.errors import ServerError
from tests.integration.warehouse.builders import BoxLog, Play, Title, User, a_box_document
from tests.unit.loaders.builders import a_box_log, logs_file
from warehouse.checks import verify
from warehouse.status import read_status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from tests.integration.warehouse.builders import Platform

JAN_30, JAN_31, FEB_1 = date(2024, 1, 30), date(2024, 1, 31), date(2024, 2, 1)

DEFAULT_CATEGORIES = {
    "TV": ("CHANNEL", "DSHD", "KPLUS", "KPlus"),
    "Movie": ("MOVIE", "VOD", "VOD_RES", "FIMS", "FIMS_RES", "BHD", "BHD_RES", "DANET"),
    "Relax": ("RELAX",),
    "Child": ("CHILD",),
    "Sport": ("SPORT",),
}

CATEGORY_SECONDS = """
SELECT dim_customer.customer_code, dim_watch_source.watch_source, dim_category.category, watch_seconds
FROM fact_category_seconds
INNER JOIN dim_customer USING (customer_key)
INNER JOIN dim_watch_source USING (watch_source_key)
INNER JOIN dim_category USING (category_key)
ORDER BY 1, 2, 3
"""


def hours(platform: Platform, *columns: str) -> dict[date, tuple[object, ...]]:
    rows = platform.mart("daily_statistics", "stat_date", *columns)
    return {row[0]: row[1:] for row in rows}


def test_applications_have_the_categories_that_are_the_default(platform: Platform) -> None:
    named = {name: category for category, names in DEFAULT_CATEGORIES.items() for name in names}
    others = ["channel", "GAME", "Unknown", "VOD RES"]
    lines = [
        BoxLog(JAN_31, application=name, contract_code=name, watch_seconds=number)
        for number, name in enumerate([*named, *others], start=1)
    ]
    padded = BoxLog(JAN_31, application=" SPORT\t", contract_code="padded", watch_seconds=1000)
    nothing = BoxLog(JAN_31, application=None, contract_code="nothing", watch_seconds=2000)
    platform.load(boxes=[*lines, padded, nothing])
    platform.refresh()
    expected = [
        (line.contract_code, "Set-top box", named.get(str(line.application), "Unknown"), seconds)
        for seconds, line in enumerate(lines, start=1)
    ]
    expected += [
        ("padded", "Set-top box", "Sport", 1000),
        ("nothing", "Set-top box", "Unknown", 2000),
    ]
    assert sorted(platform.fetch(CATEGORY_SECONDS)) == sorted(expected)


def test_apps_and_boxes_are_one_customer_by_the_contract(platform: Platform) -> None:
    platform.load(
        Play(JAN_31, user_id="u1", watch_seconds=3600),
        Play(JAN_31, user_id="u2", watch_seconds=1800),
        users=[User("u1", contract_code="HNH1")],
        boxes=[
            BoxLog(JAN_31, "HNH1", "KPLUS", watch_seconds=7200),
            BoxLog(JAN_31, "HNH1", "CHILD", watch_seconds=720),
            BoxLog(JAN_31, "HNH2", watch_seconds=0),
        ],
    )
    platform.refresh()
    columns = ("active_customers", "new_customers", "plays", "watch_hours", "app_hours")
    assert hours(platform, *columns) == {
        JAN_31: (2, 2, Decimal(2), Decimal("3.7000"), Decimal("1.5000"))
    }
    by_category = ("set_top_box_hours", "child_hours", "movie_hours", "tv_hours")
    assert hours(platform, *by_category) == {
        JAN_31: (Decimal("2.2000"), Decimal("0.2000"), Decimal("1.5000"), Decimal("2.0000"))
    }


def test_seconds_of_no_contract_are_in_the_hours_and_not_in_the_customers(
    platform: Platform,
) -> None:
    flagged = ("no_contract",)
    platform.load(
        boxes=[
            BoxLog(JAN_31, "0", watch_seconds=3600, quality_flags=flagged),
            BoxLog(JAN_31, None, watch_seconds=3600, quality_flags=flagged),
            BoxLog(JAN_31, "203.0.113.48", "SPORT", watch_seconds=1800, quality_flags=flagged),
            BoxLog(JAN_31, "H" * 256, watch_seconds=1800),
            BoxLog(JAN_31, "HNH1", watch_seconds=3600, quality_flags=("box_left_on",)),
        ]
    )
    platform.refresh()
    columns = ("active_customers", "new_customers", "set_top_box_hours", "tv_hours", "sport_hours")
    assert hours(platform, *columns) == {
        JAN_31: (1, 1, Decimal("4.0000"), Decimal("3.5000"), Decimal("0.5000"))
    }
    assert platform.mart("customer_360", "customer_code") == [("HNH1",)]


def test_day_without_a_category_has_no_hours_of_it(platform: Platform) -> None:
    platform.load(
        boxes=[
            BoxLog(JAN_30, "HNH1", "CHANNEL", watch_seconds=3600),
            BoxLog(JAN_30, "HNH1", "SPORT", watch_seconds=1800),
            BoxLog(JAN_31, "HNH1", "CHANNEL", watch_seconds=3600),
        ]
    )
    platform.refresh()
    assert hours(platform, "tv_hours", "sport_hours", "child_hours") == {
        JAN_30: (Decimal("1.0000"), Decimal("0.5000"), Decimal("0.0000")),
        JAN_31: (Decimal("1.0000"), Decimal("0.0000"), Decimal("0.0000")),
    }


def test_nobody_in_particular_is_never_a_new_customer(platform: Platform) -> None:
    platform.load(Play(JAN_31), boxes=[BoxLog(JAN_31, None), BoxLog(JAN_31, "HNH1")])
    platform.refresh()
    assert platform.mart("daily_statistics", "stat_date", "new_customers") == [(JAN_31, 2)]
    assert platform.fetch("SELECT count(*) FROM customer_first_day WHERE customer_key = 0") == [
        (0,)
    ]


def test_windows_of_active_users_hold_the_customers_of_boxes(platform: Platform) -> None:
    platform.load(
        Play(JAN_30, user_id="u1"),
        users=[User("u1", contract_code="HNH1")],
        boxes=[
            BoxLog(JAN_31, "HNH1"),
            BoxLog(JAN_31, "HNH2"),
            BoxLog(JAN_31, None),
            BoxLog(JAN_31, "HNH3", watch_seconds=0),
            BoxLog(FEB_1, "HNH3"),
        ],
    )
    platform.refresh()
    assert platform.mart("active_users", "stat_date", "dau", "wau", "mau") == [
        (JAN_30, 1, 1, 1),
        (JAN_31, 2, 2, 2),
        (FEB_1, 1, 3, 3),
    ]
    active = platform.mart("daily_statistics", "stat_date", "active_customers")
    assert active == platform.mart("active_users", "stat_date", "dau")


def test_lines_of_a_load_that_never_completed_are_left_out(platform: Platform) -> None:
    platform.load(boxes=[BoxLog(JAN_31, "HNH1", watch_seconds=3600)])
    # A run that was killed left documents, and nothing in the ledger; a later one has a higher load_id.
    lines = [a_box_document(BoxLog(day, "HNH2"), load_id=77) for day in (JAN_31, JAN_30)]
    platform.put_documents({"box_logs": lines})
    platform.load(boxes=[BoxLog(JAN_31, "HNH3", watch_seconds=1800)])
    platform.refresh()
    assert hours(platform, "active_customers", "set_top_box_hours") == {
        JAN_31: (2, Decimal("1.5000"))
    }


def test_late_and_corrected_lines_replace_their_days_only(platform: Platform) -> None:
    first = BoxLog(JAN_31, "HNH1", watch_seconds=3600, log_id="AX_1")
    platform.load(boxes=[first, BoxLog(FEB_1, "HNH1"), BoxLog(FEB_1, "HNH2")])
    platform.refresh()
    corrected = BoxLog(JAN_31, "HNH1", watch_seconds=0, log_id="AX_1")
    platform.load(boxes=[corrected, BoxLog(JAN_30, "HNH2")])
    assert platform.refresh().days == 2
    columns = ("active_customers", "new_customers", "set_top_box_hours")
    assert hours(platform, *columns) == {
        JAN_30: (1, 1, Decimal("0.1667")),
        JAN_31: (0, 0, Decimal("0.0000")),
        FEB_1: (2, 1, Decimal("0.3333")),
    }


def test_title_that_gets_another_category_changes_the_hours(platform: Platform) -> None:
    platform.load(Play(JAN_31, watch_seconds=3600), boxes=[BoxLog(JAN_31, watch_seconds=3600)])
    platform.refresh()
    platform.load(titles=[Title(content_type="sport")])
    assert platform.refresh().days == 0
    hours_of = ("movie_hours", "sport_hours", "tv_hours")
    assert hours(platform, *hours_of) == {JAN_31: (Decimal(0), Decimal(1), Decimal(1))}


def test_mixed_days_equal_a_plain_count(platform: Platform) -> None:
    random = Random(4)
    users = [User(f"u{n}", contract_code=f"HNH{n % 3}" if n < 5 else None) for n in range(8)]
    customers = {user.user_id: user.contract_code or user.user_id for user in users}
    days = [JAN_30 + timedelta(days=n) for n in range(4)]
    plays = [
        Play(random.choice(days), user.user_id, watch_seconds=random.choice([0, 31, 400]))
        for user in random.choices(users, k=60)
    ]
    lines = [
        BoxLog(
            random.choice(days), f"HNH{random.randrange(5)}", watch_seconds=random.choice([0, 77])
        )
        for _ in range(60)
    ]
    half = len(plays) // 2
    platform.load(*plays[:half], users=users, boxes=lines[half:])
    platform.refresh()
    platform.load(*plays[half:], boxes=lines[:half])
    platform.refresh()
    watched = [(play.started_on, customers[play.user_id], play.watch_seconds) for play in plays]
    watched += [(line.on, str(line.contract_code), line.watch_seconds) for line in lines]
    expected = plain_count(watched)
    assert {
        day: (active, new, round(float(total) * 3600))
        for day, active, new, total in platform.mart(
            "daily_statistics", "stat_date", "active_customers", "new_customers", "watch_hours"
        )
    } == expected
    before = platform.snapshot()
    assert platform.refresh().days == 0
    assert platform.snapshot() == before


def plain_count(watched: Iterable[tuple[date, str, int]]) -> dict[date, tuple[int, int, int]]:
    """Return by day: active customers, new ones, seconds."""
    rows = list(watched)
    active = {(day, customer) for day, customer, seconds in rows if seconds > 0}
    first = Counter(
        min(day for day, owner in active if owner == customer)
        for customer in {customer for _, customer in active}
    )
    return {
        day: (
            sum(1 for on, _ in active if on == day),
            first[day],
            sum(seconds for on, _, seconds in rows if on == day),
        )
        for day in {day for day, _, _ in rows}
    }


def test_days_published_by_an_older_program_are_built_again(platform: Platform) -> None:
    platform.load(Play(JAN_31, watch_seconds=3600))
    platform.refresh()
    before = platform.mart("customer_360", "customer_code", "total_seconds")
    platform.execute("DELETE FROM fact_category_seconds")
    platform.execute("DELETE FROM schema_migration WHERE name LIKE '%_mark_published_days'")
    warehouse.schema.install(platform.settings)
    platform.refresh()
    assert platform.mart("customer_360", "customer_code", "total_seconds") == before
    assert platform.mart("segment_summary", "segment", "customers") == [("At Risk", 1)]
    assert platform.fetch("SELECT count(*) FROM changed_day") == [(0,)]


def test_classic_report_is_of_boxes_alone(platform: Platform) -> None:
    platform.load(Play(JAN_31), boxes=[BoxLog(JAN_31)])
    platform.refresh()
    assert platform.mart("customer_360_classic", "Contract") == [("HNH1",)]


def test_day_of_boxes_alone_has_no_plays(platform: Platform) -> None:
    platform.load(boxes=[BoxLog(JAN_31)])
    platform.refresh()
    plays = "SELECT plays, valid_plays, known_completion_plays, complete_plays FROM agg_daily_statistics"
    assert platform.fetch(plays) == [(0, 0, 0, 0)]


def deliver(
    platform: Platform,
    folder: Path,
    *lines: dict[str, object],
    name: str,
    replaces_days: bool = False,
) -> None:
    """Take lines to the warehouse without documents."""
    files = recognise_all([logs_file(folder, *lines, name=name)])
    terms = Terms(to_warehouse=True, replaces_days=replaces_days)
    ingest(platform.settings, files, terms=terms)


def test_days_without_documents_are_exported_compared_and_corrected_beside_days_with(
    platform: Platform, tmp_path: Path
) -> None:
    platform.load(boxes=[BoxLog(JAN_30, "HNH1", watch_seconds=3600)])
    odd = a_box_log("b", Contract='H\\N"1', AppName="A\\t", TotalDuration=1800)
    deliver(
        platform,
        tmp_path,
        a_box_log("a", Contract="HNH1", TotalDuration=3600),
        odd,
        name="20240131.json",
    )
    platform.refresh()
    columns = ("active_customers", "new_customers", "set_top_box_hours")
    assert hours(platform, *columns) == {
        JAN_30: (1, 1, Decimal("1.0000")),
        JAN_31: (2, 1, Decimal("1.5000")),
    }
    assert set(platform.mart("customer_360", "customer_code")) == {("HNH1",), ('H\\N"1',)}
    assert verify(platform.settings).is_right
    deliver(
        platform, tmp_path, a_box_log("a", Contract="HNH2", TotalDuration=0), name="20240131b.json"
    )
    assert platform.refresh().days == 1
    assert hours(platform, *columns)[JAN_31] == (1, 1, Decimal("0.5000"))
    platform.execute("UPDATE fact_box_watch SET watch_seconds = watch_seconds + 1")
    found = {(each.day, each.measure) for each in verify(platform.settings).differences}
    assert {(JAN_30, "box_seconds"), (JAN_31, "box_seconds")} <= found


def test_a_day_without_documents_that_is_taken_back_goes_from_the_marts(
    platform: Platform, tmp_path: Path
) -> None:
    def seen() -> dict[date, tuple[object, ...]]:
        platform.refresh()
        assert verify(platform.settings).is_right
        return hours(platform, "active_customers", "set_top_box_hours")

    deliver(platform, tmp_path, a_box_log("z", TotalDuration=3600), name="20240130.json")
    states = [seen()]
    for name, contract in (("20240131.json", "HNH1"), ("20240131b.json", "HNH2")):
        lines = [a_box_log("a", Contract=contract, TotalDuration=3600), a_box_log(name)]
        deliver(platform, tmp_path, *lines, name=name)
        states.append(seen())
    whole = a_box_log("a", Contract="HNH1", TotalDuration=1800)
    deliver(platform, tmp_path, whole, name="20240131c.json", replaces_days=True)
    states.append(seen())
    assert [state.get(JAN_31) for state in states[2:]] == [
        (2, Decimal("1.1411")),
        (1, Decimal("0.5000")),
    ]
    loads = list_loads(platform.settings, limit=3)
    for newest, before in zip(loads, reversed(states[:3]), strict=True):
        undo(platform.settings, newest["load_id"])
        assert seen() == before


def test_seconds_of_each_category_are_added_over_the_days_of_a_month(platform: Platform) -> None:
    applications = ("CHANNEL", "CHILD", "VOD", "RELAX", "SPORT", "NEWS")
    platform.load(
        boxes=[
            BoxLog(day, application=application, watch_seconds=number * 60)
            for day in (JAN_30, JAN_31)
            for number, application in enumerate(applications, start=1)
        ]
    )
    platform.refresh()
    kinds = ("tv", "child", "movie", "relax", "sport", "unknown")
    found = platform.mart("customer_360", *(f"{kind}_seconds" for kind in kinds))
    assert found == [(120, 240, 360, 480, 600, 720)]


def deliver_again(platform: Platform, folder: Path) -> Path:
    """Deliver a day and publish it; return another file with one of its two lines corrected."""
    lines = [a_box_log(log_id, TotalDuration=1800) for log_id in "ab"]
    ingest(platform.settings, recognise_all([logs_file(folder, *lines, name="20240131.json")]))
    platform.refresh()
    corrected = a_box_log("a", TotalDuration=5400)
    return logs_file(folder, corrected, name="20240131b.json")


def die_when_replaced(step: Step) -> None:
    if step == Step.REPLACED:
        message = "killed"
        raise ServerError(message)


def test_log_that_is_being_corrected_stays_as_published_until_the_load_is_complete(
    platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corrected = deliver_again(platform, tmp_path)
    meanwhile = []

    def refresh_when_replaced(step: Step) -> None:
        if step == Step.REPLACED:
            platform.load(Play(JAN_31))
            platform.refresh()
            status = read_status(platform.settings)
            meanwhile.append((hours(platform, "set_top_box_hours"), status.problems))

    monkeypatch.setattr(sinks, "reached", refresh_when_replaced)
    ingest(platform.settings, recognise_all([corrected]))
    assert meanwhile == [({JAN_31: (Decimal("1.0000"),)}, ())]
    platform.refresh()
    assert hours(platform, "set_top_box_hours") == {JAN_31: (Decimal("2.0000"),)}


def test_killed_correction_of_a_log_is_named_and_hides_nothing_until_it_is_made_again(
    platform: Platform,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    svp: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    corrected = deliver_again(platform, tmp_path)
    for _ in range(2):
        with monkeypatch.context() as patched:
            patched.setattr(sinks, "reached", die_when_replaced)
            with pytest.raises(ServerError, match="killed"):
                ingest(platform.settings, recognise_all([corrected]))
        platform.load(Play(JAN_31))
        platform.refresh()
        assert hours(platform, "set_top_box_hours") == {JAN_31: (Decimal("1.0000"),)}
        assert svp("warehouse", "status") == 6
        assert "run 'svp ingest' with that file again" in " ".join(capsys.readouterr().out.split())
        assert svp("verify", "--current") == 6
    ingest(platform.settings, recognise_all([corrected]))
    platform.refresh()
    assert hours(platform, "set_top_box_hours") == {JAN_31: (Decimal("2.0000"),)}
    assert (svp("warehouse", "status"), svp("verify", "--current")) == (0, 0)


def test_killed_correction_that_is_mended_in_its_place_waits_until_nothing_of_it_is_left(
    platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corrected = deliver_again(platform, tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(sinks, "reached", die_when_replaced)
        with pytest.raises(ServerError, match="killed"):
            ingest(platform.settings, recognise_all([corrected]))
    for log_id, published, is_named in (("b", "1.0000", True), ("a", "2.0000", False)):
        mended = logs_file(tmp_path, a_box_log(log_id, TotalDuration=3600), name=corrected.name)
        for _ in range(2):
            ingest(platform.settings, recognise_all([mended]))
        platform.refresh()
        assert hours(platform, "set_top_box_hours") == {JAN_31: (Decimal(published),)}
        assert bool(read_status(platform.settings).problems) == is_named
