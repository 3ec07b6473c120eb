"""The viewer's server: the page, the opened scene and its edits, and pictures at full quality."""
