"""Parts of procedures that more than one has, which name them as tables of ``svp_parts``."""
