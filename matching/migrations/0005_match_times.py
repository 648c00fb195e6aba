from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matching", "0004_enquiry_codes")]

    operations = [
        migrations.AddField(
            model_name="match",
            name="times",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="[[weekday, start minute], …] on a clock in Europe/London; Monday is 0. Empty: as it comes.",
                verbose_name="when they meet, as agreed",
            ),
        ),
    ]
