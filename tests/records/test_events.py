"""Events are told apart by what they are, since nothing else distinguishes bare objects."""

from crawler.records import events


def test_no_two_events_are_the_same_object() -> None:
    named = [value for name, value in vars(events).items() if name.isupper()]
    assert len({id(one) for one in named}) == len(named) > 1
