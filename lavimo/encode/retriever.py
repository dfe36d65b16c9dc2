"""What is left after training: a model that embeds sentences, motions and videos that it has never seen.

N items, C dimensions of the joint space.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lavimo.config import FeaturizeOptions
from lavimo.encode.about import model_options
from lavimo.encode.device import device_of
from lavimo.encode.new_videos import Video, seen
from lavimo.encode.numpy_encoder import Encoder, numpy_encoder
from lavimo.files import atomic
from lavimo.models import packaged
from lavimo.motion.motion import Motion
from lavimo.shards import Shard

if TYPE_CHECKING:
    from lavimo.text.bert import Bert
    from lavimo.text.sentence_model import SentenceModel

Vectors = NDArray[np.float32]
FILE, CARD = "model.safetensors", "README.md"
FEW = 64
"""So many items at most are embedded without torch, where the model's encoder allows: it takes longer to import."""
MODALITIES = ("text", "motion", "video")


class Retriever:
    """A trained model, read from a file of `train`, a folder of `save_pretrained`, or the hub.

    Attributes:
        about: what the file says: the options of model and training, the features' convention, how frames were
            sampled, the text model, and the data's name and licence.
        modalities: what it embeds.
    """

    def __init__(self, path: Path, device: str = "cpu", text_model: str = ""):
        """Read a model's file.

        Args:
            device: `auto`: a GPU where there is one.
            text_model: a folder of the language model that the captions went through, if it lies elsewhere now.

        Raises:
            ValueError: it is missing, damaged, or no model of this version's.
        """
        self.path, self.device = Path(path), device
        self._shard = Shard(self.path)
        self.about = self._shard.metadata
        self._options = model_options(self._shard)
        self._text_model = text_model
        self._plain: dict[str, Encoder | None] = {}
        self.modalities = tuple(one for one in MODALITIES if one in self._options.modalities)

    @cached_property
    def statistics(self) -> tuple[Vectors, Vectors]:
        """The mean and the deviation (F,) of motions' features in training."""
        self._check_features()
        return self._shard["motion.feature_mean_F"], self._shard["motion.feature_std_F"]

    def embed_texts(self, sentences: Sequence[str], batch_size: int = 32) -> Vectors:
        """Sentences as vectors (N, C) of length 1.

        Raises:
            ValueError: an empty sentence, or the language model is not the one of training.
        """
        for number, sentence in enumerate(sentences):
            if not sentence.strip():
                raise ValueError(f"sentence {number}: found an empty one, expected words")
        return self._embedded("text", sentences, batch_size)

    def embed_motions(self, motions: Sequence[Path | str | Motion | Vectors], batch_size: int = 32) -> Vectors:
        """Motions as vectors (N, C) of length 1: files of any format that `read_motion` knows, motions, or features.

        Raises:
            ValueError: a file cannot be read, or features are of another width than the model's.
        """
        self._check_features()
        return self._embedded("motion", [self._features(motion) for motion in motions], batch_size)

    def embed_videos(self, videos: Sequence[Video], batch_size: int = 8) -> Vectors:
        """Videos as vectors (N, C) of length 1: files, excerpts of files, or frames (T, H, W, 3) at 20 a second. Of
        each a model that sees frames sees the middle square, and one that sees landmarks the largest person, or the
        landmarks given.

        Raises:
            ValueError: a file cannot be read, nobody is in it, or the model has no video encoder.
        """
        self._check_features()
        if "video" not in self.modalities:
            raise ValueError(
                f"{self.path}: found a model of {', '.join(self.modalities)}, expected one that sees videos"
            )
        return self._embedded("video", [seen(video, self.about) for video in videos], batch_size)

    def save_pretrained(self, folder: Path) -> None:
        """Write the model and its card into a folder, as the hub has them."""
        with atomic(Path(folder) / FILE) as partial:
            partial.write_bytes(self.path.read_bytes())
        with atomic(Path(folder) / CARD) as partial:
            partial.write_text(self.card(), encoding="utf-8")

    def push_to_hub(self, repository: str, **options: Any) -> str:
        """Put the model and its card on the hub; `options` are huggingface_hub's. Its address."""
        from tempfile import TemporaryDirectory

        from huggingface_hub import HfApi

        api = HfApi()
        api.create_repo(repository, exist_ok=True)
        with TemporaryDirectory() as folder:
            self.save_pretrained(Path(folder))
            return str(api.upload_folder(repo_id=repository, folder_path=folder, **options))

    def card(self) -> str:
        """The model card: what it is of, and how to use it."""
        data = self.about.get("source", {})
        licence = data.get("licence") or "as the data that it was trained on"
        told = json.dumps({key: self.about[key] for key in sorted(self.about)}, indent=1, ensure_ascii=False)
        return CARD_TEXT.format(
            modalities=", ".join(self.modalities),
            name=data.get("name", "unknown"),
            licence=licence,
            version=self.about.get("lavimo", ""),
            about=told,
        )

    def _check_features(self) -> None:
        if self.about["model"].get("motion_encoder", "features") != "features":
            raise ValueError(
                f"{self.path}: found a model that compares silhouettes within a workflow, expected one of motions' "
                "features"
            )

    def _embedded(self, modality: str, items: Sequence[Any], batch_size: int) -> Vectors:
        if not len(items):
            return np.zeros((0, self.about["model"]["dim"]), np.float32)
        if len(items) <= FEW and self.device in ("cpu", "auto") and (encoder := self._plain_encoder(modality)):
            return encoder(items)
        from lavimo.encode.embed import in_batches

        return in_batches(self._encoders[modality], items, batch_size, device_of(self.device))

    def _plain_encoder(self, modality: str) -> Encoder | None:
        if modality not in self._plain:
            self._plain[modality] = numpy_encoder(modality, self._shard, self._options, self._token_features)
        return self._plain[modality]

    @cached_property
    def _encoders(self) -> Any:
        """torch's."""
        from lavimo.encode.checkpoint import load_model

        return load_model(self.path, self._token_features, device_of(self.device))[0]

    def _token_features(self, captions: Sequence[str]) -> list[Vectors]:
        model = self._language_model
        return [tokens for _, tokens in model.encode(model.token_ids(captions))]

    @cached_property
    def _language_model(self) -> Bert | SentenceModel:
        from lavimo.text.bert import Bert, knows
        from lavimo.text.minilm import MINILM_SHA256, minilm_folder, weights_sha256

        texts = self.about["texts"]
        name = self._text_model or texts["model"]
        folder = minilm_folder() if name == "minilm" else Path(name)
        found = MINILM_SHA256 if name == "minilm" else weights_sha256(folder)
        if texts["sha256"] and found != texts["sha256"]:
            raise ValueError(
                f"{folder}: found weights of sha256 {found}, but captions went through {texts['sha256']} in training; "
                "give the folder of that model as text_model"
            )
        if knows(folder):
            return Bert(folder)
        from lavimo.text.sentence_model import SentenceModel

        return SentenceModel(folder, quiet=True)

    def _features(self, motion: Path | str | Motion | Vectors) -> Vectors:
        from lavimo.formats import read_motion
        from lavimo.motion.featurize import features_of

        if not isinstance(motion, np.ndarray):
            whole = motion if isinstance(motion, Motion) else read_motion(Path(motion))
            convention = self.about.get("convention") or FeaturizeOptions().convention
            motion = features_of(whole, FeaturizeOptions(convention=convention))
        width = len(self.statistics[0])
        if motion.ndim != 2 or motion.shape[1] != width:
            raise ValueError(f"found features {motion.shape}, expected (frames, {width})")
        return motion.astype(np.float32)


