"""Event tables beside the daily one: what happened, when, to whom; made from a world at the end of a run and from watching its days."""
