"""How long claims are held, and queues rest."""

from crawler.config import read_options
from crawler.frontier.urlfrontier.leases import Leases, lease_of


def test_a_lease_is_longer_than_the_longest_exchange_and_rests_only_grow() -> None:
    options = read_options({})
    assert lease_of(options) > options.total_timeout + options.extract_deadline
    leases = Leases(60)
    assert leases.rest("q", 100.9) == 100
    assert leases.rest("q", 50.0) == 100
    assert leases.rest("r", 50.5) == 50
