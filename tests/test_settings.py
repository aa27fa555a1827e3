"""A process needs its own settings, and none of those that only other processes use."""

from typing import Any

import pytest
from pydantic import ValidationError

from arende.registry import SERVICES
from shared.failures import Failure
from tests.command import arende
from tests.factories.keys import Keys

LINKS = {"identity", "invitations", "notifications"}


@pytest.mark.parametrize("service", SERVICES)
def test_an_api_needs_no_worker_and_no_broker(service: str, common_settings: Any, keys: Keys) -> None:
    given = common_settings(service, worker_database_url="", owner_database_url=None)
    settings = SERVICES[service].settings(**given | {"signing_keys_file": keys.private_file})
    assert SERVICES[service].api(settings).title == f"Ärende: {service}"


@pytest.mark.parametrize("service", SERVICES)
def test_a_worker_needs_no_api_and_no_keys(service: str, common_settings: Any) -> None:
    given = common_settings(service, database_url="", owner_database_url=None, jwks_file=None)
    settings = SERVICES[service].settings(**given | {"environment": "production"})
    assert SERVICES[service].worker(settings).service == service


@pytest.mark.parametrize(("name", "nothing"), [("database_url", ""), ("jwks_file", None)])
def test_an_api_names_what_it_misses(name: str, nothing: str | None, common_settings: Any) -> None:
    settings = SERVICES["cases"].settings(**common_settings("cases", **{name: nothing}))
    with pytest.raises(Failure, match=f"ARENDE_{name.upper()} is missing"):
        SERVICES["cases"].api(settings)


def test_a_worker_names_what_it_misses(common_settings: Any) -> None:
    settings = SERVICES["cases"].settings(**common_settings("cases", worker_database_url=""))
    with pytest.raises(Failure, match="ARENDE_WORKER_DATABASE_URL is missing"):
        SERVICES["cases"].worker(settings)


def test_the_command_says_in_one_line_what_is_missing(common_settings: Any) -> None:
    settings = SERVICES["billing"].settings(**common_settings("billing"))
    done = arende("work", "billing", settings=settings)
    assert (done.returncode, done.stderr) == (1, "arende: ARENDE_BROKER_URL is missing\n")


@pytest.mark.parametrize("service", SERVICES)
def test_only_services_with_links_have_their_secret(service: str, common_settings: Any) -> None:
    short = common_settings(service, environment="production", link_secret="short", database_url="")
    if service in LINKS:
        with pytest.raises(ValidationError, match="ARENDE_LINK_SECRET must have at least 32 characters"):
            SERVICES[service].settings(**short)
    else:
        assert "link_secret" not in dict(SERVICES[service].settings(**short))
