"""Every system of a configuration on one page; workflow/configs/systems.yaml lists those of the paper's tables.

in   <results>/runs/RUN/{embeddings,model}.safetensors, <results>/runs/RUN/log.jsonl
out  <results>/systems.html
"""


rule systems:
    input:
        embeddings=collect(
            "<results>/runs/{run}/embeddings.safetensors", run=CONFIG.runs
        ),
        models=collect("<results>/runs/{run}/model.safetensors", run=CONFIG.trained),
        logs=collect("<results>/runs/{run}/log.jsonl", run=CONFIG.trained),
        frames=all_frames,
        table="<results>/table.md",
    output:
        html="<results>/systems.html",
    log:
        "<logs>/systems.log",
    conda:
        "../envs/lavimo.yaml"
    params:
        options=options("systems", "report", "evaluate"),
        families=[f"{run}={CONFIG.family(run)}" for run in CONFIG.runs],
    shell:
        "python -m lavimo systems {output.html:q} --embeddings {input.embeddings:q}"
        " --models {input.models:q} --logs {input.logs:q} --frames {input.frames:q}"
        " --families {params.families:q} --options {params.options:q} > {log:q} 2>&1"