def load(model: str | Path = "", device: str = "cpu", text_model: str = "") -> Retriever:
    """A trained model: a file of `train`, a folder of `save_pretrained`, or a name on the hub; by default the packaged.

    Raises:
        ValueError: it is not there; see `Retriever`.
    """
    path = Path(model).expanduser() if model else packaged()
    if path.is_dir():
        return Retriever(path / FILE, device, text_model)
    if path.is_file():
        return Retriever(path, device, text_model)
    if str(model).count("/") == 1 and not path.suffix:
        try:
            from huggingface_hub import hf_hub_download

            fetched = Path(hf_hub_download(str(model), FILE))
        except Exception as error:  # the hub's errors are a dozen kinds
            raise ValueError(f"{model}: found no such file, and the hub does not give it ({error})") from error
        return Retriever(fetched, device, text_model)
    raise ValueError(f"{model}: found no such file, expected the model.safetensors of a run, or its folder")


CARD_TEXT = """---
library_name: lavimo
tags: [motion-retrieval, text-to-motion]
---
# A motion retrieval model of {modalities}, trained on {name}

Made with lavimo {version}, after LAVIMO (arXiv 2403.00691). Licence: {licence}.

```python
import lavimo

model = lavimo.load("THIS FOLDER OR REPOSITORY")
words = model.embed_texts(["a person walks in a circle"])
motions = model.embed_motions(["walk.bvh"])
print(words @ motions.T)   # cosines
```

```json
{about}
```
"""
