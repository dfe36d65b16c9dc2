"""What ties a workflow's jobs to the folder that they work in, to the process that started them, to the terminal of who
watches, and to a cluster's queue."""
