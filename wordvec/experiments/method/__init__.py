"""How something was made, as a paragraph to print: in English, German and Korean, with references and commands."""
