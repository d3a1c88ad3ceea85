"""What a version of the notice does to people: who is told, who is asked again."""
