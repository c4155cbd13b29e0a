"""Plug-ins found by listing a folder: one new file, one ``@register("name")``, nothing else to edit."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from pkgutil import iter_modules
from typing import ClassVar, Generic, TypeVar

from sim.ground.errors import PluginError, did_you_mean

T = TypeVar("T")


class Registry(Generic[T]):
    """The plug-ins of one kind, by name.

    Parameters
    ----------
    kind
        What the plug-ins are, as an error message calls them.
    package
        Dotted name of the folder that holds them, one file each.
    """

    entered: ClassVar[set[tuple[str, str]]] = set()
    """Kind and name of all that is registered anywhere: a private file may hold a plug-in of any kind."""

    def __init__(self, kind: str, package: str) -> None:
        self.kind = kind
        self.package = package
        self._found: dict[str, T] = {}
        self._homes: dict[str, str] = {}
        self._listed = False

    def register(self, name: str) -> Callable[[T], T]:
        """Return a decorator that enters a plug-in under a name.

        Raises
        ------
        PluginError
            Where another file has taken the name.
        """

        def enter(plugin: T) -> T:
            home = str(getattr(plugin, "__module__", "?"))
            if self._homes.get(name, home) != home:
                raise PluginError(
                    f"{home}: the {self.kind} '{name}' is already registered by {self._homes[name]}; "
                    "choose another name"
                )
            self._found[name] = plugin
            self._homes[name] = home
            Registry.entered.add((self.kind, name))
            return plugin

        return enter

    def discover(self) -> None:
        """Import every file of the folder, in sorted order, and refuse one that registers nothing.

        A folder within the folder holds no plug-in of this kind.

        Raises
        ------
        PluginError
            Where a file registers no plug-in.
        """
        if self._listed:
            return
        self._listed = True
        folder = import_module(self.package)
        for module in sorted(info.name for info in iter_modules(folder.__path__) if not info.ispkg):
            if module == "base":
                continue
            import_module(f"{self.package}.{module}")
            if f"{self.package}.{module}" not in self._homes.values():
                raise PluginError(
                    f'{self.package}.{module}: no {self.kind} is registered in this file; end it with @register("name")'
                )

    def get(self, name: str) -> T:
        """Return the plug-in of that name.

        Raises
        ------
        PluginError
            Where there is none; names the nearest.
        """
        self.discover()
        if name not in self._found:
            raise PluginError(f"no {self.kind} is called '{name}'" + did_you_mean(name, self._found))
        return self._found[name]

    def names(self) -> tuple[str, ...]:
        """Return the names of all plug-ins, sorted."""
        self.discover()
        return tuple(sorted(self._found))

    def load(self, path: Path) -> None:
        """Run a private plug-in file that the user named on the command line; it may register another kind, too.

        Raises
        ------
        PluginError
            Where the file is missing, fails, or registers nothing.
        """
        self.discover()
        name = f"suanwang_plugin_{path.stem}"
        known = getattr(sys.modules.get(name), "__file__", None)
        if known is not None and Path(known).resolve() == path.resolve():
            return
        before = set(Registry.entered)
        spec = spec_from_file_location(name, path)
        if spec is None or spec.loader is None or not path.is_file():
            raise PluginError(f"{path}: not a Python file; --plugin takes the path of one")
        try:
            # Dataclasses look their module up by name.
            sys.modules[name] = module_from_spec(spec)
            spec.loader.exec_module(sys.modules[name])
        except PluginError:
            raise
        except Exception as error:
            raise PluginError(f"{path}: the plug-in failed to load: {error}") from error
        if Registry.entered == before:
            raise PluginError(f'{path}: no {self.kind} is registered; end the file with @register("name")')
