"""Options of the stages that make motions and features: catalogue, ingest, featurize."""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, PositiveInt, model_validator

from lavimo.config.options import Options, formerly

Up = Literal["x", "y", "z", "-x", "-y", "-z"]


class DemoOptions(Options):
    """Procedural motions with captions."""

    seed: int = Field(0, ge=0)
    """Draws which combinations go to which split, their wordings, and each clip's variation."""
    kinds: Literal["everyday", "wide"] = "everyday"
    """`wide`: with sports, fights, ballet, stairs, falls, work, persons of many styles beside the everyday actions."""
    train: PositiveInt = 240
    """Clips of the train split; beyond the combinations, they come round again with fresh variation."""
    video_share: float = Field(1.0, gt=0, le=1, json_schema_extra=formerly("filmed"))
    """As `animate.video_share`, for this source: a motion is made in a twentieth of the time that its video takes."""
    val: PositiveInt = 16
    """Combinations of known actions and attributes that training does not see; likewise `test`."""
    test: PositiveInt = 64
    """As `val`."""


class BvhOptions(Options):
    """Motion capture as BVH files, with captions."""

    folder: Path = Path("data/bvh")
    """Holds `CLIP.bvh` for each clip. Skeletons are known by the maps of lavimo/formats/skeletons."""
    captions: Path = Path("data/captions.csv")
    """A CSV with the columns clip, caption, and if wanted split, caption_2, ..., path, start, end, recording."""
    split_captions: bool = Field(False, json_schema_extra=formerly("terse"))
    """Captions are terse, as CMU's own `soccer - kick ball`: each part between dashes, commas and slashes counts in
    training as a caption too, said of a person."""
    skeletons: Path | None = None
    """A folder of skeleton maps of one's own, beside those of lavimo/formats/skeletons; none: only these."""
    up: Up | None = None
    """The axis that points upwards in the world that the root moves in; none: the map's, the rest pose's, or y."""
    plausible: bool = True
    """Refuse what nobody can do, standing on the head all along; false for handstands and swimmers."""
    trust_rows: bool = False
    """Where a file's `Frames:` counts other frames than it has whole rows, the rows count."""
    amc_fps: float = Field(120, ge=5, le=1000)
    """Frames a second of AMC files, where neither they nor their ASF have a line `:SAMPLES-PER-SECOND`."""


class WorldOptions(Options):
    """The world that files of SMPL's rotations are written in."""

    up: Up = "y"
    """The axis that points upwards."""
    unit: Literal["m", "cm", "mm"] = "m"
    """Of lengths."""
    angles: Literal["radians", "degrees"] = "radians"
    """Unit of angles."""
    plausible: bool = True
    """As for `bvh`."""

    @property
    def world(self) -> dict[str, Any]:
        """These options, as the readers of files take them."""
        return {name: getattr(self, name) for name in WorldOptions.model_fields}


class AmassWorldOptions(WorldOptions):
    """The world that AMASS's files are written in, if nobody has converted them, and whose legs walk in it."""

    up: Up = "z"
    """The axis that points upwards; AMASS's own files have z."""
    scale_to_legs: bool = True
    """Scale the path to the embedded body's legs, so that feet do not slide; else keep metres as recorded."""


class SmplOptions(WorldOptions):
    """Motions in the product's own form, as npz files, with captions."""

    folder: Path = Path("data/smpl")
    """Holds `CLIP.npz` for each clip: poses, trans, fps, betas; see lavimo/sources/smpl.py."""
    captions: Path = Path("data/captions.csv")
    """As for `bvh`."""
    split_captions: bool = Field(False, json_schema_extra=formerly("terse"))
    """As for `bvh`."""


class AmassOptions(AmassWorldOptions):
    """AMASS, with captions of one's own."""

    folder: Path = Path("data/amass")
    """The tree of npz files, SMPL-H G or SMPL-X N: SUBSET/SUBJECT/NAME_poses.npz."""
    captions: Path = Path("data/captions.csv")
    """As for `bvh`; `path` is a file's path in the tree, in any release's names."""
    split_captions: bool = Field(False, json_schema_extra=formerly("terse"))
    """As for `bvh`."""


class HumanML3DOptions(AmassWorldOptions):
    """HumanML3D: its texts and splits, over AMASS or with its processed motions."""

    folder: Path = Path("data/HumanML3D")
    """Holds texts/, train.txt, val.txt, test.txt; without `amass` also new_joint_vecs/ or new_joints/."""
    amass: Path | None = None
    """AMASS's tree of npz files; without it, motions come from the processed release by inverse kinematics."""
    humanact12: Path | None = None
    """The joints of HumanAct12's clips, *.npy, as in HumanML3D's pose_data/humanact12.zip; with `amass` only."""
    index: Path | None = None
    """HumanML3D's index.csv, if it is not in `folder`."""
    features: Literal["released", "computed"] = "released"
    """`released`: new_joint_vecs/ are used as they are, where `folder` has them; else features are computed."""
    smplx: bool = False
    """Take AMASS's SMPL-X files although thousands are labelled with twice their frame rate, which the index's frames
    then cut wrongly."""

    @property
    def index_file(self) -> Path:
        """Where index.csv is expected."""
        return self.index or self.folder / "index.csv"


