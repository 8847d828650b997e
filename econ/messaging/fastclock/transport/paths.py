"""What each path of verification is expected to take and to cost now, learned from the messages so far."""

from metalab.econ.messaging.fastclock.settings.settings import Settings
from metalab.econ.messaging.fastclock.transport.chains import Chain
from metalab.protocol.messaging.proofs.aggregation import Load, Prices, price_batch
from metalab.protocol.messaging.proofs.verification import Offer, Path, choose_path

TYPICAL = Load(1, 900, 22)
"""Bytes and hashes that a first expectation of a light-client proof has; observations replace it."""


class Paths:
    """Expectations of senders and relayers."""

    def __init__(self, settings: Settings) -> None:
        verifying, guarding = settings.verifying, settings.guarding
        self.settings = verifying
        self.prices = Prices(
            verifying.certificate_gas, verifying.hash_gas, verifying.byte_gas, verifying.transaction_gas, verifying.execution_gas
        )
        single = verifying.transaction_gas + verifying.execution_gas
        self.gas = {
            Path.LIGHT: price_batch(TYPICAL, self.prices),
            Path.DIRECT: verifying.direct_gas + single,
            Path.OPTIMISTIC: verifying.optimistic_gas + single,
        }
        # A message waits half a tick on average for the commitment that holds it.
        self.commit_s = guarding.tick_s / 2.0
        self.snapshot_s = self.commit_s + guarding.collect_s + guarding.timeout_s
        self.carry_s = settings.relaying.relay_s
        self.last_final_s = 0.0

    def learn_finality(self, seconds: float) -> None:
        """From sending to the final snapshot."""
        self.snapshot_s += self.settings.learning * (seconds - self.snapshot_s)

    def learn_carriage(self, seconds: float, path: Path, gas: float) -> None:
        """From finality to the destination's block, and the gas of it."""
        self.carry_s += self.settings.learning * (seconds - self.carry_s)
        self.gas[path] += self.settings.learning * (gas - self.gas[path])

    def list_offers(self, source: Chain, now: float) -> list[Offer]:
        """The paths that messages from a rollup can take; snapshots that do not come make the light client slow."""
        settings, ready = self.settings, self.commit_s + self.carry_s
        light_s = max(self.snapshot_s, now - self.last_final_s) + self.carry_s
        offers = [
            Offer(Path.LIGHT, light_s, self.gas[Path.LIGHT], settings.light_risk),
            Offer(Path.OPTIMISTIC, settings.challenge_s + ready, self.gas[Path.OPTIMISTIC], settings.optimistic_risk),
        ]
        if source.has_verifier:
            offers.append(Offer(Path.DIRECT, source.wait_s + ready, self.gas[Path.DIRECT], settings.direct_risk))
        return offers

    def choose(self, source: Chain, value_usd: float, now: float, left_s: float, *, without_snapshots: bool = False) -> Path | None:
        """The path for a value, if any can be done in time."""
        settings = self.settings
        offers = [offer for offer in self.list_offers(source, now) if not (without_snapshots and offer.path == Path.LIGHT)]
        return choose_path(offers, value_usd, settings.gas_usd, settings.patience_usd_s, left_s)
