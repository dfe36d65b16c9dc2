"""The extension comes, works, and goes without a trace."""

import bpy
from common import MODULE, arguments, install, tell


def there() -> dict[str, bool]:
    """What Blender has of the extension."""
    return {
        "operator": hasattr(bpy.types, "LAVIMO_OT_search"),
        "panel": hasattr(bpy.types, "LAVIMO_PT_panel"),
        "state": hasattr(bpy.types.WindowManager, "lavimo"),
        "preferences": MODULE in bpy.context.preferences.addons,
    }


install(arguments()["package"])
installed = there()
bpy.ops.preferences.addon_disable(module=MODULE)
disabled = there()
bpy.ops.preferences.addon_enable(module=MODULE)
again = there()
bpy.context.preferences.addons[MODULE].preferences.address = "http://studio.lan:8000/?token=secret"
parted = bpy.context.preferences.addons[MODULE].preferences
parted = [parted.address, parted.token]
bpy.ops.extensions.package_uninstall(repo_index=1, pkg_id="lavimo")
tell(installed=installed, disabled=disabled, again=again, parted=parted, uninstalled=there())
