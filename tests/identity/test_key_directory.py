"""The key directory as a verifier finds it: at its place, in its type, with the right key."""

import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crawler.identity.key_directory import directory_url, render_directory
from crawler.identity.keys import SigningKey
from crawler.policy.door import explain


def test_the_directory_is_a_jwk_set_without_any_private_part() -> None:
    old, new = (SigningKey(Ed25519PrivateKey.generate()) for _ in range(2))
    file = render_directory([new, old, new])
    keys = json.loads(file.text)["keys"]
    assert keys == [new.jwk, old.jwk]
    assert {*keys[0]} == {"kty", "crv", "x", "kid", "use"}


def test_served_as_told_it_is_well_formed() -> None:
    file = render_directory([SigningKey(Ed25519PrivateKey.generate())])
    url = directory_url("https://Bot.example/")
    assert url == "https://bot.example/" + file.path
    found = explain({"response": {"url": url, "content_type": file.media_type, "status": 200}})
    evidence = found["evidence"]
    assert isinstance(evidence, dict)
    assert evidence["web_bot_auth"]["well_formed"] is True
