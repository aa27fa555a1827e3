"""deploy/k8s as `kubectl kustomize` renders it, checked against Kubernetes' own schemas."""

import os
import re
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

FOLDER = Path(__file__).parent.parent.parent / "deploy" / "k8s"
OVERLAYS = ("dev", "prod")
VERSION = "1.37"
# A process ends within this after SIGTERM, including the drain of an API (arende/process.py).
LEAVE_SECONDS = 25

Documents = list[dict[str, Any]]


def render(folder: Path) -> Documents:
    places = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    kubectl = shutil.which("kubectl", path=places)
    assert kubectl, "kubectl is missing: run `make dev`, on macOS install it"
    rendered = subprocess.run(  # noqa: S603 - our own words
        [kubectl, "kustomize", str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    return list(yaml.safe_load_all(rendered.stdout))


@cache
def documents(overlay: str = "prod") -> Documents:
    return render(FOLDER / "overlays" / overlay)


def of_kind(kind: str, overlay: str = "prod") -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each for each in documents(overlay) if each["kind"] == kind}


def pods() -> dict[str, dict[str, Any]]:
    """The pods of all deployments and jobs, by name."""
    return {
        name: each["spec"]["template"]["spec"]
        for kind in ("Deployment", "Job")
        for name, each in of_kind(kind).items()
    }


def release_of(overlay: str) -> str:
    text = (FOLDER / "overlays" / overlay / "release.yaml").read_text()
    return str(yaml.safe_load(text)["data"]["release"])


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_document_is_valid(overlay: str) -> None:
    for document in documents(overlay):
        kubernetes_validate.validate(document, VERSION, strict=True)


def test_an_overlay_with_the_virus_scanner(tmp_path: Path) -> None:
    """The component, laid over production as deploy/k8s/README.md says."""
    copied = shutil.copytree(FOLDER, tmp_path / "k8s")
    file = copied / "overlays" / "prod" / "kustomization.yaml"
    overlay = yaml.safe_load(file.read_text())
    overlay["components"].append("../../clamd")
    file.write_text(yaml.safe_dump(overlay))
    rendered = {(each["kind"], each["metadata"]["name"]): each for each in render(file.parent)}
    for name in (("Deployment", "clamd"), ("Service", "clamd"), ("NetworkPolicy", "clamd")):
        kubernetes_validate.validate(rendered[name], VERSION, strict=True)
    (api,) = rendered["Deployment", "cases-api"]["spec"]["template"]["spec"]["containers"]
    assert api["env"] == [{"name": "ARENDE_CLAMD", "value": "clamd:3310"}]
    (allowed,) = rendered["NetworkPolicy", "clamd"]["spec"]["ingress"][0]["from"]
    labels = rendered["Deployment", "cases-api"]["spec"]["template"]["metadata"]["labels"]
    assert allowed["podSelector"]["matchLabels"].items() <= labels.items()


def test_what_is_wrong_would_be_seen() -> None:
    wrong = {**next(iter(of_kind("Deployment").values()))}
    wrong["spec"] = {**wrong["spec"], "replicaz": 1}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSION, strict=True)


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_its_processes(service: str) -> None:
    release = release_of("prod")
    deployments = of_kind("Deployment")
    api, worker = deployments[f"{service}-api"], deployments[f"{service}-worker"]
    assert api["spec"]["replicas"] >= 2
    starts = {
        f"{service}-api": (["serve", "--host", "0.0.0.0"], "api"),  # noqa: S104 - within its pod
        f"{service}-worker": (["work"], "worker"),
        f"{service}-migrate-{release}": (["migrate"], "owner"),
        f"{service}-declare-{release}": (["declare"], "owner"),
    }
    for name, (arguments, process) in starts.items():
        (container,) = pods()[name]["containers"]
        assert container["image"] == f"arende-{service}:{release}"
        assert container["args"] == arguments
        secrets = [source["secretRef"]["name"] for source in container["envFrom"] if "secretRef" in source]
        assert secrets == [f"arende-{service}-{process}"]
    assert worker["spec"]["selector"] != api["spec"]["selector"]
    selector = of_kind("Service")[f"{service}-api"]["spec"]["selector"]
    assert selector.items() <= api["spec"]["template"]["metadata"]["labels"].items()
    assert not selector.items() <= worker["spec"]["template"]["metadata"]["labels"].items()


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_next_release_has_jobs_and_images_of_its_own(overlay: str, tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "k8s")
    file = tmp_path / "k8s" / "overlays" / overlay / "release.yaml"
    file.write_text(file.read_text().replace(f'"{release_of(overlay)}"', '"0.2.0-rc1"'))
    then = render(file.parent)

    def named(rendered: Documents, kind: str) -> set[str]:
        return {each["metadata"]["name"] for each in rendered if each["kind"] == kind}

    jobs = named(then, "Job")
    assert len(jobs) == 2 * len(SERVICES)
    assert not jobs & named(documents(overlay), "Job")
    assert all(job.endswith("-0.2.0-rc1") for job in jobs)
    assert named(then, "Deployment") == named(documents(overlay), "Deployment")
    images = re.findall(r"'image': '([^']+)'", str(then))
    assert images
    assert all(image.endswith(":0.2.0-rc1") for image in images)


def test_no_placeholder_is_left() -> None:
    for overlay in OVERLAYS:
        rendered = yaml.safe_dump_all(documents(overlay))
        assert re.findall(r"[:-]release\b", rendered) == []
        assert "ConfigMap: release" not in rendered
        assert set(of_kind("ConfigMap", overlay)) == {"arende"}


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
        (container,), time = pod["containers"], pod["terminationGracePeriodSeconds"]
        assert container["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": "management"}
        assert container["livenessProbe"]["httpGet"] == {"path": "/livez", "port": "management"}
        if name.endswith("-api"):
            assert container["lifecycle"]["preStop"]["sleep"]["seconds"] + LEAVE_SECONDS < time
        else:
            assert time > LEAVE_SECONDS


def test_every_process_is_disrupted_one_by_one() -> None:
    budgets = [each["spec"] for each in of_kind("PodDisruptionBudget").values()]
    for deployment in of_kind("Deployment").values():
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        matching = [each for each in budgets if each["selector"]["matchLabels"].items() <= labels.items()]
        assert [each["maxUnavailable"] for each in matching] == [1]
        assert deployment["spec"]["replicas"] > 1


def test_every_secret_is_one_that_the_readme_makes() -> None:
    readme = (FOLDER / "README.md").read_text()
    for name, pod in pods().items():
        sources = str(pod["volumes"]) + str(pod["containers"][0]["envFrom"])
        for secret in re.findall(r"'(arende-[a-z-]+)'", sources):
            general = re.sub("identity|invitations|cases|billing|notifications", "<service>", secret)
            assert f"`{general}`" in readme, (name, secret)


def test_every_api_has_the_keys_that_tokens_are_checked_with() -> None:
    holders = {name for name, pod in pods().items() if "arende-jwks" in str(pod)}
    assert holders == {f"{service}-api" for service in SERVICES}


def test_the_processes_of_cases_share_the_folder_of_files() -> None:
    folder = str(SERVICES["cases"].settings.model_fields["files_folder"].default)
    mounts = {
        name: [each["mountPath"] for each in pod["containers"][0]["volumeMounts"] if "files" in each["name"]]
        for name, pod in pods().items()
    }
    holders = {name: paths for name, paths in mounts.items() if paths}
    assert holders == {"cases-api": [folder], "cases-worker": [folder]}


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
