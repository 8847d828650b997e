"""The names of the independent streams of chance."""

from enum import IntEnum, unique

GENESIS = -1
"""Day of the key of draws that are made once, before the first day of a run: days of a run are 0 and later."""


@unique
class Stream(IntEnum):
    """Who draws. The integers are part of the random key: never renumber, never reuse."""

    GENESIS_USERS = 1
    GENESIS_NODES = 2
    GENESIS_VOTERS = 3
    GENESIS_TRADERS = 4
    GENESIS_HOLDERS = 5
    GENESIS_DEVELOPERS = 6
    GENESIS_ROLLUPS = 7

    USERS = 11
    NODES = 12
    VOTERS = 13
    TRADERS = 14
    HOLDERS = 15
    DEVELOPERS = 16
    ROLLUPS = 17
    MARKET = 18
    PROPOSALS = 19
    PROVIDERS = 20
    LICENCES = 21
    BALLOTS = 22
    FAULTS = 23
    LOAD = 24
    MESSAGING = 25
    HOMES = 26
    RIVALS = 27
    ARRIVALS = 28

    EXTENSION = 31
    STUDY = 41
    STORAGE = 91
    POOLS = 92
    TICKS = 51
    JOBS = 52

    METALAYER_WORLD = 61
    METALAYER_ROOTS = 62
    METALAYER_HOPS = 63
    METALAYER_TRAFFIC = 64
    METALAYER_RELAYS = 65
    METALAYER_ATTACKS = 66
    METALAYER_FEEDS = 67
    METALAYER_INTENTS = 68
    METALAYER_TRIPS = 69
    METALAYER_ROLES = 70
    METALAYER_VOTES = 71
    METALAYER_JOINS = 72
    METALAYER_DATA = 73

    INCIDENTS = 95
    DEFECTION = 96
    CONNECTORS = 97
    SUBJECTS = 98
