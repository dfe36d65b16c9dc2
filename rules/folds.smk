"""Every clip tested once (`snakemake folds`): the recordings are dealt to `source.folds` folds, each run is trained once a
fold on the others, and the folds' queries are scored together, each in the gallery of its own fold.

in   <results>/folds/K/runs/RUN/{embeddings,model}.safetensors, <results>/folds/K/runs/RUN/log.jsonl
out  <results>/folds/runs/RUN/{embeddings.safetensors,scores.csv}
     <results>/folds/{scores.csv,table.md,table.tex,systems.html}
"""


rule pool:
    input:
        folds=collect(
            "<results>/folds/{number}/runs/{{run}}/embeddings.safetensors",
            number=FOLDS,
        ),
    output:
        embeddings="<results>/folds/runs/{run}/embeddings.safetensors",
    log:
        "<logs>/folds/pool/{run}.log",
    conda:
        "../envs/lavimo.yaml"
    params:
        options=options("pool"),
    shell:
        "python -m lavimo pool {output.embeddings:q} --folds {input.folds:q}"
        " --options {params.options:q} > {log:q} 2>&1"


use rule evaluate as evaluate_folds with:
    input:
        embeddings="<results>/folds/runs/{run}/embeddings.safetensors",
        clips=[],
        animations=[],
    output:
        scores="<results>/folds/runs/{run}/scores.csv",
    log:
        "<logs>/folds/evaluate/{run}.log",
    benchmark:
        "<benchmarks>/folds/evaluate/{run}.tsv"


use rule tabulate as tabulate_folds with:
    input:
        scores=collect("<results>/folds/runs/{run}/scores.csv", run=CONFIG.runs),
    output:
        table="<results>/folds/table.md",
        scores="<results>/folds/scores.csv",
        tex="<results>/folds/table.tex",
    log:
        "<logs>/folds/tabulate.log",


use rule systems as systems_folds with:
    input:
        embeddings=collect(
            "<results>/folds/runs/{run}/embeddings.safetensors", run=CONFIG.runs
        ),
        models=collect(
            "<results>/folds/1/runs/{run}/model.safetensors", run=CONFIG.trained
        ),
        logs=collect("<results>/folds/1/runs/{run}/log.jsonl", run=CONFIG.trained),
        frames=all_frames,
        table="<results>/folds/table.md",
    output:
        html="<results>/folds/systems.html",
    log:
        "<logs>/folds/systems.log",


rule folds:
    input:
        "<results>/config.yaml",
        "<results>/folds/table.md",
        "<results>/folds/systems.html",
