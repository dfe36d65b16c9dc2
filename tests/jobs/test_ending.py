"""What a workflow says at its end."""

from lavimo.jobs.summary import what_was_made


def test_few_files_are_named_and_many_are_counted():
    shards = [f"results/videos/{number}-of-4" for number in range(1, 5)]
    assert what_was_made(["results/table.md", "results/report.html", *shards]) == (
        "lavimo: all that was asked for is there\n"
        "  results/report.html\n"
        "  results/table.md\n"
        "  results/videos/  (4 folders)"
    )


def test_a_file_that_is_asked_for_twice_is_named_once():
    assert what_was_made(["a.csv", "a.csv"]).count("a.csv") == 1
