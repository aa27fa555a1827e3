"""The manifests say how many proxies stand before the services, and there are so many."""

import re
from pathlib import Path

import yaml

from shared.networks import TrustedProxies
from tests.deploy.test_kubernetes import of_kind

ROOT = Path(__file__).parent.parent.parent


def test_one_proxy_is_counted() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    in_kubernetes = of_kind("ConfigMap")["arende"]["data"]["ARENDE_TRUSTED_PROXIES"]
    in_compose = {
        service["environment"]["ARENDE_TRUSTED_PROXIES"]
        for service in compose["services"].values()
        if "ARENDE_TRUSTED_PROXIES" in (service.get("environment") or {})
    }
    assert {in_kubernetes, *in_compose} == {"1"}
    assert TrustedProxies.read(in_kubernetes).hops == 1


def test_our_proxy_says_who_called_and_nothing_else() -> None:
    said = re.findall(
        r"proxy_set_header (\S*Forwarded\S*) (.+);", (ROOT / "deploy" / "nginx.conf").read_text()
    )
    assert dict(said)["X-Forwarded-For"] in ("$remote_addr", "$proxy_add_x_forwarded_for")
    assert dict(said)["Forwarded"] == '""'
