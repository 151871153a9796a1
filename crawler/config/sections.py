"""The sections of `heed.toml` as models: every key with its bounds, its meaning and an example.

The examples are what an error tells the operator to write, and what an editor shows.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from crawler.config import checks
from crawler.config.options import DEFAULT_FOLDER, Options

Text = Annotated[str, Field(min_length=1)]
Seconds = Annotated[float, Field(allow_inf_nan=False)]
TOKEN = Options.model_fields["product_token"].default


def key(default: Any, meaning: str, example: object, **bounds: Any) -> Any:  # noqa: ANN401 (what pydantic's Field takes and gives)
    """A key of a section: its default (`...` for none), its meaning, an example, its bounds."""
    return Field(default, description=meaning, examples=[example], **bounds)


class Section(BaseModel):
    """What all sections share: nothing is coerced, nothing unknown is passed over."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True
    )


class Identity(Section):
    """Who crawls: what every request says, and what sites can refuse by name."""

    product_token: Text = key(TOKEN, "The name that robots.txt groups call.", "YourBot")
    version: Text = key("0.1", "Stands behind the name in the User-Agent.", "1.0")
    contact_url: str = key("", "The page that says who crawls.", "https://your.example/bot")
    from_email: str = key("", "The mailbox that From names.", "bot@your.example")
    purpose: str = key("", "Your own sentence for the bot page.", "A corpus of Frisian prose.")
    web_bot_auth_key: str = key("", "File of the key that signs requests.", "/etc/heed/key.pem")
    signature_agent: str = key("", "Origin that serves the key directory.", "https://your.example")


class Policy(Section):
    """What the text is for, and how widely refusals are read."""

    profile: Annotated[str, BeforeValidator(checks.profile)] = key(
        "strict", "literal, standard or strict.", "strict"
    )
    uses: Annotated[list[str], BeforeValidator(checks.uses)] = key(
        ["train-ai"], "What the text is for.", ["train-ai"]
    )


class Pace(Section):
    """How hosts are asked, and which addresses beyond the public ones."""

    delay: Seconds = key(5.0, "Seconds between two requests to a host.", 5.0, ge=0)
    allow_net: list[Annotated[str, BeforeValidator(checks.network)]] = key(
        [], "Address ranges to open.", ["10.0.0.0/8"]
    )
    allow_ports: list[Annotated[int, Field(ge=1, le=65535)]] = key(
        [], "Ports to open beside 80 and 443.", [8080]
    )


class Output(Section):
    """Where pages, their ledger and the state of jobs are kept."""

    path: Text = key(DEFAULT_FOLDER, "Folder or s3://bucket/prefix.", "corpus")
    ledger: str = key("", "Ledger file or postgresql:// URL; else PATH/ledger.db.", "ledger.db")
    frontier: str = key("", "Frontier; else a file a job beside the ledger.", "frontier.db")
    extract: Literal["accurate", "fast", "bulk", "none"] = key(
        "accurate", "How text is taken from pages.", "accurate"
    )
    compress: Literal["gz"] = key("gz", "How files are compressed: what every tool reads.", "gz")


class Metrics(Section):
    """Numbers for Prometheus, while `heed schedule` runs."""

    listen: Annotated[str, BeforeValidator(checks.loopback_address)] = key(
        "", "Loopback address and port to serve them on.", "127.0.0.1:9464"
    )


class Alert(Section):
    """Whom to tell of what."""

    on: Literal["site_newly_refuses", "job_failed", "refusals_jumped", "disk_low"] = key(
        ..., "What to tell of.", "site_newly_refuses"
    )
    webhook: Annotated[str, BeforeValidator(checks.web_address)] = key(
        ..., "URL that the alert is posted to as JSON.", "https://chat.example/hooks/heed"
    )


class Entry(Section):
    """What a crawl and an audit have in common: a name and when it is due."""

    name: Annotated[str, BeforeValidator(checks.name)] = key(
        ..., "Names the job, its logs and its lock.", "nightly"
    )
    cron: Annotated[str, BeforeValidator(checks.cron)] = key(
        ..., "When it is due: five fields of cron, or six with seconds first.", "15 2 * * *"
    )
    timezone: Annotated[str, BeforeValidator(checks.zone)] = key(
        "UTC", "IANA time zone that `cron` and `window` are read in.", "Europe/Berlin"
    )
    jitter: Seconds = key(0.0, "Starts up to so many seconds later.", 300, ge=0, le=86_400)


class Crawl(Entry):
    """A crawl that is run on its cron line."""

    seeds: list[Annotated[str, BeforeValidator(checks.seed)]] = key(
        [], "URLs to start at.", ["https://example.org/"]
    )
    seeds_file: str = key("", "A file of seeds, one URL a line.", "seeds.txt")
    spider: Literal["seeds", "sitemaps"] = key("seeds", "Where URLs come from.", "sitemaps")
    uses: Annotated[list[str], BeforeValidator(checks.uses)] | None = key(
        None, "In place of [policy] uses.", ["search"]
    )
    profile: Annotated[str, BeforeValidator(checks.profile)] | None = key(
        None, "In place of [policy] profile.", "standard"
    )
    scope: Literal["host", "domain", "prefix", "seeds"] = key(
        "host", "Which links are followed.", "domain"
    )
    max_pages: int | None = key(None, "Pages fetched a run at most.", 10_000, ge=1)
    max_depth: int | None = key(None, "Links from a seed at most.", 5, ge=0)
    max_time: Seconds | None = key(None, "Seconds a run takes at most.", 14_400, gt=0)
    path: str = key("", "In place of [output] path.", "corpus/nightly")
    window: Annotated[list[str], BeforeValidator(checks.windows)] = key(
        [],
        "When hosts may be asked; HOST= before it means one host.",
        ["22:00-06:00", "example.org=22:00-06:00 America/New_York"],
    )


class Audit(Entry):
    """An audit that is run on its cron line."""

    sites: list[Text] = key([], "Sites to audit.", ["example.org"])
    sites_file: str = key("", "A file of sites.", "sites.csv")
    report: str = key("", "Folder that a report (HTML) is written to afterwards.", "report")


class Document(Section):
    """The whole of `heed.toml`."""

    identity: Identity = Field(default_factory=Identity)
    policy: Policy = Field(default_factory=Policy)
    pace: Pace = Field(default_factory=Pace)
    output: Output = Field(default_factory=Output)
    settings: dict[str, Any] = Field(
        default_factory=dict, description="Limits and time-outs, HEED_… = value, as `-s` takes."
    )
    metrics: Metrics = Field(default_factory=Metrics)
    alert: list[Alert] = Field(default_factory=list)
    crawl: list[Crawl] = Field(default_factory=list)
    audit: list[Audit] = Field(default_factory=list)
