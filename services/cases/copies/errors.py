from collections.abc import Mapping
from typing import Any

from shared.approval import BureauSuspended
from shared.errors import FieldError, ServiceError


class NoCollaboration(ServiceError):
    status = 409
    code = "no_collaboration"
    en = "There is no open collaboration: invite the customer first."
    sv = "Det finns inget öppet samarbete: bjud in kunden först."


class FeatureNotBought(ServiceError):
    status = 402
    code = "feature_not_bought"
    en = "Cases can only be read now: case management is not bought. Buy it again to go on."
    sv = "Ärenden kan bara läsas nu: Ärendehantering är inte köpt. Köp funktionen igen för att fortsätta."


class BureauWithoutFeature(FeatureNotBought):
    """The same, in words for the customer's side."""

    en = "The bureau no longer has the service, so its cases can only be read."
    sv = "Byrån har inte längre tjänsten, så dess ärenden kan bara läsas."


class CustomerInactive(ServiceError):
    status = 409
    code = "customer_inactive"
    en = "The customer is inactive, so its cases can only be read. Activate the customer to go on."
    sv = "Kunden är inaktiv, så dess ärenden kan bara läsas. Aktivera kunden för att fortsätta."


class CollaborationPaused(CustomerInactive):
    """The same, in words for the customer's side."""

    en = "The bureau has paused the collaboration, so its cases can only be read. Ask the bureau."
    sv = "Byrån har pausat samarbetet, så dess ärenden kan bara läsas. Fråga byrån."


# Why a case may only be read; the classes for the customer's side have the same codes.
READ_ONLY = (BureauSuspended, FeatureNotBought, CustomerInactive)


class CannotReceive(ServiceError):
    status = 422
    code = "contact_cannot_receive"
    en = "Not all of these people can receive cases."
    sv = "Alla de här personerna kan inte ta emot ärenden."


class EmployeeInactive(ServiceError):
    status = 422
    code = "employee_inactive"
    en = "{name} no longer works at the bureau."
    sv = "{name} arbetar inte längre på byrån."


# code: (English, Swedish)
_WHY_NOT = {
    "unknown_contact": ("This is no contact of the customer.", "Detta är ingen kontakt hos kunden."),
    "email_missing": ("The contact has no e-mail address.", "Kontakten saknar e-postadress."),
    "not_a_member": (
        "The contact's e-mail address is that of no member of the customer's account.",
        "Kontaktens e-postadress tillhör ingen användare i kundens företagskonto.",
    ),
}


def why_not(field: str, contact: Mapping[str, Any] | None) -> FieldError:
    """Why a contact can't receive cases; None for one that the customer does not have."""
    reason = "unknown_contact"
    if contact is not None:
        reason = "not_a_member" if contact["email"] else "email_missing"
    en, sv = _WHY_NOT[reason]
    return FieldError(field, reason, en=en, sv=sv)
