"""Method paragraphs for publications, in English, German and Korean, with references and commands."""
