"""What holds of all tests: the order of their files, and that none fails for how it was begun."""

import signal
from collections import Counter

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes is the machine's business: five files run at once on two cores.
settings.register_profile("heed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("heed")

# A shell that runs something in the background has it and all its children ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that hold most slow tests: who begins with them ends with none alone."""
    slow = Counter(item.path for item in items if item.get_closest_marker("slow"))
    items.sort(key=lambda item: -slow[item.path])
