"""What the counts of a URLFrontier can tell."""

from crawler.frontier.urlfrontier.tally import ever_in, is_over, queued_in
from crawler.frontier.urlfrontier.wire_pb2 import Stats


def test_a_sum_below_zero_is_nothing_queued() -> None:
    stats = Stats(size=2**64 - 1, counts={"completed": 3})
    assert queued_in(stats) == 0
    assert ever_in(stats) == 2
    assert is_over(stats)


def test_a_queue_that_lacks_a_url_hides_no_other_s() -> None:
    assert not is_over(Stats(size=0, counts={"active_queues": 1}))
    assert not is_over(Stats(size=2**64 - 3, counts={"active_queues": 1}))


def test_what_is_out_is_not_queued_and_not_over() -> None:
    stats = Stats(size=5, inProcess=2, counts={"active_queues": 2})
    assert queued_in(stats) == 3
    assert not is_over(stats)
