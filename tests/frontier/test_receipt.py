"""A receipt is complete once, when nothing is under way any more."""

from hypothesis import given
from hypothesis import strategies as st

from crawler.frontier.protocol import Claim, Discovery, Ending
from crawler.frontier.receipt import Receipt

CLAIM = Claim("http://s.example/", "http://s.example/", "s.example:80", 0, 0, 0, "")


def test_a_receipt_waits_for_everything_that_came_of_its_claim() -> None:
    done: list[Receipt] = []
    receipt = Receipt(CLAIM, done.append)
    receipt.hold()
    receipt.finish()
    assert not done
    receipt.end(Ending.KEPT, 7.0)
    receipt.release()
    assert done == [receipt]
    assert receipt.acknowledgement.ending is Ending.KEPT


def test_finishing_twice_releases_once() -> None:
    receipt = Receipt(CLAIM, lambda _: None)
    receipt.hold()
    receipt.finish()
    receipt.finish()
    assert not receipt.complete


def test_the_first_ending_holds_and_beats_any_other_wise() -> None:
    receipt = Receipt(CLAIM, lambda _: None)
    receipt.end_otherwise(Ending.PASSED, None, "nothing")
    receipt.end(Ending.RETRY, 1.0, "first")
    receipt.end(Ending.KEPT)
    receipt.finish()
    assert receipt.acknowledgement.reason == "first"


def test_nothing_changes_a_complete_receipt() -> None:
    receipt = Receipt(CLAIM, lambda _: None)
    receipt.abandon()
    receipt.end(Ending.KEPT)
    receipt.discover(Discovery("u", "u", "h"))
    receipt.hold()
    assert receipt.complete
    assert receipt.acknowledgement.ending is Ending.PASSED
    assert receipt.discoveries == []


@given(st.lists(st.sampled_from(["hold", "release", "finish", "abandon"])))
def test_no_sequence_completes_a_receipt_twice(calls: list[str]) -> None:
    done: list[Receipt] = []
    receipt = Receipt(CLAIM, done.append)
    for call in calls:
        getattr(receipt, call)()
    assert len(done) == int(receipt.complete)
