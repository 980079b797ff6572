"""The systemd journal: this machine's, files of another one's, and what `journalctl` exported."""
