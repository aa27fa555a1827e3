"""The five services by name. A service's code is imported when it is asked for, so that a process loads
only its own service, and a service that can't be imported stops no other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from fastapi import FastAPI

    from shared.bus.handlers import Handlers
    from shared.bus.republish import Facts
    from shared.settings import ServiceSettings
    from shared.worker import Worker

ServiceName = Literal["identity", "invitations", "cases", "billing", "notifications"]


@dataclass(frozen=True)
class Service:
    """One service. Each of them has the modules `settings`, `handlers` and `main`."""

    name: ServiceName

    def _module(self, module: str) -> Any:
        return import_module(f"services.{self.name}.{module}")

    @property
    def settings(self) -> "type[ServiceSettings]":
        kind: type[ServiceSettings] = self._module("settings").Settings
        return kind

    @property
    def handlers(self) -> "Handlers":
        handlers: Handlers = self._module("handlers").handlers
        return handlers

    @property
    def facts(self) -> "Sequence[Facts]":
        """What other services keep copies of."""
        return () if self.name == "notifications" else self._module("facts.commands").FACTS

    def api(self, settings: "ServiceSettings") -> "FastAPI":
        app: FastAPI = self._module("main").api(settings)
        return app

    def worker(self, settings: "ServiceSettings") -> "Worker":
        worker: Worker = self._module("main").worker(settings)
        return worker


NAMES: tuple[ServiceName, ...] = get_args(ServiceName)
SERVICES: Mapping[str, Service] = {name: Service(name) for name in NAMES}
