"""Probes of the chapters that go beyond the paper, from 08 on."""
