"""Spellings of one e-mail address are one address."""

import pytest
from email_validator import validate_email
from hypothesis import given
from hypothesis import strategies as st

from shared.addresses import normalised


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("anna.ek@byran.example", "anna.ek@byran.example"),
        (" Anna.Ek@Byran.EXAMPLE\n", "anna.ek@byran.example"),
        ("Åsa@example.com", "åsa@example.com"),
        ("a\u030asa@example.com", "åsa@example.com"),
        ("A\u030asa@SMÖRGÅS.example", "åsa@smörgås.example"),
        ("anna@XN--SMRGS-PRA0J.example", "anna@smörgås.example"),
        ("anna@xn--smrgs-pra0j.example", "anna@smörgås.example"),
        ("anna@xn--a.example", "anna@xn--a.example"),
        ("anna+tag@example.com", "anna+tag@example.com"),
        ("nobody", "nobody"),
        ("", ""),
    ],
)
def test_spellings_of_an_address_are_one(email: str, expected: str) -> None:
    assert normalised(email) == expected


def test_an_address_that_was_validated_at_the_door_stays_as_it_is() -> None:
    for email in ("Anna@Smörgås.example", "anna@xn--smrgs-pra0j.example", "A\u030asa@example.com"):
        valid = validate_email(email, check_deliverability=False, test_environment=True)
        assert normalised(valid.normalized) == normalised(email)


@given(st.text(max_size=40) | st.emails())
def test_normalising_twice_changes_nothing_and_no_text_makes_it_fail(text: str) -> None:
    once = normalised(text)
    assert normalised(once) == once
