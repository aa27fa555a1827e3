"""Which methods each path has, for 405 and its `Allow` (RFC 9110)."""

import re
from collections.abc import Iterable, Mapping
from typing import Self

from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute, compile_path

from shared.errors import MethodNotAllowed

_PARAMETER = re.compile(r"\{[^}]*\}")


class Methods:
    """The methods of each path. A path that two templates match has those of the more literal one."""

    def __init__(self, templates: Mapping[str, set[str]]) -> None:
        """HEAD is answered wherever GET is (head.py)."""
        templates = {each: {*of, "HEAD"} if "GET" in of else of for each, of in templates.items()}
        ordered = sorted(templates, key=lambda template: (len(_PARAMETER.findall(template)), template))
        self._patterns = [(compile_path(each)[0], frozenset(templates[each])) for each in ordered]
        # The router would take the last word of these for an id of another template.
        self._literal = {each: templates[each] for each in ordered if "{" not in each}

    @classmethod
    def of_routes(cls, routes: Iterable[BaseRoute]) -> Self:
        templates: dict[str, set[str]] = {}
        for route in iter_route_contexts(list(routes)):
            if route.path_format is not None and route.methods:
                templates.setdefault(route.path_format, set()).update(route.methods)
        return cls(templates)

    def refusal(self, path: str) -> MethodNotAllowed:
        """Of a method that the path does not have."""
        methods = next((each for pattern, each in self._patterns if pattern.match(path)), frozenset())
        return MethodNotAllowed(allowed=", ".join(sorted(methods)))

    def lacks(self, path: str, method: str) -> bool:
        """Whether the path is a literal one that has other methods only."""
        methods = self._literal.get(path)
        return methods is not None and method not in methods
