"""The viewer: a scene packed for the page that shows it, described, and written as one file."""
