"""Adapters: what is evaluated, be it the program in this process, a running chat, or stored answers."""
