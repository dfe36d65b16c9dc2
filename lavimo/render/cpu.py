"""Drawing on the processor, without OpenGL: a rasteriser compiled by numba that touches only the person's pixels.

A depth buffer of four samples a pixel says which triangle each sample sees; then every triangle that a pixel sees is
shaded once there, with perspective-correct light and texture, and counts by its samples. Positions are fixed-point, so
that neighbouring triangles leave no crack.

Shape suffixes: V vertices, N with their copies at seams, F triangles, H height, W width, Q lines of samples, 2 screen
or texture coordinates, 3 and 4 coordinates, RGB and RGBA.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.jit import njit
from lavimo.render.layer import EMPTY, Layer, Look
from lavimo.scene.camera import Camera

Array = NDArray[np.float32]

STEPS = 32
"""Fixed-point steps a pixel."""
LINES = 4
"""Lines of samples in a row of pixels: one sample a pixel in each."""
LINE_STEPS = STEPS // LINES
SAMPLE_X = np.array([12, 28, 4, 20], np.float32)
"""Where in its pixel a line's sample is, in steps; with the lines, a rotated square, as graphics cards have it."""
NEAR_M = 0.1

INVERSE_DEPTH, U, V, RED, GREEN, BLUE, X, Y = range(8)
"""What is kept of a projected vertex: all but the place on the screen is divided by the depth, for such values are
linear on the screen."""


class CpuRenderer:
    """A rasteriser's buffers, with one person before a camera at a time."""

    device = "CPU rasteriser"

    def __init__(self, size_px: int):
        """Make buffers for square pictures of this side."""
        self._size_px = size_px
        self._depth = np.empty(LINES * size_px * size_px, np.float32)
        self._seen = np.empty(LINES * size_px * size_px, np.int32)

    def open(self, look: Look, camera: Camera) -> None:
        """Begin a clip: who is to be drawn, and from where."""
        self._look = look
        camera_to_world_44 = camera.camera_to_world()
        self._axes_33 = np.ascontiguousarray(camera_to_world_44[:3, :3], np.float32)
        self._eye_3 = camera_to_world_44[:3, 3].astype(np.float32)
        self._focal_px = np.float32(self._size_px / 2 / np.tan(np.radians(camera.yfov_degrees) / 2))
        self._screen_N2 = np.empty((len(look.uv_N2), 2), np.int32)
        self._projected_N8 = np.empty((len(look.uv_N2), 8), np.float32)
        height, width = look.texture_HW3.shape[:2]
        self._texel_N2 = look.uv_N2 * np.array([width, height], np.float32) - np.float32(0.5)

    def draw(self, positions_V3: Array, light_V3: Array) -> Layer:
        """The person as a layer of the picture.

        Args:
            positions_V3: (V, 3) metres.
            light_V3: (V, 3) RGB by which the texture is multiplied.
        """
        screen_N2, projected_N8 = self._screen_N2, self._projected_N8
        surface = positions_V3, light_V3, self._look.source_N, self._texel_N2
        camera = self._axes_33, self._eye_3, self._focal_px, self._size_px
        left, top, right, bottom = _project(*surface, *camera, screen_N2, projected_N8)
        if left >= right or top >= bottom:
            return EMPTY
        height, width = bottom - top, right - left
        shape = (LINES * height, width)
        depth_QW = self._depth[: shape[0] * width].reshape(shape)
        seen_QW = self._seen[: shape[0] * width].reshape(shape)
        depth_QW.fill(0)
        _see(screen_N2, projected_N8, self._look.faces_F3, left, top, depth_QW, seen_QW)
        rgba_HW4 = np.empty((height, width, 4), np.uint8)
        look = self._look
        _shade(depth_QW, seen_QW, projected_N8, look.faces_F3, look.texture_HW3, left, top, rgba_HW4)
        return Layer(left, top, rgba_HW4)


