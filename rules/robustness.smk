"""The test split again, one thing changed each time, through the trained runs: `snakemake robustness`.

A variant goes the way of the main workflow: these rules are its stages, with the variant's overrides.

in   <results>/motions/S.safetensors, <results>/clips.csv, <results>/texts.safetensors
     <results>/runs/RUN/{model,embeddings}.safetensors
out  <results>/robustness/VARIANT/{motions,features,animations,frames,landmarks}/S.safetensors
     <results>/robustness/VARIANT/RUN.safetensors
     <results>/robustness.csv, <results>/robustness.html
"""


rule perturb:
    input:
        motions="<results>/motions/{scatteritem}.safetensors",
        clips="<results>/clips.csv",
    output:
        motions="<results>/robustness/{variant}/motions/{scatteritem}.safetensors",
    log:
        "<logs>/robustness/{variant}/perturb/{scatteritem}.log",
    conda:
        "../envs/lavimo.yaml"
    params:
        options=variant_options("perturb"),
        split=CONFIG.embed.split,
    shell:
        "python -m lavimo perturb {input.motions:q} {input.clips:q} {output.motions:q}"
        " --split {params.split} --options {params.options:q} > {log:q} 2>&1"


use rule featurize as featurize_variant with:
    input:
        motions="<results>/robustness/{variant}/motions/{scatteritem}.safetensors",
    output:
        features="<results>/robustness/{variant}/features/{scatteritem}.safetensors",
    log:
        "<logs>/robustness/{variant}/featurize/{scatteritem}.log",
    benchmark:
        "<benchmarks>/robustness/{variant}/featurize/{scatteritem}.tsv"


use rule animate as animate_variant with:
    input:
        motions="<results>/robustness/{variant}/motions/{scatteritem}.safetensors",
        avatars="<results>/avatars.safetensors",
    output:
        animations="<results>/robustness/{variant}/animations/{scatteritem}.safetensors",
    log:
        "<logs>/robustness/{variant}/animate/{scatteritem}.log",
    benchmark:
        "<benchmarks>/robustness/{variant}/animate/{scatteritem}.tsv"


if CONFIG.render.videos != "none":

    use rule render as render_variant with:
        input:
            animations="<results>/robustness/{variant}/animations/{scatteritem}.safetensors",
            avatars="<results>/avatars.safetensors",
        output:
            videos=temp(
                directory("<results>/robustness/{variant}/videos/{scatteritem}")
            ),
        log:
            "<logs>/robustness/{variant}/render/{scatteritem}.log",
        benchmark:
            "<benchmarks>/robustness/{variant}/render/{scatteritem}.tsv"
        params:
            options=variant_options("render"),

    use rule sample_frames as sample_frames_variant with:
        input:
            videos="<results>/robustness/{variant}/videos/{scatteritem}",
        output:
            frames="<results>/robustness/{variant}/frames/{scatteritem}.safetensors",
        log:
            "<logs>/robustness/{variant}/sample_frames/{scatteritem}.log",
        benchmark:
            "<benchmarks>/robustness/{variant}/sample_frames/{scatteritem}.tsv"
        params:
            options=variant_options("sample_frames"),

    use rule find_landmarks as find_landmarks_variant with:
        input:
            videos="<results>/robustness/{variant}/videos/{scatteritem}",
        output:
            landmarks="<results>/robustness/{variant}/landmarks/{scatteritem}.safetensors",
        log:
            "<logs>/robustness/{variant}/find_landmarks/{scatteritem}.log",
        benchmark:
            "<benchmarks>/robustness/{variant}/find_landmarks/{scatteritem}.tsv"

else:

    use rule draw_frames as draw_frames_variant with:
        input:
            animations="<results>/robustness/{variant}/animations/{scatteritem}.safetensors",
            avatars="<results>/avatars.safetensors",
        output:
            frames="<results>/robustness/{variant}/frames/drawn/{scatteritem}.safetensors",
        log:
            "<logs>/robustness/{variant}/draw_frames/{scatteritem}.log",
        benchmark:
            "<benchmarks>/robustness/{variant}/draw_frames/{scatteritem}.tsv"
        params:
            options=variant_options("draw_frames", "render", "sample_frames"),


