"""Lives of paying organizations, with the money to the cent, and an oracle that judges them."""
