"""Operations that touch money."""
