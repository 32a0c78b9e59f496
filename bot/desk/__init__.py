"""What organisers do from their desk: take over a chat, hand questions on, change the content."""
