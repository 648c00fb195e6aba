import directory.clock
import directory.personal.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('matching', '0006_group_meetings'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='VolunteerPhoto',
            fields=[
                ('volunteer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='photo', serialize=False, to='matching.volunteer')),
                ('jpeg', directory.personal.fields.EncryptedBinaryField()),
                ('words', directory.personal.fields.EncryptedTextField(blank=True, default='', verbose_name='what it shows')),
                ('since', models.DateTimeField(default=directory.clock.now)),
            ],
        ),
        migrations.AddField(
            model_name='volunteer',
            name='paused_by_us',
            field=models.BooleanField(default=False, verbose_name='paused by a coordinator, who also ends it'),
        ),
        migrations.AlterField(
            model_name='volunteer',
            name='facts',
            field=directory.personal.fields.EncryptedJSONField(blank=True, default=dict, help_text='gender, household, allergies, avoids_smoke, says_adult.'),
        ),
        migrations.AddConstraint(
            model_name='volunteer',
            constraint=models.CheckConstraint(condition=models.Q(('paused_by_us', False), ('status', 'paused'), _connector='OR'), name='paused_by_us_while_paused'),
        ),
    ]
