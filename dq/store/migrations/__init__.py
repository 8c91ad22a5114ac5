"""Steps from one version of the store to the next. A step, once released, never changes."""
