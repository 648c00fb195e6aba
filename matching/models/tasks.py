"""Something that somebody at the desk has to do: made by a person or by a timer, with a day, and ended by whoever did it."""

import uuid

from django.conf import settings
from django.db import models

from directory import clock
from directory.models import Need, Service
from directory.personal.fields import EncryptedTextField
from matching.desk_states import TASK_ENDED, TaskState
from matching.models.asks import Ask, StoredArea
from matching.models.matches import Match
from matching.models.people import Person
from matching.models.volunteers import Volunteer


class Task(StoredArea):
    """One thing to do. What it is about stands in its keys; words about people are encrypted."""

    class Kind(models.TextChoices):
        RING = "ring", "Ring somebody"
        LETTER = "letter", "Write a letter"
        REVIEW = "review", "Ask both how it goes"
        RECHECK = "recheck", "A check is due again"
        TRAINING = "training", "A training runs out"
        REFERENCE = "reference", "Ask for a reference"
        DUTY_TO_REFER = "duty_to_refer", "Decide whether the Disclosure and Barring Service must be told"
        RECRUIT = "recruit", "Look for volunteers"
        WIDEN = "widen", "Ask a service to come here too"
        START_GROUP = "start_group", "Start a group"
        OTHER = "other", "Something else"

    class For(models.TextChoices):
        COORDINATOR = "coordinator", "Coordinators"
        SAFEGUARDING_LEAD = "safeguarding_lead", "The safeguarding lead"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=15, choices=Kind.choices)
    whose = models.CharField("who does it", max_length=20, choices=For.choices, default=For.COORDINATOR)
    due_on = models.DateField()
    words = EncryptedTextField(default="", blank=True)
    once = models.CharField(
        max_length=120, null=True, blank=True, unique=True, editable=False, help_text="Keeps a timer from making the same one twice."
    )
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="tasks")
    ask = models.ForeignKey(Ask, null=True, blank=True, on_delete=models.CASCADE, related_name="tasks")
    match = models.ForeignKey(Match, null=True, blank=True, on_delete=models.CASCADE, related_name="tasks")
    volunteer = models.ForeignKey(Volunteer, null=True, blank=True, on_delete=models.CASCADE, related_name="tasks")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    need = models.ForeignKey(Need, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    activity = models.SlugField(blank=True)

    state = models.CharField(max_length=10, choices=TaskState.choices, default=TaskState.OPEN)
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["due_on", "made_at", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=[str(state) for state in TaskState]), name="task_state_known"),
            models.CheckConstraint(
                condition=models.Q(state__in=[str(state) for state in sorted(TASK_ENDED)], ended_at__isnull=False)
                | models.Q(state="open", ended_at=None),
                name="task_ended_at_its_end",
            ),
        ]
        indexes = [models.Index(fields=["state", "whose", "due_on"], name="task_to_do")]

    def __str__(self) -> str:
        return self.get_kind_display()
