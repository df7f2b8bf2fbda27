"""Modules that a repair copies into an image; homerun itself never imports them."""
