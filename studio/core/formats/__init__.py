"""How Japanese and Korean write days. A format is asked for by its English pattern, as a text is by its words."""
