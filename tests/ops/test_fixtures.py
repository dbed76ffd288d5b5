# SPDX-License-Identifier: Apache-2.0
import pytest
from django.contrib.auth.models import User


@pytest.mark.django_db
def test_a():
    User.objects.create(username="x")


@pytest.mark.django_db(transaction=True)
def test_b():
    assert not User.objects.exists()
    User.objects.create(username="x")


@pytest.mark.django_db
def test_c():
    assert not User.objects.exists()
