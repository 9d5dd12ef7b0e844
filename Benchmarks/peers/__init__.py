"""The programs that this project is measured against, each behind the same few questions."""
