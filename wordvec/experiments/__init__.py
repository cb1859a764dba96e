"""Studies that train and evaluate many models: comparison of trainers, stability, tuning; and model cards."""
