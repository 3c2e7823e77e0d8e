"""Probes of the chapters that follow the paper, 00 to 07."""
