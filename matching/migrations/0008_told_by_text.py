from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0007_volunteer_photos"),
    ]

    operations = [
        migrations.AlterField(
            model_name="attempt",
            name="how",
            field=models.CharField(
                choices=[
                    ("store", "Through the store"),
                    ("phone", "Phone"),
                    ("text", "Text message"),
                    ("email", "E-mail"),
                    ("letter", "Letter"),
                    ("in_person", "In person"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="referral",
            name="channel",
            field=models.CharField(
                blank=True,
                choices=[
                    ("store", "Through the store"),
                    ("phone", "Phone"),
                    ("text", "Text message"),
                    ("email", "E-mail"),
                    ("letter", "Letter"),
                    ("in_person", "In person"),
                ],
                max_length=10,
            ),
        ),
    ]
