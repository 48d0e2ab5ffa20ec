"""The phases of `./dev bench federation`, each with what it measures between a city and the province."""
