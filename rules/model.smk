"""Captions become embeddings; then, once a run, training and embedding of the test split, or a comparison of its
landmarks that needs no training.

in   <results>/{fold}clips.csv, <results>/features/S.safetensors
     <results>/frames/S.safetensors, or <results>/landmarks/S.safetensors and <results>/motions/S.safetensors
out  <results>/texts.safetensors
     <results>/{fold}described/clips.csv, <results>/{fold}described/texts.safetensors, for runs of `described: true`
     <results>/{fold}runs/RUN/model.safetensors, <results>/{fold}runs/RUN/log.jsonl
     <results>/{fold}runs/RUN/embeddings.safetensors
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
        clips="<results>/{fold}clips.csv",
        motions=gather.clips("<results>/motions/{scatteritem}.safetensors"),
    output:
        described="<results>/{fold}described/clips.csv",
    log:
        "<logs>/{fold}describe_motions.log",
    benchmark:
        "<benchmarks>/{fold}describe_motions.tsv"
    conda:
        "../envs/lavimo.yaml"
    params:
        options=options("describe_motions"),
    shell:
        "python -m lavimo describe-motions {input.clips:q} {output.described:q}"
        " --motions {input.motions:q} --options {params.options:q} > {log:q} 2>&1"


use rule embed_texts as embed_described with:
    input:
        clips="<results>/{fold}described/clips.csv",
    output:
        texts="<results>/{fold}described/texts.safetensors",
    log:
        "<logs>/{fold}embed_described.log",
    benchmark:
        "<benchmarks>/{fold}embed_described.tsv"


rule train:
    input:
        clips="<results>/{fold}clips.csv",
        texts="<results>/texts.safetensors",
        features=gather.clips("<results>/features/{scatteritem}.safetensors"),
        statistics="<results>/{fold}features/statistics.safetensors",
        frames=frames_of_run,
        landmarks=landmarks_of_run,
        motions=motions_of_run,
        described=described_of_run,
        begins=pretrained_of_run,
    output:
        model="<results>/{fold}runs/{run}/model.safetensors",
        last="<results>/{fold}runs/{run}/last.safetensors",
        log="<results>/{fold}runs/{run}/log.jsonl",
    log:
        "<logs>/{fold}train/{run}.log",
    benchmark:
        "<benchmarks>/{fold}train/{run}.tsv"
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
        model="<results>/{fold}runs/{run}/model.safetensors",
        clips="<results>/{fold}clips.csv",
        texts="<results>/texts.safetensors",
        features=gather.clips("<results>/features/{scatteritem}.safetensors"),
        frames=frames_of_run,
        landmarks=landmarks_of_run,
    output:
        embeddings="<results>/{fold}runs/{run}/embeddings.safetensors",
    log:
        "<logs>/{fold}embed/{run}.log",
    benchmark:
        "<benchmarks>/{fold}embed/{run}.tsv"
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
        clips="<results>/{fold}clips.csv",
        texts="<results>/texts.safetensors",
        landmarks=gather.clips("<results>/landmarks/{scatteritem}.safetensors"),
        motions=gather.clips("<results>/motions/{scatteritem}.safetensors"),
        first=first_of_run,
    output:
        embeddings="<results>/{fold}runs/{run}/embeddings.safetensors",
    log:
        "<logs>/{fold}match/{run}.log",
    benchmark:
        "<benchmarks>/{fold}match/{run}.tsv"
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
        clips="<results>/{fold}clips.csv",
        texts="<results>/texts.safetensors",
        motions=gather.clips("<results>/motions/{scatteritem}.safetensors"),
        first=first_of_run,
    output:
        embeddings="<results>/{fold}runs/{run}/embeddings.safetensors",
    log:
        "<logs>/{fold}facts/{run}.log",
    benchmark:
        "<benchmarks>/{fold}facts/{run}.tsv"
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
            "<results>/{fold}runs/{run}/embeddings.safetensors",
            fold=wildcards.fold,
            run=CONFIG.runs[wildcards.run].members,
        ),
    output:
        embeddings="<results>/{fold}runs/{run}/embeddings.safetensors",
    log:
        "<logs>/{fold}average/{run}.log",
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
