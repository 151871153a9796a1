"""What a `heed.toml` says of every run, as the fields of `Options` that it sets."""

from crawler.config.file import Configuration
from crawler.config.options import PREFIX

IDENTITY = ("product_token", "version", "contact_url", "from_email", "signature_agent")


def said_by(configuration: Configuration) -> dict[str, object]:
    """Values by field of `Options`; only what the file spells out, and where output goes.

    Relative paths start from the file's folder, so that a run means the same wherever it starts.
    """
    document, place = configuration.document, configuration.place
    identity, output = document.identity, document.output
    said: dict[str, object] = {
        name: getattr(identity, name) for name in IDENTITY if name in identity.model_fields_set
    }
    if identity.web_bot_auth_key:
        said["web_bot_auth_key"] = place(identity.web_bot_auth_key)
    for section in (document.policy, document.pace):
        said |= {name: getattr(section, name) for name in section.model_fields_set}
    said["out"] = place(output.path)
    said |= {
        name: place(value) for name in ("ledger", "frontier") if (value := getattr(output, name))
    }
    if "extract" in output.model_fields_set:
        said["extract"] = output.extract
    return said | {
        name.removeprefix(PREFIX).lower(): value for name, value in document.settings.items()
    }
