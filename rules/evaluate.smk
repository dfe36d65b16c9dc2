"""Embeddings become scores, scores one table, and all of it a report for people.

in   <results>/runs/RUN/embeddings.safetensors
out  <results>/runs/RUN/scores.csv
     <results>/scores.csv, <results>/table.md, <results>/table.tex
     <results>/report.html
"""


rule evaluate:
    input:
        embeddings="<results>/runs/{run}/embeddings.safetensors",
        clips="<results>/clips.csv",
        animations=animations_of_run,
    output:
        scores="<results>/runs/{run}/scores.csv",
    log:
        "<logs>/evaluate/{run}.log",
    benchmark:
        "<benchmarks>/evaluate/{run}.tsv"
    group:
        "scoring"
    conda:
        "../envs/lavimo.yaml"
    params:
        options=options("evaluate"),
        source=CONFIG.source.name,
        seed=lambda wildcards: CONFIG.seed(wildcards.run),
        family=lambda wildcards: CONFIG.family(wildcards.run),
        benchmark=CONFIG.source.benchmark or "",
    shell:
        "python -m lavimo evaluate --embeddings {input.embeddings:q} --scores {output.scores:q}"
        " --clips {input.clips:q} --animations {input.animations:q}"
        " --run {wildcards.run} --source {params.source:q} --seed={params.seed:q} --family {params.family}"
        " --benchmark={params.benchmark:q}"
        " --options {params.options:q} > {log:q} 2>&1"


rule tabulate:
    input:
        scores=collect("<results>/runs/{run}/scores.csv", run=CONFIG.runs),
    output:
        table="<results>/table.md",
        scores="<results>/scores.csv",
        tex="<results>/table.tex",
    log:
        "<logs>/tabulate.log",
    conda:
        "../envs/lavimo.yaml"
    params:
        options=options("tabulate"),
    shell:
        "python -m lavimo tabulate {output.table:q} {output.scores:q} --scores {input.scores:q}"
        " --tex {output.tex:q} --options {params.options:q} > {log:q} 2>&1"


rule report:
    input:
        clips="<results>/clips.csv",
        scores="<results>/scores.csv",
        logs=collect("<results>/runs/{run}/log.jsonl", run=CONFIG.trained),
        embeddings=collect(
            "<results>/runs/{run}/embeddings.safetensors", run=CONFIG.runs
        ),
        frames=all_frames,
        videos=rendered_videos,
        rejected=gather.clips("<results>/motions/{scatteritem}.rejected.csv"),
        accuracy=accuracy_of_landmarks,
    output:
        html="<results>/report.html",
    log:
        "<logs>/report.log",
    conda:
        "../envs/lavimo.yaml"
    threads: 4
    params:
        options=options("report"),
    shell:
        "python -m lavimo report {input.clips:q} {input.scores:q} {output.html:q}"
        " --logs {input.logs:q} --embeddings {input.embeddings:q}"
        " --frames {input.frames:q} --videos {input.videos:q} --rejected {input.rejected:q}"
        " --accuracy {input.accuracy:q}"
        " --options {params.options:q} > {log:q} 2>&1"


rule scores:
    input:
        "<results>/scores.csv",
