"""What a process may take fits into the limit of its pod."""

from services.identity.settings import Settings
from tests.deploy.test_kubernetes import of_kind

MIB = 1024
# A process of identity that serves ordinary requests; tests/security/test_hashing.py measures the rest.
SERVING_MIB = 200


def test_hashes_fit_into_the_memory_of_identity() -> None:
    (container,) = of_kind("Deployment")["identity-api"]["spec"]["template"]["spec"]["containers"]
    own = {each["name"]: each["value"] for each in container.get("env", [])}
    default = Settings.model_fields["password_budget_kib"].default
    budget_kib = int(own.get("ARENDE_PASSWORD_BUDGET_KIB", default))
    limit = container["resources"]["limits"]["memory"]
    assert limit.endswith("Mi")
    assert SERVING_MIB * MIB + budget_kib <= int(limit.removesuffix("Mi")) * MIB
