import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0005_match_times"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="visit",
            name="came",
            field=models.ManyToManyField(
                blank=True, related_name="came_to", to="matching.groupmember", verbose_name="who came to a group's meeting"
            ),
        ),
        migrations.AddField(
            model_name="visit",
            name="care_ended",
            field=models.BooleanField(default=False, verbose_name="the care worker does not go there any more"),
        ),
        migrations.AddField(
            model_name="visit",
            name="group",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="visits", to="matching.group"
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(("match", None), ("group", None), _connector="OR"), name="visit_of_a_pair_or_a_group"
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "planned")), fields=("group", "starts_at"), name="one_planned_meeting_at_a_time"
            ),
        ),
    ]
