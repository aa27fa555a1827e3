from tests.factories.keys import ISSUER
from tests.factories.service import Service


async def test_the_keys_are_published(service: Service) -> None:
    answer = await service.client.get("/.well-known/jwks.json")
    (key,) = answer.json()["keys"]
    assert key["kid"] == "test-1"
    assert "d" not in key
    found = (await service.client.get("/.well-known/openid-configuration")).json()
    assert found["jwks_uri"] == f"{ISSUER}/.well-known/jwks.json"
