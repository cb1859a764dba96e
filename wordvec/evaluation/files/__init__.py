"""Published evaluation sets: their file formats and the objects they are read into."""
