"""What two servers on the way of a request might understand in two ways is refused."""

from collections.abc import AsyncIterator

import pytest

from shared.http.protocol import LARGEST_HEAD, MOST_HEADERS
from shared.http.serving import serving
from tests.security.wire import HEAD, answer_to, tell

CHUNK = b"\r\n1\r\na\r\n0\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
GET = b"GET / HTTP/1.1\r\nHost: arende.test\r\n"
UPGRADE = b"Connection: Upgrade\r\nUpgrade: h2c\r\n"
AMBIGUOUS = {
    "length with coding": HEAD + b"Content-Length: 4\r\n" + CHUNKED + CHUNK,
    "coding with length": HEAD + CHUNKED + b"Content-Length: 4\r\n" + CHUNK,
    "two lengths": HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\na",
    "the same length twice": HEAD + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\na",
    "a list of lengths": HEAD + b"Content-Length: 1, 1\r\n\r\na",
    "a length with a sign": HEAD + b"Content-Length: +1\r\n\r\na",
    "an empty length": HEAD + b"Content-Length: \r\n\r\n",
    "another coding first": HEAD + b"Transfer-Encoding: gzip, chunked\r\n" + CHUNK,
    "another coding": HEAD + b"Transfer-Encoding: identity\r\n" + CHUNK,
    "the coding twice": HEAD + CHUNKED + CHUNKED + CHUNK,
    "a coding in HTTP/1.0": b"POST / HTTP/1.0\r\nHost: a\r\n" + CHUNKED + CHUNK,
    "a coding after a vertical tab": HEAD + b"Transfer-Encoding: \x0bchunked\r\n" + CHUNK,
    "bare line feeds": b"GET / HTTP/1.1\nHost: a\n\n",
    "a bare line feed": GET + b"A: b\nC: d\r\n\r\n",
    "a bare carriage return": GET + b"A: b\rC: d\r\n\r\n",
    "a folded line": GET + b"A: b\r\n c\r\n\r\n",
    "a blank before the colon": GET + b"A : b\r\n\r\n",
    "a blank before the first header": b"GET / HTTP/1.1\r\n A: b\r\nHost: a\r\n\r\n",
    "a header without a name": GET + b": b\r\n\r\n",
    "a NUL in a header": GET + b"A: b\0c\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": GET + b"Host: b\r\n\r\n",
    "another protocol": b"GET / HTTP/2.0\r\nHost: a\r\n\r\n",
    "no protocol": b"GET /\r\n\r\n",
    "a body before another protocol": HEAD + UPGRADE + b"Content-Length: 3\r\n\r\nabc",
    "a line feed in a chunk's extension": HEAD + CHUNKED + b"\r\n1;a\nb\r\na\r\n0\r\n\r\n",
    "line feeds after a chunk's size": HEAD + CHUNKED + b"\r\n1\na\n0\n\n",
    "a chunk of a negative size": HEAD + CHUNKED + b"\r\n-1\r\na\r\n0\r\n\r\n",
    "a chunk's size as in C": HEAD + CHUNKED + b"\r\n0x1\r\na\r\n0\r\n\r\n",
    "a chunk larger than its size": HEAD + CHUNKED + b"\r\n1\r\nab\r\n0\r\n\r\n",
    "a chunk without bounds": HEAD + CHUNKED + b"\r\nfffffffffffffffff\r\na\r\n0\r\n\r\n",
    "too many headers": GET + b"A: b\r\n" * MOST_HEADERS + b"\r\n",
    "an extension without end": HEAD + CHUNKED + b"\r\n1;" + b"a" * 16 * LARGEST_HEAD,
    "trailers without end": HEAD + CHUNKED + b"\r\n1\r\na\r\n0\r\n" + b"A: b\r\n" * LARGEST_HEAD,
}


@pytest.fixture(scope="module")
async def port() -> AsyncIterator[int]:
    async with serving(tell, host="127.0.0.1", port=0) as port:
        yield port


@pytest.mark.parametrize("name", AMBIGUOUS)
async def test_it_is_refused(port: int, name: str) -> None:
    answer = await answer_to(port, AMBIGUOUS[name])
    # Nothing, where the refusal was overtaken by the reset of what was sent after it.
    if answer or not name.endswith("without end"):
        assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
        assert b"\r\nContent-Type: application/problem+json\r\n" in answer
        assert b'"code":"malformed_request"' in answer
        assert answer.count(b"Content-Length") == 1


async def test_a_header_after_the_body_is_none_of_the_request(port: int) -> None:
    asked = HEAD + CHUNKED + b"Connection: close\r\n\r\n1\r\na\r\n0\r\nAuthorization: Bearer x\r\n\r\n"
    assert (await answer_to(port, asked)).endswith(b"127.0.0.1 3 a")


async def test_small_chunks_are_fine(port: int) -> None:
    asked = HEAD + CHUNKED + b"Connection: close\r\n\r\n" + b"1\r\na\r\n" * 50_000 + b"0\r\n\r\n"
    assert (await answer_to(port, asked)).endswith(b" " + b"a" * 50_000)


async def test_another_protocol_is_not_spoken(port: int) -> None:
    """The answer is HTTP/1.1, and the connection ends, because what follows would not be understood."""
    answer = await answer_to(port, GET + UPGRADE + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"connection: close" in answer
