"""Calendar arithmetic in integers: a rule has no clock, only days since the token launch of 2025-07-17.

The conversion between day numbers and dates is Hinnant's ("chrono-Compatible Low-Level Date Algorithms"), with years that
start in March so that the leap day comes last. Valid from 0000-03-01 on.
"""

from metalab.protocol.kernel.compiling import rule

LAUNCH_YEAR = 2025
"""Year of the token launch (MODEL 0)."""
LAUNCH_MONTH = 7
"""Month of the token launch, 1 to 12."""
LAUNCH_DAY = 17
"""Day of the month of the token launch: unlocks are on this day of each month (ECONOMY 1)."""
LAUNCH = 20_286
"""2025-07-17 as days since 1970-01-01."""
EPOCH = 719_468
"""1970-01-01 as days since 0000-03-01."""
DAYS_IN_ERA = 146_097
"""Days in 400 years."""


@rule
def days_from_civil(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 of a date of the Gregorian calendar."""
    shifted = year - 1 if month <= 2 else year
    era = shifted // 400
    year_of_era = shifted - era * 400
    # From March on, five months have 153 days in every run of 31, 30, 31, 30, 31.
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * DAYS_IN_ERA + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - EPOCH


@rule
def civil_from_days(days: int) -> tuple[int, int, int]:
    """Year, month and day of a number of days since 1970-01-01."""
    since = days + EPOCH
    era = since // DAYS_IN_ERA
    rest = since - era * DAYS_IN_ERA
    # Takes out the leap days: one in 4 years (1,460 days and one), less one in 100, and one in 400.
    year_of_era = (rest - rest // 1460 + rest // 36_524 - rest // 146_096) // 365
    day_of_year = rest - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    year = year_of_era + era * 400
    if month <= 2:
        year += 1
    return year, month, day_of_year - (153 * shifted + 2) // 5 + 1


@rule
def find_month_start(months: int) -> int:
    """The day (since launch) on which `months` calendar months have passed: always a 17th."""
    month = LAUNCH_MONTH - 1 + months
    return days_from_civil(LAUNCH_YEAR + month // 12, month % 12 + 1, LAUNCH_DAY) - LAUNCH


@rule
def count_month_days(months: int) -> int:
    """Days from the 17th on which so many months have passed to the next 17th."""
    return find_month_start(months + 1) - find_month_start(months)


@rule
def add_months(date: tuple[int, int, int], months: int) -> int:
    """Days since 1970-01-01 of the same day of the month so many months after a date; the day is at most 28."""
    month = date[1] - 1 + months
    return days_from_civil(date[0] + month // 12, month % 12 + 1, date[2])


@rule
def split_months_since(start: int, day: int) -> tuple[int, int, int]:
    """A day since launch, not before `start`, as (months passed since then, days into the month, days of that month).

    Months begin on the start's day of the month, which is at most 28: every month has it.
    """
    opened = civil_from_days(LAUNCH + start)
    date = civil_from_days(LAUNCH + day)
    months = (date[0] - opened[0]) * 12 + date[1] - opened[1]
    if date[2] < opened[2]:
        months -= 1
    begun = add_months(opened, months)
    return months, LAUNCH + day - begun, add_months(opened, months + 1) - begun


@rule
def split_months(day: int) -> tuple[int, int, int]:
    """A day since launch as (months passed, days since the last 17th, days from that 17th to the next)."""
    date = civil_from_days(LAUNCH + day)
    months = (date[0] - LAUNCH_YEAR) * 12 + date[1] - LAUNCH_MONTH
    if date[2] < LAUNCH_DAY:
        months -= 1
    start = find_month_start(months)
    return months, day - start, find_month_start(months + 1) - start
