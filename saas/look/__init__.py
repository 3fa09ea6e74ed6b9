"""How pages look: form markup, times in words, and the links of the layouts."""