use rule draw_silhouettes as draw_silhouettes_variant with:
    input:
        animations="<results>/robustness/{variant}/animations/{scatteritem}.safetensors",
        motions="<results>/robustness/{variant}/motions/{scatteritem}.safetensors",
        avatars="<results>/avatars.safetensors",
    output:
        silhouettes="<results>/robustness/{variant}/silhouettes/{scatteritem}.safetensors",
    log:
        "<logs>/robustness/{variant}/draw_silhouettes/{scatteritem}.log",
    benchmark:
        "<benchmarks>/robustness/{variant}/draw_silhouettes/{scatteritem}.tsv"


use rule embed_frames as embed_frames_variant with:
    input:
        frames="<results>/robustness/{variant}/frames/{place}.safetensors",
    output:
        features="<results>/robustness/{variant}/frame_features/{place}.safetensors",
    log:
        "<logs>/robustness/{variant}/embed_frames/{place}.log",
    benchmark:
        "<benchmarks>/robustness/{variant}/embed_frames/{place}.tsv"


use rule embed as embed_variant with:
    input:
        model="<results>/runs/{run}/model.safetensors",
        clips="<results>/clips.csv",
        texts="<results>/texts.safetensors",
        features=gather.clips(
            "<results>/robustness/{{variant}}/features/{scatteritem}.safetensors"
        ),
        frames=frames_of_variant,
        landmarks=landmarks_of_variant,
    output:
        embeddings="<results>/robustness/{variant}/{run}.safetensors",
    log:
        "<logs>/robustness/{variant}/embed/{run}.log",
    benchmark:
        "<benchmarks>/robustness/{variant}/embed/{run}.tsv"
    wildcard_constraints:
        run=pattern(CONFIG.trained),


use rule match as match_variant with:
    input:
        clips="<results>/clips.csv",
        texts="<results>/texts.safetensors",
        landmarks=gather.clips(
            "<results>/robustness/{{variant}}/landmarks/{scatteritem}.safetensors"
        ),
        motions=gather.clips(
            "<results>/robustness/{{variant}}/motions/{scatteritem}.safetensors"
        ),
        first=first_of_variant,
    output:
        embeddings="<results>/robustness/{variant}/{run}.safetensors",
    log:
        "<logs>/robustness/{variant}/match/{run}.log",
    benchmark:
        "<benchmarks>/robustness/{variant}/match/{run}.tsv"
    wildcard_constraints:
        run=pattern(CONFIG.of_method("match")),


use rule facts as facts_variant with:
    input:
        clips="<results>/clips.csv",
        texts="<results>/texts.safetensors",
        motions=gather.clips(
            "<results>/robustness/{{variant}}/motions/{scatteritem}.safetensors"
        ),
        first=first_of_variant,
    output:
        embeddings="<results>/robustness/{variant}/{run}.safetensors",
    log:
        "<logs>/robustness/{variant}/facts/{run}.log",
    benchmark:
        "<benchmarks>/robustness/{variant}/facts/{run}.tsv"
    wildcard_constraints:
        run=pattern(CONFIG.of_method("facts")),


use rule average as average_variant with:
    input:
        runs=lambda wildcards: collect(
            "<results>/robustness/{variant}/{run}.safetensors",
            variant=wildcards.variant,
            run=CONFIG.runs[wildcards.run].members,
        ),
    output:
        embeddings="<results>/robustness/{variant}/{run}.safetensors",
    log:
        "<logs>/robustness/{variant}/average/{run}.log",
    wildcard_constraints:
        run=pattern(CONFIG.of_method("average")),


rule robustness:
    input:
        plain=collect("<results>/runs/{run}/embeddings.safetensors", run=CONFIG.runs),
        variants=embeddings_of_variants,
    output:
        scores="<results>/robustness.csv",
        html="<results>/robustness.html",
    log:
        "<logs>/robustness.log",
    conda:
        "../envs/lavimo.yaml"
    params:
        options=options("robustness"),
        source=CONFIG.source.name,
    shell:
        "python -m lavimo robustness {output.scores:q} {output.html:q}"
        " --plain {input.plain:q} --variants {input.variants:q}"
        " --source {params.source:q} --options {params.options:q} > {log:q} 2>&1"
