"""From command-line words to `Options`, with the sentences for what cannot be."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from crawler.cli.seeds import is_loopback, ports_named
from crawler.config import PREFIX, SETTABLE, Options, read_options
from crawler.config.file import find_file, read_file
from crawler.config.sayings import said_by
from crawler.errors import ConfigurationError
from crawler.identity.user_agent import check_identity, require_contact
from crawler.policy.model import TRAIN_USES, Profile, Use

TRAIN_AI: Final = "train-ai"


def operator_options(
    *,
    targets: tuple[str, ...],
    settings: Iterable[str] = (),
    config: Path | None = None,
    reads_file: bool = True,
    **given: object,
) -> Options:
    """Validated options for a run on `targets`; raises `ConfigurationError`.

    `given` holds values by field name, None for what was not said: that is taken from `config`
    or the heed.toml of this folder, where there is one and the command `reads_file`.
    """
    file = find_file(config) if reads_file else None
    said: dict[str, object] = {
        **(said_by(read_file(file)) if file is not None else {}),
        **{key: value for key, value in given.items() if value is not None and value != []},
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
    # A worker of a fleet that is given no seeds may meet anybody.
    strangers = tuple(url for url in targets if not is_loopback(url))
    if options.is_fleet and not targets:
        strangers = ("the sites of a fleet's crawl",)
    require_contact(options, strangers)
    return options


def configured_purpose(config: Path | None) -> str:
    """The operator's own sentence in `config` or the heed.toml of this folder; "" for none."""
    file = find_file(config)
    return read_file(file).document.identity.purpose if file is not None else ""


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
