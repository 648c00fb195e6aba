"""Who may come in: users with an e-mail address as their name, their roles, and keys of service accounts."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from rest_framework_api_key.models import AbstractAPIKey

from directory import clock
from directory.accounts.roles import Role
from directory.personal.fields import EncryptedTextField
from directory.personal.lookup import TOKEN_LENGTH


class UserManager(BaseUserManager["User"]):
    """Makes users; the e-mail address is kept in lower case, so that it names one user only."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user who can sign in with this address; without a password nobody can, until one is set."""
        if "@" not in email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user with this address, whatever case it was typed in."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]
    """Someone who signs in, or a service account that only has API keys.

    `email` is stored in plain text, because it is the log-in; `name` is encrypted. `is_superuser` has no meaning in the policy and is never set.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField("e-mail address", max_length=254)
    name = EncryptedTextField(default="")
    is_active = models.BooleanField(default=True)
    is_service = models.BooleanField("service account", default=False)
    date_joined = models.DateTimeField(default=clock.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        """The name to show; the address where no name was given."""
        return self.name or self.email

    def get_short_name(self) -> str:
        """The same as the full name: the product does not split names."""
        return self.get_full_name()

    @property
    def is_staff(self) -> bool:
        """Wagtail and Django ask this for their own admin; ours is decided by the policy, so the answer is always no."""
        return False


class RoleGrant(models.Model):
    """One role of one user: given by whom, when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=32, choices=Role.choices)
    granted_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    granted_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], name="role_once_per_user"),
            models.CheckConstraint(condition=models.Q(role__in=[str(role) for role in Role]), name="role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.user_id}"


class MailCode(models.Model):
    """A code that was asked for at an address, kept alike whether anybody has an account there or not.

    `code_hash` is empty until the worker has made the code, and stays empty where none is sent. `tries` are all that were made with it.
    """

    class Purpose(models.TextChoices):
        SIGN_IN = "sign-in", "Sign in"
        INVITATION = "invitation", "Take an invitation"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    email = EncryptedTextField()
    email_token = models.CharField(max_length=TOKEN_LENGTH)
    asked_at = models.DateTimeField(default=clock.now, db_index=True)
    ends_at = models.DateTimeField()
    code_hash = models.CharField(max_length=64, blank=True, default="")
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["email_token", "asked_at"], name="code_of_address")]
        constraints = [models.CheckConstraint(condition=models.Q(purpose__in=["sign-in", "invitation"]), name="code_purpose_known")]

    def __str__(self) -> str:
        return f"Code {self.pk}"


class ServiceKey(AbstractAPIKey):
    """An API key of a service account; only its hash is stored."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="keys")

    class Meta(AbstractAPIKey.Meta):
        verbose_name = "API key"
        verbose_name_plural = "API keys"
