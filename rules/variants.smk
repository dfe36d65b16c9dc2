"""What the rules of `robustness` share: the sections, files and runs of a job's variant."""


def first_of_variant(wildcards):
    """As `first_of_run`, of the job's variant."""
    first = CONFIG.runs[wildcards.run].rerank
    return (
        f"<results>/robustness/{wildcards.variant}/{first}.safetensors" if first else []
    )


def variant_options(stage, *sections):
    """A function of the job's variant: the stage's version and its sections with the variant's overrides."""
    return lambda wildcards: stage_options(
        stage,
        **{
            name: CONFIG.variant_section(wildcards.variant, name)
            for name in sections or (stage,)
        },
    )


def frames_of_variant(wildcards):
    """The variant's frames, the features of them, or the silhouettes, if the job's run sees them."""
    part = {"frames": "frames", "features": "frame_features"}
    kind = CONFIG.video_kind(wildcards.run)
    if kind == "silhouettes":
        return gather.clips(
            "<results>/robustness/{{variant}}/silhouettes/{scatteritem}.safetensors"
        )
    if kind not in part:
        return []
    drawn = "drawn/" if CONFIG.render.videos == "none" else ""
    folder = f"<results>/robustness/{wildcards.variant}/{part[kind]}/{drawn}"
    return gather.clips(f"{folder}{{scatteritem}}.safetensors")


def landmarks_of_variant(wildcards):
    """The landmarks of the variant's videos, if the job's run sees them."""
    landmarks = gather.clips(
        "<results>/robustness/{{variant}}/landmarks/{scatteritem}.safetensors"
    )
    return landmarks if CONFIG.video_kind(wildcards.run) == "landmarks" else []


def embeddings_of_variants(wildcards):
    """Each run's embeddings of each variant that it can notice: only videos change where no motion does."""
    return [
        f"<results>/robustness/{name}/{run}.safetensors"
        for name, variant in CONFIG.robustness.variants.items()
        for run in CONFIG.runs
        if variant.perturb or CONFIG.video_kind(run)
    ]
