from hintpkg.stats import mean, spread

__all__ = ["mean", "spread"]
