"""Running the studio: start, health, backup."""
