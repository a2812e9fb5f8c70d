"""The accounts of new servers, as SQL."""
