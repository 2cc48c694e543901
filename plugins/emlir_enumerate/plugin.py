"""What this plugin offers: class tables to other plugins, through its package; no names."""
