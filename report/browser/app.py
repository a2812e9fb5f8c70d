"""The script that Streamlit runs, and reads anew for everybody who looks."""

from __future__ import annotations

from report.browser.live import show_report

show_report()
