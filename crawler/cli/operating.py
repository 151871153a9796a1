"""The options that every command has which asks sites for something, each declared once."""

from pathlib import Path
from typing import Annotated

import typer

Profile = Annotated[str | None, typer.Option(help="literal, standard or strict [strict].")]
Delay = Annotated[float | None, typer.Option(help="Seconds between requests to a host.")]
AllowNet = Annotated[list[str] | None, typer.Option(help="A network (CIDR) to allow.")]
AllowPort = Annotated[list[int] | None, typer.Option(help="A port to allow.")]
ProductToken = Annotated[str | None, typer.Option(envvar="HEED_PRODUCT_TOKEN")]
Contact = Annotated[str | None, typer.Option(envvar="HEED_CONTACT_URL")]
FromEmail = Annotated[str | None, typer.Option("--from", envvar="HEED_FROM")]
WebBotAuthKey = Annotated[
    str | None, typer.Option(envvar="HEED_WEB_BOT_AUTH_KEY", help="Key to sign requests with.")
]
SignatureAgent = Annotated[
    str | None, typer.Option(envvar="HEED_SIGNATURE_AGENT", help="Where the key is published.")
]
Setting = Annotated[list[str] | None, typer.Option("-s", help="NAME=VALUE, HEED_….")]
Config = Annotated[Path | None, typer.Option(help="A heed.toml [./heed.toml].")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")]
