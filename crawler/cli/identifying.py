"""What stands behind `heed identity`: the identity tried out, told, and drawn into public files."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from crawler.config import Options
from crawler.errors import ConfigurationError
from crawler.fetch.addresses import Network
from crawler.identity.bot_page import Proof, render_bot_page
from crawler.identity.ip_ranges import judge_range, render_ranges
from crawler.identity.key_directory import directory_url, render_directory
from crawler.identity.keys import SigningKey, is_exposed, read_key
from crawler.identity.published import PublicFile, write_files
from crawler.identity.reverse_dns import Confirmation, NameService, confirm
from crawler.identity.user_agent import identity_headers
from crawler.identity.verification import SignatureError, verify
from crawler.identity.web_bot_auth import RequestSigner
from crawler.policy.signals import catalogue

TRIAL: Final = "https://www.example.org/"
"""What a key is tried on; nobody is asked."""

MADE_ANEW: Final = frozenset({"Signature-Input", "Signature"})
"""Fields that no two requests have in common."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the operator asked for beside the check."""

    out: Path | None = None
    ranges: tuple[Network, ...] = ()
    other_keys: tuple[Path, ...] = ()
    """Keys that are published without being used: the last one, or the next."""
    purpose: str = ""
    check_dns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The identity, as it stands and as it was published."""

    fields: tuple[tuple[str, str], ...]
    proof: Proof
    written: tuple[tuple[Path, PublicFile], ...]
    confirmations: tuple[Confirmation, ...]
    remarks: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """1 where an address does not confirm, else 0."""
        return 0 if all(one.confirmed for one in self.confirmations) else 1

    def as_json(self) -> Mapping[str, object]:
        """For machines."""
        return {
            "fields": dict(self.fields),
            "keyid": self.proof.keyid or None,
            "directory": self.proof.directory or None,
            "ranges": [str(network) for network in self.proof.ranges],
            "written": [
                {"file": str(place), "media_type": file.media_type} for place, file in self.written
            ],
            "dns": [
                {"address": one.address, "name": one.name or None, "reason": one.reason or None}
                for one in self.confirmations
            ],
            "remarks": list(self.remarks),
            "ok": self.exit_code == 0,
        }


def identify(options: Options, wish: Wish, now: float, names: NameService) -> Found:
    """Check the identity in `options`, do what `wish` says, at `now` (epoch).

    Raises `ConfigurationError` for an identity that no crawl may bear, `StorageError` where a
    file cannot be written.
    """
    fields = identity_headers(options)
    keys = _read_keys(options, wish)
    proof = Proof(ranges=wish.ranges)
    if options.web_bot_auth_key:
        fields = (*fields, *_try_key(keys[0], options, now))
        proof = Proof(keys[0].keyid, directory_url(options.signature_agent), wish.ranges)
    hosts = [urlsplit(url).hostname or "" for url in (options.contact_url, options.signature_agent)]
    return Found(
        fields=fields,
        proof=proof,
        confirmations=tuple(confirm(address, hosts, names) for address in wish.check_dns),
        written=_publish(options, wish, proof, keys, now),
        remarks=tuple(_remarks(options, wish)),
    )


def _read_keys(options: Options, wish: Wish) -> tuple[SigningKey, ...]:
    if wish.other_keys and not options.web_bot_auth_key:
        raise ConfigurationError(
            f"--also-key {str(wish.other_keys[0])!r} goes beside a key in use: "
            "set --web-bot-auth-key too."
        )
    first = (Path(options.web_bot_auth_key),) if options.web_bot_auth_key else ()
    return tuple(read_key(file) for file in (*first, *wish.other_keys))


def _try_key(key: SigningKey, options: Options, now: float) -> tuple[tuple[str, str], ...]:
    """The fields of one signed request, once they have been verified as a server would."""
    fields = RequestSigner(key, options.signature_agent).sign(TRIAL, now)
    try:
        verify(fields, TRIAL, {key.keyid: key.public}, now)
    except SignatureError as error:
        raise ConfigurationError(
            f"What the key {options.web_bot_auth_key!r} signs does not verify: {error}."
        ) from None
    return fields


def _publish(
    options: Options, wish: Wish, proof: Proof, keys: Sequence[SigningKey], now: float
) -> tuple[tuple[Path, PublicFile], ...]:
    if wish.out is None:
        return ()
    drawn = [render_bot_page(options, catalogue(), proof, wish.purpose)]
    if keys:
        drawn.append(render_directory(keys))
    if wish.ranges:
        drawn.append(render_ranges(wish.ranges, now))
    return tuple(zip(write_files(wish.out, drawn), drawn, strict=True))


def _remarks(options: Options, wish: Wish) -> Iterator[str]:
    """What would be better otherwise, a sentence each; nothing that stops a crawl."""
    if options.product_token == type(options).model_fields["product_token"].default:
        yield (
            f"{options.product_token} is the token of everybody who set none: sites that mean "
            "you cannot name you; set --product-token"
        )
    if not options.from_email:
        yield "no mailbox is named: set --from, so that somebody can be written to"
    if options.contact_url.lower().startswith("http:"):
        yield "the contact page is not on https: who reads it cannot know that it is yours"
    if options.web_bot_auth_key and is_exposed(Path(options.web_bot_auth_key)):
        yield f"others may read the key: chmod 600 {options.web_bot_auth_key}"
    for network in wish.ranges:
        if (why := judge_range(network)) is not None:
            yield f"nobody crawls from {network}: {why}"


def tell(found: Found, options: Options) -> Iterator[str]:
    """The report for people, line by line."""
    for name, value in found.fields:
        if name not in MADE_ANEW:
            yield f"{name}: {value}"
    yield f"robots.txt group: User-agent: {options.product_token}"
    if found.proof.directory:
        yield f"Key {found.proof.keyid} signs and verifies; its directory: {found.proof.directory}"
    else:
        yield "Requests are not signed: no Web Bot Auth key is set."
    if found.proof.ranges:
        yield f"Addresses: {', '.join(map(str, found.proof.ranges))}"
    for place, file in found.written:
        yield f"wrote {place}: serve it {_how_to_serve(file, found, options)}"
    for one in found.confirmations:
        verdict = f"confirmed as {one.name}" if one.confirmed else f"not confirmed: {one.reason}"
        yield f"reverse DNS of {one.address}: {verdict}"
    for remark in found.remarks:
        yield f"note: {remark}"


def _how_to_serve(file: PublicFile, found: Found, options: Options) -> str:
    if "html" in file.media_type:
        return f"as {file.media_type} at {options.contact_url}"
    if file.path.startswith(".well-known/"):
        return (
            f"as {file.media_type} at {found.proof.directory}, "
            "over https with status 200, never by a redirect"
        )
    return f"as {file.media_type} beside the bot page, and make it anew every day"
