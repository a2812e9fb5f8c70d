-- PostgreSQL 17 and later: for psql, run by a superuser before 'svp init'. Write a password, in quotes, in place of
-- each <password of …>. Where a role or the database is there already, leave out the line that creates it.

CREATE ROLE $owner LOGIN PASSWORD <password of $owner>;
CREATE ROLE $loader LOGIN PASSWORD <password of $loader>;
CREATE ROLE $refresher LOGIN PASSWORD <password of $refresher>;

-- The owner makes tables.
CREATE DATABASE $postgres OWNER $owner TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8';
REVOKE ALL ON DATABASE $postgres FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE $postgres TO $loader;
GRANT CONNECT ON DATABASE $postgres TO $refresher;

\connect $postgres
-- What the owner makes from now on: schemas, tables and sequences, of later upgrades too.
ALTER DEFAULT PRIVILEGES FOR ROLE $owner GRANT USAGE ON SCHEMAS TO $loader, $refresher;

-- The loader writes rows, and has the server look at what it wrote (ANALYZE).
ALTER DEFAULT PRIVILEGES FOR ROLE $owner GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON TABLES TO $loader;
ALTER DEFAULT PRIVILEGES FOR ROLE $owner GRANT USAGE ON SEQUENCES TO $loader;

-- The refresher reads what waits for an export, and totals to compare. The reader has no business here.
ALTER DEFAULT PRIVILEGES FOR ROLE $owner GRANT SELECT ON TABLES TO $refresher;
