"""The floor: refusals, actor, clock, money, pagination. No models, and no import of ours."""
