"""Figures for council partners: releases that cannot be turned back into a person."""
