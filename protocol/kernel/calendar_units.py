"""Units of time that rules and agents share, each defined once.

They are floats, for arithmetic on rates and hours; `WHOLE_DAYS_A_YEAR` is the integer for exact amounts and for counting days.
A year has 365 days everywhere but in vesting, which follows the calendar (`dates`).
"""

DAYS_A_YEAR = 365.0
"""Days over which a rate per year is spread (ECONOMY 7, 16, 19)."""
WHOLE_DAYS_A_YEAR = 365
"""The same as an integer: uERA are divided without rounding errors, and a year of a run ends after so many days."""
MONTHS_A_YEAR = 12.0
"""Bills are quoted per month; a month is a twelfth of 365 days."""
HOURS_A_DAY = 24.0
"""Length of the step of the daily clock in hours."""
MINUTES_AN_HOUR = 60.0
"""Intervals between checks are quoted in minutes, detection in hours."""
SECONDS_A_MINUTE = 60.0
"""The fast clocks count seconds, their settings minutes."""
SECONDS_AN_HOUR = 3600.0
"""Rates per hour and hours of load against the seconds of the fast clocks."""
SECONDS_A_DAY = 86_400.0
"""Rates per day against the seconds of the fast clocks."""
