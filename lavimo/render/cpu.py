"""Drawing on the processor, without OpenGL: a rasteriser compiled by numba that touches only the person's pixels.

A depth buffer of four samples a pixel says which triangle each sample sees; then every triangle that a pixel sees is
shaded once there, with perspective-correct light and texture, and counts by its samples. Positions are fixed-point, so
that neighbouring triangles leave no crack.

Shape suffixes: N vertices, F triangles, H height, W width, S samples of a pixel, 2 screen or texture coordinates, 3 and
4 coordinates, RGB and RGBA.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lavimo.render.camera import Camera
from lavimo.render.layer import EMPTY, Layer, Look

Array = NDArray[np.float32]

STEPS = 32
"""Fixed-point steps a pixel: edge functions of triangles up to 128 pixels wide are whole numbers that float32 holds
exactly, so that neighbouring triangles leave no crack."""
SAMPLES = 4
SAMPLES_S2 = np.array([[12, 4], [28, 12], [4, 20], [20, 28]], np.float32)
"""Where a pixel is sampled, x and y in steps: a rotated square, as graphics cards have it."""
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
        self._depth = np.empty(size_px * size_px * SAMPLES, np.float32)
        self._seen = np.empty(size_px * size_px * SAMPLES, np.int32)

    def open(self, look: Look, camera: Camera) -> None:
        """Begin a clip: who is to be drawn, and from where."""
        self._look = look
        pose_44 = camera.pose()
        self._axes_33 = np.ascontiguousarray(pose_44[:3, :3], np.float32)
        self._eye_3 = pose_44[:3, 3].astype(np.float32)
        self._focal_px = np.float32(self._size_px / 2 / np.tan(np.radians(camera.yfov_degrees) / 2))
        self._screen_N2 = np.empty((len(look.uv_N2), 2), np.int32)
        self._projected_N8 = np.empty((len(look.uv_N2), 8), np.float32)
        height, width = look.texture_HW3.shape[:2]
        self._texel_N2 = look.uv_N2 * np.array([width, height], np.float32) - np.float32(0.5)

    def draw(self, positions_N3: Array, light_N3: Array) -> Layer:
        """The person as a layer of the picture.

        Args:
            positions_N3: (N, 3) metres.
            light_N3: (N, 3) RGB by which the texture is multiplied.
        """
        screen_N2, projected_N8 = self._screen_N2, self._projected_N8
        camera = self._axes_33, self._eye_3, self._focal_px, self._size_px
        left, top, right, bottom = _project(positions_N3, light_N3, self._texel_N2, *camera, screen_N2, projected_N8)
        if left >= right or top >= bottom:
            return EMPTY
        shape = (bottom - top, right - left, SAMPLES)
        samples = shape[0] * shape[1] * SAMPLES
        depth_HWS, seen_HWS = self._depth[:samples].reshape(shape), self._seen[:samples].reshape(shape)
        depth_HWS.fill(0)
        _see(screen_N2, projected_N8, self._look.faces_F3, left, top, depth_HWS, seen_HWS)
        rgba_HW4 = np.empty((*shape[:2], 4), np.uint8)
        _shade(depth_HWS, seen_HWS, projected_N8, self._look.faces_F3, self._look.texture_HW3, left, top, rgba_HW4)
        return Layer(left, top, rgba_HW4)


@njit(cache=True, nogil=True, fastmath=True)
def _project(
    positions_N3: Any,
    light_N3: Any,
    texel_N2: Any,
    axes_33: Any,
    eye_3: Any,
    focal_px: Any,
    size_px: Any,
    screen_N2: Any,
    projected_N8: Any,
) -> tuple[int, int, int, int]:
    """Fill the last two arguments; returns the bounds of the pixels. An inverse depth of 0 is behind the camera."""
    middle, scale = np.float32(size_px * STEPS / 2), focal_px * np.float32(STEPS)
    limit = np.float32(16 * size_px * STEPS)  # far outside, and products of steps still fit
    one, half = np.float32(1), np.float32(0.5)
    low_x = low_y = np.int32(size_px * STEPS)
    high_x = high_y = np.int32(-1)
    for n in range(len(positions_N3)):
        x, y, z = positions_N3[n, 0] - eye_3[0], positions_N3[n, 1] - eye_3[1], positions_N3[n, 2] - eye_3[2]
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
        projected_N8[n, RED] = light_N3[n, 0] * inverse
        projected_N8[n, GREEN] = light_N3[n, 1] * inverse
        projected_N8[n, BLUE] = light_N3[n, 2] * inverse
        projected_N8[n, X], projected_N8[n, Y] = np.float32(screen_x), np.float32(screen_y)
        low_x, high_x = min(low_x, screen_x), max(high_x, screen_x)
        low_y, high_y = min(low_y, screen_y), max(high_y, screen_y)
    return (
        max(low_x // STEPS, 0),
        max(low_y // STEPS, 0),
        min(high_x // STEPS + 1, size_px),
        min(high_y // STEPS + 1, size_px),
    )


@njit(cache=True, nogil=True, fastmath=True)
def _see(screen_N2: Any, projected_N8: Any, faces_F3: Any, left: int, top: int, depth_HWS: Any, seen_HWS: Any) -> None:
    """The inverse depth that each sample sees, which must be 0 before, and the triangle there.

    A point is inside where three edge functions, twice the area between an edge and the point, are positive.
    """
    height, width = depth_HWS.shape[0], depth_HWS.shape[1]
    zero, step = np.float32(0), np.float32(STEPS)
    a_S, b_S = np.empty(SAMPLES, np.float32), np.empty(SAMPLES, np.float32)
    c_S, depth_S = np.empty(SAMPLES, np.float32), np.empty(SAMPLES, np.float32)
    for face in range(len(faces_F3)):
        i, j, k = faces_F3[face, 0], faces_F3[face, 2], faces_F3[face, 1]  # clockwise: the screen's y points down
        ix, iy, jx, jy = screen_N2[i, 0], screen_N2[i, 1], screen_N2[j, 0], screen_N2[j, 1]
        kx, ky = screen_N2[k, 0], screen_N2[k, 1]
        area = np.float32(jx - ix) * np.float32(ky - iy) - np.float32(kx - ix) * np.float32(jy - iy)
        if area <= 0:
            continue  # seen from behind, or edge on
        i_inverse, j_inverse = projected_N8[i, INVERSE_DEPTH], projected_N8[j, INVERSE_DEPTH]
        k_inverse = projected_N8[k, INVERSE_DEPTH]
        if i_inverse * j_inverse * k_inverse == 0:
            continue  # reaches behind the camera
        first_x, last_x = max((min(ix, jx, kx) // STEPS) - left, 0), min((max(ix, jx, kx) // STEPS) - left, width - 1)
        first_y, last_y = max((min(iy, jy, ky) // STEPS) - top, 0), min((max(iy, jy, ky) // STEPS) - top, height - 1)
        # The edges opposite to i, j and k, at the samples of the first pixel.
        ax, ay, bx, by = np.float32(jy - ky), np.float32(kx - jx), np.float32(ky - iy), np.float32(ix - kx)
        cx, cy = np.float32(iy - jy), np.float32(jx - ix)
        origin_x, origin_y = (first_x + left) * STEPS, (first_y + top) * STEPS
        jx_away, jy_away = np.float32(origin_x - jx), np.float32(origin_y - jy)
        kx_away, ky_away = np.float32(origin_x - kx), np.float32(origin_y - ky)
        ix_away, iy_away = np.float32(origin_x - ix), np.float32(origin_y - iy)
        per_area = np.float32(1) / area
        by_b, by_c = (j_inverse - i_inverse) * per_area, (k_inverse - i_inverse) * per_area
        a_most = b_most = c_most = np.float32(-1e30)
        for s in range(SAMPLES):
            x, y = SAMPLES_S2[s, 0], SAMPLES_S2[s, 1]
            a_S[s] = ax * (x + jx_away) + ay * (y + jy_away)
            b_S[s] = bx * (x + kx_away) + by * (y + ky_away)
            c_S[s] = cx * (x + ix_away) + cy * (y + iy_away)
            depth_S[s] = i_inverse + b_S[s] * by_b + c_S[s] * by_c
            a_most, b_most, c_most = max(a_most, a_S[s]), max(b_most, b_S[s]), max(c_most, c_S[s])
        ax, ay, bx, by, cx, cy = ax * step, ay * step, bx * step, by * step, cx * step, cy * step
        depth_x, depth_y = bx * by_b + cx * by_c, by * by_b + cy * by_c
        a_row, b_row, c_row, depth_row = zero, zero, zero, zero
        for row in range(np.uint32(first_y), np.uint32(last_y + 1)):
            a_step, b_step, c_step, depth_step = a_row, b_row, c_row, depth_row
            for column in range(np.uint32(first_x), np.uint32(last_x + 1)):
                if min(a_most + a_step, b_most + b_step, c_most + c_step) >= zero:
                    for s in range(SAMPLES):
                        depth = depth_S[s] + depth_step
                        inside = min(a_S[s] + a_step, b_S[s] + b_step, c_S[s] + c_step) >= zero
                        nearer = inside & (depth > depth_HWS[row, column, s])
                        depth_HWS[row, column, s] = depth if nearer else depth_HWS[row, column, s]
                        seen_HWS[row, column, s] = face if nearer else seen_HWS[row, column, s]
                a_step, b_step, c_step, depth_step = a_step + ax, b_step + bx, c_step + cx, depth_step + depth_x
            a_row, b_row, c_row, depth_row = a_row + ay, b_row + by, c_row + cy, depth_row + depth_y


@njit(cache=True, nogil=True, fastmath=True)
def _shade(
    depth_HWS: Any,
    seen_HWS: Any,
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
    for row in range(np.uint32(seen_HWS.shape[0])):
        for column in range(np.uint32(seen_HWS.shape[1])):
            red = green = blue = half
            covered = 0
            for s in range(SAMPLES):
                if depth_HWS[row, column, s] == 0:
                    continue
                face = seen_HWS[row, column, s]
                covered += 1
                first = True
                for other in range(s):
                    first &= (seen_HWS[row, column, other] != face) | (depth_HWS[row, column, other] == 0)
                if not first:
                    continue
                count, x, y = 1, SAMPLES_S2[s, 0], SAMPLES_S2[s, 1]
                for other in range(s + 1, SAMPLES):
                    if (seen_HWS[row, column, other] == face) & (depth_HWS[row, column, other] > 0):
                        count, x, y = count + 1, x + SAMPLES_S2[other, 0], y + SAMPLES_S2[other, 1]
                share = one / np.float32(count)
                px, py = np.float32((column + left) * STEPS), np.float32((row + top) * STEPS)
                px, py = px + np.float32(x) * share, py + np.float32(y) * share
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
                weight = np.float32(count) * np.float32(1 / SAMPLES)
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
            rgba_HW4[row, column, 3] = np.uint8(covered * 255 // SAMPLES)
