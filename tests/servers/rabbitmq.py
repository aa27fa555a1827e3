"""Private RabbitMQ nodes, from Debian's package, each with its own ports and data."""

import atexit
import os
import secrets
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any, Self

BIN = Path("/usr/lib/rabbitmq/bin")
START_SECONDS = 120.0
STOP_SECONDS = 30.0
POLL_SECONDS = 0.05

CONFIG = """\
listeners.tcp.1 = 127.0.0.1:{port}
# A frozen node is missed after seconds instead of a minute.
net_ticktime = 5
"""


class RabbitFailed(RuntimeError): ...


class Child:
    """A process that ends when this one does, even by SIGKILL: the input of its watcher ends then."""

    def __init__(self, command: list[str], env: dict[str, str], output: Path) -> None:
        self.process = _spawn(command, output, env=env, stdin=subprocess.DEVNULL)
        watch = ["/bin/sh", "-c", 'cat; kill -KILL "$0"', str(self.process.pid)]
        self._watcher = _spawn(watch, Path(os.devnull), stdin=subprocess.PIPE)

    def end(self, by: signal.Signals) -> None:
        self._watcher.kill()
        self._watcher.communicate()
        self.process.send_signal(by)
        self.process.send_signal(signal.SIGCONT)  # a stopped process handles no signal
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Epmd:
    """Erlang's name server, one for a cluster. It runs in the foreground, so that its pid is known."""

    def __init__(self) -> None:
        self.port = _free_port()
        self._child: Child | None = None
        self._users: set[RabbitServer] = set()

    def take(self, user: "RabbitServer") -> None:
        self._users.add(user)
        if self._child:
            return
        command = ["epmd", "-port", str(self.port), "-address", "127.0.0.1"]
        self._child = Child(command, {**os.environ}, Path(os.devnull))
        deadline = time.monotonic() + START_SECONDS
        while not _connects(self.port):
            if self._child.process.poll() is not None or time.monotonic() > deadline:
                raise RabbitFailed("epmd did not start")
            time.sleep(POLL_SECONDS)

    def leave(self, user: "RabbitServer") -> None:
        self._users.discard(user)
        if self._child and not self._users:
            self._child.end(signal.SIGTERM)
            self._child = None


