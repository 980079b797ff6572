"""The logs of a build, wherever they lie: files, folders, archives, log servers."""
