"""numba's compiler, which keeps what it compiled beside the source, or in the user's cache folder, where it may write.

From a read-only checkout and without a home numba refuses to compile at all; there each process compiles for itself.
"""

import logging
import os
from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])
COMPILE: Any = numba.njit
prange: Any = numba.prange

# Threads of its own: OpenMP's are torch's too, and with the first parallel function torch would have as many as there
# are cores, whatever it was told: small trainings in the same process took ten times as long, and more on busy cores.
SETTINGS: Any = numba.config
if "NUMBA_THREADING_LAYER" not in os.environ:
    SETTINGS.THREADING_LAYER = "workqueue"

log = logging.getLogger(__name__)

ONE_AT_A_TIME = Lock()
"""Two parallel functions at once in numba's own threads end the process."""


def alone(function: Function) -> Function:
    """The function, of which and of its like only one runs at a time, whatever thread calls it."""

    @wraps(function)
    def locked(*arguments: Any) -> Any:
        with ONE_AT_A_TIME:
            return function(*arguments)

    return cast(Function, locked)


def njit(**options: Any) -> Callable[[Function], Function]:
    """Compile a function when it is first called; `options` are numba's, `cache` aside."""

    def compiled(function: Function) -> Function:
        try:
            made: Function = COMPILE(cache=True, **options)(function)
        except RuntimeError as error:  # no locator available
            log.info("%s is compiled anew in each process: %s", function.__name__, error)
            made = COMPILE(**options)(function)
        return alone(made) if options.get("parallel") else made

    return compiled
