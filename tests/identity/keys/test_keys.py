import httpx

from tests.factories.keys import ISSUER


async def test_the_keys_are_published(client: httpx.AsyncClient) -> None:
    answer = await client.get("/.well-known/jwks.json")
    (key,) = answer.json()["keys"]
    assert key["kid"] == "test-1"
    assert "d" not in key
    found = (await client.get("/.well-known/openid-configuration")).json()
    assert found["jwks_uri"] == f"{ISSUER}/.well-known/jwks.json"
