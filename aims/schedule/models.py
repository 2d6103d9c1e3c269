"""What must be done again or in time, when it falls due, who is asked, and the mails that said so."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.organisation.mailing import Sort
from aims.organisation.models import Membership, Owned, Person
from aims.organisation.roles import Role
from aims.records.fields import Relation
from aims.records.registry import ObligationRule, obligation_rule
from aims.schedule.dates import Interval, add_months

PRESSING = 3  # days: who is asked for something due so soon is told at once


class Obligation(Owned):
    """Something that an organisation must do again or in time: a declared default, or its own.

    `own` names the fields that the organisation changed: the declaration no longer moves those. `months` and `days` are
    the interval of a periodic obligation, the time allowed after the event of the other kinds (`hours` where the law
    counts in hours), and how long a retention floor keeps. `done_by` is a transition of the register's records, or
    `register.transition` of another's.
    """

    class Kind(models.TextChoices):
        """The five kinds of duty in time."""

        PERIODIC = "periodic", _("again and again")
        AFTER = "after", _("in time after an event")
        TRIGGER = "trigger", _("at once on an event")
        RETENTION = "retention", _("keep at least")
        PRECONDITION = "precondition", _("before something else")

    class Shift(models.TextChoices):
        """What happens to a date on which nobody works."""

        NONE = "", _("stays")
        NEXT = "next_working_day", _("moves to the next working day")
        LAST = "last_working_day", _("moves to the last working day before")

    code = models.CharField(_("code"), max_length=60)
    title = models.CharField(_("title"), max_length=200)
    clause = models.CharField(_("clause"), max_length=20, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.PERIODIC)
    months = models.PositiveSmallIntegerField(_("months"), default=0)
    days = models.PositiveSmallIntegerField(_("days"), default=0)
    hours = models.PositiveSmallIntegerField(_("hours"), default=0)
    lead_days = models.JSONField(_("announced so many days before"), default=list)
    role = models.CharField(_("who is asked"), max_length=20, choices=Role.choices, default=Role.OFFICER)
    owner = Relation(Membership, verbose_name=_("owner"), null=True, blank=True, related_name="+")
    register = models.CharField(_("register"), max_length=60, blank=True)
    record_id = models.UUIDField(_("record"), null=True, blank=True)
    event = models.CharField(_("begins with"), max_length=100, blank=True)
    done_by = models.CharField(_("done by"), max_length=100, blank=True)
    anchor = models.DateField(_("counted from"))
    moves_anchor = models.BooleanField(_("doing it late moves the next date"), default=False)
    shift = models.CharField(_("on a day without work"), max_length=20, choices=Shift.choices, blank=True)
    active = models.BooleanField(_("active"), default=True)
    own = models.JSONField(default=list, blank=True, editable=False)

    class Meta:
        verbose_name = _("obligation")
        verbose_name_plural = _("obligations")
        ordering = ["clause", "code"]
        constraints = [models.UniqueConstraint(fields=["organisation", "code"], name="obligation_code_once")]

    def __str__(self) -> str:
        return self.label

    @property
    def rule(self) -> ObligationRule | None:
        """The declaration from which it was made, or None for the organisation's own."""
        return obligation_rule(self.code)

    @property
    def label(self) -> str:
        """Its title in the reader's language, unless the organisation wrote its own."""
        return str(self.rule.title) if self.rule and "title" not in self.own else self.title

    @property
    def interval(self) -> Interval:
        """How long until the next time, or the time allowed."""
        return Interval(self.months, self.days)

    @property
    def lead(self) -> int:
        """How many days before the due date people are asked."""
        return max(self.lead_days, default=0)

    @property
    def pressing(self) -> bool:
        """Whether so little time is allowed that a daily digest could come too late."""
        return bool(self.hours) or (not self.months and 0 < self.days <= PRESSING)


