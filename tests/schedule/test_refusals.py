"""A site that newly refuses is told of once, with the line that did it."""

from pathlib import Path

from tests.schedule.operating import Operator, receiving
from tests.site import Routes, page, served, text

WORDS = "The harbour keeps its tide tables on the wall of the customs house. " * 3


def test_a_newly_refusing_site_fires_one_webhook_with_the_line_that_did_it(tmp_path: Path) -> None:
    operator, seeds = Operator(tmp_path), tmp_path / "seeds.txt"
    lines = {"robots": "User-agent: *\nAllow: /\n", "head": ""}

    def routes(target: str, _: object) -> object:
        if target == "/robots.txt":
            return text(lines["robots"])
        return page(target, WORDS + target, head=lines["head"])

    as_routes: Routes = routes  # type: ignore[assignment]  # every answer is one
    with served(as_routes, as_routes) as (one, other), receiving() as receiver:
        operator.write(
            '[[crawl]]\nname = "nightly"\nseeds_file = "seeds.txt"\ncron = "0 3 * * *"\n'
            'scope = "seeds"\n',
            receiver.alert("site_newly_refuses"),
            receiver.alert("job_failed"),
        )

        def crawl_also(path: str) -> None:
            # Robots.txt is read again for a page that is new.
            with seeds.open("a") as file:
                file.writelines(f"{site.origin}{path}\n" for site in (one, other))
            done = operator.heed("schedule", "--run", "nightly")
            assert done.code == 0, done.err

        crawl_also("/a")
        assert receiver.posted == []
        lines["robots"] = "User-agent: *\nAllow: /\n\nUser-agent: GPTBot\nDisallow: /\n"
        # The webhook is away for as long as it is tried at once, and the alert is kept.
        receiver.answers = [503] * 6
        crawl_also("/b")
        assert receiver.taken == []
        assert operator.status()["alerts_waiting"] == 2
        crawl_also("/c")
        lines["head"] = '<meta name="robots" content="noai">'
        lines["robots"] = "User-agent: *\nAllow: /\n"
        crawl_also("/d")
    first, second, *later = receiver.taken
    assert {first["site"], second["site"]} == {
        site.origin.removeprefix("http://") for site in (one, other)
    }
    for alert in (first, second):
        assert alert["on"] == "site_newly_refuses"
        assert "GPTBot" in alert["text"]
        assert alert["lines"] == ["robots.txt line 5: Disallow: /"]
    assert len({alert["id"] for alert in receiver.taken}) == len(receiver.taken)
    # What says no on a page is told by its words, once a site.
    assert len(later) == 2
    assert all("noai" in alert["lines"][0] for alert in later)
    digest = operator.heed("status", "--digest", f"{operator.runs()[0].started_at:%Y-%m-%d}")
    assert digest.out.count("| nightly |") == 4
    assert "Newly refusing" not in digest.out or "GPTBot" in digest.out
