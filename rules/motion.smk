"""A source of clips becomes the clip table, SMPL motions and motion features.

in   the files of config's `source`
out  <logs>/verify.json, what of these files is there and what is not
     <results>/config.yaml, the whole configuration, from which the run can be repeated
     <results>/{fold}clips.csv
     <results>/motions/S.safetensors, <results>/motions/S.rejected.csv
     <results>/features/S.safetensors
     <results>/{fold}features/statistics.safetensors, the train split's mean and deviation
"""


rule verify:
    log:
        "<logs>/verify.log",
        json="<logs>/verify.json",
    conda:
        "../envs/lavimo.yaml"
    params:
        options=options("verify", "source"),
    shell:
        "set -o pipefail; python -m lavimo verify --json {log.json:q} --options {params.options:q} 2>&1 | tee {log[0]:q}"


rule config:
    output:
        config="<results>/config.yaml",
    log:
        "<logs>/config.log",
    conda:
        "../envs/lavimo.yaml"
    params:
        options=whole_options(),
    shell:
        "python -m lavimo config --output {output.config:q} --options {params.options:q} > {log:q} 2>&1"


rule catalogue:
    input:
        local(open_source(CONFIG.source).tables()),
    output:
        clips="<results>/{fold}clips.csv",
    log:
        "<logs>/{fold}catalogue.log",
    conda:
        "../envs/lavimo.yaml"
    params:
        options=catalogue_options,
    shell:
        "python -m lavimo catalogue {output.clips:q} --options {params.options:q} > {log:q} 2>&1"


rule ingest:
    input:
        files_of_shard,
    output:
        motions="<results>/motions/{scatteritem}.safetensors",
        rejected="<results>/motions/{scatteritem}.rejected.csv",
    log:
        "<logs>/ingest/{scatteritem}.log",
    benchmark:
        "<benchmarks>/ingest/{scatteritem}.tsv"
    priority: 2
    group:
        "shard"
    conda:
        "../envs/lavimo.yaml"
    params:
        options=ingest_options,
    shell:
        "python -m lavimo ingest {wildcards.scatteritem} {output.motions:q} {output.rejected:q}"
        " --options {params.options:q} > {log:q} 2>&1"


rule featurize:
    input:
        motions="<results>/motions/{scatteritem}.safetensors",
    output:
        features="<results>/features/{scatteritem}.safetensors",
    log:
        "<logs>/featurize/{scatteritem}.log",
    benchmark:
        "<benchmarks>/featurize/{scatteritem}.tsv"
    priority: 2
    group:
        "shard"
    conda:
        "../envs/lavimo.yaml"
    params:
        options=options("featurize"),
    shell:
        "python -m lavimo featurize {input.motions:q} {output.features:q}"
        " --options {params.options:q} > {log:q} 2>&1"


rule measure:
    input:
        clips="<results>/{fold}clips.csv",
        features=gather.clips("<results>/features/{scatteritem}.safetensors"),
    output:
        statistics="<results>/{fold}features/statistics.safetensors",
    log:
        "<logs>/{fold}measure.log",
    priority: 2
    conda:
        "../envs/lavimo.yaml"
    params:
        options=options("measure"),
    shell:
        "python -m lavimo measure {input.clips:q} {output.statistics:q} --features {input.features:q}"
        " --options {params.options:q} > {log:q} 2>&1"


rule motions:
    input:
        gather.clips("<results>/motions/{scatteritem}.safetensors"),


rule features:
    input:
        gather.clips("<results>/features/{scatteritem}.safetensors"),
        "<results>/features/statistics.safetensors",
