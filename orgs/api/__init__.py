"""Operations on organizations: load, read the schema, act, answer."""
