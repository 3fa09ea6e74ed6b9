"""Pages of a development stack; they do not exist anywhere else."""
