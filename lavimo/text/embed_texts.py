"""Stage `embed_texts`: the captions of the clip table through a frozen language model, once for every run."""

import logging
from pathlib import Path

from lavimo.clips import read_clips
from lavimo.config import EmbedTextsOptions
from lavimo.text.minilm import minilm_folder, weights_sha256
from lavimo.text.sentence_model import SentenceModel
from lavimo.text.texts import write_texts

logger = logging.getLogger(__name__)


def embed_texts(clips: Path, texts: Path, options: EmbedTextsOptions) -> None:
    """Write the sentence embedding and the token features of every distinct caption, sorted.

    Raises:
        ValueError: a bad clip table, or a model that is missing, tampered with or of another kind.
    """
    captions = sorted({caption for clip in read_clips(clips).values() for caption in clip.captions})
    folder = minilm_folder() if options.model == "minilm" else Path(options.model)
    digest = weights_sha256(folder)
    model = SentenceModel(folder)
    ids = model.token_ids(captions)
    write_texts(texts, captions, [*map(len, ids)], model.encode(ids), model=options.model, sha256=digest)
    logger.info("embed_texts: %d distinct captions", len(captions))
