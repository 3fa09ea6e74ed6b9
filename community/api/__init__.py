"""Operations of the free road."""
