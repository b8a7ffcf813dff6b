"""What the vendors say about their models: names, types, allowed values; the same facts the declarations come from."""