class KitmlOptions(AmassWorldOptions):
    """KIT-ML: the release with 251 features, or captions over AMASS."""

    layout: Literal["release", "annotations"] = "release"
    """`release`: texts/ and new_joint_vecs/ (12.5 frames a second); `annotations`: TMR's file, over AMASS."""
    folder: Path = Path("data/KIT-ML")
    """Holds train.txt, val.txt, test.txt (or they are in splits/); for `release` texts/, new_joint_vecs/, else
    annotations.json."""
    annotations: Path | None = None
    """annotations.json, if it is not in `folder`."""
    amass: Path = Path("data/amass")
    """AMASS's tree of npz files, for `annotations`."""
    humanact12: Path | None = None
    """As for `humanml3d`, where the annotations are HumanML3D's."""

    @property
    def annotations_file(self) -> Path:
        """Where annotations.json is expected."""
        return self.annotations or self.folder / "annotations.json"

    @property
    def splits(self) -> Path:
        """The folder that holds the split files: TMR has them in one of their own."""
        return self.folder / "splits" if (self.folder / "splits").is_dir() else self.folder


class SourceOptions(Options):
    """Where motions and captions come from. Read by the stages `catalogue`, `ingest` and `verify`."""

    name: str = "demo"
    """What the tables call this data."""
    kind: Literal["demo", "bvh", "smpl", "amass", "humanml3d", "kitml", "mixed"] = "demo"
    """Which of the sections below is read; `mixed`: several."""
    mixed: tuple[Literal["demo", "bvh", "smpl", "amass", "humanml3d", "kitml"], ...] = ("demo", "bvh")
    """Of kind `mixed`: the kinds whose clips make the data set, each with its section."""
    licence: str = ""
    """The data's, as a trained model's card will say it."""
    benchmark: Literal["humanml3d", "kitml"] | None = None
    """The published data set whose captions and splits these are: published rows then stand beside ours."""
    required_splits: tuple[Literal["train", "val", "test"], ...] = Field(
        ("train", "val", "test"), json_schema_extra=formerly("needed")
    )
    """Splits that must have clips; without val, training keeps its last epoch."""
    folds: int = Field(0, ge=0)
    """K-fold cross-validation: the recordings of captions' tables without a column `split` are dealt to so many folds
    of about as many clips each (2 or more; 0: none). `snakemake folds` tests each fold once."""
    fold: PositiveInt = 1
    """With `folds`: the one that is the test split. Of the others a tenth is val, the rest train."""
    mirrored: bool | None = None
    """Whether each clip's mirror image is a clip too, named M + its name; if left out, as the data set is published."""
    demo: DemoOptions = DemoOptions()
    """Of kind `demo`."""
    bvh: BvhOptions = BvhOptions()
    """Of kind `bvh`."""
    smpl: SmplOptions = SmplOptions()
    """Of kind `smpl`."""
    amass: AmassOptions = AmassOptions()
    """Of kind `amass`."""
    humanml3d: HumanML3DOptions = HumanML3DOptions()
    """Of kind `humanml3d`."""
    kitml: KitmlOptions = KitmlOptions()
    """Of kind `kitml`."""

    @model_validator(mode="after")
    def _folds_can_be_dealt(self) -> "SourceOptions":
        kinds = set(self.mixed if self.kind == "mixed" else [self.kind])
        if self.folds and (self.folds == 1 or not kinds & {"bvh", "smpl", "amass"}):
            raise ValueError(
                f"folds: found {self.folds} of kind {self.kind}, expected 2 or more, and a kind with a table of "
                "captions: bvh, smpl or amass"
            )
        if self.fold > max(self.folds, 1):
            raise ValueError(f"fold: found {self.fold}, expected 1 to folds = {self.folds}")
        return self

    @property
    def with_mirrored(self) -> bool:
        """`mirrored`, or what the data set does."""
        return self.kind in ("humanml3d", "kitml") if self.mirrored is None else self.mirrored


class IngestOptions(Options):
    """Source files to SMPL motions."""

    on_rejection: Literal["stop", "continue"] = "stop"
    """What to do when a clip cannot be read: `stop` after naming every bad clip, or `continue` without them."""


class FeaturizeOptions(Options):
    """SMPL motions to HumanML3D's 263 features. Released features are used as they are."""

    convention: Literal["humanml3d", "fixed"] = "humanml3d"
    """`humanml3d` reproduces the published procedure with its bugs; `fixed` does not."""
