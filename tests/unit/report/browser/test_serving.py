"""How Streamlit is started: on which address, with what said to it, and refused when it can't be."""

from __future__ import annotations

import pytest

from report.browser.serving import OPTIONS, address_of, command, free_port, is_loopback
from svp.errors import UsageError


@pytest.mark.parametrize(
    ("host", "is_own"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104  (nothing listens)
        ("::", False),
        ("192.168.0.7", False),
        ("localhost.example", False),
    ],
)
def test_loopback_is_told_from_what_others_reach(host: str, is_own: bool) -> None:  # noqa: FBT001  (a case)
    assert is_loopback(host) == is_own


def test_strangers_names_are_refused_on_loopback_only() -> None:
    for name in ("localhost", "127.8.8.8"):
        assert f"--server.allowedHosts={name}" in command("127.8.8.8", 8501)
    assert not [flag for flag in command("192.168.0.7", 8501) if "allowedHosts" in flag]


def test_nothing_is_told_to_others_and_no_trace_is_shown() -> None:
    assert OPTIONS["browser.gatherUsageStats"] == "false"
    assert OPTIONS["client.showErrorDetails"] == "none"


def test_address_of_a_host_with_colons_has_brackets() -> None:
    assert address_of("::1", 8501) == "http://[::1]:8501"


def test_host_that_is_not_of_this_machine_is_told() -> None:
    with pytest.raises(UsageError, match=r"203\.0\.113\.1:8501 can't be listened on"):
        free_port("203.0.113.1", 8501)
    with pytest.raises(UsageError, match="can't be listened on"):
        free_port("no such host", 8501)
