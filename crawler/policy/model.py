"""The vocabulary of the policy core: frozen values, no behaviour beyond their own consistency.

A *statement* is one thing a site was found to say about one use. Signals read statements out of
a `Observation`; `decide` combines them into a `Decision`. Nothing here knows any signal by name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Final, TypeVar

VERBATIM_LIMIT: Final = 500
"""Characters of a refused page's own words that evidence may keep (contract: cut at 500)."""


class Use(StrEnum):
    """What somebody may want to do with a resource (signals.md, section 0)."""

    CRAWL = "crawl"
    INDEX = "index"
    SEARCH = "search"
    SNIPPET = "snippet"
    ARCHIVE = "archive"
    AI_INDEX = "ai-index"
    AI_INPUT = "ai-input"
    TRAIN_GENAI = "train-genai"
    TRAIN_OTHER = "train-other"
    TDM = "tdm"
    IMAGE_TRAIN = "image-train"
    IMAGE_AI_INPUT = "image-ai-input"


TRAIN_USES: Final = (Use.TRAIN_GENAI, Use.TRAIN_OTHER)


class State(StrEnum):
    """What is known of a use; `rank` orders them, and the strongest wins."""

    UNKNOWN = "unknown"
    ALLOW = "allow"
    CONDITIONAL = "conditional"
    DISALLOW = "disallow"

    @cached_property  # asked for every statement of every decision
    def rank(self) -> int:
        return _RANKS[self]

    @cached_property
    def refuses(self) -> bool:
        """For acting, a condition that Heed never meets is a refusal."""
        return self in (State.CONDITIONAL, State.DISALLOW)


_RANKS: Final = {State.UNKNOWN: 0, State.ALLOW: 1, State.CONDITIONAL: 2, State.DISALLOW: 3}


class Profile(StrEnum):
    """Which strengths bind: the letter; plus lenient refusals; plus peers and plain words."""

    LITERAL = "literal"
    STANDARD = "standard"
    STRICT = "strict"

    @cached_property
    def rank(self) -> int:
        return tuple(Profile).index(self)


class Strength(StrEnum):
    """How firmly a statement speaks to us."""

    BINDING = "binding"
    LENIENT = "lenient"
    PEER = "peer"
    PROSE = "prose"

    @cached_property
    def binds_from(self) -> Profile:
        """The mildest profile in which statements of this strength bind."""
        return BINDS_FROM[self]


BINDS_FROM: Final[Mapping[Strength, Profile]] = {
    Strength.BINDING: Profile.LITERAL,
    Strength.LENIENT: Profile.STANDARD,
    Strength.PEER: Profile.STRICT,
    Strength.PROSE: Profile.STRICT,
}


class Carrier(StrEnum):
    """Where a statement was found."""

    ROBOTS_TXT = "robots.txt"
    HEADER = "header"
    STATUS = "status"
    HTML = "html"
    SITE_FILE = "site file"
    LICENCE_DOCUMENT = "licence document"
    EMBEDDED = "embedded metadata"
    TEXT = "text"
    REGISTRY = "registry"
    GIVEN = "given"


class Flag(StrEnum):
    """What was odd about a statement or about the thing it was read from."""

    MALFORMED = "malformed"
    LEGACY = "legacy"
    ORPHAN = "orphan"
    CROSS_VOCABULARY = "cross_vocabulary"
    CONFLICT = "conflict"
    AMBIGUOUS = "ambiguous"
    UNREACHABLE = "unreachable"
    BLOCKED_BY_ROBOTS = "blocked_by_robots"


class Outcome(StrEnum):
    """How a fetch ended (audit.md, column 1)."""

    OK = "ok"
    EMPTY = "empty"
    NOT_FOUND = "not_found"
    FORBIDDEN = "forbidden"
    PAYMENT = "payment"
    RATE_LIMITED = "rate_limited"
    CLIENT_ERROR = "client_error"
    SERVER_ERROR = "server_error"
    TIMEOUT = "timeout"
    DNS = "dns"
    TLS = "tls"
    CONNECTION = "connection"
    TRUNCATED = "truncated"
    UNDECODABLE = "undecodable"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    NOT_TEXT = "not_text"
    TOO_LARGE = "too_large"
    REFUSED_ADDRESS = "refused_address"
    BLOCKED_BY_ROBOTS = "blocked_by_robots"


Parsed = TypeVar("Parsed")