@njit(nogil=True, fastmath=True)
def _project(
    positions_V3: Any,
    light_V3: Any,
    source_N: Any,
    texel_N2: Any,
    axes_33: Any,
    eye_3: Any,
    focal_px: Any,
    size_px: Any,
    screen_N2: Any,
    projected_N8: Any,
) -> Any:
    """Fill the last two arguments; returns the bounds of the pixels. An inverse depth of 0 is behind the camera."""
    middle, scale = np.float32(size_px * STEPS / 2), focal_px * np.float32(STEPS)
    limit = np.float32(16 * size_px * STEPS)  # far outside, and products of steps still fit
    one, half = np.float32(1), np.float32(0.5)
    low_x = low_y = np.int32(size_px * STEPS)
    high_x = high_y = np.int32(-1)
    for n in range(len(source_N)):
        v = np.uint32(source_N[n])
        x, y, z = positions_V3[v, 0] - eye_3[0], positions_V3[v, 1] - eye_3[1], positions_V3[v, 2] - eye_3[2]
        depth = -(x * axes_33[0, 2] + y * axes_33[1, 2] + z * axes_33[2, 2])
        if depth < np.float32(NEAR_M):
            projected_N8[n, INVERSE_DEPTH] = 0
            continue
        inverse = one / depth
        right = (x * axes_33[0, 0] + y * axes_33[1, 0] + z * axes_33[2, 0]) * inverse * scale
        up = (x * axes_33[0, 1] + y * axes_33[1, 1] + z * axes_33[2, 1]) * inverse * scale
        screen_x = np.int32(np.floor(min(max(middle + right, -limit), limit) + half))
        screen_y = np.int32(np.floor(min(max(middle - up, -limit), limit) + half))
        screen_N2[n, 0], screen_N2[n, 1] = screen_x, screen_y
        projected_N8[n, INVERSE_DEPTH] = inverse
        projected_N8[n, U], projected_N8[n, V] = texel_N2[n, 0] * inverse, texel_N2[n, 1] * inverse
        projected_N8[n, RED] = light_V3[v, 0] * inverse
        projected_N8[n, GREEN] = light_V3[v, 1] * inverse
        projected_N8[n, BLUE] = light_V3[v, 2] * inverse
        projected_N8[n, X], projected_N8[n, Y] = np.float32(screen_x), np.float32(screen_y)
        low_x, high_x = min(low_x, screen_x), max(high_x, screen_x)
        low_y, high_y = min(low_y, screen_y), max(high_y, screen_y)
    left, right = max(low_x // STEPS, 0), min(high_x // STEPS + 1, size_px)
    top, bottom = max(low_y // STEPS, 0), min(high_y // STEPS + 1, size_px)
    return left, top, right, bottom


@njit(nogil=True)
def _see(screen_N2: Any, projected_N8: Any, faces_F3: Any, left: int, top: int, depth_QW: Any, seen_QW: Any) -> None:
    """The inverse depth that each sample sees, which must be 0 before, and the triangle there.

    A triangle fills the samples of each line from its left edge to before its right one. Where an edge meets a line is
    computed from the edge's upper end, by whichever triangle: neighbours leave no crack.
    """
    lines, width = len(depth_QW), depth_QW.shape[1]
    per_step = np.float32(1 / STEPS)
    for face in range(len(faces_F3)):
        i, j, k = faces_F3[face, 0], faces_F3[face, 2], faces_F3[face, 1]  # clockwise: the screen's y points down
        ix, iy = np.float32(screen_N2[i, 0] - left * STEPS), np.float32(screen_N2[i, 1] - top * STEPS)
        jx, jy = np.float32(screen_N2[j, 0] - left * STEPS), np.float32(screen_N2[j, 1] - top * STEPS)
        kx, ky = np.float32(screen_N2[k, 0] - left * STEPS), np.float32(screen_N2[k, 1] - top * STEPS)
        area = (jx - ix) * (ky - iy) - (kx - ix) * (jy - iy)
        if area <= 0:
            continue  # seen from behind, or edge on
        i_inverse, j_inverse = projected_N8[i, INVERSE_DEPTH], projected_N8[j, INVERSE_DEPTH]
        k_inverse = projected_N8[k, INVERSE_DEPTH]
        if i_inverse * j_inverse * k_inverse == 0:
            continue  # reaches behind the camera
        # Turn the triangle so that i is its uppermost corner: right of it comes j, left of it k.
        while iy > jy or iy > ky:
            ix, jx, kx, iy, jy, ky = jx, kx, ix, jy, ky, iy
            i_inverse, j_inverse, k_inverse = j_inverse, k_inverse, i_inverse
        first = max(_line_from(iy), 0)
        last = min(_line_from(max(jy, ky)), lines)
        if first >= last:
            continue
        per_area = np.float32(1) / area
        depth_x = ((j_inverse - i_inverse) * (ky - iy) - (k_inverse - i_inverse) * (jy - iy)) * per_area
        depth_y = ((k_inverse - i_inverse) * (jx - ix) - (j_inverse - i_inverse) * (kx - ix)) * per_area
        depth_column = depth_x * np.float32(STEPS)
        left_slope, right_slope, bottom_slope = _slope(ix, iy, kx, ky), _slope(ix, iy, jx, jy), np.float32(0)
        if jy < ky:
            bottom_slope = _slope(jx, jy, kx, ky)
        elif ky < jy:
            bottom_slope = _slope(kx, ky, jx, jy)
        for line in range(first, last):
            y = np.float32(line * LINE_STEPS + LINE_STEPS // 2)
            from_x = ix + (y - iy) * left_slope if y < ky else kx + (y - ky) * bottom_slope
            to_x = ix + (y - iy) * right_slope if y < jy else jx + (y - jy) * bottom_slope
            sample_x = SAMPLE_X[line % LINES]
            start = max(int(np.ceil((from_x - sample_x) * per_step)), 0)
            end = min(int(np.ceil((to_x - sample_x) * per_step)), width)
            depth = i_inverse + (np.float32(start * STEPS) + sample_x - ix) * depth_x + (y - iy) * depth_y
            for column in range(np.uint32(start), np.uint32(max(end, start))):
                if depth > depth_QW[line, column]:
                    depth_QW[line, column] = depth
                    seen_QW[line, column] = face
                depth += depth_column


@njit(nogil=True)
def _line_from(y: Any) -> int:
    """The first line of samples that is not above y, in steps."""
    return int(np.ceil((y - np.float32(LINE_STEPS // 2)) * np.float32(1 / LINE_STEPS)))


@njit(nogil=True)
def _slope(upper_x: Any, upper_y: Any, lower_x: Any, lower_y: Any) -> Any:
    """Steps to the right for each down."""
    return (lower_x - upper_x) / (lower_y - upper_y) if lower_y > upper_y else np.float32(0)


@njit(nogil=True, fastmath=True)
def _shade(
    depth_QW: Any,
    seen_QW: Any,
    projected_N8: Any,
    faces_F3: Any,
    texture_HW3: Any,
    left: int,
    top: int,
    rgba_HW4: Any,
) -> None:
    """Colours times coverage, and coverage as alpha. A triangle is shaded once a pixel, amid its samples there."""
    one, half, zero, white = np.float32(1), np.float32(0.5), np.float32(0), np.float32(255)
    last_u, last_v = np.float32(texture_HW3.shape[1] - 1.001), np.float32(texture_HW3.shape[0] - 1.001)
    value_8 = np.empty(8, np.float32)
    for row in range(np.uint32(len(rgba_HW4))):
        first_line = row * np.uint32(LINES)
        for column in range(np.uint32(rgba_HW4.shape[1])):
            red = green = blue = half
            covered = 0
            for line in range(np.uint32(LINES)):
                if depth_QW[first_line + line, column] == 0:
                    continue
                face = seen_QW[first_line + line, column]
                covered += 1
                first = True
                for other in range(line):
                    first &= (seen_QW[first_line + other, column] != face) | (depth_QW[first_line + other, column] == 0)
                if not first:
                    continue
                count, x, y = 1, SAMPLE_X[line], np.float32(line)
                for other in range(line + np.uint32(1), np.uint32(LINES)):
                    if (seen_QW[first_line + other, column] == face) & (depth_QW[first_line + other, column] > 0):
                        count, x, y = count + 1, x + SAMPLE_X[other], y + np.float32(other)
                share = one / np.float32(count)
                px, py = np.float32((column + left) * STEPS), np.float32((row + top) * STEPS)
                px, py = px + x * share, py + (y * share + half) * np.float32(LINE_STEPS)
                i, j, k = np.uint32(faces_F3[face, 0]), np.uint32(faces_F3[face, 1]), np.uint32(faces_F3[face, 2])
                ix, iy = projected_N8[i, X] - px, projected_N8[i, Y] - py
                jx, jy = projected_N8[j, X] - px, projected_N8[j, Y] - py
                kx, ky = projected_N8[k, X] - px, projected_N8[k, Y] - py
                a, b, c = jx * ky - kx * jy, kx * iy - ix * ky, ix * jy - jx * iy
                for channel in range(8):
                    value_8[channel] = (
                        a * projected_N8[i, channel] + b * projected_N8[j, channel] + c * projected_N8[k, channel]
                    )
                depth = one / value_8[INVERSE_DEPTH]
                u = min(max(value_8[U] * depth, zero), last_u)
                v = min(max(value_8[V] * depth, zero), last_v)
                u0, v0 = np.uint32(u), np.uint32(v)
                fu, fv = u - np.float32(u0), v - np.float32(v0)
                w11, w10, w01 = fu * fv, fu - fu * fv, fv - fu * fv
                w00 = one - fu - w01
                u1, v1 = u0 + np.uint32(1), v0 + np.uint32(1)
                weight = np.float32(count) * np.float32(1 / LINES)
                light = depth * weight
                most = white * weight
                texel = w00 * np.float32(texture_HW3[v0, u0, 0]) + w10 * np.float32(texture_HW3[v0, u1, 0])
                texel += w01 * np.float32(texture_HW3[v1, u0, 0]) + w11 * np.float32(texture_HW3[v1, u1, 0])
                red += min(texel * value_8[RED] * light, most)
                texel = w00 * np.float32(texture_HW3[v0, u0, 1]) + w10 * np.float32(texture_HW3[v0, u1, 1])
                texel += w01 * np.float32(texture_HW3[v1, u0, 1]) + w11 * np.float32(texture_HW3[v1, u1, 1])
                green += min(texel * value_8[GREEN] * light, most)
                texel = w00 * np.float32(texture_HW3[v0, u0, 2]) + w10 * np.float32(texture_HW3[v0, u1, 2])
                texel += w01 * np.float32(texture_HW3[v1, u0, 2]) + w11 * np.float32(texture_HW3[v1, u1, 2])
                blue += min(texel * value_8[BLUE] * light, most)
            rgba_HW4[row, column, 0] = np.uint8(red)
            rgba_HW4[row, column, 1] = np.uint8(green)
            rgba_HW4[row, column, 2] = np.uint8(blue)
            rgba_HW4[row, column, 3] = np.uint8(covered * 255 // LINES)
