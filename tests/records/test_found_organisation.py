"""From nothing to the first page: an organisation is founded by a command, and its administrator begins by the link."""

from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from aims.organisation.models import Organisation, Person

ARGUMENTS = ("found_organisation", "Tern SAS", "Ada@tern.test", "Ada Lund")


def begun(*more: str) -> str:
    """What the command prints."""
    out = StringIO()
    call_command(*ARGUMENTS, *more, stdout=out)
    return out.getvalue().strip()


def test_the_first_administrator_chooses_a_password_and_sees_the_first_steps(db: None) -> None:
    said = begun("--language", "fr")
    assert said.startswith("begin http")
    client = Client()
    answer = client.get(urlsplit(said.removeprefix("begin ")).path, follow=True)
    word = "a horse that nobody rides 42"
    client.post(answer.request["PATH_INFO"], {"password1": word, "password2": word}, follow=True)
    assert client.login(username="ada@tern.test", password=word)
    page = client.get("/").content.decode()
    assert "Tern SAS" in page and '<html lang="fr"' in page


def test_a_link_is_good_once(db: None) -> None:
    path = urlsplit(begun().removeprefix("begin ")).path
    client = Client()
    place = client.get(path, follow=True).request["PATH_INFO"]
    word = "a horse that nobody rides 42"
    client.post(place, {"password1": word, "password2": word})
    assert Client().get(path, follow=True).context.get("token_fail") is True


def test_who_has_an_account_gets_a_second_organisation(db: None) -> None:
    Person.objects.create_user("ada@tern.test", "x-very-secret-42", name="Ada")
    assert begun().endswith(":8000/")
    assert Person.objects.filter(email="ada@tern.test").count() == 1


@pytest.mark.parametrize(
    ("place", "value"), [(1, ""), (2, "no address"), (1, "x" * 201)], ids=["no name", "no mail", "too long"]
)
def test_what_is_wrong_is_said_and_leaves_nothing(db: None, place: int, value: str) -> None:
    given = [*ARGUMENTS]
    given[place] = value
    with pytest.raises(CommandError):
        call_command(*given)
    assert not Person.objects.exists() and not Organisation.objects.exists()


def test_an_unknown_time_zone_is_refused(db: None) -> None:
    with pytest.raises(CommandError):
        begun("--time-zone", "Mars/Olympus")
