"""The invented history of the sample says of itself that it is one."""

from crawler.demo.history import MONTHS, NOTE, make_history


def test_every_file_of_the_sample_says_that_it_is_one() -> None:
    sites = list(make_history())
    assert len(sites) > 10
    for site in sites:
        assert site.name.endswith(".example")
        assert len(site.files) == MONTHS
        assert all(body.startswith(f"# {NOTE}\n".encode()) for _, body in site.files)


def test_some_sites_block_some_unblock_and_some_never_change() -> None:
    counts = {len({body for _, body in site.files}) for site in make_history()}
    assert {1, 2, 3} <= counts
