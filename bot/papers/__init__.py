"""Papers an organiser files: results as spreadsheets, the minute as a document."""
