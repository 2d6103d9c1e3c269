"""Files that teams have already: model cards and machine-learning bills of materials. Each parser is a pure function."""
