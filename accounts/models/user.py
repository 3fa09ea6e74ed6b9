"""A person with an e-mail address to sign in with."""

from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from kernel import clock

DELETED_AT = "@deleted.invalid"
"""Where the addresses of deleted accounts end: no mail reaches it, and nobody signs up with it."""


class StaffRole(models.TextChoices):
    """What a member of staff may do; a column of the permission matrix each."""

    REVIEWER = "reviewer"
    SUPPORT = "support"
    BILLING = "billing"
    ADMIN = "admin"


class UserManager(BaseUserManager["User"]):
    """Makes people."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a person; without a password they cannot sign in with one."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make an operator who sees the admin site; the second factor is asked of them too."""
        return self.create_user(
            email, password, is_superuser=True, staff_role=StaffRole.ADMIN, **fields
        )

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find by address, whatever its case."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. The address is unique whatever its case; ``public_id`` is what others are told.

    One who deleted their account stays as an empty row, so that what refers to it holds.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120, blank=True)
    staff_role = models.CharField(max_length=16, choices=StaffRole, blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=clock.wall, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_one_per_address"),
            models.CheckConstraint(
                condition=models.Q(staff_role__in=["", *StaffRole.values]),
                name="user_staff_role_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(deleted_at__isnull=True)
                | models.Q(
                    is_active=False,
                    name="",
                    staff_role="",
                    is_superuser=False,
                    email__endswith=DELETED_AT,
                ),
                name="user_deleted_is_nobody",
            ),
        ]

    def __str__(self) -> str:
        return self.name or ("Deleted account" if self.deleted_at else self.email)

    @property
    def public_name(self) -> str:
        """The name for eyes that may not see the address, which stands in where a name is
        missing.
        """
        return self.name or ("Deleted account" if self.deleted_at else "Somebody")

    @property
    def is_staff(self) -> bool:
        """Whether this person works for the service."""
        return bool(self.staff_role)

    def get_full_name(self) -> str:
        """Return the name that others see."""
        return str(self)

    def get_short_name(self) -> str:
        """Return the first word of the name."""
        return str(self).split(" ")[0]

    @property
    def initials(self) -> str:
        """One or two letters for a picture's place."""
        words = (self.name or self.email).replace(".", " ").split()
        return "".join(word[0] for word in words[:2]).upper()
