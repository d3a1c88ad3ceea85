"""How the functions are packaged, which AWS resources they get, and how both are deployed."""
