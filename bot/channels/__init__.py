"""The places people write to us from: each reads and sends, none decides."""
