"""The pages of files handed in, inside /admin/."""
