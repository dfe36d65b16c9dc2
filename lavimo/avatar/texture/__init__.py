"""Colours: the texture that skin, faces and cloth are painted on."""
