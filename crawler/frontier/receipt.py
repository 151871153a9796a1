"""A claim's receipt: it is complete when nothing that came of the claim is still under way."""

from collections.abc import Callable, Mapping

from crawler.frontier.protocol import Acknowledgement, Claim, Discovery, Ending

OnComplete = Callable[["Receipt"], None]


class Receipt:
    """Counts what is under way: the exchange itself, each item, each request that was found.

    It begins with one hold, the exchange's, which `finish` releases. When the last hold is
    released `on_complete` is called, once; whatever is done to the receipt after that is ignored.
    """

    def __init__(self, claim: Claim, on_complete: OnComplete) -> None:
        self.claim = claim
        self.discoveries: list[Discovery] = []
        self.outlinks: int | None = None
        """How many more requests the page may lead to; None is any number."""
        self.fetched = False
        """Whether an answer came."""
        self._on_complete = on_complete
        self._holds = 1
        self._exchange_open = True
        self._ending: Acknowledgement | None = None
        self._otherwise = Acknowledgement(claim.key, Ending.PASSED)

    @property
    def complete(self) -> bool:
        """Whether nothing is under way any more."""
        return self._holds == 0

    @property
    def acknowledgement(self) -> Acknowledgement:
        """How the claim ended."""
        return self._ending or self._otherwise

    def hold(self) -> None:
        """Something more is under way."""
        if not self.complete:
            self._holds += 1

    def release(self) -> None:
        """Something that was held for is done."""
        if self.complete:
            return
        self._holds -= 1
        if self._holds == 0:
            self._on_complete(self)

    def finish(self) -> None:
        """The exchange and the callback are over; further calls do nothing."""
        if self._exchange_open:
            self._exchange_open = False
            self.release()

    def abandon(self) -> None:
        """Nothing that is held for can come any more: end with what is known."""
        self._exchange_open = False
        while not self.complete:
            self.release()

    def discover(self, discovery: Discovery) -> None:
        """Note a URL that the claim led to, put with the claim's acknowledgement."""
        if not self.complete:
            self.discoveries.append(discovery)

    def end(
        self,
        ending: Ending,
        due: float | None = None,
        reason: str = "",
        memory: Mapping[str, str] | None = None,
    ) -> None:
        """Say how the claim ended; the first word holds."""
        if self._ending is None and not self.complete:
            self._ending = Acknowledgement(self.claim.key, ending, due, reason, memory)

    def end_otherwise(
        self,
        ending: Ending,
        due: float | None = None,
        reason: str = "",
        memory: Mapping[str, str] | None = None,
    ) -> None:
        """Say how the claim ended if nobody says anything else until it is complete."""
        if not self.complete:
            self._otherwise = Acknowledgement(self.claim.key, ending, due, reason, memory)
