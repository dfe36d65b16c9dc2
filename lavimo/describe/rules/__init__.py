"""What a moving body shows, kind of fact by kind of fact: rules with thresholds in metres, degrees and seconds."""
