"""What many operations of the API have in common, written once in its document and referred to."""

from typing import Any

PROBLEM_JSON = "application/problem+json"


def ref(kind: str, name: str) -> dict[str, str]:
    """`{"$ref": …}` to a component, such as `ref("headers", "ETag")`."""
    return {"$ref": f"#/components/{kind}/{name}"}


# For the `responses` of a route that says where the new resource is.
LOCATION: dict[str, Any] = {"headers": {"Location": ref("headers", "Location")}}

COMPONENTS: dict[str, dict[str, Any]] = {
    "parameters": {
        "IdempotencyKey": {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": "Makes the request safe to send again: the same key with the same body gets the "
            "stored answer with `Idempotency-Replayed: true`, and the effect happens once, also where "
            "`If-Match` names an older version by now. With another body it is refused: 422 "
            "`idempotency_key_reused`. Keys are the caller's own, for each method and path, and are kept for "
            "48 hours. Without a token a key belongs to the whole request, so one with another body is a new "
            "request. Use a UUID or something else that nobody can guess.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255},
            "example": "5f3b8c1e-6b0a-4a52-9a0e-0f6f3d2c7b11",
        },
        "IdempotencyKeyUnused": {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": "Taken and not used: the answer holds tokens, and those are stored nowhere. The "
            "request may be sent again, and gets tokens of its own.",
            "schema": {"type": "string"},
            "example": "5f3b8c1e-6b0a-4a52-9a0e-0f6f3d2c7b11",
        },
        "AcceptLanguage": {
            "name": "Accept-Language",
            "in": "header",
            "required": False,
            "description": "The language of `detail` in refusals, `sv` or `en`, by quality values; English "
            "where neither is named.",
            "schema": {"type": "string"},
            "example": "sv, en;q=0.5",
        },
    },
    "headers": {
        "ETag": {
            "description": "The `version` of what is returned, in quotes; the next change sends it as "
            "`If-Match`.",
            "schema": {"type": "string", "examples": ['"3"']},
        },
        "Location": {
            "description": "The path of what was created or started.",
            "schema": {"type": "string", "format": "uri-reference"},
        },
    },
    "responses": {
        "Problem": {
            "description": "Failed in a way that nobody foresaw (500); `code` is `internal_error`.",
            "content": {PROBLEM_JSON: {"schema": ref("schemas", "Problem")}},
        },
    },
}
