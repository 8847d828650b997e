"""Responses that the economy must show: paired futures with and without one change, judged against stated bounds."""
