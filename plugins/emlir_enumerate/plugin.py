"""What this plugin offers: class tables to other plugins, through its package; no names.

It uses the public package of the plugin ``emlir_native``, which compiles its inner loops.
"""
