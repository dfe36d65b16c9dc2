"""Previews of hits, drawn when first asked for and kept; and the avatar of the viewer."""

from itertools import count
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.spatial.transform import Rotation

from lavimo.app.preview_workers import PreviewWorkers, person
from lavimo.avatar.dress import Dressed
from lavimo.body.kinematics import forward_kinematics, matrices
from lavimo.export.act import acted_by
from lavimo.export.document import continuous
from lavimo.export.glb import Figure, glb
from lavimo.export.take import Cut, Take, take_of
from lavimo.files import atomic
from lavimo.landmarks.movement import about_hips
from lavimo.search.item import Window
from lavimo.search.store import Points, Store

KEPT = 1 << 30
"""Bytes of previews; when there are more, the oldest go."""
LOOKED = 100
"""Previews that are drawn between two looks at how many bytes there are."""


class Pictures:
    """A folder of pictures that can be thrown away at any time."""

    def __init__(self, store: Store, workers: PreviewWorkers):
        self._store, self._workers = store, workers
        self._drawing, self._drawn = Lock(), count()

    @property
    def busy(self) -> bool:
        """Whether a picture is being drawn."""
        return self._workers.busy

    def preview(self, id: str, window: Window) -> Path:
        """The file of a looping preview.

        Raises:
            ValueError: there is no motion of this id, or nothing of it in the window.
        """
        item = self._store.get(id)
        side = "m" if window.mirrored else ""
        name = f"{id}-{item.sha256[:8]}-{round(window.begin_s * 100)}-{round(window.end_s * 100)}{side}.webp"
        path = self._workers.folder / name
        if not path.is_file():
            take = take_of(self._store.motion(id), Cut(id, window.begin_s, window.end_s, window.mirrored))
            if next(self._drawn) % LOOKED == 0:
                tidy(path.parent, KEPT)
            self._workers.draw(take, id, path)
        return path

    def sheet(self, id: str, window: Window) -> Path:
        """The file of a still picture: four frames of the preview, two by two, in their order.

        Raises:
            ValueError: as `preview`.
        """
        moving = self.preview(id, window)
        path = moving.with_suffix(".jpg")
        if not path.is_file():
            with Image.open(moving) as picture, atomic(path) as partial:
                wide, high = picture.size
                whole = Image.new("RGB", (2 * wide, 2 * high))
                for place in range(4):
                    picture.seek((2 * place + 1) * getattr(picture, "n_frames", 1) // 8)
                    whole.paste(picture, (place % 2 * wide, place // 2 * high))
                whole.save(partial, "JPEG", quality=85)
        return path

    def person(self) -> Dressed:
        """Who acts."""
        with self._drawing:
            return person(self._workers.avatar, self._workers.folder)

    def tracks(self, take: Take) -> NDArray[np.float32]:
        """A take as the avatar does it, (T, 3 + 24 * 4): the pelvis, then quaternions x, y, z, w."""
        person = self.person()
        done, _ = acted_by(take, person)
        turns_TJ4 = Rotation.from_rotvec(done.rotations_TJ3.reshape(-1, 3)).as_quat().reshape(len(done), -1, 4)
        pelvis_T3 = done.translation_T3 + person.joints_J3[0]
        rows_TX = np.concatenate([pelvis_T3, continuous(turns_TJ4).reshape(len(done), -1)], axis=1)
        return rows_TX.astype(np.float32)

    def points(self, take: Take) -> Points:
        """A take as the avatar does it: see `lavimo.landmarks.movement.about_hips`."""
        person = self.person()
        done, _ = acted_by(take, person)
        rest_J3 = person.joints_J3.astype(np.float64)
        joints_TJ3 = forward_kinematics(matrices(done.rotations_TJ3), done.translation_T3, rest_J3)[0]
        points_TK3, path_T3 = about_hips(joints_TJ3)
        return points_TK3.astype(np.float32), path_T3.astype(np.float32)

    def avatar(self) -> Path:
        """The file of the avatar, standing, as GLB."""
        path = self._workers.folder / "avatar.glb"
        if not path.is_file():
            figure = Figure.of(self.person())
            with self._drawing, atomic(path) as partial:
                partial.write_bytes(glb(None, figure, self._workers.avatar))
        return path


def tidy(folder: Path, most: int) -> None:
    """Delete the oldest files of a folder, until no more than so many bytes are left."""
    files = [path for path in folder.glob("*.*") if path.suffix in (".webp", ".jpg")] if folder.is_dir() else []
    told = sorted(((path.stat().st_mtime, path.stat().st_size, path) for path in files), reverse=True)
    total = 0
    for _, size, path in told:
        total += size
        if total > most:
            path.unlink(missing_ok=True)
