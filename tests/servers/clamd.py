"""A private clamd, from Debian's package, that knows one signature and fetches none."""

import os
import signal
import socket
import time
from pathlib import Path
from typing import Self

from tests.servers.rabbitmq import Child

CLAMD = Path("/usr/sbin/clamd")
START_SECONDS = 60.0
POLL_SECONDS = 0.02
# The test file of https://www.eicar.org, put together here, so that no scanner finds it in this file.
EICAR = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!" + "$H+H*").encode()
# Name, kind of file (0: any), offset, and the bytes in hexadecimal.
SIGNATURE = f"Test.Eicar:0:*:{EICAR.hex()}\n"
CONFIG = """\
Foreground yes
TCPSocket {port}
TCPAddr 127.0.0.1
DatabaseDirectory {folder}/signatures
TemporaryDirectory {folder}
StreamMaxLength 1M
SelfCheck 0
"""


class Clamd:
    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        # Started by root, clamd goes on as its package's user, which reads this folder and writes there.
        for each in (folder, folder / "signatures"):
            each.mkdir(exist_ok=True)
            each.chmod(0o777)
        (folder / "signatures" / "tests.ndb").write_text(SIGNATURE)
        config = folder / "clamd.conf"
        config.write_text(CONFIG.format(port=self.port, folder=folder))
        self._child = Child([str(CLAMD), "--config-file", str(config)], {**os.environ}, folder / "log")

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @classmethod
    def start(cls, folder: Path) -> Self:
        server = cls(folder)
        deadline = time.monotonic() + START_SECONDS
        while not server._answers():
            if server._child.process.poll() is not None or time.monotonic() > deadline:
                server.stop()
                raise RuntimeError(f"clamd did not start: {(folder / 'log').read_text()}")
            time.sleep(POLL_SECONDS)
        return server

    def stop(self) -> None:
        self._child.end(signal.SIGTERM)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                connection.sendall(b"zPING\0")
                return connection.recv(16) == b"PONG\0"
        except OSError:
            return False
