"""The post between Stripe and us: as it comes, shuffled, doubled, or lost."""

import random
from dataclasses import dataclass, field

from audit import outbox
from subscriptions import intents
from subscriptions.actions.reconcile import reconcile
from subscriptions.actions.settling import settle_due
from subscriptions.actions.warning import warn_due
from subscriptions.looking import LOOKS
from tests.sandbox_control import Sandbox
from tests.subscriptions.stage import deliver, drive_everything

WAYS = ("as it comes", "shuffled", "doubled", "lost and compared")


@dataclass
class Post:
    """Carries what the sandbox holds back, in one way."""

    sandbox: Sandbox
    way: str
    carried: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(2026))

    def carry(self) -> None:
        """Bring all news since the last time, let the workers work, and the beat tick."""
        letters = self.sandbox.letters(after=self.carried)
        self.carried += len(letters)
        if self.way == "doubled":
            letters = [*letters, *letters]
        if self.way != "as it comes":
            self.chance.shuffle(letters)
        if self.way == "lost and compared":
            reconcile(LOOKS)
        else:
            deliver(letters)
        drive_everything()
        intents.sweep()
        drive_everything()
        settle_due()
        warn_due()
        outbox.sweep()
