"""Motions become avatars before a camera, these become videos, and videos become cached frames; or, where
`render: {frames: sampled}` wants no videos, the cached frames are drawn alone.

in   <results>/motions/S.safetensors
out  <results>/avatars.safetensors
     <results>/animations/S.safetensors
     <results>/videos/S/CLIP.mp4
     <results>/frames/S.safetensors
"""


rule dress:
    input:
        body_files(),
    output:
        avatars="<results>/avatars.safetensors",
    log:
        "<logs>/dress.log",
    benchmark:
        "<benchmarks>/dress.tsv"
    conda:
        "../envs/lavimo.yaml"
    params:
        options=options("dress"),
    shell:
        "python -m lavimo dress {output.avatars:q} --options {params.options:q} > {log:q} 2>&1"


rule animate:
    input:
        motions="<results>/motions/{scatteritem}.safetensors",
        avatars="<results>/avatars.safetensors",
    output:
        animations="<results>/animations/{scatteritem}.safetensors",
    log:
        "<logs>/animate/{scatteritem}.log",
    benchmark:
        "<benchmarks>/animate/{scatteritem}.tsv"
    conda:
        "../envs/lavimo.yaml"
    params:
        options=animate_options,
    shell:
        "python -m lavimo animate {input.motions:q} {input.avatars:q} {output.animations:q}"
        " --options {params.options:q} > {log:q} 2>&1"


if CONFIG.render.frames == "all":

    rule render:
        input:
            animations="<results>/animations/{scatteritem}.safetensors",
            avatars="<results>/avatars.safetensors",
        output:
            videos=directory("<results>/videos/{scatteritem}"),
        log:
            "<logs>/render/{scatteritem}.log",
        benchmark:
            "<benchmarks>/render/{scatteritem}.tsv"
        conda:
            "../envs/lavimo.yaml"
        params:
            options=options("render"),
        shell:
            # Where Mesa draws on the CPU, a thread of its own would only cost hand-overs: the shards are the parallelism.
            "LP_NUM_THREADS=0 python -m lavimo render {input.animations:q} {input.avatars:q} {output.videos:q}"
            " --options {params.options:q} > {log:q} 2>&1"

    rule sample_frames:
        input:
            videos="<results>/videos/{scatteritem}",
        output:
            frames="<results>/frames/{scatteritem}.safetensors",
        log:
            "<logs>/sample_frames/{scatteritem}.log",
        benchmark:
            "<benchmarks>/sample_frames/{scatteritem}.tsv"
        conda:
            "../envs/lavimo.yaml"
        params:
            options=options("sample_frames"),
        shell:
            "python -m lavimo sample-frames {input.videos:q} {output.frames:q}"
            " --options {params.options:q} > {log:q} 2>&1"

    rule videos:
        input:
            gather.clips("<results>/videos/{scatteritem}"),

else:

    rule draw_frames:
        input:
            animations="<results>/animations/{scatteritem}.safetensors",
            avatars="<results>/avatars.safetensors",
        output:
            frames="<results>/frames/{scatteritem}.safetensors",
        log:
            "<logs>/draw_frames/{scatteritem}.log",
        benchmark:
            "<benchmarks>/draw_frames/{scatteritem}.tsv"
        conda:
            "../envs/lavimo.yaml"
        params:
            options=options("draw_frames", "render", "sample_frames"),
        shell:
            "LP_NUM_THREADS=0 python -m lavimo draw-frames {input.animations:q} {input.avatars:q} {output.frames:q}"
            " --options {params.options:q} > {log:q} 2>&1"


rule frames:
    input:
        gather.clips("<results>/frames/{scatteritem}.safetensors"),
