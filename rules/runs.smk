"""What the jobs of a run share: its options, and which files it sees."""


def run_options(wildcards):
    """As `options("train", "model")`, with the overrides of the job's run, and what the model's file says of its data."""
    seen = {
        "frames": ["sample_frames"],
        "features": ["sample_frames", "embed_frames"],
        "landmarks": ["find_landmarks"],
    }
    about = {
        "source": {"name": CONFIG.source.name, "licence": CONFIG.source.licence},
        **{
            name: getattr(CONFIG, name).outcome()
            for name in seen.get(CONFIG.video_kind(wildcards.run), [])
        },
    }
    return stage_options(
        "train",
        **{
            name: CONFIG.run_section(wildcards.run, name) for name in ("train", "model")
        },
        about=about,
    )


def frames_of_run(wildcards):
    """The frames, the features of them, or the silhouettes, if the job's run sees them."""
    match CONFIG.video_kind(wildcards.run):
        case "frames":
            return of_frames("<results>/frames")
        case "features":
            return of_frames("<results>/frame_features")
        case "silhouettes":
            return gather.clips("<results>/silhouettes/{scatteritem}.safetensors")
    return []


def landmarks_of_run(wildcards):
    """The landmarks of videos, if the job's run sees them."""
    landmarks = gather.clips("<results>/landmarks/{scatteritem}.safetensors")
    return landmarks if CONFIG.video_kind(wildcards.run) == "landmarks" else []


def motions_of_run(wildcards):
    """The motions, from which a run by landmarks learns what it would see of them."""
    motions = gather.clips("<results>/motions/{scatteritem}.safetensors")
    return motions if CONFIG.video_kind(wildcards.run) == "landmarks" else []


def described_of_run(wildcards):
    """The described captions and their texts, if the job's run learns with them."""
    folder = f"<results>/{wildcards.fold}described"
    files = [f"{folder}/clips.csv", f"{folder}/texts.safetensors"]
    return files if CONFIG.run_section(wildcards.run, "train").described else []


def pretrained_of_run(wildcards):
    """The trained model that the job's run begins from, if it does: another's file, or one that this workflow makes."""
    finetune_from = CONFIG.run_section(wildcards.run, "train").finetune_from
    if finetune_from is None:
        return []
    results = config.get("pathvars", {}).get("results", "results")
    made_here = finetune_from.is_relative_to(results)
    if made_here and wildcards.fold:
        raise ValueError(
            f"run {wildcards.run!r}: found finetune_from: {finetune_from}, which has learnt from clips that the fold tests; "
            "expected a model of other data"
        )
    return str(finetune_from) if made_here else local(str(finetune_from))


def animations_of_run(wildcards):
    """The animations, which tell who acts in each clip, if the job's run sees it."""
    animations = gather.clips("<results>/animations/{scatteritem}.safetensors")
    return animations if CONFIG.video_kind(wildcards.run) else []


def accuracy_of_landmarks(wildcards):
    """How well landmarks are found, if any run sees some."""
    some = "landmarks" in map(CONFIG.video_kind, CONFIG.runs)
    return "<results>/landmarks/accuracy.json" if some else []


def gpus(wildcards):
    """One for a job that is faster on a GPU; none where it would wait in the queue of a cluster that has none."""
    plugin = workflow.executor_plugin
    on_slurm = plugin is not None and plugin.name.startswith("slurm")
    return int(not on_slurm or slurm.has_gpus())


def threads_of_run(wildcards):
    """One where a model is small: two trainings side by side then take half the time of one after the other."""
    return 1 if CONFIG.run_section(wildcards.run, "model").dim < 256 else 8


def priority_of_run(wildcards):
    """A training with a third modality takes longest and begins as soon as it can, after it what the next one waits for
    (landmarks, 2, before frames, 1); a training of text and motion fills what is left.
    """
    return 3 if CONFIG.video_kind(wildcards.run) else 0


def first_of_run(wildcards):
    """The embeddings of the run whose answers the job's run ranks again, if it does."""
    first = CONFIG.runs[wildcards.run].rerank
    folder = f"<results>/{wildcards.fold}runs"
    return f"{folder}/{first}/embeddings.safetensors" if first else []
