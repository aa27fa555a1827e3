"""What the ready-made templates must have in common, so that each of them can be sent in either language."""

import re
import tomllib
from importlib.resources import files
from typing import Any

import pytest

TYPES = {"question", "document_request", "approval", "information"}
PLACEHOLDERS = {"customer.name", "period", "contact.first_name", "due_on"}
TEMPLATES: dict[str, dict[str, Any]] = {
    file.name.removesuffix(".toml"): tomllib.loads(file.read_text(encoding="utf-8"))
    for file in (files("services.cases") / "templates" / "ready_made").iterdir()
    if file.name.endswith(".toml")
}
every_template = pytest.mark.parametrize("key", sorted(TEMPLATES))


def texts(template: dict[str, Any], language: str) -> list[str]:
    text = template[language]
    statement = [text["statement"]] if "statement" in text else []
    return [text["name"], text["subject"], text["body"], *statement, *text.get("items", [])]


def placeholders(template: dict[str, Any], language: str) -> set[str]:
    return set(re.findall(r"\{\{(.*?)\}\}", " ".join(texts(template, language))))


def test_there_is_a_year_of_them_in_all_four_types() -> None:
    assert len(TEMPLATES) >= 10
    assert {template["type"] for template in TEMPLATES.values()} == TYPES


@every_template
def test_the_head_has_what_its_type_needs_and_no_more(key: str) -> None:
    template = TEMPLATES[key]
    of_its_type = {"approval": {"approval_rule"}, "information": {"must_acknowledge"}}
    needed = {"key", "type", "priority", "sv", "en"} | of_its_type.get(template["type"], set())
    assert template.keys() - {"due_days"} == needed
    assert template["key"] == key
    assert template["type"] in TYPES
    assert template["priority"] in {"low", "normal", "high"}
    assert template.get("approval_rule", "one") in {"one", "all"}
    assert isinstance(template.get("must_acknowledge", True), bool)


@every_template
def test_what_is_to_be_answered_has_a_due_date_and_information_has_none(key: str) -> None:
    template = TEMPLATES[key]
    if template["type"] == "information":
        assert "due_days" not in template
    else:
        assert 1 <= template["due_days"] <= 60


@every_template
@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_language_has_all_its_texts(key: str, language: str) -> None:
    template = TEMPLATES[key]
    asked = {"document_request": {"items"}, "approval": {"statement"}}.get(template["type"], set())
    assert template[language].keys() == {"name", "subject", "body"} | asked
    assert all(text == text.strip() != "" for text in texts(template, language))
    assert len(template[language]["subject"]) <= 100
    items = template[language].get("items", [])
    assert len(set(items)) == len(items)


@every_template
def test_both_languages_ask_for_the_same(key: str) -> None:
    template = TEMPLATES[key]
    assert len(template["sv"].get("items", [])) == len(template["en"].get("items", []))
    assert placeholders(template, "sv") == placeholders(template, "en")
    assert template["sv"]["body"].count("\n\n") == template["en"]["body"].count("\n\n")


@every_template
@pytest.mark.parametrize("language", ["sv", "en"])
def test_only_known_placeholders_are_used(key: str, language: str) -> None:
    template = TEMPLATES[key]
    assert placeholders(template, language) <= PLACEHOLDERS
    without = re.sub(r"\{\{[a-z_.]+\}\}", "", " ".join(texts(template, language)))
    assert not set("{}[]") & set(without), "a broken placeholder, or a text left to fill in"


@every_template
def test_the_due_date_is_named_only_where_there_is_one(key: str) -> None:
    template = TEMPLATES[key]
    assert ("due_on" in placeholders(template, "sv")) == ("due_days" in template)


def test_names_and_subjects_tell_the_templates_apart() -> None:
    for language in ("sv", "en"):
        for field in ("name", "subject"):
            assert len({template[language][field] for template in TEMPLATES.values()}) == len(TEMPLATES)
