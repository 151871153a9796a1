"""The SQLite queue against a model of a few lines, driven by hypothesis."""

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from crawler.frontier.protocol import Acknowledgement, Discovery, Ending
from crawler.frontier.queue import HostQueue

REST = 5.0
HOSTS = st.integers(0, 4).map(lambda number: f"h{number}.example:80")
GOES_BACK = {Ending.RETRY, Ending.DEFERRED}


@dataclass
class Url:
    """What the model knows of a URL."""

    found: Discovery
    order: int
    state: str = "queued"
    due: float = 0.0
    attempts: int = 0
    ending: str = ""

    @property
    def place(self) -> tuple[int, int, int]:
        """Where it stands in its host."""
        return self.found.depth, self.found.rank, self.order


@dataclass
class Host:
    """What the model knows of a host."""

    rests_until: float = 0.0
    blocked_until: float = 0.0
    served_at: float = 0.0
    out: bool = False


@dataclass
class Model:
    """The whole queue, in the fewest words."""

    urls: dict[str, Url] = field(default_factory=dict)
    hosts: dict[str, Host] = field(default_factory=dict)

    def host(self, name: str) -> Host:
        """The host of this name."""
        return self.hosts.setdefault(name, Host())

    def put(self, found: Discovery) -> bool:
        """Add what is new."""
        self.host(found.host)
        if found.key in self.urls:
            return False
        self.urls[found.key] = Url(found, len(self.urls), due=found.due)
        return True

    def first_of(self, name: str, now: float) -> Url | None:
        """What a claim of the host should be."""
        host = self.host(name)
        wanted = [
            url
            for url in self.urls.values()
            if url.found.host == name and url.state in {"queued", "done"} and url.due <= now
        ]
        if host.out or host.rests_until > now:
            return None
        return min(wanted, key=lambda url: url.place, default=None)


class QueueMachine(RuleBasedStateMachine):
    """Does the same to both and compares."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.now = 1000.0
        self.model = Model()
        self.queue = HostQueue(self.folder / "frontier.db", now=self.now, rest=REST)

    @initialize(number=st.integers(0, 3))
    def begin(self, number: int) -> None:
        """A few hosts to begin with."""
        self.put([(f"h{each}.example:80", each, 0, 0, 0.0) for each in range(number)])

    @rule(
        found=st.lists(
            st.tuples(
                HOSTS,
                st.integers(0, 9),
                st.integers(0, 2),
                st.integers(-1, 1),
                st.sampled_from([0.0, 3.0, 100.0]),
            ),
            max_size=6,
        )
    )
    def put(self, found: list[tuple[str, int, int, int, float]]) -> None:
        """Add what is new."""
        discoveries = [
            Discovery(
                url=f"http://{host}/{path}?utm_source=x",
                key=f"http://{host}/{path}",
                host=host,
                depth=depth,
                rank=rank,
                due=self.now + later if later else 0.0,
            )
            for host, path, depth, rank, later in found
        ]
        new = sum([self.model.put(each) for each in discoveries])
        assert self.queue.put(discoveries) == new

    @rule(hosts=st.integers(1, 6))
    def claim(self, hosts: int) -> None:
        """Claim, and see that the model agrees."""
        expected = {
            name: first
            for name in self.model.hosts
            if (first := self.model.first_of(name, self.now)) is not None
        }
        claims = self.queue.claim(hosts, self.now)
        assert len(claims) == min(hosts, len(expected))
        assert len({claim.host for claim in claims}) == len(claims)
        for claim in claims:
            url = expected[claim.host]
            assert (claim.key, claim.url) == (url.found.key, url.found.url)
            assert claim.attempts == url.attempts
            url.state = "out"
            host = self.model.host(claim.host)
            host.out, host.served_at = True, self.now

    @precondition(lambda self: any(url.state == "out" for url in self.model.urls.values()))
    @rule(
        choice=st.integers(0, 99),
        ending=st.sampled_from(Ending),
        later=st.sampled_from([None, 1.0, 50.0]),
    )
    def acknowledge(self, choice: int, ending: Ending, later: float | None) -> None:
        """End one of the claims."""
        out = [url for url in self.model.urls.values() if url.state == "out"]
        url = out[choice % len(out)]
        due = None if later is None else self.now + later
        self.queue.acknowledge(
            [Acknowledgement(url.found.key, ending, due, memory={"etag": "x"})], [], self.now
        )
        host = self.model.host(url.found.host)
        host.out, host.served_at = False, self.now
        goes_back = ending in GOES_BACK
        if ending is not Ending.DEFERRED:
            url.attempts = url.attempts + 1 if goes_back else 0
        url.ending = "" if goes_back else ending.value
        url.state = "queued" if goes_back else "done"
        url.due = self.now if goes_back and due is None else float("inf") if due is None else due

    @rule(host=HOSTS, seconds=st.sampled_from([1.0, 30.0]), blocked=st.booleans())
    def rest(self, host: str, seconds: float, *, blocked: bool) -> None:
        """Delay or block a host."""
        until = self.now + seconds
        if blocked:
            self.queue.block(host, until, "asked for it")
        else:
            self.queue.delay(host, until)
        known = self.model.host(host)
        known.rests_until = max(known.rests_until, until)
        if blocked:
            known.blocked_until = max(known.blocked_until, until)

    @rule(seconds=st.sampled_from([0.5, 4.0, 60.0]))
    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
        self.queue.acknowledge([], [], self.now)

    @rule()
    def open_again(self) -> None:
        """A new run of the job."""
        self.queue.close()
        self.queue = HostQueue(self.folder / "frontier.db", now=self.now, rest=REST)
        for url in self.model.urls.values():
            if url.state == "out":
                url.state, url.ending = "queued", ""
                url.due = 0.0
        for host in self.model.hosts.values():
            if host.out or host.served_at > self.now - REST:
                host.rests_until = max(host.rests_until, self.now + REST)
            host.out = False

    @invariant()
    def the_counts_agree(self) -> None:
        """No URL is lost or counted twice."""
        counts = self.queue.counts(self.now)
        urls = list(self.model.urls.values())
        assert counts.in_flight == sum(url.state == "out" for url in urls)
        assert counts.hosts == len(self.model.hosts)
        total = counts.queued + counts.in_flight + sum(counts.done.values())
        assert total == len(urls)
        wanted = any(
            url.state != "out"
            and url.due < float("inf")
            and not self.model.host(url.found.host).out
            and self.model.host(url.found.host).blocked_until <= self.now
            for url in urls
        )
        assert (counts.next_due is not None) >= wanted
        if all(host.blocked_until > self.now for host in self.model.hosts.values()):
            assert counts.next_due is None

    def teardown(self) -> None:
        """Leave nothing behind."""
        self.queue.close()
        shutil.rmtree(self.folder)


TestQueueAgainstItsModel = QueueMachine.TestCase
TestQueueAgainstItsModel.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
