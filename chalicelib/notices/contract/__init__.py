"""The operations of the notice: its versions, its cookies, the record of processing."""
