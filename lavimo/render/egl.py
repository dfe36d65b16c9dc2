"""Drawing through OpenGL without a screen (EGL): the only file that knows pyrender.

pyrender's own way builds a mesh a frame and shades every pixel physically; on a CPU that costs four times what is done
here: light is computed per vertex, the FLAT shader only interpolates it, and buffers are updated in place.
"""

import logging
import os
from functools import cache
from itertools import product
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.render.scene import SHADOW_CELL_M, SHADOW_CELLS, Scene, floor_mesh

log = logging.getLogger(__name__)

Array = NDArray[np.float32]

PACKAGES = "libegl1 libegl-mesa0 libgl1 libgl1-mesa-dri"
SHADOW_HEIGHT_M = 0.003
"""A little above the floor, for soles sink as deep."""
NEAR_M, FAR_M = 0.1, 100.0

Box = tuple[int, int, int, int]
"""Part of a frame in pixels: left, bottom, right, top, counted from the lower left corner."""


class EglRenderer:
    """An OpenGL context with one scene in it at a time. One a process, used by the thread that made it."""

    def __init__(self, size_px: int):
        """Make the context.

        Raises:
            ValueError: EGL or OpenGL is not installed, or no device answers; names the packages.
        """
        pyrender = _import_pyrender()
        from OpenGL import GL

        self._pyrender, self._gl = pyrender, GL
        try:
            self._offscreen = pyrender.OffscreenRenderer(size_px, size_px)
            device = GL.glGetString(GL.GL_RENDERER).decode()
        except Exception as error:
            raise ValueError(_no_egl(error)) from error
        log.info("OpenGL renderer: %s", device)
        if "llvmpipe" in device or "softpipe" in device:
            log.info("drawing on the CPU; a graphics card's EGL driver would be about ten times faster")
        self._offscreen._renderer._read_main_framebuffer = self._read_color
        self._size_px = size_px

    @classmethod
    @cache
    def of_process(cls, size_px: int) -> "EglRenderer":
        """The process's renderer, made once: deleting one breaks the next (pyrender 0.1.45)."""
        return cls(size_px)

    def open(self, scene: Scene, faces_F3: NDArray[np.int32], vertices: int) -> None:
        """Begin a clip: its scene, and the triangles of the person to come. The floor is drawn once, here."""
        pyrender = self._pyrender
        self._camera = scene.camera
        floor_vertices_N3, floor_colors_N3, floor_faces_F3 = floor_mesh(scene)
        floor = self._primitive(floor_vertices_N3, floor_faces_F3, colors=floor_colors_N3)
        self._load([*scene.background, 1.0], [floor])
        self._background_HW3 = self._draw((0, 0, self._size_px, self._size_px))[..., :3].copy()
        self._vertices_N7 = np.ones((vertices, 7), np.float32)
        self._person = self._primitive(self._vertices_N7[:, :3], faces_F3, colors=self._vertices_N7[:, 3:6])
        self._shadow_GG4 = np.zeros((SHADOW_CELLS, SHADOW_CELLS, 4), np.uint8)
        self._texture = pyrender.Texture(
            source=self._shadow_GG4,
            source_channels="RGBA",
            sampler=pyrender.Sampler(magFilter=self._gl.GL_LINEAR, minFilter=self._gl.GL_LINEAR),
        )
        quad_F3 = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
        blank_43 = np.zeros((4, 3), np.float32)
        self._shadow = self._primitive(blank_43, quad_F3, texcoords=blank_43[:, :2], texture=self._texture)
        # The shadow after the person, which hides it.
        self._load([0.0, 0.0, 0.0, 0.0], [self._person, self._shadow])
        self._draw((0, 0, 1, 1))

    def draw(
        self, positions_N3: Array, colors_N3: Array, shadow_GG: Array, shadow_corner: tuple[float, float]
    ) -> NDArray[np.uint8]:
        """One frame of the opened clip, (H, W, 3) uint8 RGB.

        Args:
            positions_N3: (N, 3) the person's vertices, metres.
            colors_N3: (N, 3) RGB from 0 to 1, lit.
            shadow_GG: (G, G) darkness on the floor, from `scene.shadow`.
            shadow_corner: x and z of the shadow's first cell, metres.
        """
        self._offscreen._platform.make_current()
        self._vertices_N7[:, :3] = positions_N3
        self._vertices_N7[:, 3:6] = colors_N3
        self._upload(self._person, self._vertices_N7)
        shadow_43 = self._upload_shadow(shadow_GG, shadow_corner)
        left, bottom, right, top = box = self._box(positions_N3, shadow_43)
        over_HW4 = self._draw(box)
        frame_HW3 = self._background_HW3.copy()
        rows, columns = slice(self._size_px - top, self._size_px - bottom), slice(left, right)
        light_HW1 = 255 - over_HW4[..., 3:].astype(np.uint16)
        behind_HW3 = (frame_HW3[rows, columns] * light_HW1 + 127) // 255
        frame_HW3[rows, columns] = np.minimum(over_HW4[..., :3] + behind_HW3, 255)
        return frame_HW3

    def _upload_shadow(self, shadow_GG: Array, corner: tuple[float, float]) -> Array:
        """Put the shadow's dark part on the floor; returns its corners (4, 3) in metres."""
        GL = self._gl
        dark = shadow_GG > 0
        rows, columns = (np.flatnonzero(dark.any(axis=axis)) for axis in (1, 0))
        column_row_42 = np.array(
            [(column, row) for column, row in zip(columns[[0, 0, -1, -1]], rows[[0, -1, -1, 0]])], np.float32
        ) + np.array([[0, 0], [0, 1], [1, 1], [1, 0]], np.float32)
        quad_45 = np.empty((4, 5), np.float32)
        quad_45[:, [0, 2]] = column_row_42 * SHADOW_CELL_M + np.array(corner)
        quad_45[:, 1] = SHADOW_HEIGHT_M
        quad_45[:, 3:] = column_row_42 / SHADOW_CELLS
        self._upload(self._shadow, quad_45)
        # Blending multiplies the alpha channel by itself: the square root leaves the darkness.
        np.rint(np.sqrt(shadow_GG) * 255, out=self._shadow_GG4[..., 3], casting="unsafe")
        GL.glBindTexture(GL.GL_TEXTURE_2D, self._texture._texid)
        side = SHADOW_CELLS
        GL.glTexSubImage2D(GL.GL_TEXTURE_2D, 0, 0, 0, side, side, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE, self._shadow_GG4)
        return quad_45[:, :3]

    def _box(self, *points: Array) -> Box:
        """A part of the frame that holds all points; the whole frame where one may be behind the camera."""
        contiguous = [np.ascontiguousarray(points_N3.T) for points_N3 in points]  # ten times faster to reduce
        bounds = [zip(points_3N.min(axis=1), points_3N.max(axis=1)) for points_3N in contiguous]
        corners_N3 = np.array([corner for bound in bounds for corner in product(*bound)])
        projected_N3 = self._camera.project(corners_N3)
        if (projected_N3[:, 2] < NEAR_M).any():
            return (0, 0, self._size_px, self._size_px)
        pixels_N2 = (projected_N3[:, :2] + 1) / 2 * self._size_px
        left, bottom = np.clip(np.floor(pixels_N2.min(axis=0)).astype(int) - 1, 0, self._size_px - 1).tolist()
        right, top = np.clip(np.ceil(pixels_N2.max(axis=0)).astype(int) + 1, 1, self._size_px).tolist()
        return (left, bottom, right, top)

    def _load(self, background: list[float], primitives: list[Any]) -> None:
        """Replace what is drawn. One mesh, because pyrender draws meshes in no certain order."""
        pyrender, camera = self._pyrender, self._camera
        self._scene = pyrender.Scene(bg_color=background)
        self._scene.add(pyrender.Mesh(primitives))
        lens = pyrender.PerspectiveCamera(yfov=np.radians(camera.yfov_degrees), znear=NEAR_M, zfar=FAR_M)
        self._scene.add(lens, pose=camera.pose())

    def _draw(self, box: Box) -> NDArray[np.uint8]:
        """What is loaded, (H, W, 4) uint8, drawn and read within a box only."""
        left, bottom, right, top = self._box_drawn = box
        self._offscreen._platform.make_current()
        self._gl.glEnable(self._gl.GL_SCISSOR_TEST)
        self._gl.glScissor(left, bottom, right - left, top - bottom)
        frame_HW4, _ = self._offscreen.render(self._scene, flags=self._pyrender.RenderFlags.FLAT)
        return frame_HW4

    def _primitive(
        self,
        positions_N3: Array,
        faces_F3: NDArray[np.int32],
        colors: Array | None = None,
        texcoords: Array | None = None,
        texture: Any = None,
    ) -> Any:
        material = self._pyrender.MetallicRoughnessMaterial(
            baseColorTexture=texture, alphaMode="BLEND" if texture else "OPAQUE", doubleSided=False
        )
        if colors is not None:
            colors = np.concatenate([colors, np.ones((len(colors), 1), np.float32)], axis=1)
        return self._pyrender.Primitive(
            positions=positions_N3, indices=faces_F3, color_0=colors, texcoord_0=texcoords, material=material
        )

    def _upload(self, primitive: Any, data: Array) -> None:
        """Overwrite a primitive's interleaved vertex buffer."""
        self._gl.glBindBuffer(self._gl.GL_ARRAY_BUFFER, primitive._buffers[0])
        self._gl.glBufferSubData(self._gl.GL_ARRAY_BUFFER, 0, data.nbytes, np.ascontiguousarray(data))

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
        f"on Debian and Ubuntu: apt-get install {PACKAGES}"
    )
