"""What one may do on a project: three levels, each holding those below it."""

from typing import Literal

from django.db import models


class Level(models.IntegerChoices):
    """Ordered, so that the most generous of several is their greatest."""

    READ = 1, "Read"
    PUBLISH = 2, "Publish"
    ADMINISTER = 3, "Administer"

    @property
    def key(self) -> "LevelKey":
        """The word that programs and addresses use."""
        return KEYS[self.value]


LevelKey = Literal["read", "publish", "administer"]
"""The words for levels, as programs send and read them."""

KEYS: dict[int, LevelKey] = {1: "read", 2: "publish", 3: "administer"}
BY_KEY: dict[str, Level] = {level.key: level for level in Level}

PURPOSE: dict[Level, str] = {
    Level.READ: "Sees the project, also while it is private.",
    Level.PUBLISH: "Publishes releases of it.",
    Level.ADMINISTER: "Describes it, archives it, and says who else may.",
}
"""What a level is for, in words for people; what it may do is in ``matrix.PROJECT_MATRIX``."""
