"""What holds for all tests."""

from hypothesis import settings

# Time limits of single examples fail on a busy machine and say nothing about the code.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
