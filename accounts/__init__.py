"""Who you are: people, sign-in, second factor, personal tokens, hosts."""
