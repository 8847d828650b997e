"""The fast clock: the Metalayer second by second, as events in the order of time."""
