"""Drawing through OpenGL without a screen (EGL): the only file that knows pyrender.

pyrender's own way builds a mesh a frame and shades every pixel physically; here light comes with the vertices, the FLAT
shader only interpolates it, buffers are updated in place, and only the person's part of the picture is drawn and read.
"""

import logging
import os
from functools import cache
from itertools import product
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.render.layer import EMPTY, Layer, Look
from lavimo.scene.camera import Camera

log = logging.getLogger(__name__)

Array = NDArray[np.float32]

PACKAGES = "libegl1 libegl-mesa0 libgl1 libgl1-mesa-dri"
NEAR_M, FAR_M = 0.1, 100.0

Box = tuple[int, int, int, int]
"""Part of a frame in pixels: left, bottom, right, top, counted from the lower left corner."""


class EglRenderer:
    """One person at a time, drawn by the process's OpenGL context, in the thread that made that."""

    def __init__(self, size_px: int):
        """Make the context, or take the one that is there.

        Raises:
            ValueError: EGL or OpenGL is not installed, or no device answers; names the packages.
        """
        self._pyrender, self._gl, self._offscreen, self.device = _context_of_process()
        self._size_px = size_px

    @property
    def software(self) -> bool:
        """Whether OpenGL itself draws on the processor."""
        return any(name in self.device.lower() for name in ("llvmpipe", "softpipe", "swrast", "swiftshader"))

    def open(self, look: Look, camera: Camera) -> None:
        """Begin a clip: who is to be drawn, and from where."""
        pyrender, GL = self._pyrender, self._gl
        self._camera, self._source_N = camera, look.source_N
        self._vertices_N9 = np.ones((len(look.uv_N2), 9), np.float32)
        self._vertices_N9[:, 3:5] = look.uv_N2 * [1, -1] + [0, 1]  # OpenGL's v points up
        texture = pyrender.Texture(
            source=look.texture_HW3,
            source_channels="RGB",
            sampler=pyrender.Sampler(
                magFilter=GL.GL_LINEAR,
                minFilter=GL.GL_LINEAR,
                wrapS=GL.GL_CLAMP_TO_EDGE,
                wrapT=GL.GL_CLAMP_TO_EDGE,
            ),
        )
        self._person = pyrender.Primitive(
            positions=self._vertices_N9[:, :3],
            texcoord_0=self._vertices_N9[:, 3:5],
            color_0=self._vertices_N9[:, 5:],
            indices=look.faces_F3,
            material=pyrender.MetallicRoughnessMaterial(baseColorTexture=texture, alphaMode="OPAQUE"),
        )
        self._scene = pyrender.Scene(bg_color=[0.0, 0.0, 0.0, 0.0])
        self._scene.add(pyrender.Mesh([self._person]))
        lens = pyrender.PerspectiveCamera(yfov=np.radians(camera.yfov_degrees), znear=NEAR_M, zfar=FAR_M)
        self._scene.add(lens, pose=camera.camera_to_world())
        self._draw((0, 0, 1, 1))  # uploads

    def draw(self, positions_V3: Array, light_V3: Array) -> Layer:
        """The person as a layer of the picture.

        Args:
            positions_V3: (V, 3) metres.
            light_V3: (V, 3) RGB by which the texture is multiplied.
        """
        left, bottom, right, top = box = self._box(positions_V3)
        if left >= right or bottom >= top:
            return EMPTY
        self._vertices_N9[:, :3] = positions_V3[self._source_N]
        self._vertices_N9[:, 5:8] = light_V3[self._source_N]
        if not self._person._in_context():  # another renderer of this process has drawn meanwhile
            self._draw((0, 0, 1, 1))
        self._offscreen._platform.make_current()
        self._gl.glBindBuffer(self._gl.GL_ARRAY_BUFFER, self._person._buffers[0])
        self._gl.glBufferSubData(self._gl.GL_ARRAY_BUFFER, 0, self._vertices_N9.nbytes, self._vertices_N9)
        return Layer(left, self._size_px - top, self._draw(box))

    def _box(self, positions_V3: Array) -> Box:
        """A part of the frame that holds all points; the whole frame where one may be behind the camera."""
        columns_3V = np.ascontiguousarray(positions_V3.T)  # ten times faster to reduce
        corners_83 = np.array([*product(*zip(columns_3V.min(axis=1), columns_3V.max(axis=1)))])
        projected_83 = self._camera.project(corners_83)
        if (projected_83[:, 2] < NEAR_M).any():
            return (0, 0, self._size_px, self._size_px)
        pixels_82 = (projected_83[:, :2] + 1) / 2 * self._size_px
        left, bottom = np.clip(np.floor(pixels_82.min(axis=0)).astype(int) - 1, 0, self._size_px).tolist()
        right, top = np.clip(np.ceil(pixels_82.max(axis=0)).astype(int) + 1, 0, self._size_px).tolist()
        return (left, bottom, right, top)

    def _draw(self, box: Box) -> NDArray[np.uint8]:
        """The scene, (H, W, 4) uint8, drawn and read within a box only."""
        left, bottom, right, top = self._box_drawn = box
        self._offscreen._platform.make_current()
        self._offscreen.viewport_width = self._offscreen.viewport_height = self._size_px
        self._offscreen._renderer._read_main_framebuffer = self._read_color
        self._gl.glEnable(self._gl.GL_SCISSOR_TEST)
        self._gl.glScissor(left, bottom, right - left, top - bottom)
        rgba_HW4, _ = self._offscreen.render(self._scene, flags=self._pyrender.RenderFlags.FLAT)
        return rgba_HW4

    def _read_color(self, scene: Any, flags: int) -> tuple[NDArray[np.uint8], None]:
        """Instead of pyrender's own reading, which takes the depth of the whole frame too."""
        GL, renderer = self._gl, self._offscreen._renderer
        left, bottom, right, top = box = self._box_drawn
        GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, renderer._main_fb_ms)
        GL.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, renderer._main_fb)
        GL.glBlitFramebuffer(*box, *box, GL.GL_COLOR_BUFFER_BIT, GL.GL_NEAREST)
        GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, renderer._main_fb)
        width, height = right - left, top - bottom
        pixels = GL.glReadPixels(left, bottom, width, height, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE)
        return np.frombuffer(pixels, np.uint8).reshape(height, width, 4)[::-1], None


