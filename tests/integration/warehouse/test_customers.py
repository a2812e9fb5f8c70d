"""A customer is a user of the apps, a contract of a set-top box, or both; never by guess."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from svp.errors import VerifyError
from tests.integration.warehouse.builders import BoxLog, Play, User
from warehouse import export as warehouse_export

if TYPE_CHECKING:
    from tests.integration.warehouse.builders import Platform

JAN_30, JAN_31, FEB_1 = date(2024, 1, 30), date(2024, 1, 31), date(2024, 2, 1)
BOXES = "set-top box"


def seconds_by_customer(platform: Platform) -> dict[str, int]:
    """Return the seconds of every customer with a row of any month."""
    rows = platform.mart("customer_360", "customer_code", "total_seconds")
    codes = {code for code, _ in rows}
    return {code: sum(int(part) for owner, part in rows if owner == code) for code in codes}


def active_and_new(platform: Platform) -> list[tuple[object, ...]]:
    return platform.mart("daily_statistics", "stat_date", "active_customers", "new_customers")


def test_users_of_one_contract_are_one_customer(platform: Platform) -> None:
    platform.load(
        Play(JAN_31, user_id="u1", watch_seconds=10),
        Play(JAN_31, user_id="u2", watch_seconds=20),
        Play(JAN_31, user_id="u3", watch_seconds=40),
        users=[
            User("u1", contract_code="HNH1", registered_on=date(2023, 5, 2), country="Sweden"),
            User("u2", contract_code="HNH1", registered_on=date(2023, 5, 1), country="Norway"),
        ],
    )
    platform.refresh()
    assert seconds_by_customer(platform) == {"HNH1": 30, "u3": 40}
    assert active_and_new(platform) == [(JAN_31, 2, 2)]
    household = platform.mart("customer", "source", "customer_code", "country", "customer_key")[-1]
    assert household[:3] == (BOXES, "HNH1", "Norway")  # of who signed up first
    users = platform.mart("customer_user", "user_id", "customer_key")
    assert [user for user, key in users if key == household[3]] == ["u1", "u2"]


@pytest.mark.parametrize("code", ["0", "000", "203.0.113.48", "H" * 256])
def test_code_that_names_no_contract_links_nobody(platform: Platform, code: str) -> None:
    platform.load(
        Play(JAN_31, user_id="u1", watch_seconds=10),
        Play(JAN_31, user_id="u2", watch_seconds=20),
        users=[User("u1", contract_code=code), User("u2", contract_code=code)],
    )
    platform.refresh()
    assert seconds_by_customer(platform) == {"u1": 10, "u2": 20}


def test_contracts_are_compared_by_bytes(platform: Platform) -> None:
    platform.load(
        Play(JAN_31, user_id="u1", watch_seconds=10),
        Play(JAN_31, user_id="u2", watch_seconds=20),
        users=[User("u1", contract_code="HNH1"), User("u2", contract_code="hnh1")],
    )
    platform.refresh()
    assert seconds_by_customer(platform) == {"HNH1": 10, "hnh1": 20}


def test_link_that_arrives_late_moves_the_days_of_the_user_and_no_others(
    platform: Platform,
) -> None:
    platform.load(
        Play(JAN_30, user_id="u1", watch_seconds=10),
        Play(JAN_31, user_id="u2", watch_seconds=20),
        Play(FEB_1, user_id="u1", watch_seconds=40),
    )
    platform.refresh()
    platform.load(users=[User("u1", contract_code="HNH1")])
    assert platform.refresh().days == 2
    assert seconds_by_customer(platform) == {"HNH1": 50, "u2": 20}
    assert active_and_new(platform) == [(JAN_30, 1, 1), (JAN_31, 1, 1), (FEB_1, 1, 0)]
    assert platform.refresh().days == 0


def test_late_link_joins_the_apps_with_the_box_and_leaves_its_days_alone(
    platform: Platform,
) -> None:
    platform.load(
        Play(JAN_31, user_id="u1", watch_seconds=10),
        boxes=[BoxLog(day, "HNH1", watch_seconds=100) for day in (JAN_30, JAN_31, FEB_1)],
    )
    platform.refresh()
    assert active_and_new(platform) == [(JAN_30, 1, 1), (JAN_31, 2, 1), (FEB_1, 1, 0)]
    platform.load(users=[User("u1", contract_code="HNH1")])
    assert platform.refresh().days == 1
    assert active_and_new(platform) == [(JAN_30, 1, 1), (JAN_31, 1, 0), (FEB_1, 1, 0)]
    assert seconds_by_customer(platform) == {"HNH1": 310}


def test_second_user_of_a_contract_makes_it_new_no_second_time(platform: Platform) -> None:
    platform.load(
        Play(JAN_31, user_id="u1"),
        Play(FEB_1, user_id="u2"),
        users=[User("u1", contract_code="HNH1")],
    )
    platform.refresh()
    assert active_and_new(platform) == [(JAN_31, 1, 1), (FEB_1, 1, 1)]
    platform.load(users=[User("u2", contract_code="HNH1")])
    platform.refresh()
    assert active_and_new(platform) == [(JAN_31, 1, 1), (FEB_1, 1, 0)]


def test_link_that_was_a_mistake_parts_the_customers_again(platform: Platform) -> None:
    platform.load(
        Play(JAN_31, user_id="u1", watch_seconds=10),
        Play(JAN_31, user_id="u2", watch_seconds=20),
        users=[User("u1", contract_code="HNH1"), User("u2", contract_code="HNH1")],
    )
    platform.refresh()
    platform.load(users=[User("u2")])
    platform.refresh()
    assert seconds_by_customer(platform) == {"HNH1": 10, "u2": 20}
    assert platform.mart("daily_statistics", "active_customers", "watch_hours") == [
        (2, Decimal("0.0083"))
    ]


def test_export_that_dies_between_link_and_days_is_completed_by_the_next(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.load(Play(JAN_30, user_id="u1"), Play(JAN_31, user_id="u1"))
    platform.refresh()
    platform.load(users=[User("u1", contract_code="HNH1")])

    def die(*_: object) -> int:
        message = "killed"
        raise VerifyError(message)

    with monkeypatch.context() as patch:
        patch.setattr(warehouse_export, "stage_days", die)
        with pytest.raises(VerifyError, match="killed"):
            platform.refresh()
    assert seconds_by_customer(platform) == {"u1": 1200}
    assert platform.refresh().days == 2
    assert seconds_by_customer(platform) == {"HNH1": 1200}


def test_repeated_users_change_nothing(platform: Platform) -> None:
    linked = User("u1", contract_code="HNH1")
    platform.load(Play(JAN_31), users=[linked])
    platform.refresh()
    before = platform.snapshot()
    platform.load(users=[linked])
    assert platform.refresh().days == 0
    after = platform.snapshot()
    changed = {name for name in before if before[name] != after[name]}
    assert changed - {"source_freshness"} == {"published_mark"}
