"""Captions become embeddings; then, once a run, training and embedding of the test split, or a comparison of its
landmarks that needs no training.

in   <results>/clips.csv, <results>/features/S.safetensors
     <results>/frames/S.safetensors, or <results>/landmarks/S.safetensors and <results>/motions/S.safetensors
out  <results>/texts.safetensors
     <results>/described/clips.csv, <results>/described/texts.safetensors, for runs of `described: true`
     <results>/runs/RUN/model.safetensors, <results>/runs/RUN/log.jsonl
     <results>/runs/RUN/embeddings.safetensors
"""


rule embed_texts:
    input:
        clips="<results>/clips.csv",
    output:
        texts="<results>/texts.safetensors",
    log:
        "<logs>/embed_texts.log",
    benchmark:
        "<benchmarks>/embed_texts.tsv"
    priority: 2
    conda:
        "../envs/lavimo.yaml"
    params:
        options=options("embed_texts"),
    shell:
        "python -m lavimo embed-texts {input.clips:q} {output.texts:q}"
        " --options {params.options:q} > {log:q} 2>&1"


rule describe_motions:
    input:
        clips="<results>/clips.csv",
        motions=gather.clips("<results>/motions/{scatteritem}.safetensors"),
    output:
        described="<results>/described/clips.csv",
    log:
        "<logs>/describe_motions.log",
    benchmark:
        "<benchmarks>/describe_motions.tsv"
    conda:
        "../envs/lavimo.yaml"
    params:
        options=options("describe_motions"),
    shell:
        "python -m lavimo describe-motions {input.clips:q} {output.described:q}"
        " --motions {input.motions:q} --options {params.options:q} > {log:q} 2>&1"


use rule embed_texts as embed_described with:
    input:
        clips="<results>/described/clips.csv",
    output:
        texts="<results>/described/texts.safetensors",
    log:
        "<logs>/embed_described.log",
    benchmark:
        "<benchmarks>/embed_described.tsv"


rule train:
    input:
        clips="<results>/clips.csv",
        texts="<results>/texts.safetensors",
        features=gather.clips("<results>/features/{scatteritem}.safetensors"),
        statistics="<results>/features/statistics.safetensors",
        frames=frames_of_run,
        landmarks=landmarks_of_run,
        motions=motions_of_run,
        described=described_of_run,
        begins=pretrained_of_run,
    output:
        model="<results>/runs/{run}/model.safetensors",
        last="<results>/runs/{run}/last.safetensors",
        log="<results>/runs/{run}/log.jsonl",
    log:
        "<logs>/train/{run}.log",
    benchmark:
        "<benchmarks>/train/{run}.tsv"
    priority: priority_of_run
    conda:
        "../envs/lavimo.yaml"
    threads: threads_of_run
    resources:
        gpu=gpus,
    params:
        options=run_options,
    shell:
        "python -m lavimo train {input.clips:q} {input.texts:q} {output.model:q} {output.log:q}"
        " --run {wildcards.run} --statistics {input.statistics:q}"
        " --features {input.features:q} --frames {input.frames:q}"
        " --landmarks {input.landmarks:q} --motions {input.motions:q}"
        " --described {input.described:q} --options {params.options:q} > {log:q} 2>&1"


rule embed:
    input:
        model="<results>/runs/{run}/model.safetensors",
        clips="<results>/clips.csv",
        texts="<results>/texts.safetensors",
        features=gather.clips("<results>/features/{scatteritem}.safetensors"),
        frames=frames_of_run,
        landmarks=landmarks_of_run,
    output:
        embeddings="<results>/runs/{run}/embeddings.safetensors",
    log:
        "<logs>/embed/{run}.log",
    benchmark:
        "<benchmarks>/embed/{run}.tsv"
    wildcard_constraints:
        run=pattern(CONFIG.trained),
    group:
        "scoring"
    conda:
        "../envs/lavimo.yaml"
    threads: threads_of_run
    resources:
        gpu=gpus,
    params:
        options=options("embed"),
    shell:
        "python -m lavimo embed {input.model:q} {input.clips:q} {input.texts:q} {output.embeddings:q}"
        " --features {input.features:q} --frames {input.frames:q} --landmarks {input.landmarks:q}"
        " --options {params.options:q} > {log:q} 2>&1"


rule match:
    input:
        clips="<results>/clips.csv",
        texts="<results>/texts.safetensors",
        landmarks=gather.clips("<results>/landmarks/{scatteritem}.safetensors"),
        motions=gather.clips("<results>/motions/{scatteritem}.safetensors"),
        first=first_of_run,
    output:
        embeddings="<results>/runs/{run}/embeddings.safetensors",
    log:
        "<logs>/match/{run}.log",
    benchmark:
        "<benchmarks>/match/{run}.tsv"
    wildcard_constraints:
        run=pattern(CONFIG.of_method("match")),
    conda:
        "../envs/lavimo.yaml"
    params:
        options=options("match", "embed"),
    shell:
        "python -m lavimo match {input.clips:q} {input.texts:q} {output.embeddings:q}"
        " --landmarks {input.landmarks:q} --motions {input.motions:q} --first {input.first:q}"
        " --options {params.options:q} > {log:q} 2>&1"


rule facts:
    input:
        clips="<results>/clips.csv",
        texts="<results>/texts.safetensors",
        motions=gather.clips("<results>/motions/{scatteritem}.safetensors"),
        first=first_of_run,
    output:
        embeddings="<results>/runs/{run}/embeddings.safetensors",
    log:
        "<logs>/facts/{run}.log",
    benchmark:
        "<benchmarks>/facts/{run}.tsv"
    wildcard_constraints:
        run=pattern(CONFIG.of_method("facts")),
    conda:
        "../envs/lavimo.yaml"
    params:
        options=options("facts", "embed"),
    shell:
        "python -m lavimo facts {input.clips:q} {input.texts:q} {output.embeddings:q}"
        " --motions {input.motions:q} --first {input.first:q}"
        " --options {params.options:q} > {log:q} 2>&1"


rule average:
    input:
        runs=lambda wildcards: collect(
            "<results>/runs/{run}/embeddings.safetensors",
            run=CONFIG.runs[wildcards.run].members,
        ),
    output:
        embeddings="<results>/runs/{run}/embeddings.safetensors",
    log:
        "<logs>/average/{run}.log",
    wildcard_constraints:
        run=pattern(CONFIG.of_method("average")),
    conda:
        "../envs/lavimo.yaml"
    params:
        options=options("average"),
    shell:
        "python -m lavimo average {output.embeddings:q} --runs {input.runs:q}"
        " --options {params.options:q} > {log:q} 2>&1"


rule texts:
    input:
        "<results>/texts.safetensors",


rule models:
    input:
        collect("<results>/runs/{run}/model.safetensors", run=CONFIG.trained),
