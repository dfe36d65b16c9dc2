"""An operator that was clicked: Blender goes on while the app is asked, and takes the answer when it is there.

Blender's module has no window whose events come by, and executes what is clicked. The events come from here.
"""

import os
import sys
from collections.abc import Callable
from time import monotonic, sleep
from types import SimpleNamespace
from typing import Any

import bpy
from common import MODULE, arguments, connect, empty_scene, install, state, tell

TICK, ESCAPE = SimpleNamespace(type="TIMER", value="NOTHING"), SimpleNamespace(type="ESC", value="PRESS")

told = arguments()
empty_scene()
install(told["package"])
connect(told["address"], told["token"])
asking = __import__(f"{MODULE}.asking", fromlist=["Asking"])
search = __import__(f"{MODULE}.search", fromlist=["pictures"])
meanwhile: list[Callable[[Any], set[str] | None]] = []
seen: list[dict[str, Any]] = []


def as_clicked(self: Any, context: bpy.types.Context) -> set[str]:
    """What Blender does with an operator that was clicked."""
    began = monotonic()
    answer = self.invoke(context, TICK)
    what = {"stood_s": monotonic() - began, "began": list(answer), "waiting": state().waiting, "ticks": 0}
    seen.append(what)
    if meanwhile:
        answer = meanwhile.pop()(self) or answer
    while answer <= {"RUNNING_MODAL", "PASS_THROUGH"} and what["ticks"] < 3000:
        sleep(0.02)
        answer = self.modal(context, TICK)
        what["ticks"] += 1
    what["ended"] = list(answer)
    return answer


def click(words: str, then: Callable[[Any], set[str] | None] | None = None) -> dict[str, Any]:
    """Search, and do something else while it runs; what was seen of it, and what the panel shows then."""
    state().words = words
    meanwhile[:] = [then] if then else []
    place = len(seen)
    try:
        bpy.ops.lavimo.search()
    except RuntimeError as error:  # as a script hears of it
        seen[place]["error"] = str(error)
    hits = [hit.name for hit in state().hits]
    return seen[place] | {"hits": hits, "pictures": len(search.pictures), "left": state().waiting}


asking.Asking.execute = as_clicked
alone = click("a person walks")
older = click("somebody jumps", lambda _: click("a person runs") and None)
newer = seen[-1]
stopped = click("a person kicks", lambda operator: operator.modal(bpy.context, ESCAPE))
connect("http://127.0.0.1:9")
failed = click("a person kicks")
tell(alone=alone, older=older, newer=newer, stopped=stopped, failed=failed, message=state().message)
sys.stdout.flush()
os._exit(0)  # Blender still has handlers of operators that it has executed, and would free these twice
