"""Every code a row can be refused or flagged with. Codes are stable: people filter by them."""

from __future__ import annotations

__all__ = ["FLAGS", "REFUSALS"]

REFUSALS = {
    "ambiguous_time": "the clocks of the zone showed the time twice, or never",
    "bad_quotes": "the quotes leave open where a field ends",
    "control_character": "the id contains a control character, as a tab or a line break",
    "day_differs": "the day is not the day of the instant beside it",
    "ends_before_start": "the end is before the start",
    "half_an_amount": "an amount has no currency, or a currency no amount",
    "missing": "a value that the row can't do without is empty",
    "no_zone": "an instant has no time zone",
    "not_a_choice": "the value is not one of the known words",
    "not_a_country": "the value is neither a country's code nor its English name",
    "not_a_currency": "the value is not the three letters of a currency",
    "not_a_date": "the value is not a date written YYYY-MM-DD",
    "not_a_length": "the value is not a length, as 90 min, 2 Seasons or 01:30:00",
    "not_a_list": "the value is not a list",
    "not_a_number": "the value is not a number",
    "not_a_truth_value": "the value is neither true nor false",
    "not_an_instant": "the value is not a date and time",
    "not_an_object": "the line, or the element of the array, is not an object",
    "not_json": "the value, or the line, is not JSON",
    "not_text": "the bytes are not text in the file's encoding",
    "nul_character": "the text contains a NUL character, which no store may hold",
    "out_of_range": "the number or date is outside what the column can mean",
    "outcome_differs": "an attempt that played names no play, or one that didn't names one",
    "over_two_midnights": "the session spans more than two days",
    "repeated_key": "the object has two values under one name",
    "repeated_pair": "the same user and title are there already under another id",
    "repeated_play": "the play belongs to another attempt already, or the attempt to another play or to none",
    "shifted_row": "the value is that of another column: the row is shifted",
    "too_long": "the text is longer than the column takes",
    "unknown_parent": "the row refers to something that was not loaded yet",
    "wrong_width": "the row has more or fewer fields than the header",
}
"""Refused rows are in quarantine, with one of these."""

FLAGS = {
    "before_signup": "the session is earlier than the user's registration",
    "box_left_on": "the set-top box was on for 86,400 seconds or more",
    "completion_out_of_range": "the completion is below 0 or above 100 percent",
    "length_of_another_kind": "a length of the title beside its seasons, or of episodes without them: it is not kept",
    "longer_than_title": "more was watched than the title is long",
    "no_contract": "the set-top box names no contract: none, 0 or an IPv4 address",
    "no_event_name": "the event has no name",
    "properties_left_out": "the event has properties that are not among those to keep",
    "rated_unseen": "the user has no play of the title that is rated",
    "season_count_differs": "the number of seasons is not the length of the list of episodes",
}
"""Flagged rows are stored as they came, with these in quality_flags."""
