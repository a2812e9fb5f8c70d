"""Odd values that files are known to hold, and what becomes of each: stored as text and remark, or a code."""

from __future__ import annotations

from typing import Any

__all__ = ["AGES", "BOX_LINES", "COMPLETIONS", "DAYS", "LENGTHS", "NOTHING", "TITLE_FIELDS"]

Outcome = str | tuple[str, str]
"""The code with which the row is refused; or the value as it is stored, and its flags."""

NOTHING = ("", "NULL", "N/A", "-", "NaN", "null", "None", "NA", " ")

AGES: list[tuple[str, str, Outcome]] = [
    ("1.0 for an integer", "30.0", ("30", "")),
    ("a number with leading zeros", "030", ("30", "")),
    ("a fraction for an integer", "30.5", "not_a_number"),
    ("an exponent", "3e1", "not_a_number"),
    ("negative", "-1", "out_of_range"),
    ("2^63", str(2**63), "out_of_range"),
    ("words", "thirty", "not_a_number"),
]

DAYS: list[tuple[str, str, Outcome]] = [
    ("plain", "2024-02-29", ("2024-02-29", "")),
    ("30 February", "2024-02-30", "not_a_date"),
    ("29 February of another year", "2023-02-29", "not_a_date"),
    ("zeros", "0000-00-00", "not_a_date"),
    ("month 13", "2024-13-01", "not_a_date"),
    ("year 9999", "9999-12-31", "out_of_range"),
    ("before films", "1899-12-31", "out_of_range"),
    ("day first, among days that are right", "31/12/2024", "not_a_date"),
    ("month first, among days that are right", "12/31/2024", "not_a_date"),
    ("of another month than the others", "2023-07-01", ("2023-07-01", "")),
    ("with dots, among days that are right", "31.12.2024", "not_a_date"),
    ("a month's name", "31 Dec 2024", "not_a_date"),
    ("with a time", "2024-01-31 10:00:00", "not_a_date"),
    ("with midnight, as pandas writes days", "2024-01-31 00:00:00", ("2024-01-31", "")),
    ("a number of Excel", "45322", "not_a_date"),
    ("nothing", "", "missing"),
]

COMPLETIONS: list[tuple[str, str, Outcome]] = [
    ("85 %", "85", ("85.00", "")),
    ("0.85, which may be meant: a map can say that it is a share", "0.85", ("0.85", "")),
    ("over 100", "100.5", ("100.50", "completion_out_of_range")),
    ("far over 100", "10001", "out_of_range"),
    ("negative", "-3", ("-3.00", "completion_out_of_range")),
    ("with a sign", "85%", "not_a_number"),
    ("a decimal comma", "85,5", "not_a_number"),
    ("nothing", "N/A", ("None", "")),
]

LENGTHS: list[tuple[str, str, Outcome]] = [
    ("zero", "0", ("0", "")),
    ("half a minute", "0.5", ("30", "")),
    ("1.0 for an integer", "30.0", ("1800", "")),
    ("negative", "-5", "out_of_range"),
    ("more than two days", "2881", "out_of_range"),
    ("2^63", str(2**63), "out_of_range"),
    ("as a clock shows it", "00:30:00", "not_a_number"),
    ("nothing", "", "missing"),
]

BOX_LINES: list[tuple[str, str, dict[str, Any], Outcome]] = [
    ("Contract 0", "contract_code", {"Contract": "0"}, ("0", "no_contract")),
    ("Contract null", "contract_code", {"Contract": None}, ("None", "no_contract")),
    ("Contract empty", "contract_code", {"Contract": ""}, ("None", "no_contract")),
    ("Contract an IP address", "contract_code", {"Contract": "10.0.0.7"}, ("10.0.0.7", "no_contract")),
    ("Contract with a trailing space", "contract_code", {"Contract": "HNH123456 "}, ("HNH123456", "")),
    ("Contract in lower case, another one", "contract_code", {"Contract": "hnh123456"}, ("hnh123456", "")),
    ("Mac null", "mac", {"Mac": None}, ("None", "")),
    ("Mac of two boxes", "mac", {"Mac": "0C96E62FC55C,26E8B6960159"}, ("0C96E62FC55C,26E8B6960159", "")),
    ("Mac with colons", "mac", {"Mac": "0C:96:E6:2F:C5:5C"}, ("0C:96:E6:2F:C5:5C", "")),
    ("application unknown", "application", {"AppName": "NEWS"}, ("NEWS", "")),
    ("application null", "application", {"AppName": None}, ("None", "")),
    ("duration as text", "watch_seconds", {"TotalDuration": "254"}, ("254", "")),
    ("duration as a fraction", "watch_seconds", {"TotalDuration": 254.0}, ("254", "")),
    ("duration 0", "watch_seconds", {"TotalDuration": 0}, ("0", "")),
    ("a whole day", "watch_seconds", {"TotalDuration": 86_400}, ("86400", "box_left_on")),
    ("duration negative", "watch_seconds", {"TotalDuration": -1}, "out_of_range"),
    ("duration 2^63", "watch_seconds", {"TotalDuration": 2**63}, "out_of_range"),
    ("duration null", "watch_seconds", {"TotalDuration": None}, "missing"),
]  # fmt: skip

TITLE_FIELDS: list[tuple[str, str, dict[str, Any], Outcome]] = [
    ("genre as a string", "genres", {"genre": "Crime"}, ("['Crime']", "")),
    ("genre parted", "genres", {"genre": "Crime|Drama"}, ("['Crime', 'Drama']", "")),
    ("genre empty", "genres", {"genre": []}, ("[]", "")),
    ("genre null", "genres", {"genre": None}, ("None", "")),
    ("genre repeated", "genres", {"genre": ["Crime", "Crime "]}, ("['Crime']", "")),
    ("genre of an object", "genres", {"genre": {"a": 1}}, "not_a_list"),
    ("seasons unlike the list", "season_count", {"seasons": 2, "episodes_per_season": [8]},
     ("2", "season_count_differs")),
    ("seasons beside a length", "duration_minutes", {"duration_minutes": 45},
     ("45", "length_of_another_kind")),
    ("seasons NaN", "season_count", {"seasons": float("nan")}, ("None", "")),
]  # fmt: skip
