"""The organisers' desk: one file a page, what each may see and do decided by their role."""
