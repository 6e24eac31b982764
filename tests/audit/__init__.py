"""Known vulnerabilities of the libraries the product runs on, asked of those who collect them."""
