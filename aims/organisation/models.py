"""Organisations, people, memberships, object grants and API tokens."""

import zoneinfo
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from guardian.mixins import GuardianUserMixin
from guardian.models.models import UserObjectPermissionAbstract

from aims.organisation.fields import Relation
from aims.organisation.keys import uuid7
from aims.organisation.roles import Role


def known_time_zone(name: str) -> None:
    """Refuse a name that is no IANA time zone."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            _("“%(name)s” is no time zone. Write one such as Europe/Paris."), params={"name": name}
        )


class Organisation(models.Model):
    """A tenant: the organisation whose AI management system is kept here."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=200)
    country = models.CharField(_("country"), max_length=2, default="FR")
    time_zone = models.CharField(
        _("time zone"), max_length=60, default="Europe/Paris", validators=[known_time_zone]
    )
    edition = models.CharField(_("edition of the standard"), max_length=40, default="iso42001_2023")
    settings = models.JSONField(_("settings"), default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name


class Owned(models.Model):
    """A row of one organisation. `aims.journal.walls` gives its table row security, pair keys and the journal."""

    journalled: ClassVar[bool] = True
    journal_hidden: ClassVar[tuple[str, ...]] = ()  # columns that the journal does not keep
    journal_parent: ClassVar[str] = ""  # the column of the record to whose history a change belongs
    # where rows are no records and hang on one: the relation to it, and the field that dates them; auditors see them with it
    hangs_on: ClassVar[tuple[str, str] | None] = None

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, editable=False, related_name="+")

    class Meta:
        abstract = True


class PersonManager(BaseUserManager["Person"]):
    """Makes people by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """A person who can sign in with `email` (kept in lower case)."""
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.full_clean(exclude=["password"])
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> "Person":
        """The person with this e-mail address, whatever its case."""
        return self.get(email=(username or "").lower())


class Person(GuardianUserMixin, AbstractBaseUser, PermissionsMixin):
    """Somebody who can sign in; a member of one or more organisations."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    language = models.CharField(
        _("language"), max_length=5, default="en", choices=[("en", "English"), ("fr", "Français")]
    )
    is_active = models.BooleanField(_("active"), default=True)
    shortcuts = models.BooleanField(_("single-key shortcuts"), default=True)
    digest = models.BooleanField(_("daily digest by mail"), default=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = PersonManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [models.UniqueConstraint(Lower("email"), name="person_email_once")]

    def __str__(self) -> str:
        return self.name


class Membership(Owned):
    """A person in an organisation, with the role there."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    name = models.CharField(_("name"), max_length=150)
    title = models.CharField(_("job title"), max_length=150, blank=True)
    active = models.BooleanField(_("active"), default=True)
    # somebody from outside who takes the second look of four-eyes rules, for organisations too small for two
    outside_reviewer = models.BooleanField(_("outside reviewer"), default=False)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["organisation", "person"], name="membership_once")]

    def __str__(self) -> str:
        return self.name


class Grant(UserObjectPermissionAbstract):
    """django-guardian's object permission with what it lacks: an organisation, an end, and a scope.

    `codes` are the clauses and controls that an auditor's grant opens; empty means all. `subjects` names by register the
    only records that it opens, with what refers to them (`{"ai-systems": [id]}`), and the period the time that it opens.
    `access` reads live grants only.
    """

    journalled: ClassVar[bool] = True
    journal_hidden: ClassVar[tuple[str, ...]] = ()
    journal_parent: ClassVar[str] = ""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, editable=False, related_name="+")
    expires_at = models.DateTimeField(_("ends"), null=True, blank=True)
    codes = models.JSONField(_("clauses and controls"), default=list, blank=True)
    subjects = models.JSONField(_("only these records"), default=dict, blank=True)
    period_from = models.DateField(_("from"), null=True, blank=True)
    period_to = models.DateField(_("to"), null=True, blank=True)
    granted_at = models.DateTimeField(auto_now_add=True)

    class Meta(UserObjectPermissionAbstract.Meta):
        abstract = False
        verbose_name = _("grant")
        verbose_name_plural = _("grants")

    @property
    def narrowed(self) -> bool:
        """Whether it opens some records only, or some time."""
        return bool(self.subjects or self.period_from or self.period_to)


class ApiToken(Owned):
    """A bearer token of a member: only its digest is kept, and the token is shown once."""

    journal_hidden = ("digest", "last_used_at")

    membership = Relation(Membership, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(_("begins with"), max_length=12)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(_("scopes"), default=list)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
