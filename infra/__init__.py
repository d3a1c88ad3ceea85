"""Packages the functions, defines their AWS resources, and deploys both."""
