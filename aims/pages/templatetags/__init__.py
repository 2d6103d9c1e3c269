"""Template tags of the pages: `marks` (icons, chips, people, widgets) and `words` (Markdown, dates, initials)."""
