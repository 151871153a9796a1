"""What an operator can say, read into frozen models; every error names key, value and remedy."""

import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from crawler.config.windows import Window
from crawler.errors import ConfigurationError
from crawler.policy.model import TRAIN_USES, Profile, Use

PREFIX: Final = "HEED_"
DEFAULT_FOLDER: Final = "heed-data"
SETTABLE: Final = frozenset(
    {"CONNECT_TIMEOUT", "READ_TIMEOUT", "TOTAL_TIMEOUT", "MAX_BODY", "MAX_HEADERS",
     "MAX_REDIRECTS", "MAX_RETRIES", "BACKOFF_BASE", "PARK_AFTER", "CONCURRENCY", "HOST_BUDGET",
     "MAX_OUTLINKS", "MAX_PATH_DEPTH", "ROBOTS_TTL", "ROLL_BYTES", "ROLL_SECONDS",
     "EXTRACT_WORKERS", "EXTRACT_DEADLINE", "SPOOL_LIMIT"}
)  # fmt: skip
"""Settings that `-s` takes (contract.md): limits and time-outs, nothing that weakens a refusal."""

LONGEST: Final = 31_536_000.0
"""Seconds of a year: nothing waits longer, and every moment so far ahead can still be written."""

LONGEST_JOB: Final = 200
"""Letters of a job's name as its file has it; file names end at 255 octets."""

FOLDER_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def _folder_name(text: str) -> str:
    """A name, or none, that can be a folder everywhere."""
    if text and not FOLDER_NAME.fullmatch(text):
        raise PydanticCustomError(
            "folder_name",
            "it names folders, so write up to 100 letters, digits, dots, dashes and underscores, "
            "beginning with a letter or digit",
        )
    return text


def _job_name(text: str) -> str:
    """A name whose frontier's file, and what lies beside that, a file system takes."""
    if len(quote(text, safe="")) > LONGEST_JOB:
        raise PydanticCustomError(
            "job_name",
            f"it names a file, so write at most {LONGEST_JOB} letters, of others than a-z fewer",
        )
    return text


def _output(text: str) -> str:
    """A folder, or a place in a store that Heed can write to."""
    if not text:
        raise PydanticCustomError("output", "it is empty, so write a folder or s3://bucket/prefix")
    parts = urlsplit(text)
    is_bucket = parts.scheme == "s3" and parts.netloc and not parts.query and not parts.fragment
    if "://" in text and not is_bucket:
        raise PydanticCustomError("output", "it names no bucket, so write s3://bucket/prefix")
    return text


class Options(BaseModel):
    """Every `HEED_` setting with its bounds (contract.md, "Settings"); seconds and bytes."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, allow_inf_nan=False
    )

    product_token: str = "Heedbot"  # noqa: S105 (a name, not a secret)
    version: str = "0.1"
    contact_url: str = ""
    from_email: str = ""
    web_bot_auth_key: str = ""
    """File of the Ed25519 key that signs every request; needs `signature_agent`."""
    signature_agent: str = ""
    """The https origin that serves the key directory."""
    uses: tuple[Use, ...] = TRAIN_USES
    profile: Profile = Profile.STRICT

    out: Annotated[str, AfterValidator(_output)] = DEFAULT_FOLDER
    ledger: str = ""
    frontier: str = ""
    job: Annotated[str, AfterValidator(_job_name)] = ""
    scope: Literal["host", "domain", "prefix", "seeds"] = "host"
    fresh: bool = False
    recrawl: bool = False
    crawl_name: Annotated[str, AfterValidator(_folder_name)] = ""
    extract: Literal["accurate", "fast", "bulk", "none"] = "accurate"

    delay: float = Field(5.0, ge=0, le=LONGEST)
    allow_net: tuple[IPv4Network | IPv6Network, ...] = ()
    allow_ports: tuple[Annotated[int, Field(ge=1, le=65_535)], ...] = ()
    seed_ports: Mapping[str, tuple[int, ...]] = Field(default_factory=dict)
    """Ports that a seed names for its host."""

    max_pages: int | None = Field(None, ge=1)
    max_depth: int | None = Field(None, ge=0)
    max_time: float | None = Field(None, gt=0, le=LONGEST)
    linger: float = Field(60.0, ge=0, le=LONGEST)
    windows: Mapping[str, Window] = Field(default_factory=dict)
    """When a host may be asked, by its name; "" stands for every other host."""

    connect_timeout: float = Field(10, gt=0, le=LONGEST)
    read_timeout: float = Field(30, gt=0, le=LONGEST)
    total_timeout: float = Field(120, gt=0, le=LONGEST)
    max_body: int = Field(5_242_880, ge=1)
    max_headers: int = Field(65_536, ge=1)
    max_redirects: int = Field(5, ge=0, le=20)
    max_retries: int = Field(3, ge=0)
    backoff_base: float = Field(60, gt=0, le=LONGEST)
    park_after: int = Field(5, ge=1)
    concurrency: int = Field(64, ge=1, le=4096)
    host_budget: int = Field(10_000, ge=1)
    max_outlinks: int = Field(500, ge=1)
    max_path_depth: int = Field(20, ge=1)
    robots_ttl: float = Field(86_400, gt=0, le=86_400)
    roll_bytes: int = Field(1_000_000_000, ge=1)
    roll_seconds: float = Field(600, gt=0, le=LONGEST)
    extract_workers: int = Field(0, ge=0)
    extract_deadline: float = Field(30, gt=0, le=LONGEST)
    spool_limit: int = Field(10_000_000_000, ge=1)

    @property
    def folder(self) -> Path:
        """The local output folder; where the output is a store, what waits to be sent to it."""
        return Path(DEFAULT_FOLDER if "://" in self.out else self.out)

    @property
    def corpus_folder(self) -> Path:
        """Where files are written: the output folder, or the spool of the store that it is.

        A spool lies beside the ledger, where that is a file. Each store has one of its own, so
        that no file goes to another store than it was written for, and none of a corpus that
        lies in the same folder leaves it.
        """
        if "://" not in self.out:
            return self.folder
        beside = Path(self.ledger_place).parent if "://" not in self.ledger else self.folder
        return beside / "spool" / quote(self.out.partition("://")[2].rstrip("/"), safe="")

    @property
    def is_fleet(self) -> bool:
        """Whether the frontier is a service, so that other workers may share the crawl."""
        return "://" in self.frontier

    @property
    def ledger_place(self) -> str:
        """The ledger's path or database URL."""
        return self.ledger or str(self.folder / "ledger.db")


def read_options(settings: Mapping[str, Any]) -> Options:
    """`HEED_` settings as an `Options`; raises `ConfigurationError` naming the first bad one."""
    given = {
        key.removeprefix(PREFIX).lower(): value
        for key, value in settings.items()
        if key.startswith(PREFIX) and value is not None
    }
    try:
        return Options.model_validate(given)
    except ValidationError as error:
        raise ConfigurationError(explain_first(error)) from None


def explain_first(error: ValidationError) -> str:
    """The first problem that pydantic found, as one sentence."""
    first = error.errors()[0]
    key = PREFIX + "_".join(str(part) for part in first["loc"][:1]).upper()
    if first["type"] == "extra_forbidden":
        return f"{key} is no setting of Heed; see the README for those that are."
    return f"{key} = {first['input']!r} cannot be used: {first['msg'].lower()}."
