"""Template tags of the pages: `marks` (icons, chips, people, widgets), `words` (Markdown, dates)."""
