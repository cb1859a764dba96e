"""Studies that train and evaluate many models: comparison, stability and tuning; and model cards."""
