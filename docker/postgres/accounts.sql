-- accounts.sql: the account that svp works with, made by the image when the volume is new.
\set ON_ERROR_STOP on
\getenv password SVP_PASSWORD
CREATE ROLE svp LOGIN CREATEDB PASSWORD :'password';