@dataclass(frozen=True)
class Resource:
    """One resource as it was fetched: its bytes and the facts of the fetch.

    `body` is decoded from content codings but from nothing else. Headers keep their order,
    their repeats and their case. A failed fetch is a resource too, told apart by `outcome`.
    """

    url: str
    body: bytes = b""
    status: int | None = 200
    headers: tuple[tuple[str, str], ...] = ()
    outcome: Outcome = Outcome.OK
    retrieved_at: datetime | None = None
    detail: str = ""
    """What the fetcher had to say of a failure, for people."""
    _readings: dict[object, object] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def sha256(self) -> str:
        """Hexadecimal digest of `body`."""
        return sha256(self.body).hexdigest()

    def read_as(self, parse: "Callable[[bytes], Parsed]") -> Parsed:
        """The body as `parse` reads it, parsed once however many signals ask."""
        if parse not in self._readings:
            self._readings[parse] = parse(self.body)
        return self._readings[parse]  # type: ignore[return-value]  # keyed by the function itself

    def header_values(self, name: str) -> tuple[str, ...]:
        """Every value of the header `name` (case-insensitive), in the order received."""
        return self._fields.get(name.lower(), ())

    @cached_property
    def _fields(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for name, value in self.headers:
            key = name.lower()
            found[key] = (*found.get(key, ()), value)
        return found


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a statement stands, so that anybody can look it up in the kept bytes.

    `where` is for people ("robots.txt line 3"). `start` and `end` are byte offsets into the
    body whose digest is `sha256`, or None where the words stand in a header or a status.
    """

    url: str
    where: str
    verbatim: str
    sha256: str = ""
    line: int | None = None
    start: int | None = None
    end: int | None = None
    retrieved_at: datetime | None = None
    status: int | None = None

    def __post_init__(self) -> None:
        if len(self.verbatim) > VERBATIM_LIMIT:
            object.__setattr__(self, "verbatim", self.verbatim[:VERBATIM_LIMIT])


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing a site says about one use."""

    signal: str
    carrier: Carrier
    use: Use
    state: State
    evidence: Evidence
    strength: Strength = Strength.BINDING
    scope: str = "response"
    conditions: str = ""
    flags: frozenset[Flag] = frozenset()
    binds_from: Profile | None = None
    """The mildest profile in which this binds; None means what its strength says."""

    def binds(self, profile: Profile) -> bool:
        """Whether this statement counts in `profile`. Only a binding strength can grant."""
        if self.state is State.ALLOW and self.strength is not Strength.BINDING:
            return False
        return profile.rank >= (self.binds_from or self.strength.binds_from).rank


@dataclass(frozen=True)
class Observation:
    """Everything known of one URL at one moment; what is not known yet is None or empty.

    `files` maps a site file's path ("/ai.txt"), or the absolute URL of a licence document, to
    what was fetched there. `page` is the response itself: with an empty body before it is read.
    `given` holds observations that arrive only through the door (`heed explain -`): parsed JSON
    values by the key names of decision.md.
    """

    url: str
    product_token: str = "Heedbot"  # noqa: S105 (a product token is a name, not a secret)
    alias_tokens: tuple[str, ...] = ("Scrapy",)
    robots: Resource | None = None
    files: Mapping[str, Resource] = field(default_factory=dict)
    page: Resource | None = None
    content_type: str = ""
    given: Mapping[str, object] = field(default_factory=dict)
    purpose_tokens: Mapping[str, tuple[Use, ...]] = field(default_factory=dict)
    """Product tokens that name a purpose instead of a crawler (Training Preference Signal)."""


Notes = Mapping[str, object]
"""What a signal has to tell beside statements: plain JSON values under the signal's name."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One way a site can speak; each file in `policy.signals` exports exactly one as `SIGNAL`."""

    name: str
    title: str
    carriers: tuple[Carrier, ...]
    scope: str
    uses: tuple[Use, ...]
    spec: str
    since: str
    read: Callable[[Observation], tuple[Statement, ...]]
    note: Callable[[Observation], Notes] | None = None
    """Facts for `evidence.<name>`: labels, licences, offers. Never part of a decision."""
    site_files: tuple[str, ...] = ()
    """Paths of an origin that must be fetched before any of its pages."""
    documents: Callable[[Observation, Profile], tuple[str, ...]] | None = None
    """Absolute URLs of further documents to fetch before a profile decides (RSL licences)."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a profile makes of all statements about one URL. Never a bare bool."""

    url: str
    profile: Profile
    states: Mapping[Use, State]
    deciding: Mapping[Use, tuple[Statement, ...]]
    statements: tuple[Statement, ...]
    rule_set: str

    def refusal(self, uses: tuple[Use, ...]) -> "Use | None":
        """The first of `crawl` and `uses` that is refused, or None where all may go on."""
        for use in (Use.CRAWL, *uses):
            if self.states[use].refuses:
                return use
        return None
