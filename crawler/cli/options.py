"""From command-line words to `Options`, with the sentences for what cannot be."""

from collections.abc import Iterable, Mapping
from typing import Final

from crawler.cli.seeds import is_loopback, ports_named
from crawler.config import PREFIX, Options, read_options
from crawler.errors import ConfigurationError
from crawler.identity.user_agent import check_identity, require_contact
from crawler.policy.model import TRAIN_USES, Profile, Use

TRAIN_AI: Final = "train-ai"
SETTABLE: Final = frozenset(
    {"CONNECT_TIMEOUT", "READ_TIMEOUT", "TOTAL_TIMEOUT", "MAX_BODY", "MAX_HEADERS",
     "MAX_REDIRECTS", "MAX_RETRIES", "BACKOFF_BASE", "PARK_AFTER", "CONCURRENCY", "HOST_BUDGET",
     "MAX_OUTLINKS", "MAX_PATH_DEPTH", "ROBOTS_TTL", "ROLL_BYTES", "ROLL_SECONDS",
     "EXTRACT_WORKERS", "EXTRACT_DEADLINE", "SPOOL_LIMIT"}
)  # fmt: skip
"""Settings that `-s` takes (contract.md): limits and time-outs, nothing that weakens a refusal."""


def operator_options(
    *, targets: tuple[str, ...], settings: Iterable[str] = (), **given: object
) -> Options:
    """Validated options for a run on `targets`; raises `ConfigurationError`.

    `given` holds values by field name, None for what was not said.
    """
    said: dict[str, object] = {
        key: value for key, value in given.items() if value is not None and value != []
    }
    if "uses" in said:
        said["uses"] = read_uses(said["uses"])
    if "profile" in said:
        said["profile"] = _read_profile(str(said["profile"]))
    said["seed_ports"] = ports_named(targets)
    options = read_options(
        {**{PREFIX + key.upper(): value for key, value in said.items()}, **_read_settings(settings)}
    )
    check_identity(options)
    require_contact(options, tuple(url for url in targets if not is_loopback(url)))
    return options


def read_uses(names: object) -> tuple[Use, ...]:
    """Uses by name; `train-ai` means both train uses. Raises `ConfigurationError`."""
    uses: list[Use] = []
    for name in names if isinstance(names, list | tuple) else [names]:
        if name == TRAIN_AI:
            uses.extend(TRAIN_USES)
            continue
        try:
            uses.append(Use(str(name)))
        except ValueError:
            known = ", ".join((TRAIN_AI, *Use))
            raise ConfigurationError(f"{name!r} is no use that Heed knows: say {known}.") from None
    return tuple(dict.fromkeys(uses))


def _read_profile(name: str) -> Profile:
    try:
        return Profile(name)
    except ValueError:
        known = ", ".join(Profile)
        raise ConfigurationError(f"{name!r} is no profile: say {known}.") from None


def _read_settings(assignments: Iterable[str]) -> Mapping[str, object]:
    settings: dict[str, object] = {}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals:
            raise ConfigurationError(f"-s {assignment!r} assigns nothing: write NAME=VALUE.")
        if name.removeprefix(PREFIX) not in SETTABLE or not name.startswith(PREFIX):
            known = ", ".join(sorted(PREFIX + one for one in SETTABLE))
            raise ConfigurationError(f"-s {name} is no setting: there are {known}.")
        settings[name] = value.strip()
    return settings
