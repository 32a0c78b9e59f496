"""What the desk changes, without its pages."""
