"""`heed identity`: who a crawl says it is, checked; its key, and its public files, made."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from crawler.cli.options import configured_purpose, operator_options
from crawler.config import Options
from crawler.errors import ConfigurationError
from crawler.identity.user_agent import require_contact

if TYPE_CHECKING:
    from crawler.cli.identifying import Wish
    from crawler.fetch.addresses import Network
    from crawler.identity.keys import SigningKey

ANYWHERE: Final = ("anything beyond this machine",)


def identity(
    more: Annotated[
        list[str] | None, typer.Argument(metavar="[CIDR]...", help="More ranges, after --ranges.")
    ] = None,
    product_token: Annotated[str | None, typer.Option(envvar="HEED_PRODUCT_TOKEN")] = None,
    contact: Annotated[str | None, typer.Option(envvar="HEED_CONTACT_URL")] = None,
    from_email: Annotated[str | None, typer.Option("--from", envvar="HEED_FROM")] = None,
    web_bot_auth_key: Annotated[
        str | None, typer.Option(envvar="HEED_WEB_BOT_AUTH_KEY", help="A PEM or JWK file.")
    ] = None,
    signature_agent: Annotated[
        str | None,
        typer.Option(envvar="HEED_SIGNATURE_AGENT", help="https origin of the key directory."),
    ] = None,
    make_key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Make an Ed25519 key; never overwrites.")
    ] = None,
    also_key: Annotated[
        list[Path] | None, typer.Option(help="A key to publish too (rotation); repeatable.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for bot page, key directory and IP ranges.")
    ] = None,
    ranges: Annotated[
        list[str] | None, typer.Option(metavar="CIDR", help="Where the crawl comes from.")
    ] = None,
    check_dns: Annotated[
        list[str] | None,
        typer.Option(metavar="ADDRESS", help="Check forward-confirmed reverse DNS."),
    ] = None,
    use: Annotated[list[str] | None, typer.Option(help="What pages are for; repeatable.")] = None,
    purpose: Annotated[str, typer.Option(help="Your own sentence for the bot page.")] = "",
    profile: Annotated[
        str | None, typer.Option(help="literal, standard or strict [strict].")
    ] = None,
    delay: Annotated[float | None, typer.Option(help="Seconds between requests.")] = None,
    config: Annotated[Path | None, typer.Option(help="A heed.toml [./heed.toml].")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check who your crawler says it is; make its key, bot page, key directory and IP ranges."""
    wants_more = any((out, ranges, more, check_dns, also_key))
    if make_key is not None and not wants_more:
        _print_key(_make(make_key), make_key, as_json=as_json)
        return
    options = operator_options(
        targets=(),
        product_token=product_token,
        contact_url=contact,
        from_email=from_email,
        web_bot_auth_key=web_bot_auth_key or (str(make_key) if make_key else None),
        signature_agent=signature_agent,
        uses=use,
        profile=profile,
        config=config,
        delay=delay,
    )
    require_contact(options, ANYWHERE)
    from crawler.cli.identifying import Wish

    published = [*(also_key or ()), *((make_key,) if make_key and web_bot_auth_key else ())]
    wish = Wish(
        out=out,
        ranges=_read_networks(ranges or [], more or []),
        other_keys=tuple(published),
        purpose=purpose or configured_purpose(config),
        check_dns=tuple(check_dns or ()),
    )
    if make_key is not None:
        _make(make_key)
    raise typer.Exit(_report(options, wish, as_json=as_json))


def _read_networks(ranges: list[str], more: list[str]) -> "tuple[Network, ...]":
    from crawler.identity.ip_ranges import read_ranges

    if more and not ranges:
        raise ConfigurationError(f"{more[0]!r} is no option: ranges stand after --ranges.")
    return read_ranges([*ranges, *more])


def _make(file: Path) -> "SigningKey":
    from crawler.identity.keys import make_key

    return make_key(file)


def _print_key(key: "SigningKey", file: Path, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"file": str(file), "keyid": key.keyid, "jwk": key.jwk}))
        return
    print(f"wrote {file}, readable by you only: keep it secret, keep a copy\nkeyid {key.keyid}")
    print("set HEED_WEB_BOT_AUTH_KEY to it and HEED_SIGNATURE_AGENT to your https origin, then")
    print("heed identity --out DIR draws the key directory to serve there")


def _report(options: Options, wish: "Wish", *, as_json: bool) -> int:
    from crawler.cli.identifying import identify, tell
    from crawler.clock import SystemClock
    from crawler.identity.reverse_dns import SystemNames

    found = identify(options, wish, SystemClock().now(), SystemNames())
    if as_json:
        print(json.dumps(found.as_json(), ensure_ascii=False))
    else:
        print("\n".join(tell(found, options)))
    return found.exit_code
