"""What every part agrees on: column names, schemas, row rules, errors."""
