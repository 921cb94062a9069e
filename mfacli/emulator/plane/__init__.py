"""moto as the world's matter: it keeps what exists, and asks nobody for permission."""