class RabbitServer:
    def __init__(self, folder: Path, name: str, epmd: Epmd) -> None:
        self.name = f"{name}@localhost"
        self.port = _free_port()
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}/"
        self._folder = folder / name
        self._epmd = epmd
        self._child: Child | None = None
        self._folder.mkdir(parents=True)
        self._env = {
            variable: value
            for variable, value in os.environ.items()
            if not variable.startswith(("RABBITMQ_", "ERL_"))
        } | {
            "HOME": str(folder),  # here Erlang looks for the cookie
            "LC_ALL": "C.UTF-8",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(epmd.port),
            "RABBITMQ_NODENAME": self.name,
            "RABBITMQ_DIST_PORT": str(_free_port()),
            "RABBITMQ_CTL_DIST_PORT_MIN": "20000",
            "RABBITMQ_CTL_DIST_PORT_MAX": "32000",
            "RABBITMQ_CONF_ENV_FILE": os.devnull,
            "RABBITMQ_CONFIG_FILE": str(self._folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._folder / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(self._folder / "data"),
            "RABBITMQ_LOG_BASE": str(self._folder / "log"),
            "RABBITMQ_PID_FILE": str(self._folder / "pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            # With these two the script is replaced by the node instead of waiting for it, and has its pid.
            "RABBITMQ_ALLOW_INPUT": "1",
            "RABBITMQ_SERVER_START_ARGS": "-noinput",
        }

    @classmethod
    def start(cls, folder: Path, *, settings: str = "") -> Self:
        """`settings` are further lines of the node's `rabbitmq.conf`."""
        return cls.start_cluster(folder, nodes=1, settings=settings)[0]

    @classmethod
    def start_cluster(cls, folder: Path, nodes: int = 3, *, settings: str = "") -> list[Self]:
        if not (BIN / "rabbitmq-server").exists():
            raise RabbitFailed("The tests need Debian's rabbitmq-server: run `make servers`")
        folder = folder.absolute()
        folder.mkdir(parents=True, exist_ok=True)
        cookie = folder / ".erlang.cookie"
        cookie.touch(mode=0o600)
        cookie.write_text(secrets.token_hex(16))
        epmd = Epmd()
        servers = [cls(folder, f"node{number}", epmd) for number in range(1, nodes + 1)]
        peers = settings
        peers += "cluster_formation.peer_discovery_backend = classic_config\n" if nodes > 1 else ""
        for number, server in enumerate(servers, start=1):
            peers += f"cluster_formation.classic_config.nodes.{number} = {server.name}\n" if nodes > 1 else ""
        try:
            for server in servers:
                (server._folder / "rabbitmq.conf").write_text(CONFIG.format(port=server.port) + peers)
                (server._folder / "enabled_plugins").write_text("[].\n")
                server._launch()
            for server in servers:
                server._await()
            servers[0].ctl("await_online_nodes", str(nodes))
        except BaseException:
            for server in servers:
                server._shut(signal.SIGKILL)
            raise
        return servers

    @property
    def pid(self) -> int:
        if self._child is None:
            raise RabbitFailed(f"{self.name} is not running")
        return self._child.process.pid

    def stop(self) -> None:
        self._shut(signal.SIGTERM)

    def kill(self) -> None:
        """End the node as a crash would."""
        self._shut(signal.SIGKILL)

    def restart(self) -> None:
        """Start the node again, on its port and with its data, after stopping it if it runs."""
        self.stop()
        self._launch()
        try:
            self._await()
        except BaseException:
            self.kill()
            raise

    def freeze(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def ctl(self, *arguments: str) -> str:
        """What `rabbitmqctl` prints."""
        command = [str(BIN / "rabbitmqctl"), "--quiet", *arguments]
        done = subprocess.run(  # noqa: S603 - the tests' own words
            command,
            env=self._env,
            cwd="/",
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )
        if done.returncode:
            raise RabbitFailed(f"rabbitmqctl {' '.join(arguments)}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def settle(self) -> None:
        """Make the node write the names of new queues to disk, which it does only after seconds.

        If its only node crashes before that, a quorum queue is empty after the restart, and for a while
        without a leader, although it has confirmed messages (seen with 3.10).
        """
        self.ctl("eval", "[dets:sync(Table) || Table <- dets:all()].")

    def _launch(self) -> None:
        self._epmd.take(self)
        atexit.register(self.kill)
        self._child = Child([str(BIN / "rabbitmq-server")], self._env, self._folder / "output")

    def _await(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not _greets(self.port):
            ended = self._child is None or self._child.process.poll() is not None
            if ended or time.monotonic() > deadline:
                said = (self._folder / "output").read_text(errors="replace").splitlines()[-30:]
                raise RabbitFailed(f"{self.name} did not start:\n" + "\n".join(said))
            time.sleep(POLL_SECONDS)

    def _shut(self, by: signal.Signals) -> None:
        child, self._child = self._child, None
        if child:
            child.end(by)
        atexit.unregister(self.kill)
        self._epmd.leave(self)


def _spawn(command: list[str], output: Path, **options: Any) -> subprocess.Popen[bytes]:
    with output.open("wb") as log:
        options |= {"cwd": "/", "stdout": log, "stderr": log, "start_new_session": True}
        return subprocess.Popen(command, **options)  # noqa: S603 - the tests' own words


def _greets(port: int) -> bool:
    """Whether a node answers the header of AMQP with a frame, which it does only once it is ready."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1.0) as peer:
            peer.sendall(b"AMQP\x00\x00\x09\x01")
            return peer.recv(1) == b"\x01"
    except OSError:
        return False


def _connects(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
    except OSError:
        return False
    return True


def _free_port() -> int:
    """A port below those that systems give to clients, so that a node gets it again after a crash."""
    while True:
        port = 20000 + secrets.randbelow(12000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
