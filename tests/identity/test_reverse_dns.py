"""An address is believed when its name is the operator's and leads back to it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from crawler.errors import ConfigurationError
from crawler.identity.reverse_dns import MOST_NAMES, SystemNames, confirm

OWN = ("www.bot.example", "keys.bot.example")


@dataclass
class Zone:
    """A name service that knows what a test tells it."""

    names: dict[str, tuple[str, ...]]
    addresses: dict[str, tuple[str, ...]]
    asked: list[str] = field(default_factory=list)

    def names_of(self, address: str) -> Sequence[str]:
        """PTR."""
        return self.names.get(address, ())

    def addresses_of(self, name: str) -> Sequence[str]:
        """A and AAAA."""
        self.asked.append(name)
        return self.addresses.get(name, ())


def test_a_name_in_the_own_domain_that_leads_back_confirms() -> None:
    zone = Zone(
        {"8.8.4.4": ("Crawl-1.Bot.Example.",)}, {"crawl-1.bot.example": ("8.8.8.8", "8.8.4.4")}
    )
    found = confirm("8.8.4.4", OWN, zone)
    assert (found.confirmed, found.name, found.reason) == (True, "crawl-1.bot.example", "")


def test_an_ipv6_address_is_told_by_its_value_not_its_spelling() -> None:
    zone = Zone({"2606:4700::1": ("c.bot.example",)}, {"c.bot.example": ("2606:4700:0:0::1",)})
    assert confirm("2606:4700:0000::0001", OWN, zone).confirmed


def test_an_address_without_a_name_does_not_confirm() -> None:
    found = confirm("8.8.4.4", OWN, Zone({"8.8.4.4": ("4.4.8.8.in-addr.arpa",)}, {}))
    assert (found.confirmed, found.reason) == (False, "no PTR record gives it a name")


def test_a_name_that_does_not_lead_back_does_not_confirm() -> None:
    zone = Zone({"8.8.4.4": ("c.bot.example",)}, {"c.bot.example": ("8.8.8.8", "junk")})
    assert confirm("8.8.4.4", OWN, zone).reason == "c.bot.example does not lead back to it"


@pytest.mark.parametrize("name", ["c.cloud.example", "bot.example.evil.test", "notbot.example"])
def test_somebody_elses_name_does_not_confirm_and_is_not_looked_up(name: str) -> None:
    zone = Zone({"8.8.4.4": (name,)}, {name: ("8.8.4.4",)})
    found = confirm("8.8.4.4", OWN, zone)
    assert not found.confirmed
    assert found.reason == f"its name {name} is not in bot.example"
    assert zone.asked == []


def test_one_good_name_among_several_is_enough() -> None:
    zone = Zone(
        {"8.8.4.4": ("x.cloud.example", "a.bot.example", "b.bot.example")},
        {"b.bot.example": ("8.8.4.4",)},
    )
    assert confirm("8.8.4.4", OWN, zone).name == "b.bot.example"


def test_without_an_own_host_any_name_that_leads_back_will_do() -> None:
    zone = Zone({"8.8.4.4": ("x.cloud.example",)}, {"x.cloud.example": ("8.8.4.4",)})
    assert confirm("8.8.4.4", ("",), zone).confirmed


def test_an_address_with_a_thousand_names_costs_no_more_than_ten() -> None:
    names = tuple(f"n{number}.bot.example" for number in range(1000))
    zone = Zone({"8.8.4.4": names}, {names[-1]: ("8.8.4.4",)})
    assert not confirm("8.8.4.4", OWN, zone).confirmed
    assert len(zone.asked) == MOST_NAMES


@pytest.mark.parametrize("text", ["", "bot.example", "8.8.8", "8.8.4.4/32", "fe80::1%eth0"])
def test_what_is_no_address_is_told(text: str) -> None:
    with pytest.raises(ConfigurationError, match="is no IP address"):
        confirm(text, OWN, Zone({}, {}))


def test_the_machines_own_resolver_finds_this_machine() -> None:
    assert confirm("127.0.0.1", ("localhost",), SystemNames()).name == "localhost"


def test_the_machines_own_resolver_has_no_answer_for_what_is_no_name() -> None:
    assert SystemNames().addresses_of("a" * 64 + ".invalid") == ()
    assert SystemNames().addresses_of("\udcff") == ()
