"""What a class needs around the notebooks: their frame, the student version, a run of them all."""
