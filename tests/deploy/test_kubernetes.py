"""deploy/k8s as `kubectl kustomize` renders it; each document against Kubernetes' own schemas."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from arende.registry import SERVICES
from shared.surface import OWNERS

BASE = Path(__file__).parent.parent.parent / "deploy" / "k8s" / "base"
VERSION = "1.37"


@cache
def documents() -> list[dict[str, Any]]:
    places = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    kubectl = shutil.which("kubectl", path=places)
    assert kubectl, "kubectl is missing: run `make dev`, on macOS install it"
    rendered = subprocess.run(  # noqa: S603 - our own words
        [kubectl, "kustomize", str(BASE)],
        capture_output=True,
        text=True,
        check=True,
    )
    return list(yaml.safe_load_all(rendered.stdout))


def of_kind(kind: str) -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each for each in documents() if each["kind"] == kind}


def pods() -> dict[str, dict[str, Any]]:
    """The pod of each deployment and job, by its name."""
    return {
        name: each["spec"]["template"]["spec"]
        for kind in ("Deployment", "Job")
        for name, each in of_kind(kind).items()
    }


def test_every_document_is_valid() -> None:
    for document in documents():
        kubernetes_validate.validate(document, VERSION, strict=True)


def test_what_is_wrong_would_be_seen() -> None:
    wrong = {**next(iter(of_kind("Deployment").values()))}
    wrong["spec"] = {**wrong["spec"], "replicaz": 1}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSION, strict=True)


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_its_processes(service: str) -> None:
    deployments, jobs = of_kind("Deployment"), of_kind("Job")
    api, worker = deployments[f"{service}-api"], deployments[f"{service}-worker"]
    assert api["spec"]["replicas"] >= 2
    starts = {
        f"{service}-api": ["serve", "--host", "0.0.0.0"],  # noqa: S104 - within its pod
        f"{service}-worker": ["work"],
        f"{service}-migrate": ["migrate"],
    }
    for name, arguments in starts.items():
        (container,) = pods()[name]["containers"]
        assert container["image"].startswith(f"arende-{service}:")
        assert container["args"] == arguments
        secrets = [source["secretRef"]["name"] for source in container["envFrom"] if "secretRef" in source]
        assert secrets == [f"arende-{service}" + ("-owner" if name in jobs else "")]
    assert worker["spec"]["selector"] != api["spec"]["selector"]
    selector = of_kind("Service")[f"{service}-api"]["spec"]["selector"]
    assert selector.items() <= api["spec"]["template"]["metadata"]["labels"].items()
    assert not selector.items() <= worker["spec"]["template"]["metadata"]["labels"].items()


def test_every_pod_is_confined() -> None:
    for name, pod in pods().items():
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in pod["containers"]:
            confined = container["securityContext"]
            assert confined["readOnlyRootFilesystem"] is True
            assert confined["allowPrivilegeEscalation"] is False
            assert confined["capabilities"] == {"drop": ["ALL"]}
            assert {"requests", "limits"} <= set(container["resources"])
            assert not container["image"].endswith(":latest")
            assert ":" in container["image"]


def test_every_deployment_is_probed_and_given_time_to_end() -> None:
    for name, deployment in of_kind("Deployment").items():
        pod = deployment["spec"]["template"]["spec"]
        assert pod["terminationGracePeriodSeconds"] > 25, name
        (container,) = pod["containers"]
        assert container["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": "management"}
        assert container["livenessProbe"]["httpGet"] == {"path": "/livez", "port": "management"}


def test_only_identity_holds_the_signing_keys() -> None:
    assert {name for name, pod in pods().items() if "arende-signing-keys" in str(pod)} == {"identity-api"}


def test_every_variable_is_a_setting() -> None:
    common = set.intersection(*(set(service.settings.model_fields) for service in SERVICES.values()))
    given = of_kind("ConfigMap")["arende"]["data"]
    assert {name.removeprefix("ARENDE_").lower() for name in given} <= common


def test_the_ingress_has_the_same_table_as_the_surface() -> None:
    (rule,) = of_kind("Ingress")["arende"]["spec"]["rules"]
    table = {path["path"]: path["backend"]["service"]["name"] for path in rule["http"]["paths"]}
    assert table.pop("/.well-known") == "identity-api"
    assert table == {f"/v1/{resource}": f"{owner}-api" for resource, owner in OWNERS.items()}
    assert set(table.values()) <= set(of_kind("Service"))
