"""The operations about versions of the notice: people's, and the desk's."""
