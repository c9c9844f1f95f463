"""`--wait` and `--watch`: what is followed, the loop that looks again and again, and how it is shown."""
