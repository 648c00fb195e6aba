"""Encrypted fields: plain in the hand, closed in the database, silent in errors."""

from base64 import b64decode
from datetime import date

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError, ValidationError
from django.db.models import F, Value
from hypothesis import given
from hypothesis import strategies as st

from directory.personal.crypto import CannotDecrypt, decrypt
from directory.personal.fields import EncryptedDateField, EncryptedJSONField

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(alphabet=st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", max_size=5), inner, max_size=4),
    max_leaves=8,
)


def test_values_come_back_as_they_were(secrets):
    facts = {"animals": ["dog"], "smoker": False, "floor": 3, "note": "key under the pot"}
    made = secrets.objects.create(name="Zoë Ó Súilleabháin", born_on=date(1941, 5, 6), facts=facts)
    kept = secrets.objects.get(pk=made.pk)
    assert (kept.name, kept.born_on, kept.facts) == ("Zoë Ó Súilleabháin", date(1941, 5, 6), facts)
    assert secrets.objects.values_list("name", "born_on", "facts").get() == (kept.name, kept.born_on, kept.facts)


def test_nothing_plain_stands_in_the_table(secrets, stored):
    secrets.objects.create(name="Dorothy", born_on=date(1941, 5, 6), facts={"smoker": True})
    [row] = stored.rows()
    assert [decrypt(value) for value in row] == ["Dorothy", "1941-05-06", '{"smoker":true}']
    assert not any(plain in value for value in row for plain in ("Dorothy", "1941", "smoker"))


@pytest.mark.parametrize("picture", [b"", b"Dorothy", bytes(range(256)) * 3])
def test_bytes_come_back_as_they_were_and_are_closed_in_the_table(secrets, stored, picture):
    made = secrets.objects.create(picture=picture)
    assert secrets.objects.get(pk=made.pk).picture == picture
    [[kept]] = stored.rows("picture")
    assert isinstance(kept, str)
    assert b64decode(decrypt(kept)) == picture
    secrets.objects.update(picture=memoryview(b"two"))
    assert secrets.objects.values_list("picture", flat=True).get() == b"two"


def test_none_is_null_and_can_be_asked(secrets, stored):
    empty, full = secrets.objects.create(village="a"), secrets.objects.create(village="b", born_on=date(1941, 5, 6), facts=[])
    assert stored.rows("born_on, facts")[0] == (None, None)
    assert secrets.objects.get(born_on__isnull=True, facts__isnull=True) == empty
    assert secrets.objects.get(born_on__isnull=False) == full
    assert secrets.objects.get(pk=empty.pk).born_on is None


def test_an_empty_text_is_encrypted_too(secrets, stored):
    secrets.objects.create(name="")
    [[name]] = stored.rows("name")
    assert decrypt(name) == ""


def test_saving_updating_and_bulk_work_alike(secrets, stored):
    one, two = secrets.objects.bulk_create([secrets(name="Ann", village="a"), secrets(name="Bob", village="b")])
    secrets.objects.filter(pk=one.pk).update(name="Annie", born_on=date(1950, 1, 2))
    two.name, two.facts = "Bobby", {"n": 1}
    secrets.objects.bulk_update([two], ["name", "facts"])
    assert list(secrets.objects.order_by("village").values_list("name", "born_on", "facts")) == [
        ("Annie", date(1950, 1, 2), None),
        ("Bobby", None, {"n": 1}),
    ]
    assert [decrypt(name) for (name,) in stored.rows("name")] == ["Annie", "Bobby"]
    secrets.objects.update(facts=F("name"))
    assert [decrypt(facts) for (facts,) in stored.rows("facts")] == ["Annie", "Bobby"]


@pytest.mark.parametrize("column", ["facts", "born_on"])
def test_a_value_of_another_kind_is_not_repeated(secrets, column):
    secrets.objects.create(name="Dorothy")
    secrets.objects.update(**{column: F("name")})
    with pytest.raises(CannotDecrypt, match=f"Secret.{column}.*another kind") as error:
        secrets.objects.get()
    assert error.value.__suppress_context__
    assert "Dorothy" not in str(error.value)


@pytest.mark.parametrize(
    "lookup",
    [
        "name",
        "name__exact",
        "name__icontains",
        "name__in",
        "name__gt",
        "born_on",
        "born_on__year",
        "born_on__gte",
        "facts__smoker",
        "facts__contains",
    ],
)
def test_every_look_up_but_isnull_is_refused(secrets, lookup):
    with pytest.raises(FieldError, match="is encrypted"):
        secrets.objects.filter(**{lookup: "Dorothy"})


def test_an_expression_of_the_database_is_refused(secrets):
    with pytest.raises(FieldError, match="without encryption"):
        secrets.objects.create(name=Value("Dorothy"))
    with pytest.raises(FieldError, match="without encryption"):
        secrets.objects.update(name=F("village"))


def test_a_wrong_key_names_the_field_and_not_the_value(secrets, stored, settings):
    secrets.objects.create(name="Dorothy")
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CannotDecrypt, match="personal_tests.Secret.name") as error:
        secrets.objects.get()
    [[name]] = stored.rows("name")
    assert name not in str(error.value)
    # A query that does not ask for the value still works.
    assert secrets.objects.only("pk").get().pk is not None


@given(st.dates())
def test_every_day_round_trips(day):
    field = EncryptedDateField()
    assert field.from_db_value(field.get_prep_value(day), None, None) == day
    assert field.from_db_value(field.get_prep_value(day.isoformat()), None, None) == day


@given(json_values)
def test_every_json_value_round_trips(value):
    field = EncryptedJSONField()
    assert field.from_db_value(field.get_prep_value(value), None, None) == value


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (EncryptedDateField(), "6 May 1941"),
        (EncryptedDateField(), "1941-15-06"),
        (EncryptedJSONField(), {"1941": object()}),
        (EncryptedJSONField(), [float("nan"), 1941]),
    ],
)
def test_what_cannot_be_kept_is_refused_without_repeating_it(field, value):
    for refuse in (lambda: field.clean(value, None), lambda: field.get_prep_value(value)):
        with pytest.raises(ValidationError) as error:
            refuse()
        assert "1941" not in repr(error.value)
        assert "1941" not in str(error.value)
        assert not error.value.params


def test_a_choice_that_is_none_is_refused_without_repeating_it():
    from directory.personal.fields import EncryptedTextField

    with pytest.raises(ValidationError) as error:
        EncryptedTextField(choices=[("a", "A")]).clean("Dorothy", None)
    assert "Dorothy" not in repr(error.value)


def test_forms_offer_the_fields_as_what_they_are():
    from django import forms

    assert isinstance(EncryptedDateField().formfield(), forms.DateField)
    assert isinstance(EncryptedJSONField().formfield(), forms.JSONField)


def test_a_migration_writes_the_field_down():
    name, path, args, kwargs = EncryptedDateField(null=True).deconstruct()
    assert (path, args, kwargs) == ("directory.personal.fields.EncryptedDateField", [], {"null": True})