@cache
def _context_of_process() -> tuple[ModuleType, ModuleType, Any, str]:
    """pyrender, OpenGL, the context and its device's name: never deleted, for pyrender (0.1.45) then ends EGL for all.

    Raises:
        ValueError: as `EglRenderer`.
    """
    _choose_device()
    pyrender = _import_pyrender()
    from OpenGL import GL

    try:
        offscreen = pyrender.OffscreenRenderer(1, 1)
        return pyrender, GL, offscreen, GL.glGetString(GL.GL_RENDERER).decode()
    except Exception as error:
        raise ValueError(_no_egl(error)) from error


def _choose_device() -> None:
    """Draw on the job's graphics card: CUDA_VISIBLE_DEVICES, which EGL does not heed, says which it was given."""
    first = os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",")[0].strip()
    if first.isdigit():
        os.environ.setdefault("EGL_DEVICE_ID", first)


def _import_pyrender() -> ModuleType:
    # Both must precede the import: PyOpenGL chooses its platform then, and pyrender 0.1.45 still uses numpy 1's infty.
    os.environ["PYOPENGL_PLATFORM"] = "egl"
    vars(np).setdefault("infty", np.inf)
    try:
        import pyrender
    except (ImportError, AttributeError, OSError, RuntimeError) as error:
        raise ValueError(_no_egl(error)) from error
    return pyrender


def _no_egl(error: Exception) -> str:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return (
        f"cannot draw: found no working EGL ({reason}); install OpenGL's system libraries, "
        f"on Debian and Ubuntu: apt-get install {PACKAGES}; or set render.renderer to cpu, which needs none"
    )
