"""The pages of merging, inside /admin/."""
