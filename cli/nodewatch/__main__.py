"""`python -m nodewatch` is the command `nodewatch`."""

from nodewatch.main import nodewatch

if __name__ == "__main__":
    nodewatch()
