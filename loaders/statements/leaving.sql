-- leaving.sql: rows that are there, and end with a file because it is a full delivery that lacks them; none for any other.
-- grain: one row per row that ends
CREATE TEMPORARY TABLE leaving (natural_id text NOT NULL) ON COMMIT DROP;
