"""`heed explain`: what a site says about one URL, or about observations from standard input."""

import asyncio
import json
import math
import sys
from typing import Annotated, Final

import typer
from rich.console import Console

from crawler.cli import operating
from crawler.cli.options import operator_options
from crawler.cli.seeds import read_seeds
from crawler.policy.door import DoorError
from crawler.policy.door import explain as explain_observation

STANDARD_INPUT: Final = "-"
DIGITS_SHOWN: Final = 40
MOST_DIGITS: Final = 1000
"""Of a whole number; Python refuses to read, and to write, one of some thousands."""

LONG: Final = 30.0
"""Seconds between requests of which whoever waits should know."""


def explain(
    url: Annotated[str, typer.Argument(help="A URL, or - to read observations (JSONL).")],
    profile: operating.Profile = None,
    use: Annotated[list[str] | None, typer.Option(help="A use to explain; repeatable.")] = None,
    delay: operating.Delay = None,
    allow_net: operating.AllowNet = None,
    allow_port: operating.AllowPort = None,
    product_token: operating.ProductToken = None,
    contact: operating.Contact = None,
    from_email: operating.FromEmail = None,
    web_bot_auth_key: operating.WebBotAuthKey = None,
    signature_agent: operating.SignatureAgent = None,
    config: operating.Config = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Every statement found for one URL, and the decision per use with the words that made it."""
    if url == STANDARD_INPUT:
        sys.exit(answer_lines())
    from crawler.cli.explaining import explain_url, print_explanation

    (url,) = read_seeds([url], None)
    options = operator_options(
        targets=(url,),
        profile=profile,
        config=config,
        uses=use,
        delay=delay,
        allow_net=allow_net,
        allow_ports=allow_port,
        product_token=product_token,
        contact_url=contact,
        from_email=from_email,
        web_bot_auth_key=web_bot_auth_key,
        signature_agent=signature_agent,
    )
    if options.delay > LONG:
        print(f"heed: one request every {options.delay:g} s, some of them: wait.", file=sys.stderr)
    found = asyncio.run(explain_url(url, options))
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        print_explanation(found, options, Console())


def answer_lines() -> int:
    """Answer each line of standard input with one of standard output; 1 if any was in error."""
    failed = False
    for line in sys.stdin.buffer:
        answer, is_error = answer_line(line)
        failed = failed or is_error
        sys.stdout.buffer.write(answer.encode() + b"\n")
        sys.stdout.buffer.flush()
    return 1 if failed else 0


def answer_line(line: bytes) -> tuple[str, bool]:
    """The answer to one line as JSON: a decision, or what is wrong with it; and whether it is."""
    identity: object = None
    try:
        observation = _object(line)
        identity = observation.get("id")
        # Within: what can be read can still lie too deep to be written.
        return json.dumps(explain_observation(observation), allow_nan=False), False
    except json.JSONDecodeError as error:
        why = f"no JSON: {error.msg} at column {error.colno}"
    except RecursionError:
        identity, why = None, "a line must not be nested so deeply"
    except ValueError as error:
        why = str(error)
    return json.dumps({"id": identity, "error": why}), True


def _object(line: bytes) -> dict[str, object]:
    observation = json.loads(
        line, parse_constant=_refuse_constant, parse_float=_finite, parse_int=_whole
    )
    if not isinstance(observation, dict):
        raise DoorError("a line must hold one JSON object")
    return observation


def _refuse_constant(name: str) -> object:
    """`NaN` and its like, which Python reads and JSON does not know."""
    raise DoorError(f"no JSON: {name} is no number")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise DoorError(f"{digits:.{DIGITS_SHOWN}} is too large a number")
    return number


def _whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise DoorError(f"a number has {len(digits)} digits: {MOST_DIGITS} are the most")
    return int(digits)
