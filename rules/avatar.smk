"""Motions become avatars before a camera, these become videos, and videos become cached frames and landmarks; of clips
that get no video (`render: {videos: tested}` or `none`) the cached frames are drawn alone.

in   <results>/motions/S.safetensors
out  <results>/avatars.safetensors
     <results>/animations/S.safetensors
     <results>/videos/S/CLIP.mp4
     <results>/frames/S.safetensors, <results>/frames/drawn/S.safetensors
     <results>/frame_features/S.safetensors, <results>/frame_features/drawn/S.safetensors
     <results>/landmarks/S.safetensors, <results>/landmarks/accuracy.json
     <results>/silhouettes/S.safetensors
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
    priority: 2
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
    priority: 2
    group:
        "shard"
    conda:
        "../envs/lavimo.yaml"
    params:
        options=animate_options,
    shell:
        "python -m lavimo animate {input.motions:q} {input.avatars:q} {output.animations:q}"
        " --options {params.options:q} > {log:q} 2>&1"


if CONFIG.render.videos != "none":

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
        priority: 2
        group:
            "shard"
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
        priority: 1
        group:
            "shard"
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

    rule find_landmarks:
        input:
            videos="<results>/videos/{scatteritem}",
        output:
            landmarks="<results>/landmarks/{scatteritem}.safetensors",
        log:
            "<logs>/find_landmarks/{scatteritem}.log",
        benchmark:
            "<benchmarks>/find_landmarks/{scatteritem}.tsv"
        priority: 2
        group:
            "shard"
        conda:
            "../envs/lavimo.yaml"
        params:
            options=options("find_landmarks"),
        shell:
            "python -m lavimo find-landmarks {input.videos:q} {output.landmarks:q}"
            " --options {params.options:q} > {log:q} 2>&1"

    rule landmarks:
        input:
            gather.clips("<results>/landmarks/{scatteritem}.safetensors"),
            "<results>/landmarks/accuracy.json",

    rule accuracy:
        input:
            landmarks=gather.clips("<results>/landmarks/{scatteritem}.safetensors"),
            animations=gather.clips("<results>/animations/{scatteritem}.safetensors"),
            avatars="<results>/avatars.safetensors",
        output:
            accuracy="<results>/landmarks/accuracy.json",
        log:
            "<logs>/accuracy.log",
        conda:
            "../envs/lavimo.yaml"
        params:
            options=options("accuracy"),
        shell:
            "python -m lavimo accuracy {input.avatars:q} {output.accuracy:q}"
            " --landmarks {input.landmarks:q} --animations {input.animations:q}"
            " --options {params.options:q} > {log:q} 2>&1"


if CONFIG.render.videos != "all":

    rule draw_frames:
        input:
            animations="<results>/animations/{scatteritem}.safetensors",
            avatars="<results>/avatars.safetensors",
        output:
            frames="<results>/frames/drawn/{scatteritem}.safetensors",
        log:
            "<logs>/draw_frames/{scatteritem}.log",
        benchmark:
            "<benchmarks>/draw_frames/{scatteritem}.tsv"
        priority: 1
        group:
            "shard"
        conda:
            "../envs/lavimo.yaml"
        params:
            options=options("draw_frames", "render", "sample_frames"),
        shell:
            "LP_NUM_THREADS=0 python -m lavimo draw-frames {input.animations:q} {input.avatars:q} {output.frames:q}"
            " --options {params.options:q} > {log:q} 2>&1"


rule draw_silhouettes:
    input:
        animations="<results>/animations/{scatteritem}.safetensors",
        motions="<results>/motions/{scatteritem}.safetensors",
        avatars="<results>/avatars.safetensors",
    output:
        silhouettes="<results>/silhouettes/{scatteritem}.safetensors",
    log:
        "<logs>/draw_silhouettes/{scatteritem}.log",
    benchmark:
        "<benchmarks>/draw_silhouettes/{scatteritem}.tsv"
    group:
        "shard"
    conda:
        "../envs/lavimo.yaml"
    params:
        options=options("draw_silhouettes"),
    shell:
        "LP_NUM_THREADS=0 python -m lavimo draw-silhouettes {input.animations:q} {input.motions:q} {input.avatars:q}"
        " {output.silhouettes:q} --options {params.options:q} > {log:q} 2>&1"


rule silhouettes:
    input:
        gather.clips("<results>/silhouettes/{scatteritem}.safetensors"),


rule embed_frames:
    input:
        frames="<results>/frames/{place}.safetensors",
    output:
        features="<results>/frame_features/{place}.safetensors",
    log:
        "<logs>/embed_frames/{place}.log",
    benchmark:
        "<benchmarks>/embed_frames/{place}.tsv"
    wildcard_constraints:
        place=PLACE,
    priority: 1
    group:
        "shard"
    conda:
        "../envs/lavimo.yaml"
    params:
        options=options("embed_frames"),
    shell:
        "python -m lavimo embed-frames {input.frames:q} {output.features:q}"
        " --options {params.options:q} > {log:q} 2>&1"


rule frames:
    input:
        all_frames,
