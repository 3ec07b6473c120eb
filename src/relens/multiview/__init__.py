"""Many posed photos become a surface and one canonical page, and with them a scene (design section 9)."""