class Occurrence(Owned):
    """One time that an obligation falls due, for a record or for the whole organisation (`subject_id` None)."""

    class State(models.TextChoices):
        """How far it is. `due` means that people have been asked; overdue is a `due` one whose date has passed."""

        PLANNED = "planned", _("planned")
        DUE = "due", _("due")
        DONE = "done", _("done")
        MISSED = "missed", _("missed")
        CANCELLED = "cancelled", _("cancelled")

    OPEN = (State.PLANNED, State.DUE)
    named_by: ClassVar[tuple[str, ...]] = ("obligation",)

    obligation = Relation(Obligation, on_delete=models.PROTECT, related_name="occurrences")
    subject_kind = models.CharField(_("register"), max_length=60, blank=True)
    subject_id = models.UUIDField(_("record"), null=True, blank=True)
    due = models.DateField(_("due"))
    # the last instant where the law counts in hours; `due` is then the local day on which it must be done
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PLANNED)
    record_kind = models.CharField(_("fulfilled in"), max_length=60, blank=True)
    record_id = models.UUIDField(_("fulfilled by"), null=True, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    # a date that somebody moved stays where it was put; planning knows it by the date that the interval gave it
    moved_from = models.DateField(_("moved from"), null=True, blank=True)
    moved_why = models.CharField(_("why it was moved"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("occurrence")
        verbose_name_plural = _("occurrences")
        ordering = ["due", "id"]
        constraints = [
            # the tick inserts on top of this: two beats at once, or a late one, make one row
            models.UniqueConstraint(
                fields=["obligation", "subject_id", "due"], name="occurrence_once", nulls_distinct=False
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "due"], name="occurrence_due"),
            models.Index(fields=["organisation", "subject_id"], name="occurrence_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.obligation} {self.due}"

    @property
    def target(self) -> date | None:
        """The day to aim for, where the due date is the last one allowed (a recertification audit)."""
        rule = self.obligation.rule
        if rule is None or not rule.target_months or self.state not in self.OPEN:
            return None
        return add_months(self.moved_from or self.due, rule.target_months - rule.months)


class AtOnce(models.TextChoices):
    """Why a task is mailed at once and not with the day's digest; there is no other reason."""

    ESCALATION = Sort.ESCALATION.value, Sort.ESCALATION.label
    SIGN_OFF = Sort.SIGN_OFF.value, Sort.SIGN_OFF.label


class Task(Owned):
    """Something that a person is asked to do. `kind` and `record_id` are what it is about; `source` is what made it."""

    class State(models.TextChoices):
        """Whether it still has to be done."""

        OPEN = "open", _("open")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")

    title = models.CharField(_("title"), max_length=250)
    member = Relation(Membership, verbose_name=_("who"), related_name="+")
    kind = models.CharField(_("register"), max_length=60, blank=True)
    record_id = models.UUIDField(_("record"), null=True, blank=True)
    url = models.CharField(_("place"), max_length=300, blank=True)
    due = models.DateField(_("due"), null=True, blank=True)
    occurrence = Relation(Occurrence, null=True, blank=True, related_name="tasks")
    why = models.CharField(_("requirement"), max_length=60, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    source = models.CharField(max_length=120, editable=False)
    given_by = Relation(Membership, verbose_name=_("handed over by"), null=True, blank=True, related_name="+")
    given_why = models.CharField(_("why it was handed over"), max_length=300, blank=True)
    given_at = models.DateTimeField(_("handed over"), null=True, blank=True)
    given_until = models.DateField(_("handed over until"), null=True, blank=True)
    urgent = models.BooleanField(_("told at once"), default=False)
    at_once = models.CharField(_("why at once"), max_length=12, choices=AtOnce.choices, blank=True)
    made_at = models.DateTimeField(_("asked"), editable=False)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)
    escalated_at = models.DateTimeField(_("escalated"), null=True, blank=True)

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["due", "id"]
        constraints = [models.UniqueConstraint(fields=["organisation", "source"], name="task_source_once")]
        indexes = [models.Index(fields=["organisation", "member", "state", "due"], name="task_member")]

    def __str__(self) -> str:
        return self.title


class Absence(Owned):
    """A time in which somebody else does what a member is asked: their tasks go there and come back at its end."""

    named_by: ClassVar[tuple[str, ...]] = ("member",)

    member = Relation(Membership, verbose_name=_("who is away"), on_delete=models.CASCADE, related_name="+")
    stand_in = Relation(Membership, verbose_name=_("who does it meanwhile"), related_name="+")
    since = models.DateField(_("first day"))
    until = models.DateField(_("last day"))
    why = models.CharField(_("why"), max_length=300, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(_("ended early"), null=True, blank=True)

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["since", "id"]
        indexes = [models.Index(fields=["organisation", "member", "until"], name="absence_member")]

    def __str__(self) -> str:
        return f"{self.member} {self.since} – {self.until}"


class FreeDay(Owned):
    """A day on which the organisation does not work, beside its weekend and the public holidays of its country."""

    day = models.DateField(_("day"))
    name = models.CharField(_("what for"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("day without work")
        verbose_name_plural = _("days without work")
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["organisation", "day"], name="free_day_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.name}".strip()


class Mail(Owned):
    """A mail to a person: the row comes first, so that each is sent once and a broken mail server loses none.

    `key` is the day of a digest or of invitations, or the task that could not wait.
    """

    journalled = False

    member = Relation(Membership, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=120)
    tasks = models.JSONField(default=list)
    news = models.JSONField(
        default=list
    )  # watched records that others changed: register, id, how many changes
    invitations = models.JSONField(default=list)  # meetings: register, id, first day, last day, sequence
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        constraints = [models.UniqueConstraint(fields=["member", "key"], name="mail_once")]

    def __str__(self) -> str:
        return f"{self.key} {self.member}"
